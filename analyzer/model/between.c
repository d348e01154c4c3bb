/* between.c - where time went between the events of programs without function events. */
#include "private.h"

static struct between_node *node_of(struct model *m, uint32_t stack)
{
	vec_ensure(&m->functions.between, m->stacks.nodes.n - 1);
	return &m->functions.between.v[stack];
}

void between_event(struct feed *f, uint32_t stack, uint64_t start_ns)
{
	struct thread_state *s = f->s;
	if (!(f->m->options.parts & MODEL_BETWEEN) || !f->count || s->calls.n)
		return;
	uint64_t before = s->between_ns ? s->between_ns : f->t->start_ns;
	if (start_ns > before)
		node_of(f->m, stacks_common(&f->m->stacks, s->between_stack, stack))->self_ns += start_ns - before;
	struct between_node *n = node_of(f->m, stack);
	n->wait_ns += f->e->ns - start_ns;
	n->calls++;
	s->between_stack = stack;
	s->between_ns = f->e->ns;
}
