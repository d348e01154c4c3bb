#include "private.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum { SAMPLE_EVERY = 64 };  /* one of so many allocator calls has its duration taken */

struct functions_private {
	struct map64 by_place;                /* (module, offset) -> function */
	VEC(struct map64) edges;              /* by process: node << 32 | low 32 bits of the callee -> node */
	struct map64 wide_edges;              /* node << 32 | function -> node */
};

static struct functions_private *private_of(struct model *m)
{
	struct functions *fn = &m->functions;
	if (!fn->private) {
		fn->private = xcalloc(1, sizeof *fn->private);
		vec_push(&fn->nodes, (struct call_node){ .last_process = PROCESS_NONE });
		vec_push(&fn->costs, (struct call_costs){ .alloc_calls = 0 });
	}
	return fn->private;
}

static uint64_t place_key(struct stack_place at)
{
	return at.offset * 0x9e3779b97f4a7c15u ^ (uint64_t)at.module << 40;
}

static uint32_t function_at(struct model *m, struct stack_place at)
{
	struct functions_private *p = m->functions.private;
	for (uint64_t key = place_key(at);; key++) {
		uint32_t i = map64_get(&p->by_place, key);
		if (i == MAP64_NONE && key != MAP64_EMPTY) {
			map64_put(&p->by_place, key, (uint32_t)m->functions.v.n);
			vec_push(&m->functions.v, (struct function){ .module = at.module, .offset = at.offset });
			return (uint32_t)m->functions.v.n - 1;
		}
		if (i != MAP64_NONE && m->functions.v.v[i].module == at.module && m->functions.v.v[i].offset == at.offset)
			return i;
	}
}

static uint32_t new_node(struct functions *fn, uint32_t parent, uint32_t function)
{
	vec_push(&fn->nodes, (struct call_node){ .parent = parent, .function = function, .last_process = PROCESS_NONE });
	return (uint32_t)fn->nodes.n - 1;
}

/* The child for a function, by what it is; the same for all processes. */
static uint32_t child_of(struct model *m, uint32_t node, uint32_t function)
{
	struct functions_private *p = m->functions.private;
	uint64_t key = (uint64_t)node << 32 | function;
	uint32_t child = map64_get(&p->wide_edges, key);
	if (child == MAP64_NONE) {
		child = new_node(&m->functions, node, function);
		map64_put(&p->wide_edges, key, child);
	}
	return child;
}

static uint32_t find_child(struct feed *f, uint32_t node, uint64_t address, int low)
{
	struct model *m = f->m;
	struct functions_private *p = m->functions.private;
	if (!low)
		return child_of(m, node, function_at(m, stacks_place(&m->stacks, f->scope, address, 0, f->e->ticks)));
	if (f->mixed && stacks_is_mixed(&m->stacks, f->scope, (uint32_t)address))
		return child_of(m, node, function_at(m, stacks_place(&m->stacks, f->scope, address, 1, f->e->ticks)));
	vec_ensure(&p->edges, f->process);
	uint64_t key = (uint64_t)node << 32 | (uint32_t)address;
	uint32_t child = map64_get(&p->edges.v[f->process], key);
	if (child == MAP64_NONE) {
		child = child_of(m, node, function_at(m, stacks_place(&m->stacks, f->scope, address, 1, f->e->ticks)));
		map64_put(&p->edges.v[f->process], key, child);
	}
	struct call_node *n = &m->functions.nodes.v[node];
	n->last_fn32 = (uint32_t)address;
	n->last_process = f->process;
	n->last_child = child;
	return child;
}

uint32_t functions_thread_node(struct model *m, uint32_t thread)
{
	private_of(m);
	return child_of(m, 0, function_at(m, (struct stack_place){ MODULE_THREAD, thread }));
}

void functions_enter(struct feed *f, uint64_t address, int low)
{
	if (!f->count)
		return;
	private_of(f->m);
	struct functions *fn = &f->m->functions;
	uint32_t at = functions_innermost(f->s);
	const struct call_node *n = &fn->nodes.v[at];
	uint32_t child = low && !f->mixed && n->last_fn32 == (uint32_t)address && n->last_process == f->process
		? n->last_child : find_child(f, at, address, low);
	fn->nodes.v[child].calls++;
	f->t->function_calls++;
	vec_push(&f->s->calls, (struct call_frame){ child, 0, feed_own_ns(f), 0 });
	if (f->compensate)
		compensate_enter(f);
}

/*
 * Ends the innermost call; returns how long it took. Compensated times may be below zero, until they are summed up; others are
 * not, as a thread's events are in the order of their times. Costs that no machine has may wrap.
 */
