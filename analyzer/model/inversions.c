/*
 * inversions.c - orders of locks that go round. First what can go round at all is found (strongly connected locks), then for each
 * order in there the shortest way back: orders one after the other, each of the life of the lock that the one before means,
 * and readers do not wait for readers.
 */
#include "groups.h"
#include "private.h"

#include <string.h>

#include "util/alloc.h"

enum { TOLD_MOST = 1000, STEPS_MOST = 1 << 24, ALONE_MOST = 8 };

struct search {
	struct model *m;
	struct lock_pair *v;                 /* the pairs */
	uint32_t *by_first, *start;          /* pairs by their first lock's node; where a node's begin */
	uint32_t *node[2];                   /* by pair: its first and its second lock's */
	uint32_t *to;                        /* as by_first: the second lock's node */
	uint32_t nodes, *group;              /* by node */
	uint32_t *from, *seen, round;        /* by pair: how the search came there, and in which search */
	uint32_t *queue;
	uint8_t *told;                       /* by pair: some inversion has it */
	uint64_t steps;
};

/* ---- locks as nodes, pairs as edges ---- */

static uint32_t node_of(struct search *s, struct map64 *map, uint32_t lock)
{
	uint32_t i = map64_get(map, lock);
	if (i == MAP64_NONE)
		map64_put(map, lock, i = s->nodes++);
	return i;
}

static void make_graph(struct search *s, uint32_t pairs)
{
	struct map64 map = { 0 };
	for (uint32_t i = 0; i < pairs; i++) {
		s->node[0][i] = node_of(s, &map, s->v[i].first);
		s->node[1][i] = node_of(s, &map, s->v[i].second);
	}
	map64_free(&map);
	s->start = xcalloc(s->nodes + 2, sizeof *s->start);
	for (uint32_t i = 0; i < pairs; i++)
		s->start[s->node[0][i] + 2]++;
	for (uint32_t n = 2; n < s->nodes + 2; n++)
		s->start[n] += s->start[n - 1];
	for (uint32_t i = 0; i < pairs; i++)
		s->by_first[s->start[s->node[0][i] + 1]++] = i;
	for (uint32_t i = 0; i < pairs; i++)
		s->to[i] = s->node[1][s->by_first[i]];
}

/* ---- the way back ---- */

/* Can one wait for the lock that it takes second here, while another has it as its first there? */
static int follows(const struct lock_pair *a, const struct lock_pair *b)
{
	return a->second == b->first && a->second_life == b->first_life && !(a->second_shared && b->first_shared);
}

/* The last pair of the shortest way round that begins with `pair`; UINT32_MAX: there is none. */
static uint32_t way_back(struct search *s, uint32_t pair)
{
	uint32_t head = 0, tail = 0;
	s->queue[tail++] = pair;
	s->seen[pair] = ++s->round;
	while (head < tail) {
		uint32_t at = s->queue[head++], node = s->node[1][at];
		for (uint32_t i = s->start[node]; i < s->start[node + 1] && s->steps < STEPS_MOST; i++, s->steps++) {
			uint32_t to = s->by_first[i];
			if (s->seen[to] == s->round || s->group[s->node[1][to]] != s->group[node] || !follows(&s->v[at], &s->v[to]))
				continue;
			s->seen[to] = s->round;
			s->from[to] = at;
			if (follows(&s->v[to], &s->v[pair]))
				return to;
			s->queue[tail++] = to;
		}
	}
	return UINT32_MAX;
}

/* ---- what it amounts to ---- */

/* The lock that two orders of it were always inside of, one of them at least as its only owner. */
static uint32_t guard_of(const struct lock_pairs *all, const uint32_t *orders, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct lock_pair *a = &all->v.v[orders[i]];
		for (uint32_t k = i + 1; k < n; k++) {
			const struct lock_pair *b = &all->v.v[orders[k]];
			for (unsigned x = 0; x < a->gate_count * (unsigned)b->gate_count; x++) {
				const struct lock_gate *g = &all->gates.v[a->gates + x / b->gate_count], *h = &all->gates.v[b->gates + x % b->gate_count];
				if (g->lock == h->lock && !(g->shared && h->shared))
					return g->lock;
			}
		}
	}
	return LOCK_NONE;
}

static void add_thread(uint32_t *threads, uint32_t *n, uint32_t most, uint32_t thread)
{
	for (uint32_t i = 0; i < *n; i++)
		if (threads[i] == thread)
			return;
	if (*n < most)
		threads[(*n)++] = thread;
}

