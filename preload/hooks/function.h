/*
 * function.h - the shadow stack of an instrumented program: which calls are open, and at which stack pointer each was
 * entered. It tells when frames have gone without an exit (longjmp, exceptions under clang, pthread_exit).
 */
#ifndef HP_HOOKS_FUNCTION_H
#define HP_HOOKS_FUNCTION_H

#include "event.h"

/*
 * site: where the function returns to; calls that the compiler inlined share sp and site with the call around them.
 * The rest is in use with a filter only (function_filter.c): when it began, where its entry stands or NULL, and what
 * the filter's state was before it.
 */
struct hp_fn_frame {
	uintptr_t fn, sp, site;
	uint64_t start;
	uint32_t *record;
	uint32_t state, reserved;
};

/* A thread begins, or a forked child: no open calls. */
HP_HIDDEN void hp_function_reset(struct hp_thread *t);

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

/* There is no room to push on, or frames have gone: hp_fn_settle comes first. */
HP_INLINE int hp_fn_unsettled(const struct hp_thread *t, const struct hp_fn_frame *top, uintptr_t fn, uintptr_t sp, uintptr_t site)
{
	return (sp >= top->sp && !hp_fn_inlined_in(top, fn, sp, site)) || top + 1 >= t->fn_end;
}

HP_INLINE uint64_t hp_fn_entry(uintptr_t fn, uint64_t now) { return (uint64_t)fn << 32 | (uint32_t)(now << 2) | HP_FN_ENTER; }
HP_INLINE uint32_t hp_fn_exit(uint64_t now) { return (uint32_t)(now << 2) | HP_FN_EXIT; }

/* Frames at or below this stack pointer are gone: says so in the dump. The frame to push on; NULL: there is none. */
HP_HIDDEN HP_COLD struct hp_fn_frame *hp_fn_settle(struct hp_thread *t, uintptr_t fn, uintptr_t sp, uintptr_t site, uint64_t now);
/*
 * The frame that this exit belongs to, with what is gone above it. A tail-called exit hook (gcc -O2) comes when the
 * frame is popped already; it returns to the function's own caller. NULL: entered before the recording, or unknown.
 */
HP_HIDDEN HP_COLD struct hp_fn_frame *hp_fn_find_exit(struct hp_thread *t, uintptr_t fn, uintptr_t sp, uint64_t now);
/* An entry in the long form. Where it stands. */
HP_HIDDEN HP_COLD uint32_t *hp_fn_put_wide(struct hp_thread *t, uint64_t now, uintptr_t fn);

/* ---- function_filter.c: with HP_FN_FILTER, what hp_fn_leave_out leaves; _timed: without HP_FN_NAMES. t: hp_tls.t, as it is ---- */
HP_HIDDEN HP_SLOW void hp_fn_enter_timed(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp);
HP_HIDDEN HP_SLOW void hp_fn_enter_filtered(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp);
HP_HIDDEN HP_SLOW void hp_fn_exit_filtered(struct hp_thread *t, uintptr_t fn, uintptr_t site, uintptr_t sp, uintptr_t returns_to);
/* A call's frame is gone without an exit. 1: its entry is in the dump, and stays there. */
HP_HIDDEN HP_COLD int hp_fn_gone_filtered(struct hp_thread *t, struct hp_fn_frame *f, uint64_t now);

#endif
