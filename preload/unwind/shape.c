/* shape.c - shapes, made of remembered frames. */
#include "unwind/shape.h"

enum { PATIENCE = 4 };

uint32_t hp_shape_find_further(struct hp_stack *st, struct hp_caller c)
{
	const struct hp_shape *s = hp_shape_set(st, c);
	_Static_assert(HP_SHAPE_WAYS == 2, "one shape besides the first");
	if (!hp_shape_fits(st, s, c) || !hp_shape_fits(st, s + 1, c))
		return 0;
	return hp_memo_find(hp_shape_sum(s + 1, st->places + s[1].at, c));
}

/* Adds the place of a word. 0, or -1: too many or too far. */
static int add(struct hp_shape *s, uint16_t *places, uintptr_t sp, uintptr_t at)
{
	uintptr_t distance = (at - sp) / sizeof(uintptr_t);
	if (s->words == HP_SHAPE_WORDS || distance > UINT16_MAX)
		return -1;
	s->sum += hp_fold(distance + 1, ~hp_terms[s->words]);
	places[s->words++] = (uint16_t)distance;
	return 0;
}

/* Return addresses first, from the inside out, then frame pointers. */
static int describe(struct hp_shape *s, uint16_t *places, const struct hp_stack *st, struct hp_caller c)
{
	const struct hp_stack_frame *f = st->frames;
	uint32_t last = st->count - 1;
	for (uint32_t i = last; i-- > 0;)
		if (f[i].info & HP_FRAME_UNSURE || add(s, places, c.sp, f[i].sp - 8 * hp_frame_ra(f[i].info)))
			return -1;
	s->addresses = s->words;
	for (uint32_t i = last; i-- > 0;)
		if ((f[i].info & HP_FRAME_LIVE) && hp_frame_fp(f[i].info) && add(s, places, c.sp, f[i].sp - 8 * hp_frame_fp(f[i].info)))
			return -1;
	s->uses_fp = f[last].info & HP_FRAME_LIVE ? 1 : 0;
	return 0;
}

/*
 * Where a new shape goes. In a full set one is learnt once in a while only: where more of them come in turn than there is
 * room for, as many as possible keep their places. NULL: not this time.
 */
static struct hp_shape *choose(struct hp_stack *st, struct hp_caller c)
{
	struct hp_shape *set = hp_shape_set(st, c);
	for (unsigned i = 0; i < HP_SHAPE_WAYS; i++)
		if (set[i].stamp != st->stamp)
			return &set[i];
	uint32_t n = st->next_shape++;
	return n % PATIENCE ? NULL : &set[n / PATIENCE % HP_SHAPE_WAYS];
}

/* Room for as many places as a shape may have, at the end of those in use. When it runs out, all shapes are forgotten. */
static uint32_t free_places(struct hp_stack *st)
{
	if (st->next_place + HP_SHAPE_WORDS > HP_SHAPE_PLACES) {
		st->next_place = 0;
		st->stamp++;
	}
	return st->next_place;
}

/* A shape that is known already, of other words. */
static struct hp_shape *known(struct hp_stack *st, const struct hp_shape *fresh, struct hp_caller c)
{
	struct hp_shape *set = hp_shape_set(st, c);
	for (unsigned i = 0; i < HP_SHAPE_WAYS; i++)
		if (hp_shape_fits(st, &set[i], c) && set[i].sum == fresh->sum)
			return &set[i];
	return NULL;
}

/* Its places go to where another shape's were that it takes the place of, if there is room, or keep what they take up. */
static void put(struct hp_stack *st, struct hp_shape *s, struct hp_shape fresh)
{
	int in_place = s->stamp == st->stamp && fresh.words <= s->room;
	HP_STORE(&s->stamp, 0);  /* not to be used, should a handler jump out of here */
	HP_BARRIER();
	if (in_place) {
		for (uint32_t i = 0; i < fresh.words; i++)
			st->places[s->at + i] = st->places[fresh.at + i];
		fresh.at = s->at;
		fresh.room = s->room;
	} else {
		st->next_place = fresh.at + fresh.words;
	}
	*s = fresh;
	HP_BARRIER();
	s->stamp = st->stamp;
}

void hp_shape_learn(struct hp_thread *t, struct hp_caller c)
{
	struct hp_stack *st = &t->stack;
	if (!(st->frames[0].info & (HP_FRAME_SETTLED | HP_NODE_CUT)) || st->count > HP_SHAPE_WORDS)
		return;
	uint32_t from = free_places(st);
	struct hp_shape *to = choose(st, c);
	if (!to)
		return;
	struct hp_shape fresh = { .pc = c.pc, .sp = c.sp, .at = (uint16_t)from };
	fresh.sum = hp_fold(c.pc, ~hp_terms[HP_TERMS - 1]) + ((uint64_t)st->generation << 32) + st->count;
	if (describe(&fresh, st->places + fresh.at, st, c))
		return;
	fresh.sum += ((uint64_t)fresh.words << 16) + fresh.uses_fp;
	fresh.room = fresh.words;
	hp_memo_keep(t, hp_shape_sum(&fresh, st->places + fresh.at, c), st->id);
	if (!known(st, &fresh, c))
		put(st, to, fresh);
}
