/*
 * Waits that run out of time. Most programs that wait with a timeout look whether there is something else to do and wait on. Such a
 * wait takes no time of its own in a replay: the waiting lasts until what ended it in the end. Else a thread that looks up ten
 * times a second while others work would do so as often if they worked no more.
 *
 * One that nobody ever ended keeps its length: what was done then was done because of the time.
 */
#include "tape_private.h"

static unsigned kind_of(const struct act *a)
{
	return a->kind == ACT_GAVE_UP ? ACT_ACQUIRE : a->kind;
}

static int is_wait(const struct act *a)
{
	switch (a->kind) {
	case ACT_COND_WAIT: case ACT_SEM_WAIT: case ACT_FUTEX_WAIT: case ACT_POLL: case ACT_GAVE_UP: case ACT_ACQUIRE: case ACT_SLEEP:
	case ACT_JOIN: case ACT_READ: case ACT_BARRIER: return 1;
	default: return 0;
	}
}

/* What a poll waited for is not known if it ran out of time; where it was called is. */
static int same_thing(const struct act *a, const struct act *b)
{
	return kind_of(a) == kind_of(b) && (a->kind == ACT_POLL ? a->stack == b->stack : a->object == b->object);
}

static int ran_out(const struct act *a)
{
	return a->kind == ACT_GAVE_UP || (a->gate == ACT_NONE && (a->flags & ACT_FAILED) && (a->kind == ACT_COND_WAIT || a->kind == ACT_SEM_WAIT ||
	       a->kind == ACT_FUTEX_WAIT)) || (a->kind == ACT_POLL && a->gate == ACT_NONE && !a->number);
}

void making_timeout(struct making *m, uint32_t i, const struct span *s)
{
	const struct act *a = &m->acts[i];
	struct way *w = &m->ways[a->thread];
	const struct act *last = w->timeouts.n ? &m->acts[w->timeouts.v[w->timeouts.n - 1]] : NULL;
	int out = s->end > s->start && ran_out(a);

	if (!is_wait(a) || (!last && !out))
		return;
	if (last && same_thing(a, last) && making_gated(m, a)) {
		for (size_t k = 0; k < w->timeouts.n; k++)
			m->elastic[w->timeouts.v[k] / 8] |= (uint8_t)(1u << w->timeouts.v[k] % 8);
	} else if (last && !out && s->end - s->start < 1000) {
		return;  /* it did not stop the thread */
	}
	if (!last || !same_thing(a, last) || !out)
		w->timeouts.n = 0;
	if (out)
		vec_push(&w->timeouts, i);
}
