/*
 * function.h - the shadow stack of an instrumented program: which calls are open, and at which stack pointer each was
 * entered. It tells when frames have gone without an exit (longjmp, exceptions under clang, pthread_exit).
 */
#ifndef HP_HOOKS_FUNCTION_H
#define HP_HOOKS_FUNCTION_H

#include "event.h"

/*
 * site: where the function returns to; calls that the compiler inlined share sp and site with the call around them.
 * record: where the call's entry stands, or NULL; once it is about to end, where the record of that stands, with HP_FN_ENDING.
 * Stored before that record is there: whoever finds the frame after a signal handler has jumped out of a hook looks there, and
 * knows what the dump has of the call. In places above the innermost call it says that one has ended.
 * The rest is in use with a filter only (function_filter.c): when it began, and what the filter's state was before it.
 */
struct hp_fn_frame {
	uintptr_t fn, sp, site;
	uint64_t start;
	uint32_t *record;
	uint32_t state, reserved;
};
enum { HP_FN_ENDING = 1 };

/* A thread begins, or a forked child: no open calls. */
HP_HIDDEN void hp_function_reset(struct hp_thread *t);

/* ---- function_stack.c ---- */

/* Where a thread without a stack of its own stands: every entry is "above" it and takes the slow path. */
HP_HIDDEN extern struct hp_fn_frame hp_fn_none[2];
/* Makes room for more calls; -1: there is none. */
HP_HIDDEN HP_COLD int hp_fn_grow(struct hp_thread *t);
/* The innermost open call, in the present stack. NULL as of hp_fn_top; hp_fn_none where there is no stack. */
HP_HIDDEN HP_COLD struct hp_fn_frame *hp_fn_settled_top(struct hp_thread *t);
/* Asked of a call whose entry hook is over, or will not go on, before its `fn` or what follows is read in the slow path. Returns f. */
HP_HIDDEN HP_COLD struct hp_fn_frame *hp_fn_complete(const struct hp_fn_frame *base, struct hp_fn_frame *f);

/* ---- for both ways of recording calls ---- */

/*
 * The innermost open call. NULL: ended threads have none to share; nor has the child of a fork by a signal handler, which finds
 * the state of its parent's thread wiped: who reads it only once `live` has been seen may find that, too.
 */
HP_INLINE struct hp_fn_frame *hp_fn_top(const struct hp_thread *t)
{
	struct hp_fn_frame *top = HP_RELAXED(&t->fn_top);
	HP_BARRIER();
	return top;
}

/* A call that the compiler inlined: entered in the frame of the call around it, which is still open. */
HP_INLINE int hp_fn_inlined_in(const struct hp_fn_frame *top, uintptr_t fn, uintptr_t sp, uintptr_t site)
{
	return sp == top->sp && site == top->site && fn != top->fn;
}

/*
 * Is there a place above the innermost call, and is it one of the present stack's? A handler that came since that was read may have
 * replaced the stack by a bigger one.
 */
HP_INLINE int hp_fn_has_room(const struct hp_thread *t, const struct hp_fn_frame *top)
{
	return (uintptr_t)t->fn_end - (uintptr_t)(top + 2) <= t->fn_room;
}

/* There is no room to push on, or frames have gone: hp_fn_settle comes first. */
HP_INLINE int hp_fn_unsettled(const struct hp_thread *t, const struct hp_fn_frame *top, uintptr_t fn, uintptr_t sp, uintptr_t site)
{
	return (sp >= top->sp && !hp_fn_inlined_in(top, fn, sp, site)) || !hp_fn_has_room(t, top);
}

HP_INLINE uint64_t hp_fn_entry(uintptr_t fn, uint64_t now) { return (uint64_t)fn << 32 | (uint32_t)(now << 2) | HP_FN_ENTER; }
HP_INLINE uint32_t hp_fn_exit(uint64_t now) { return (uint32_t)(now << 2) | HP_FN_EXIT; }

HP_INLINE uint32_t *hp_fn_ending(uint32_t *r) { return (uint32_t *)((uintptr_t)r | HP_FN_ENDING); }

/* Of a frame's `record`: what ends the call, or is to; NULL: nothing does so far. */
HP_INLINE uint32_t *hp_fn_end_of(uint32_t *r)
{
	return (uintptr_t)r & HP_FN_ENDING ? (uint32_t *)((uintptr_t)r & ~(uintptr_t)HP_FN_ENDING) : NULL;
}

/* A FN_CUT that is being filled. */
HP_INLINE int hp_fn_is_open_cut(const uint32_t *end)
{
	return *(const volatile uint32_t *)end == hp_word(HP_R_OPEN, HP_R_FN_CUT, sizeof(struct hp_r_fn_cut) / 4);
}

/* An exit is not there yet, nor is a FN_CUT that is being filled. */
HP_INLINE int hp_fn_is_pending(const uint32_t *end)
{
	return !*(const volatile uint32_t *)end || hp_fn_is_open_cut(end);
}

/* The frame goes last. */
HP_INLINE void hp_fn_put_exit(struct hp_thread *t, struct hp_fn_frame *f, uint32_t *r, uint64_t now)
{
	f->record = hp_fn_ending(r);
	HP_BARRIER();
	*(volatile uint32_t *)r = hp_fn_exit(now);
	HP_BARRIER();
	t->fn_top = f - 1;
}

HP_INLINE void hp_fn_put_entry(struct hp_fn_frame *f, uint64_t *r, uintptr_t fn, uint64_t now)
{
	f->record = (uint32_t *)r;
	HP_BARRIER();
	*(volatile uint64_t *)r = hp_fn_entry(fn, now);
}

/* Frames at or below this stack pointer are gone: says so in the dump. The frame to push on; NULL: there is none. */
HP_HIDDEN HP_COLD struct hp_fn_frame *hp_fn_settle(struct hp_thread *t, uintptr_t fn, uintptr_t sp, uintptr_t site, uint64_t now);
/*
 * The frame that this exit belongs to, with what is gone above it. A tail-called exit hook (gcc -O2) comes when the
 * frame is popped already; it returns to the function's own caller. NULL: entered before the recording, or unknown.
 */
HP_HIDDEN HP_COLD struct hp_fn_frame *hp_fn_find_exit(struct hp_thread *t, uintptr_t fn, uintptr_t sp, uint64_t now);
/* An entry in the long form. */
HP_HIDDEN HP_COLD void hp_fn_put_wide(struct hp_thread *t, struct hp_fn_frame *f, uint64_t now, uintptr_t fn);

/* ---- function_filter.c: with HP_FN_FILTER, what hp_fn_leave_out leaves; _timed: without HP_FN_NAMES. t: hp_tls.t, as it is ---- */
HP_HIDDEN HP_SLOW void hp_fn_enter_timed(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp);
HP_HIDDEN HP_SLOW void hp_fn_enter_filtered(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp);
HP_HIDDEN HP_SLOW void hp_fn_exit_filtered(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp, uintptr_t returns_to);
/* A call's frame is gone without an exit. 1: its entry is in the dump, without an end, and stays there. */
HP_HIDDEN HP_COLD int hp_fn_gone_filtered(struct hp_thread *t, struct hp_fn_frame *f, uint64_t now);

#endif
