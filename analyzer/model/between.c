/* between.c - where time went between the events of programs without function events. */
#include "focus.h"
#include "thread_pass.h"

void between_prepare(struct pass *p)
{
	if (p->m->options.parts & MODEL_BETWEEN)
		vec_ensure(&p->fn.between, p->m->stacks.nodes.n - 1);
}

/* The path of the stack that the thread was on last, by depth, when another thread has used the room. */
static void begin_path(struct pass *p, const struct call_state *s)
{
	vec_ensure(&p->path, p->stacks[s->between_stack].depth);
	for (uint32_t at = s->between_stack; at; at = p->stacks[at].parent)
		p->path.v[p->stacks[at].depth] = at;
	p->path_of = s;
}

/*
 * The innermost function that both the last stack and this one are in, as a node of this one. Where two stacks part, one and the
 * same call instruction led to both sides, so they part within one function, at two places of it. Only the frames that are
 * new are gone over.
 */
static uint32_t common_part(struct pass *p, const struct call_state *s, uint32_t stack)
{
	const struct stack_link *v = p->stacks;
	uint32_t at = stack, below = 0, last_depth = v[s->between_stack].depth;
	if (p->path_of != s)
		begin_path(p, s);
	vec_ensure(&p->path, v[stack].depth);
	while (v[at].depth > last_depth || p->path.v[v[at].depth] != at) {
		p->path.v[v[at].depth] = at;
		below = at;
		at = v[at].parent;
	}
	return below && last_depth > v[at].depth ? below : at;
}

static void charge(struct feed *f, uint32_t stack, uint64_t ns)
{
	if (!focus_has(f->m, stack))
		return;
	f->pass->fn.between.v[stack].self_ns += ns;
	if (f->m->options.parts & MODEL_PATHS)
		call_paths_between(f, stack, ns);
}

void between_common(struct feed *f, uint32_t stack)
{
	if (f->m->options.parts & MODEL_BETWEEN)
		work_between(f, common_part(f->pass, f->c, stack));
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
	uint32_t common = common_part(f->pass, s, stack);
	if (s->work)
		work_between(f, common);
	if (gap)
		charge(f, common, gap - cost);
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
