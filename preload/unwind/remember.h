/*
 * remember.h - capture against the frames of the last capture on the thread's own stack.
 *
 * A frame's registers (pc, sp, and fp where its rule uses it) determine its caller but for the words that are loaded. So
 * from a frame that is as remembered, the next ones are found by loading those words at the remembered addresses and
 * comparing: no rule is looked up until one differs. A frame that differs is changed in place when its stack pointer is
 * that of the remembered one (another call site of the same function); others are collected, and put between.
 */
#ifndef HP_UNWIND_REMEMBER_H
#define HP_UNWIND_REMEMBER_H

#include "unwind/step.h"

/* f[i] is as remembered: goes outwards, to `last` at most, as long as the next one is. About 1 ns a frame; reads only. */
HP_INLINE uint32_t hp_confirm(const struct hp_stack_frame *f, uint32_t i, uint32_t last)
{
	for (; i > last; i--) {
		const struct hp_stack_frame *g = &f[i - 1];
		if (g->info & (HP_FRAME_UNSURE | HP_FRAME_LIVE)) {
			if (g->info & HP_FRAME_UNSURE)
				break;
			if (hp_frame_fp(g->info) && hp_frame_fp_now(g) != g->fp)
				break;
		}
		if (hp_frame_pc_now(g) != g->pc)
			break;
	}
	return i;
}

/* This frame has these registers. */
HP_INLINE int hp_same_frame(const struct hp_stack_frame *f, uintptr_t pc, uintptr_t fp, uint32_t info)
{
	return f->pc == pc && !((f->info ^ info) & HP_NODE_EXACT) && (!(f->info & HP_FRAME_LIVE) || f->fp == fp);
}

/*
 * Brings the remembered frames up to date with the stack of `caller`, and finds its id (hp_stack.id). seen: set when it
 * has been met before. here: what hp_stack.busy is, while nobody else changes the frames. 0, or -1: not with these means
 * (the stack goes on elsewhere).
 */
HP_HIDDEN int hp_remember(struct hp_thread *t, struct hp_caller caller, uintptr_t here, unsigned depth, int *seen);

#endif
