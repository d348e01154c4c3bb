/*
 * function_filter.c - function calls under HP_FILTER and HP_MIN_NS. What the filter makes of a function is looked up by its
 * address (fn_filter.h). A call that is left out costs no stamp and no record: one of a function that is left out everywhere not
 * even a frame; others have one, as what is made of the calls below them depends on it.
 *
 * HP_MIN_NS: the entry is written as ever, so that a killed process shows it, and taken back at the exit of a call that was
 * too short. Where nothing has been reserved since, its bytes are used again; else they stay zero, which means nothing.
 */
#include "function.h"
#include "fn_filter.h"
#include "meta.h"
#include "state.h"

/* state: the thread's, still; a signal handler that comes in between makes calls, and puts it back. */
HP_INLINE void push(struct hp_thread *t, struct hp_fn_frame *f, uintptr_t fn, uintptr_t sp, uintptr_t site, uint32_t state)
{
	f->sp = sp;
	f->record = NULL;
	f->state = state;
	t->fn_top = f;
	HP_BARRIER();
	f->fn = fn;
	f->site = site;
	f->sp = sp;  /* again: a handler may have used the place before it was ours; its `state` was the same */
	f->record = NULL;
}

static HP_COLD void put_entry_rare(struct hp_thread *t, struct hp_fn_frame *f, uintptr_t fn)
{
	uint64_t now = f->start = hp_ticks();
	if (hp_fn_flags & HP_FN_CHECK && (fn - t->fn_module_lo >= t->fn_module_bytes || t->fn_generation != hp_modules_generation))
		hp_modules_check(t, fn);
	if (hp_fn_flags & HP_FN_WIDE)
		hp_fn_put_wide(t, f, now, fn);
	else
		hp_fn_put_entry(f, hp_reserve(t, now, sizeof(struct hp_r_fn_enter)), fn, now);
}

static HP_COLD void put_entry_marked(struct hp_thread *t, struct hp_fn_frame *f, uintptr_t fn, uint64_t now)
{
	hp_fn_put_entry(f, hp_reserve_marked(t, now, sizeof(struct hp_r_fn_enter)), fn, now);
}

HP_INLINE void put_entry(struct hp_thread *t, struct hp_fn_frame *f, uintptr_t fn)
{
	if (HP_UNLIKELY(hp_fn_flags & (HP_FN_WIDE | HP_FN_CHECK | HP_FN_CLOCK))) {
		put_entry_rare(t, f, fn);
		return;
	}
	uint64_t *r, now = f->start = hp_hardware_ticks();
	if (hp_take_timed(t, now, sizeof *r, &r))
		hp_fn_put_entry(f, r, fn, now);
	else
		put_entry_marked(t, f, fn, now);
}

/* The rare ways of what follows stand in functions of their own, called last: so nothing has to be kept over a call. */
static HP_COLD void count_rare(struct hp_thread *t, uintptr_t fn, uint64_t found)
{
	hp_fn_count(&hp_fn_left_out(t, fn, found)->calls, 1);
}

HP_INLINE void count(struct hp_thread *t, uintptr_t fn, uint64_t found)
{
	struct hp_filtered *r = hp_fn_row(t, found);
	if (HP_UNLIKELY(!r)) {
		count_rare(t, fn, found);
		return;
	}
	r->fn = fn;
	hp_fn_count(&r->calls, 1);
}

/* f: the place to push at; read again, it might be none, in the child of a fork by a handler. */
HP_INLINE void enter_settled(struct hp_thread *t, struct hp_fn_frame *f, uintptr_t fn, uintptr_t site, uintptr_t sp, uint64_t found)
{
	uint32_t before = t->fn_state, state = before;
	int kept = 1;
	if (hp_fn_flags & HP_FN_NAMES)
		kept = hp_filter_enter(&hp_fn_filter.rules, hp_fn_verdict(found), &state);
	push(t, f, fn, sp, site, before);
	t->fn_state = state;
	if (kept)
		put_entry(t, f, fn);
	else
		count(t, fn, found);
}

static HP_SLOW void enter_rare(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp)
{
	struct hp_fn_frame *top = (t = hp_enter(HP_FUNCTION)) ? hp_fn_top(t) : NULL;
	if (!top)
		return;
	uint64_t found = hp_fn_find_slow(fn);
	if (hp_filter_plainly_out(hp_fn_verdict(found)))
		count(t, fn, found);
	else if (!hp_fn_unsettled(t, top, fn, sp, site) || (top = hp_fn_settle(t, fn, sp, site, hp_ticks())))
		enter_settled(t, top + 1, fn, site, sp, found);
}

void hp_fn_enter_filtered(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp)
{
	struct hp_fn_frame *top = t && t->live ? hp_fn_top(t) : NULL;
	uint64_t found;
	if (HP_LIKELY(top && hp_fn_find(fn, &found) && !hp_filter_plainly_out(hp_fn_verdict(found)) && !hp_fn_unsettled(t, top, fn, sp, site)))
		enter_settled(t, top + 1, fn, site, sp, found);
	else
		enter_rare(t, fn, site, sp);
}