/* How many threads some of the orders have together, `wanted` at most. */
static uint32_t threads_of(const struct lock_pairs *all, const uint32_t *orders, uint32_t n, unsigned subset, uint32_t wanted)
{
	uint32_t found[ALONE_MOST], count = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (!(subset >> i & 1))
			continue;
		for (uint32_t t = all->v.v[orders[i]].first_thread; t && count < wanted; t = all->threads.v[t - 1].next)
			add_thread(found, &count, wanted, all->threads.v[t - 1].thread);
	}
	return count;
}

/* Each order needs a thread of its own: any number of them must have as many threads (Hall). */
static int has_threads(const struct lock_pairs *all, const uint32_t *orders, uint32_t n)
{
	if (n > ALONE_MOST)
		return 1;
	for (unsigned subset = 1; subset < 1u << n; subset++) {
		uint32_t size = (uint32_t)__builtin_popcount(subset);
		if (threads_of(all, orders, n, subset, size) < size)
			return 0;
	}
	return 1;
}

static uint32_t count_threads(const struct lock_pairs *all, const uint32_t *orders, uint32_t n)
{
	struct map64 seen = { 0 };
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t t = all->v.v[orders[i]].first_thread; t; t = all->threads.v[t - 1].next)
			map64_put(&seen, all->threads.v[t - 1].thread, 1);
	uint32_t count = (uint32_t)seen.n;
	map64_free(&seen);
	return count;
}

static int has_tid(const struct model *m, const uint32_t *orders, uint32_t n)
{
	const struct lock_pairs *all = &m->lock_pairs;
	for (uint32_t i = 0; i < n && m->options.tid; i++)
		for (uint32_t t = all->v.v[orders[i]].first_thread; t; t = all->threads.v[t - 1].next)
			if (m->threads.v.v[all->threads.v[t - 1].thread].tid == m->options.tid)
				return 1;
	return !m->options.tid;
}

static void tell(struct search *s, uint32_t pair, uint32_t last)
{
	struct lock_pairs *all = &s->m->lock_pairs;
	uint32_t first = (uint32_t)all->orders.n, n = 0;
	for (uint32_t at = last;; at = s->from[at]) {
		s->told[at] = 1;
		vec_push(&all->orders, at);
		n++;
		if (at == pair)
			break;
	}
	uint32_t *orders = all->orders.v + first;
	for (uint32_t i = 0; i < n / 2; i++) {
		uint32_t swap = orders[i];
		orders[i] = orders[n - 1 - i];
		orders[n - 1 - i] = swap;
	}
	if (!has_tid(s->m, orders, n)) {
		all->orders.n = first;
		return;
	}
	struct lock_inversion v = { .first = first, .count = n, .times = UINT64_MAX };
	for (uint32_t i = 0; i < n; i++)
		if (all->v.v[orders[i]].count < v.times)
			v.times = all->v.v[orders[i]].count;
	v.guard = guard_of(all, orders, n);
	v.threads = count_threads(all, orders, n);
	v.alone = !has_threads(all, orders, n);
	vec_push(&all->inversions, v);
}

static int by_danger(const void *a, const void *b)
{
	const struct lock_inversion *x = a, *y = b;
	int safe_x = x->alone || x->guard != LOCK_NONE, safe_y = y->alone || y->guard != LOCK_NONE;
	if (safe_x != safe_y)
		return safe_x - safe_y;
	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	if (x->times != y->times)
		return x->times > y->times ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

static void search_all(struct search *s, uint32_t pairs)
{
	struct lock_pairs *all = &s->m->lock_pairs;
	for (uint32_t i = 0; i < pairs; i++) {
		if (s->told[i] || s->group[s->node[0][i]] != s->group[s->node[1][i]])
			continue;
		if (all->inversions.n == TOLD_MOST || s->steps >= STEPS_MOST) {
			all->cycles_left_out++;
			continue;
		}
		uint32_t last = way_back(s, i);
		if (last != UINT32_MAX)
			tell(s, i, last);
	}
	vec_sort(&all->inversions, by_danger);
}

void lock_pairs_finish(struct model *m)
{
	uint32_t pairs = (uint32_t)m->lock_pairs.v.n;
	struct search s = { .m = m, .v = m->lock_pairs.v.v };
	if (!pairs)
		return;
	uint32_t *room = xcalloc((size_t)pairs * 7, sizeof *room);
	s.by_first = room;
	s.node[0] = room + pairs;
	s.node[1] = room + pairs * (size_t)2;
	s.from = room + pairs * (size_t)3;
	s.seen = room + pairs * (size_t)4;
	s.queue = room + pairs * (size_t)5;
	s.to = room + pairs * (size_t)6;
	s.told = xcalloc(pairs, 1);
	make_graph(&s, pairs);
	s.group = xcalloc(s.nodes, sizeof *s.group);
	groups_find(s.nodes, s.start, s.to, s.group);
	search_all(&s, pairs);
	free(room);
	free(s.told);
	free(s.start);
	free(s.group);
}
