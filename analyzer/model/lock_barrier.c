/*
 * lock_barrier.c - barriers, round by round. Nobody leaves before all have come: a wait that began after the first one of a round
 * has ended belongs to the next round.
 */
#include "locks_private.h"

struct barrier_round { uint64_t first_start, last_start, first_end; uint32_t last_use, counts; };

static void end_round(struct model *m, struct lock *l)
{
	struct barrier_round *r = l->state->round;
	struct lock_barrier *b = l->barrier;
	uint64_t spread = model_took(m, r->first_start, r->last_start);
	if (!r->counts)
		return;
	r->counts = 0;
	b->rounds++;
	b->spread_ns += spread;
	b->max_spread_ns = spread > b->max_spread_ns ? spread : b->max_spread_ns;
	lock_times_add(&b->spreads, spread);
	locks_private(m)->uses.v[r->last_use].last_arrivals++;
}

void lock_barrier_wait(struct feed *f, struct lock *l, uint32_t use, uint64_t start)
{
	struct barrier_round *r = l->state->round;
	if (r && start > r->first_end)
		end_round(f->m, l);
	if (!r)
		r = l->state->round = arena_zalloc(&locks_private(f->m)->arena, sizeof *r);
	if (!r->first_end || start > r->first_end)
		*r = (struct barrier_round){ .first_start = start, .last_start = start, .first_end = f->e->ns, .last_use = use };
	if (start < r->first_start)
		r->first_start = start;
	if (start > r->last_start) {
		r->last_start = start;
		r->last_use = use;
	}
	r->counts |= (uint32_t)f->count;
}

void lock_barrier_finish(struct model *m, struct lock *l)
{
	if (l->barrier && l->state->round)
		end_round(m, l);
}

void lock_barrier_clear(struct lock *l)
{
	if (!l->barrier)
		return;
	lock_times_free(&l->barrier->spreads);
	*l->barrier = (struct lock_barrier){ .count = l->barrier->count };
	if (l->state->round)
		l->state->round->counts = 0;
}
