/*
 * function.c - the hooks of gcc's and clang's -finstrument-functions. An entry is 8 bytes, an exit 4: the exit needs no
 * name, as the reader keeps the same stack. Cost: a stamp, a push or pop of a frame, one store.
 */
#include "function.h"
#include "fn_filter.h"
#include "meta.h"
#include "state.h"
#include "sys.h"

HP_EXPORT void __cyg_profile_func_enter(void *fn, void *site);
HP_EXPORT void __cyg_profile_func_exit(void *fn, void *site);

void hp_fn_put_wide(struct hp_thread *t, struct hp_fn_frame *f, uint64_t now, uintptr_t fn)
{
	uint32_t *r = hp_open(t, now, HP_R_FN_ENTER_WIDE, 4);
	r[1] = (uint32_t)now;
	hp_put64(r + 2, fn);
	f->record = r;
	hp_commit(r, hp_word(HP_R_FN_ENTER_WIDE, 0, 0));
}

/* A stack pointer outside the thread's own stack: a signal stack or a coroutine; says nothing about other frames. */
static int foreign(const struct hp_thread *t, uintptr_t sp)
{
	return t->stack_hi && (sp >= t->stack_hi || t->stack_hi - sp > (1u << 30));
}

/* Is there an entry of the call in the dump, and no end? */
static int is_open(const struct hp_fn_frame *f)
{
	uint32_t *r = HP_RELAXED(&f->record), *end = hp_fn_end_of(r);
	if (end || !r)
		return end && hp_fn_is_pending(end);
	if (*r == hp_word(HP_R_FN_ENTER_WIDE, 0, 0))
		return hp_u64(r + 2) == f->fn;
	return (*r & HP_FN_ENTER) == HP_FN_ENTER && r[1] == (uint32_t)f->fn;
}

/*
 * This call is one of those that the FN_CUT at r ends. A handler that comes in between and finds the frame gone itself takes it for a
 * FN_CUT of its own, and off the count of this one, which cannot be complete yet.
 */