/* A frame without a state, as nothing depends on it; what its `record` was before is of a call that has ended. */
void hp_fn_enter_timed(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp)
{
	struct hp_fn_frame *f = t && t->live ? hp_fn_top(t) : NULL;
	if (HP_UNLIKELY(!f || hp_fn_flags != HP_FN_FILTER || sp >= f->sp || !hp_fn_has_room(t, f))) {
		enter_rare(t, fn, site, sp);
		return;
	}
	uint64_t *r, now = hp_hardware_ticks();
	f++;
	f->sp = sp;
	t->fn_top = f;
	HP_BARRIER();
	f->fn = fn;
	f->site = site;
	f->sp = sp;
	f->start = now;
	if (hp_take_timed(t, now, sizeof *r, &r))
		hp_fn_put_entry(f, r, fn, now);
	else
		put_entry_marked(t, f, fn, now);
}

/* Is there an entry of the call in the dump, and no exit? */
HP_INLINE int is_recorded(const struct hp_fn_frame *f)
{
	uint32_t *r = HP_RELAXED(&f->record), *end = hp_fn_end_of(r);
	if (HP_UNLIKELY(end || !r))
		return end && hp_fn_is_pending(end);
	if (HP_LIKELY(*(uint64_t *)r == hp_fn_entry(f->fn, f->start)))
		return 1;
	return *r == hp_word(HP_R_FN_ENTER_WIDE, 0, 0) && hp_u64(r + 2) == f->fn;
}

static HP_COLD void erase_wide(uint32_t *r)
{
	hp_commit(r, hp_word(HP_R_OPEN, HP_R_FN_ENTER_WIDE, 4));
	r[1] = r[2] = r[3] = 0;
	hp_commit(r, 0);
}

/* The call goes from the dump, and is counted. One that is not there, as nothing could be recorded then, is not. */
static HP_COLD void take_back(struct hp_thread *t, struct hp_fn_frame *f, uint64_t ticks)
{
	uint32_t *r = HP_RELAXED(&f->record);  /* not again: in the child of a fork by a handler it is gone */
	if (!r || t == &hp_late || !is_recorded(f) || hp_fn_end_of(r))
		return;
	if (*r & 1)
		*(volatile uint64_t *)r = 0;
	else
		erase_wide(r);
	hp_fn_count_brief(hp_fn_left_out(t, f->fn, hp_fn_find_slow(f->fn)), ticks);
}

static HP_COLD void leave_brief_rare(struct hp_thread *t, struct hp_fn_frame *f, uint64_t ticks)
{
	take_back(t, f, ticks);
	t->fn_top = f - 1;
}

HP_INLINE void leave_brief(struct hp_thread *t, struct hp_fn_frame *f, volatile uint64_t *r, uint64_t ticks)
{
	uint64_t found;
	struct hp_filtered *row = hp_fn_find(f->fn, &found) ? hp_fn_row(t, found) : NULL;
	if (HP_UNLIKELY(!row || t == &hp_late || *r != hp_fn_entry(f->fn, f->start))) {
		leave_brief_rare(t, f, ticks);
		return;
	}
	*r = 0;
	hp_take_back(&t->cursor, (char *)(r + 1), (char *)r);
	row->fn = f->fn;
	hp_fn_count_brief(row, ticks);
	t->fn_top = f - 1;
}

/* One that was too short at most goes, as if it had returned. */
int hp_fn_gone_filtered(struct hp_thread *t, struct hp_fn_frame *f, uint64_t now)
{
	t->fn_state = f->state;
	if (now - f->start < hp_fn_filter.min_ticks)
		take_back(t, f, now - f->start);
	return is_recorded(f);
}

static HP_COLD void end_marked(struct hp_thread *t, struct hp_fn_frame *f, uint64_t now)
{
	hp_fn_put_exit(t, f, hp_reserve_marked(t, now, sizeof(struct hp_r_fn_exit)), now);
}

HP_INLINE void leave(struct hp_thread *t, struct hp_fn_frame *f)
{
	uint32_t *r, *entry = HP_RELAXED(&f->record);
	t->fn_state = f->state;
	if (!entry) {
		t->fn_top = f - 1;
		return;
	}
	uint64_t now = hp_ticks();
	if (now - f->start < hp_fn_filter.min_ticks) {
		leave_brief(t, f, (uint64_t *)entry, now - f->start);
		return;
	}
	if (hp_take_timed(t, now, sizeof *r, &r))
		hp_fn_put_exit(t, f, r, now);
	else
		end_marked(t, f, now);
}

static HP_SLOW void leave_rare(struct hp_thread *t, uintptr_t fn, uintptr_t sp)
{
	struct hp_fn_frame *f = NULL;
	if (!(t = hp_enter(HP_FUNCTION)) || !hp_fn_top(t))
		return;
	if (!hp_filter_plainly_out(hp_fn_verdict(hp_fn_find_slow(fn))))
		f = hp_fn_find_exit(t, fn, sp, hp_ticks());
	if (f)
		leave(t, f);
}

void hp_fn_exit_filtered(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp, uintptr_t returns_to)
{
	struct hp_fn_frame *f = t && t->live ? hp_fn_top(t) : NULL;
	/* The second case is a tail call, see hp_fn_find_exit. */
	if (HP_LIKELY(f && f->fn == fn && (sp <= f->sp || (returns_to == site && sp <= f[-1].sp))))
		leave(t, f);
	else
		leave_rare(t, fn, sp);
}
