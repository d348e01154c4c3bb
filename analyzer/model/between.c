/* between.c - where time went between the events of programs without function events. */
#include "focus.h"
#include "thread_pass.h"

void between_prepare(struct pass *p)
{
	if (p->m->options.parts & MODEL_BETWEEN)
		vec_ensure(&p->fn.between, p->m->stacks.nodes.n - 1);
}

/*
 * The innermost function that both stacks are in, as a node of `b`. Where two stacks part, one and the same call
 * instruction led to both sides, so they part within one function, at two places of it.
 */
static uint32_t common_part(const uint32_t *parent, uint32_t a, uint32_t b)
{
	uint32_t below_a = 0, below_b = 0;
	while (a != b) {
		if (a > b) {  /* parents have smaller numbers: it is not outside of the other one */
			below_a = a;
			a = parent[a];
		} else {
			below_b = b;
			b = parent[b];
		}
	}
	return below_a && below_b ? below_b : a;
}

/* Programs go from stack to stack along the same few ways. */
static uint32_t common_of(struct pass *p, uint32_t a, uint32_t b)
{
	if (a == b)
		return a;
	struct common *c = &p->common[(a * 0x9e3779b1u ^ b * 0x85ebca77u) >> (32 - COMMON_BITS)];
	if (c->a != a || c->b != b)
		*c = (struct common){ a, b, common_part(p->parents, a, b) };
	return c->node;
}

static void charge(struct feed *f, uint32_t stack, uint64_t ns)
{
	if (!focus_has(f->m, stack))
		return;
	f->pass->fn.between.v[stack].self_ns += ns;
	if (f->m->options.parts & MODEL_PATHS)
		call_paths_between(f, stack, ns);
}

void between_event(struct feed *f, uint32_t stack, uint64_t start_ns)
{
	struct call_state *s = f->c;
	struct between_node *v = f->pass->fn.between.v;
	if (!(f->m->options.parts & MODEL_BETWEEN) || s->calls.n)
		return;
	uint64_t cost = (s->cost >> 10) - (s->between_cost >> 10);  /* below zero a node's sum may be, until the end */
	uint64_t before = s->between_ns ? s->between_ns : f->t->start_ns;
	uint64_t gap = model_took(f->m, before, start_ns);
	if (gap)
		charge(f, common_of(f->pass, s->between_stack, stack), gap - cost);
	if (focus_has(f->m, stack)) {
		if (start_ns != f->e->ns)
			v[stack].wait_ns += model_took(f->m, start_ns, f->e->ns);
		v[stack].calls += (uint64_t)f->count;
	}
	s->between_stack = stack;
	s->between_ns = f->e->ns;
	s->between_cost = s->cost;
}

void between_absorb(struct model *m, struct functions *from)
{
	if (from->between.n)
		vec_ensure(&m->functions.between, from->between.n - 1);
	for (size_t i = 0; i < from->between.n; i++) {
		m->functions.between.v[i].self_ns += from->between.v[i].self_ns;
		m->functions.between.v[i].wait_ns += from->between.v[i].wait_ns;
		m->functions.between.v[i].calls += from->between.v[i].calls;
	}
}

void between_finish(struct model *m)
{
	for (size_t i = 0; i < m->functions.between.n; i++)
		if ((int64_t)m->functions.between.v[i].self_ns < 0)
			m->functions.between.v[i].self_ns = 0;
}
