/* between.c - where time went between the events of programs without function events. */
#include "private.h"

static struct between_node *node_of(struct model *m, uint32_t stack)
{
	vec_ensure(&m->functions.between, m->stacks.nodes.n - 1);
	return &m->functions.between.v[stack];
}

/*
 * The innermost function that both stacks are in, as a node of `b`. Where two stacks part, one and the same call
 * instruction led to both sides, so they part within one function, at two places of it.
 */
static uint32_t common_part(const struct stacks *s, uint32_t a, uint32_t b)
{
	const struct stack_node *v = s->nodes.v;
	uint32_t below_a = 0, below_b = 0;
	while (a != b) {
		if (v[a].depth >= v[b].depth) {
			below_a = a;
			a = v[a].parent;
		} else {
			below_b = b;
			b = v[b].parent;
		}
	}
	return below_a && below_b ? below_b : a;
}

static void charge(struct feed *f, uint32_t stack, uint64_t ns)
{
	node_of(f->m, stack)->self_ns += ns;
	if (f->m->options.parts & MODEL_PATHS)
		call_paths_between(f, stack, ns);
}

void between_event(struct feed *f, uint32_t stack, uint64_t start_ns)
{
	struct thread_state *s = f->s;
	if (!(f->m->options.parts & MODEL_BETWEEN) || !f->time || s->calls.n)
		return;
	uint64_t cost = (s->cost >> 10) - (s->between_cost >> 10);  /* below zero a node's sum may be, until the end */
	uint64_t before = s->between_ns ? s->between_ns : f->t->start_ns;
	uint64_t gap = model_took(f->m, before, start_ns);
	if (gap)
		charge(f, common_part(&f->m->stacks, s->between_stack, stack), gap - cost);
	struct between_node *n = node_of(f->m, stack);
	n->wait_ns += model_took(f->m, start_ns, f->e->ns);
	n->calls += (uint64_t)f->count;
	s->between_stack = stack;
	s->between_ns = f->e->ns;
	s->between_cost = s->cost;
}

void between_finish(struct model *m)
{
	for (size_t i = 0; i < m->functions.between.n; i++)
		if ((int64_t)m->functions.between.v[i].self_ns < 0)
			m->functions.between.v[i].self_ns = 0;
}