static inline uint64_t leave(struct functions *fn, struct thread_state *s, uint64_t ns, const struct call_frame *c)
{
	struct call_node *n = &fn->nodes.v[c->node];
	int64_t took = (int64_t)(ns - c->start);
	n->total_ns += (uint64_t)took;
	n->self_ns += (uint64_t)took - (uint64_t)c->child_ns;
	if (--s->calls.n)
		s->calls.v[s->calls.n - 1].child_ns = (int64_t)((uint64_t)s->calls.v[s->calls.n - 1].child_ns + (uint64_t)took);
	return took > 0 ? (uint64_t)took : 0;
}

void functions_exit(struct feed *f)
{
	struct functions *fn = &f->m->functions;
	if (!f->count)
		return;
	if (!f->s->calls.n) {
		fn->unmatched_exits++;
		return;
	}
	const struct call_frame c = f->s->calls.v[f->s->calls.n - 1];
	uint64_t took = leave(fn, f->s, feed_own_ns(f), &c);
	if (!c.cut)
		hist_add(&fn->v.v[fn->nodes.v[c.node].function].times, took);
	if (f->compensate)
		compensate_exit(f);
}

void functions_abandon(struct functions *fn, struct thread_state *s, uint64_t ns, uint64_t count)
{
	for (; count && s->calls.n; count--) {
		const struct call_frame c = s->calls.v[s->calls.n - 1];
		leave(fn, s, ns > c.start ? ns : c.start, &c);  /* in what a thread does after its end, say */
		fn->nodes.v[c.node].open_calls += !c.cut;
	}
}

void functions_cut(struct feed *f, uint32_t count)
{
	if (f->count)
		functions_abandon(&f->m->functions, f->s, feed_own_ns(f), count);
}

/* The costs of the innermost call; NULL: none is open. Most calls have none. */
static struct call_costs *costs_now(struct feed *f)
{
	struct functions *fn = &f->m->functions;
	if (!f->s->calls.n)
		return NULL;
	struct call_node *n = &fn->nodes.v[functions_innermost(f->s)];
	if (!n->costs) {
		n->costs = (uint32_t)fn->costs.n;
		vec_push(&fn->costs, (struct call_costs){ .alloc_calls = 0 });
	}
	return &fn->costs.v[n->costs];
}

void functions_alloc(struct feed *f, uint64_t size)
{
	struct call_costs *c = costs_now(f);
	if (!c)
		return;
	c->alloc_calls++;
	c->alloc_bytes += size;
}

void functions_alloc_time(struct feed *f, uint64_t ns)
{
	struct call_costs *c = costs_now(f);
	if (c)
		c->alloc_ns += ns * SAMPLE_EVERY;
}

void functions_stdio(struct feed *f, uint64_t ns)
{
	struct call_costs *c = costs_now(f);
	if (c)
		c->stdio_ns += ns;
}

void functions_wait(struct feed *f, unsigned wait_class, uint64_t ns)
{
	struct call_costs *c = costs_now(f);
	if (c)
		c->wait_ns[wait_class] += ns;
}

/* Calls that are open have their time from now on, and are none of those that are counted. */
static void cut_open_calls(struct model *m, uint64_t ns)
{
	for (size_t i = 0; i < m->private->states.n; i++) {
		struct thread_state *s = m->private->states.v[i];
		for (size_t k = 0; s && k < s->calls.n; k++) {
			s->calls.v[k].cut = 1;
			s->calls.v[k].child_ns = 0;
			s->calls.v[k].start = ns - (s->cost >> 10);
		}
	}
}

void functions_clear(struct model *m, uint64_t ns)
{
	struct functions *fn = &m->functions;
	cut_open_calls(m, ns);
	for (size_t i = 0; i < fn->nodes.n; i++) {
		struct call_node *n = &fn->nodes.v[i];
		n->calls = n->total_ns = n->self_ns = n->open_calls = 0;
	}
	if (fn->costs.n)
		memset(fn->costs.v, 0, fn->costs.n * sizeof *fn->costs.v);
	for (size_t i = 0; i < fn->v.n; i++)
		hist_free(&fn->v.v[i].times);
	for (size_t i = 0; i < fn->between.n; i++)
		fn->between.v[i] = (struct between_node){ .calls = 0 };
	call_paths_clear(&fn->paths);
	fn->unmatched_exits = 0;
}

void functions_free(struct functions *fn)
{
	struct functions_private *p = fn->private;
	for (size_t i = 0; i < fn->v.n; i++)
		hist_free(&fn->v.v[i].times);
	vec_free(&fn->v);
	vec_free(&fn->nodes);
	vec_free(&fn->costs);
	vec_free(&fn->between);
	call_paths_free(&fn->paths);
	if (!p)
		return;
	for (size_t i = 0; i < p->edges.n; i++)
		map64_free(&p->edges.v[i]);
	vec_free(&p->edges);
	map64_free(&p->by_place);
	map64_free(&p->wide_edges);
	free(p);
}
