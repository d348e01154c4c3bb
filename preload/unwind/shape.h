/*
 * shape.h - stacks that have been seen before, known again without following them.
 *
 * A shape is where a stack's return addresses lie (and those frame pointers that its rules use), as distances from the
 * innermost frame's stack pointer. The words there, summed up with the shape itself, name the stack: rules and words
 * decide where each next word lies, so if a stack with the same words at the same distances has been followed once, this
 * one is the same. Each thread keeps the shapes it has met by their innermost pc and sp, and sums up whatever is there
 * now; the sum is looked up among all stacks' (hp_memo_find). No branch depends on what the words are.
 */
#ifndef HP_UNWIND_SHAPE_H
#define HP_UNWIND_SHAPE_H

#include "intern.h"
#include "unwind/step.h"

HP_INLINE struct hp_shape *hp_shape_set(struct hp_stack *st, struct hp_caller c)
{
	return st->shapes[hp_mix(c.pc ^ c.sp << 4) >> (64 - HP_SHAPE_BITS)];
}

HP_INLINE uint64_t return_address(const uint16_t *at, struct hp_caller c, uint32_t i)
{
	return hp_strip_pc(hp_stack_word(c.sp + 8 * (uintptr_t)at[i]));
}

/*
 * The sum of what is there now. Two addresses a multiplication (as in NH: Black et al., UMAC, CRYPTO 1999), each mixed with a
 * random word of its place.
 */
HP_INLINE uint64_t hp_shape_sum(const struct hp_shape *s, const uint16_t *at, struct hp_caller c)
{
	uint64_t sum = s->sum;
	uint32_t i = 0;
	for (; i + 1 < s->addresses; i += 2)
		sum += hp_fold(return_address(at, c, i) ^ hp_terms[i], return_address(at, c, i + 1) ^ hp_terms[i + 1]);
	if (i < s->addresses) {
		sum += hp_fold(return_address(at, c, i), hp_terms[i]);
		i++;
	}
	for (; HP_UNLIKELY(i < s->words); i++)
		sum += hp_fold(hp_stack_word(c.sp + 8 * (uintptr_t)at[i]) - c.sp, hp_terms[i]);
	return HP_UNLIKELY(s->uses_fp) ? sum + hp_fold(c.fp - c.sp, ~hp_terms[0]) : sum;
}

HP_INLINE int hp_shape_fits(const struct hp_stack *st, const struct hp_shape *s, struct hp_caller c)
{
	return HP_LIKELY(s->pc == c.pc && s->sp == c.sp) && s->stamp == st->stamp;
}

/* The id of the caller's stack, 0: not known in this way. About 1 ns a frame. The remembered frames are not touched. */
HP_INLINE uint32_t hp_shape_find(struct hp_stack *st, struct hp_caller c)
{
	const struct hp_shape *s = hp_shape_set(st, c);
	for (unsigned i = 0; i < HP_SHAPE_WAYS; i++, s++)
		if (hp_shape_fits(st, s, c))
			return hp_memo_find(hp_shape_sum(s, st->places + s->at, c));
	return 0;
}

/* The same when that has found nothing: the innermost frame may have further shapes. */
HP_HIDDEN uint32_t hp_shape_find_further(struct hp_stack *st, struct hp_caller c);

/* Keeps the shape of the thread's remembered stack, if it is one that words alone describe. */
HP_HIDDEN void hp_shape_learn(struct hp_thread *t, struct hp_caller c);

#endif
