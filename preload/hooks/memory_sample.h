/*
 * memory_sample.h - which calls of the allocator take a second stamp: one of each 64 of a thread, chosen at random, so that
 * every call is as likely to be one. What a single stamp cannot tell of them (time inside, usable size) goes into an
 * ALLOC_SAMPLE behind the record of the call.
 */
#ifndef HP_HOOKS_MEMORY_SAMPLE_H
#define HP_HOOKS_MEMORY_SAMPLE_H

#include "../thread.h"

/* The count-down has run out: draws the next one. 0: it was only the thread's first. */
HP_HIDDEN HP_SLOW int hp_sample_turn(struct hp_sampling *);

/* Whether this call is one. Only where memory calls are recorded; costs two or three instructions. */
HP_INLINE int hp_sample_due(struct hp_sampling *s)
{
	s->in--;
	return HP_UNLIKELY(s->in < 0) ? hp_sample_turn(s) : 0;
}

/* p: the block that was got, NULL: none. To be called right after the call's own record. */
HP_HIDDEN HP_COLD void hp_sample_put(unsigned op, uint64_t ticks, void *p);

/* Looks whose malloc_usable_size ours would call. */
HP_HIDDEN void hp_sample_init(void);

#endif
