/*
 * walk.h - the state of a capture against remembered frames (remember.c), and what changes the array of them. All of it
 * is inlined into one function or works on copies, so that the compiler may keep the state in registers.
 */
#ifndef HP_UNWIND_WALK_H
#define HP_UNWIND_WALK_H

#include "intern.h"
#include "unwind/step.h"

struct walk {
	struct hp_cursor c;
	struct hp_stack *st;
	struct hp_stack_frame *f;  /* st->frames */
	uint32_t outer;            /* f[0..outer) is not confirmed yet */
	uint32_t in, end;          /* f[in..end) is; the cursor is at its outermost, unless .. */
	uint32_t fresh;            /* .. these come after it, innermost first */
	uint32_t clean;            /* f[0..clean) is as remembered, should all of it be confirmed */
	uint32_t limit, depth;     /* frames that there is room for; that are wanted */
	uint32_t resum;            /* sum has to be made anew */
	uint32_t fp_known;         /* the cursor's fp is right; else, know_fp */
	uint32_t fp_users;         /* frames that use their fp; too many does no harm */
	uintptr_t caller_fp, here;
	uint64_t sum;
};

HP_INLINE uint64_t term(const struct hp_stack_frame *f, uint32_t i)
{
	return hp_frame_term(hp_frame_key(f[i].pc, f[i].info & HP_FRAME_NODE), i);
}

/* The barrier keeps loops around this from becoming calls of memmove, which is slow here. */
HP_INLINE void copy_frame(struct hp_stack_frame *to, const struct hp_stack_frame *from)
{
	*to = *from;
	HP_BARRIER();
}

static HP_SLOW void move_frames(struct hp_stack_frame *to, const struct hp_stack_frame *from, uint32_t n)
{
	if (to < from)
		for (uint32_t i = 0; i < n; i++)
			copy_frame(&to[i], &from[i]);
	else
		for (uint32_t i = n; i-- > 0;)
			copy_frame(&to[i], &from[i]);
}

/* ---- the frame pointer, which is followed only where it matters ---- */

/* 1: the frame pointer was loaded on the way to this frame. */
static inline int fp_entered(const struct hp_stack_frame *f, uintptr_t *fp)
{
	if (f->info & HP_FRAME_UNSURE)
		*fp = f->fp;
	else if (hp_frame_fp(f->info))
		*fp = hp_frame_fp_now(f);
	else
		return 0;
	return 1;
}

/* That of f[i]: loaded on the way to it, or to a frame further in, else the innermost frame's. */
static inline uintptr_t fp_of(const struct hp_stack_frame *f, uint32_t i, uint32_t end, uintptr_t innermost)
{
	uintptr_t fp;
	for (; i < end; i++)
		if (fp_entered(&f[i], &fp))
			return fp;
	return innermost;
}

HP_INLINE void know_fp(struct walk *w)
{
	if (HP_LIKELY(w->fp_known))
		return;
	uintptr_t fp;
	w->fp_known = 1;
	for (uint32_t i = w->fresh; i-- > 0;) {
		if (fp_entered(&w->st->fresh[i], &fp)) {
			w->c.fp = fp;
			return;
		}
	}
	w->c.fp = fp_of(w->f, w->in, w->end, w->caller_fp);
}

/* From the first changed frame inwards: whose frame pointer matters, and what it is. How many use it. */
static HP_SLOW uint32_t find_live(struct hp_stack_frame *f, uint32_t clean, uint32_t end, uintptr_t caller_fp)
{
	uint32_t users = 0;
	for (uint32_t i = 0; i < clean; i++)
		users += f[i].info & HP_FRAME_USES_FP ? 1 : 0;
	for (uint32_t i = clean; i < end; i++) {
		int live = f[i].info & HP_FRAME_USES_FP ? 1 : 0;
		users += (uint32_t)live;
		if (!live && i && (f[i - 1].info & HP_FRAME_LIVE))
			live = !hp_frame_fp(f[i - 1].info) && !(f[i - 1].info & HP_FRAME_UNSURE);
		f[i].info = (f[i].info & ~(uint32_t)HP_FRAME_LIVE) | (live ? HP_FRAME_LIVE : 0);
		if (live)
			f[i].fp = fp_of(f, i, end, caller_fp);
	}
	return users;
}

/* ---- changes ---- */

/* The array is full of outer frames that are not confirmed: forgets some of the outermost. */
static HP_SLOW void drop_outer(struct hp_stack_frame *f, uint32_t n, uint32_t rest)
{
	move_frames(f, f + n, rest);
	f->info &= ~(uint32_t)(HP_FRAME_ENDS | HP_FRAME_SETTLED);
}

/* Closes the gap between the confirmed inner frames and the outer ones, with the fresh ones in it. */
HP_INLINE void splice(struct walk *w)
{
	uint32_t inner = w->end - w->in, to = w->outer + w->fresh;
	if (HP_UNLIKELY(to + inner > w->st->capacity)) {
		uint32_t n = to + inner - w->st->capacity;
		w->outer -= n;
		to -= n;
		w->resum = 1;
		w->clean = 0;
		drop_outer(w->f, n, w->outer);
	}
	if (inner && w->fresh) {
		w->resum |= w->f[w->in].info & HP_FRAME_ENDS;
		w->f[w->in].info &= ~(uint32_t)(HP_FRAME_ENDS | HP_FRAME_SETTLED);
	}
	if (inner && to != w->in) {
		move_frames(w->f + to, w->f + w->in, inner);
		w->resum = 1;
		w->clean = w->outer;
	}
	for (uint32_t i = to, k = 0; i-- > w->outer; k++) {
		copy_frame(&w->f[i], &w->st->fresh[k]);
		w->sum += term(w->f, i);
		w->clean = w->outer;
	}
	w->in = w->outer;
	w->end = to + inner;
	w->fresh = 0;
}

#endif
