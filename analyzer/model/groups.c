/* groups.c - Tarjan's way, with a stack of its own. */
#include "groups.h"

#include <stdlib.h>

#include "util/alloc.h"

struct visit { uint32_t node, next; };
struct search {
	const uint32_t *start, *to;
	uint32_t *group, *index, *low, *stack, depth, count;
	struct visit *visits;
	uint8_t *on;
};

static void close_group(struct search *s, uint32_t node)
{
	uint32_t n;
	do {
		n = s->stack[--s->depth];
		s->on[n] = 0;
		s->group[n] = node;
	} while (n != node);
}

static struct visit begin_visit(struct search *s, uint32_t node)
{
	s->index[node] = s->low[node] = ++s->count;
	s->stack[s->depth++] = node;
	s->on[node] = 1;
	return (struct visit){ node, s->start[node] };
}

/* Node `below` is done: what it can reach, the one above can. */
static void end_visit(struct search *s, uint32_t below, const struct visit *above)
{
	if (s->low[below] == s->index[below])
		close_group(s, below);
	if (above && s->low[below] < s->low[above->node])
		s->low[above->node] = s->low[below];
}

static void visit_from(struct search *s, uint32_t root)
{
	uint32_t n = 1;
	s->visits[0] = begin_visit(s, root);
	while (n) {
		struct visit *v = &s->visits[n - 1];
		if (v->next == s->start[v->node + 1]) {
			n--;
			end_visit(s, v->node, n ? &s->visits[n - 1] : NULL);
			continue;
		}
		uint32_t to = s->to[v->next++];
		if (!s->index[to])
			s->visits[n++] = begin_visit(s, to);
		else if (s->on[to] && s->index[to] < s->low[v->node])
			s->low[v->node] = s->index[to];
	}
}

void groups_find(uint32_t nodes, const uint32_t *start, const uint32_t *to, uint32_t *group)
{
	uint32_t *room = xcalloc((size_t)nodes * 3 + 1, sizeof *room);
	struct search s = { .start = start, .to = to, .group = group, .index = room, .low = room + nodes, .stack = room + (size_t)nodes * 2,
		.visits = xcalloc((size_t)nodes + 1, sizeof *s.visits), .on = xcalloc((size_t)nodes + 1, 1) };
	for (uint32_t i = 0; i < nodes; i++)
		if (!s.index[i])
			visit_from(&s, i);
	free(room);
	free(s.visits);
	free(s.on);
}
