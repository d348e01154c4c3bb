/* deadlock_cycles.c - threads that wait for each other, and those that wait for a thread that has ended. */
#include "deadlock_private.h"
#include "groups.h"

#include "util/alloc.h"

struct search { struct waits_at_end *w; const uint32_t *group; uint32_t *from, *seen, *queue, round; };

/* The shortest way from a waiter back to itself, along `from` from the one that is returned; WAITER_NONE: there is none. */
static uint32_t way_back(struct search *s, uint32_t root)
{
	const struct waits_at_end *w = s->w;
	uint32_t head = 0, tail = 0;
	s->queue[tail++] = root;
	s->round++;
	while (head < tail) {
		uint32_t at = s->queue[head++];
		for (uint32_t e = w->start[at]; e < w->start[at + 1]; e++) {
			uint32_t to = w->to[e];
			if (to == root)
				return at;
			if (s->group[to] != s->group[root] || s->seen[to] == s->round)
				continue;
			s->seen[to] = s->round;
			s->from[to] = at;
			s->queue[tail++] = to;
		}
	}
	return WAITER_NONE;
}

/* `from` leads from the last one to the first: it is turned round in the queue's room, which is free again. */
static void tell(struct search *s, uint32_t root, uint32_t last)
{
	struct waits_at_end *w = s->w;
	uint32_t n = 0;
	for (uint32_t at = last; at != root; at = s->from[at])
		s->queue[n++] = at;
	s->queue[n++] = root;
	deadlocks_begin(w, DEADLOCK_CYCLE, w->v.v[root].process);
	for (uint32_t i = n; i-- > 0;)
		deadlocks_add(w, s->queue[i], w->v.v[i ? s->queue[i - 1] : root].thread);
	deadlocks_close(w, 0);
}

static int waits_for_itself(const struct waits_at_end *w, uint32_t waiter)
{
	for (uint32_t e = w->start[waiter]; e < w->start[waiter + 1]; e++)
		if (w->to[e] == waiter)
			return 1;
	return 0;
}

/* Two that do so may wait for each other, too (both want to write what both read): each is told by itself. */
static void find_selves(struct waits_at_end *w)
{
	for (uint32_t i = 0; i < w->v.n; i++)
		w->v.v[i].deadlocked = (uint8_t)waits_for_itself(w, i);
	for (uint32_t i = 0; i < w->v.n && !deadlocks_full(w); i++) {
		if (!w->v.v[i].deadlocked)
			continue;
		deadlocks_begin(w, DEADLOCK_CYCLE, w->v.v[i].process);
		deadlocks_add(w, i, w->v.v[i].thread);
		deadlocks_close(w, 0);
	}
}

static void find_gone(struct waits_at_end *w)
{
	for (uint32_t i = 0; i < w->v.n && !deadlocks_full(w); i++) {
		const struct waiter *x = &w->v.v[i];
		if (x->deadlocked || x->behind || x->edges || (x->gone == THREAD_NONE && !x->inherited))
			continue;
		struct deadlock *d = deadlocks_begin(w, DEADLOCK_GONE, x->process);
		d->gone = x->gone;
		deadlocks_add(w, i, x->gone);
		deadlocks_close(w, 0);
	}
}

void deadlocks_find_cycles(struct waits_at_end *w)
{
	uint32_t n = (uint32_t)w->v.n, *room = xcalloc((size_t)n * 4 + 1, sizeof *room), *group = room + (size_t)n * 3;
	struct search s = { .w = w, .group = group, .from = room, .seen = room + n, .queue = room + (size_t)n * 2 };
	groups_find(n, w->start, w->to, group);
	find_selves(w);
	for (uint32_t i = 0; i < n && !deadlocks_full(w); i++) {
		uint32_t last = w->v.v[i].deadlocked || w->v.v[i].behind ? WAITER_NONE : way_back(&s, i);
		if (last != WAITER_NONE)
			tell(&s, i, last);
	}
	free(room);
	find_gone(w);
}
