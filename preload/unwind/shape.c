/* shape.c - shapes, made of remembered frames. */
#include "unwind/shape.h"

/* Adds the place of a word. 0, or -1: too many or too far. */
static int add(struct hp_shape *s, uintptr_t sp, uintptr_t at)
{
	uintptr_t distance = (at - sp) / sizeof(uintptr_t);
	if (s->words == HP_SHAPE_WORDS || distance > UINT16_MAX)
		return -1;
	s->sum += hp_fold(distance + 1, ~hp_terms[s->words]);
	s->at[s->words++] = (uint16_t)distance;
	return 0;
}

/* Return addresses first, from the inside out, then frame pointers. */
static int describe(struct hp_shape *s, const struct hp_stack *st, struct hp_caller c)
{
	const struct hp_stack_frame *f = st->frames;
	uint32_t last = st->count - 1;
	for (uint32_t i = last; i-- > 0;)
		if (f[i].info & HP_FRAME_UNSURE || add(s, c.sp, f[i].sp - 8 * hp_frame_ra(f[i].info)))
			return -1;
	s->addresses = s->words;
	for (uint32_t i = last; i-- > 0;)
		if ((f[i].info & HP_FRAME_LIVE) && hp_frame_fp(f[i].info) && add(s, c.sp, f[i].sp - 8 * hp_frame_fp(f[i].info)))
			return -1;
	s->uses_fp = f[last].info & HP_FRAME_LIVE ? 1 : 0;
	return 0;
}

static struct hp_shape *choose(struct hp_stack *st, struct hp_caller c)
{
	struct hp_shape *set = hp_shape_set(st, c);
	for (unsigned i = 0; i < HP_SHAPE_WAYS; i++)
		if ((set[i].pc == c.pc && set[i].sp == c.sp) || set[i].stamp != st->stamp)
			return &set[i];
	return &set[st->next_shape++ % HP_SHAPE_WAYS];
}

void hp_shape_learn(struct hp_stack *st, struct hp_caller c)
{
	if (!(st->frames[0].info & (HP_FRAME_SETTLED | HP_NODE_CUT)) || st->count > HP_SHAPE_WORDS)
		return;
	struct hp_shape *s = choose(st, c);
	s->stamp = 0;  /* not to be used, should a handler jump out of here */
	HP_BARRIER();
	s->pc = c.pc;
	s->sp = c.sp;
	s->words = 0;
	s->sum = hp_fold(c.pc, ~hp_terms[HP_TERMS - 1]) + ((uint64_t)st->generation << 32) + st->count;
	if (describe(s, st, c))
		return;
	s->sum += ((uint64_t)s->words << 16) + s->uses_fp;
	hp_memo_keep(hp_shape_sum(s, c), st->id);
	HP_BARRIER();
	s->stamp = st->stamp;
}