static void end_by(struct hp_fn_frame *f, uint32_t *r)
{
	uint32_t *before = HP_RELAXED(&f->record), *other = hp_fn_end_of(before);
	if (!__atomic_compare_exchange_n(&f->record, &before, hp_fn_ending(r), 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	if (other && hp_fn_is_open_cut(other))  /* the room of an exit that a handler jumped out of is but a word */
		__atomic_fetch_sub(&other[2], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&r[2], 1, __ATOMIC_RELAXED);
}

/* The calls from top down to the one that lasts are gone without exits. The frames go last. */
static void cut(struct hp_thread *t, struct hp_fn_frame *top, struct hp_fn_frame *lasts, uint64_t now)
{
	uint32_t *r = NULL;
	for (struct hp_fn_frame *f = top; f > lasts; f--) {
		hp_fn_complete(t->fn_base, f);
		if (!(hp_fn_flags & HP_FN_FILTER ? hp_fn_gone_filtered(t, f, now) : is_open(f)))
			continue;
		if (!r) {
			r = hp_open(t, now, HP_R_FN_CUT, sizeof(struct hp_r_fn_cut) / 4);
			r[1] = (uint32_t)now;
			r[2] = 0;
		}
		end_by(f, r);
	}
	if (r)
		hp_commit(r, hp_word(HP_R_FN_CUT, 0, 0));
	HP_BARRIER();
	t->fn_top = lasts;
}

struct hp_fn_frame *hp_fn_settle(struct hp_thread *t, uintptr_t fn, uintptr_t sp, uintptr_t site, uint64_t now)
{
	struct hp_fn_frame *top = hp_fn_settled_top(t);
	if (!top || (!hp_fn_has_room(t, top) && hp_fn_grow(t)))
		return NULL;
	struct hp_fn_frame *base = t->fn_base;
	top = hp_fn_top(t);
	if (!base || !top)
		return NULL;
	if (top == hp_fn_none)
		t->fn_top = top = base;
	struct hp_fn_frame *f = top;
	while (f > base && sp >= f->sp && foreign(t, sp) == foreign(t, f->sp) && !hp_fn_inlined_in(hp_fn_complete(base, f), fn, sp, site))
		f--;
	if (f < top)
		cut(t, top, f, now);
	return f;
}

HP_INLINE void push(struct hp_thread *t, struct hp_fn_frame *top, uintptr_t fn, uintptr_t sp, uintptr_t site)
{
	top->sp = sp;
	t->fn_top = top;
	HP_BARRIER();
	top->fn = fn;
	top->site = site;
	top->sp = sp;  /* again: a handler may have used the place before it was ours */
}

/* Frames without exits, the bounds of the shadow stack, calls that were inlined, modules that clash. */
static HP_SLOW void enter_rare(uintptr_t fn, uintptr_t site, uintptr_t sp)
{
	if (!hp_ready) {
		if (hp_start_early() && hp_fn_flags & HP_FN_FILTER)
			hp_fn_enter_filtered(hp_tls.t, fn, site, sp);
		if (!hp_ready || hp_fn_flags & HP_FN_FILTER)
			return;
	}
	struct hp_thread *t = hp_enter(HP_FUNCTION);
	struct hp_fn_frame *top = t ? hp_fn_top(t) : NULL;
	if (!top)
		return;
	uint64_t now = hp_ticks();
	if (hp_fn_unsettled(t, top, fn, sp, site) && !(top = hp_fn_settle(t, fn, sp, site, now)))
		return;
	push(t, ++top, fn, sp, site);
	if (hp_fn_flags & HP_FN_CHECK && (fn - t->fn_module_lo >= t->fn_module_bytes || t->fn_generation != hp_modules_generation))
		hp_modules_check(t, fn);
	if (hp_fn_flags & HP_FN_WIDE)
		hp_fn_put_wide(t, top, now, fn);
	else
		hp_fn_put_entry(top, hp_reserve(t, now, sizeof(struct hp_r_fn_enter)), fn, now);
}

static HP_COLD void put_entry(struct hp_thread *t, struct hp_fn_frame *f, uintptr_t fn, uint64_t now)
{
	hp_fn_put_entry(f, hp_reserve_marked(t, now, sizeof(struct hp_r_fn_enter)), fn, now);
}

void __cyg_profile_func_enter(void *fn, void *site)
{
	uintptr_t sp = HP_FRAME_TOP();
	if (HP_LIKELY(hp_ready)) {
		if (!(HP_RELAXED(hp_control) & HP_FUNCTION))
			return;
		struct hp_thread *t = hp_tls.t;
		struct hp_fn_frame *top = t ? hp_fn_top(t) : NULL;
		if (HP_LIKELY(t && t->live && !hp_fn_flags)) {
			uint64_t now = hp_hardware_ticks();
			if (HP_LIKELY(sp < top->sp && hp_fn_has_room(t, top))) {
				push(t, top + 1, (uintptr_t)fn, sp, (uintptr_t)site);
				uint64_t *r;
				if (hp_take_timed(t, now, sizeof *r, &r))
					hp_fn_put_entry(top + 1, r, (uintptr_t)fn, now);
				else
					put_entry(t, top + 1, (uintptr_t)fn, now);
				return;
			}
		} else if (hp_fn_flags & HP_FN_FILTER) {
			if (!(hp_fn_flags & HP_FN_NAMES))
				hp_fn_enter_timed(t, (uintptr_t)fn, (uintptr_t)site, sp);
			else if (!hp_fn_leave_out(t, (uintptr_t)fn))
				hp_fn_enter_filtered(t, (uintptr_t)fn, (uintptr_t)site, sp);
			return;
		}
	}
	enter_rare((uintptr_t)fn, (uintptr_t)site, sp);
}

struct hp_fn_frame *hp_fn_find_exit(struct hp_thread *t, uintptr_t fn, uintptr_t sp, uint64_t now)
{
	struct hp_fn_frame *top = hp_fn_settled_top(t), *base = t->fn_base, *f = top;
	if (!base || !top || top == hp_fn_none)
		return NULL;
	while (f > base && !(hp_fn_complete(base, f)->fn == fn && sp <= f[-1].sp) && f->sp <= sp && foreign(t, f->sp) == foreign(t, sp))
		f--;
	if (f == base || f->fn != fn)
		return NULL;
	if (f < top)
		cut(t, top, f, now);
	return f;
}

static HP_SLOW void exit_rare(uintptr_t fn, uintptr_t site, uintptr_t sp, uintptr_t returns_to)
{
	struct hp_thread *t = hp_enter(HP_FUNCTION);
	struct hp_fn_frame *top = t ? hp_fn_top(t) : NULL;
	if (!top)
		return;
	uint64_t now = hp_ticks();
	if (top->fn != fn || sp > top->sp) {
		int tail_called = top->fn == fn && returns_to == site && sp <= top[-1].sp;
		if (!tail_called && !(top = hp_fn_find_exit(t, fn, sp, now)))
			return;
	}
	hp_fn_put_exit(t, top, hp_reserve(t, now, sizeof(struct hp_r_fn_exit)), now);
}

static HP_COLD void put_exit(struct hp_thread *t, struct hp_fn_frame *f, uint64_t now)
{
	hp_fn_put_exit(t, f, hp_reserve_marked(t, now, sizeof(struct hp_r_fn_exit)), now);
}

void __cyg_profile_func_exit(void *fn, void *site)
{
	uintptr_t sp = HP_FRAME_TOP();
	if (HP_UNLIKELY(!hp_ready) || !(HP_RELAXED(hp_control) & HP_FUNCTION))
		return;
	struct hp_thread *t = hp_tls.t;
	struct hp_fn_frame *top = t ? hp_fn_top(t) : NULL;
	if (HP_LIKELY(t && t->live && !(hp_fn_flags & (HP_FN_FILTER | HP_FN_CLOCK)))) {
		uint64_t now = hp_hardware_ticks();
		if (HP_LIKELY(top->fn == (uintptr_t)fn && sp <= top->sp)) {
			uint32_t *r;
			if (hp_take_timed(t, now, sizeof *r, &r))
				hp_fn_put_exit(t, top, r, now);
			else
				put_exit(t, top, now);
			return;
		}
	} else if (hp_fn_flags & HP_FN_FILTER) {
		if (!(hp_fn_flags & HP_FN_NAMES) || (top && top->fn == (uintptr_t)fn) || !hp_fn_is_left_out((uintptr_t)fn))
			hp_fn_exit_filtered(t, (uintptr_t)fn, (uintptr_t)site, sp, (uintptr_t)__builtin_return_address(0));
		return;
	}
	exit_rare((uintptr_t)fn, (uintptr_t)site, sp, (uintptr_t)__builtin_return_address(0));
}
