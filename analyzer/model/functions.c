/* functions.c - a worker's call tree grows with the calls of its threads. */
#include "thread_pass.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum { SAMPLE_EVERY = 64 };  /* one of so many allocator calls has its duration taken */

struct functions_private {
	struct map64 by_place;                /* (module, offset) -> function */
	VEC(struct map64) edges;              /* by process: node << 32 | low 32 bits of the callee -> node */
	struct map64 wide_edges;              /* node << 32 | function -> node */
};

static struct functions_private *private_of(struct functions *fn)
{
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

static uint32_t function_at(struct functions *fn, struct stack_place at)
{
	struct functions_private *p = private_of(fn);
	for (uint64_t key = place_key(at);; key++) {
		uint32_t i = map64_get(&p->by_place, key);
		if (i == MAP64_NONE && key != MAP64_EMPTY) {
			map64_put(&p->by_place, key, (uint32_t)fn->v.n);
			vec_push(&fn->v, (struct function){ .module = at.module, .offset = at.offset });
			return (uint32_t)fn->v.n - 1;
		}
		if (i != MAP64_NONE && fn->v.v[i].module == at.module && fn->v.v[i].offset == at.offset)
			return i;
	}
}

static uint32_t new_node(struct functions *fn, uint32_t parent, uint32_t function)
{
	vec_push(&fn->nodes, (struct call_node){ .parent = parent, .function = function, .last_process = PROCESS_NONE });
	return (uint32_t)fn->nodes.n - 1;
}

/* The child for a function, by what it is; the same for all processes. */
static uint32_t child_of(struct functions *fn, uint32_t node, uint32_t function)
{
	struct functions_private *p = private_of(fn);
	uint64_t key = (uint64_t)node << 32 | function;
	uint32_t child = map64_get(&p->wide_edges, key);
	if (child == MAP64_NONE) {
		child = new_node(fn, node, function);
		map64_put(&p->wide_edges, key, child);
	}
	return child;
}

static uint32_t child_at(struct feed *f, uint32_t node, uint64_t address, int low)
{
	struct functions *fn = &f->pass->fn;
	return child_of(fn, node, function_at(fn, stacks_place(&f->m->stacks, f->scope, address, low, f->e->ticks)));
}

uint32_t functions_child(struct feed *f, uint32_t node, uint64_t address, int low)
{
	struct functions *fn = &f->pass->fn;
	struct functions_private *p = private_of(fn);
	if (!low || (f->mixed && stacks_is_mixed(&f->m->stacks, f->scope, (uint32_t)address)))
		return child_at(f, node, address, low);
	vec_ensure(&p->edges, f->process);
	uint64_t key = (uint64_t)node << 32 | (uint32_t)address;
	uint32_t child = map64_get(&p->edges.v[f->process], key);
	if (child == MAP64_NONE) {
		child = child_at(f, node, address, low);
		map64_put(&p->edges.v[f->process], key, child);
	}
	struct call_node *n = &fn->nodes.v[node];
	n->last_fn32 = (uint32_t)address;
	n->last_process = f->process;
	n->last_child = child;
	return child;
}

uint32_t functions_thread_node(struct functions *fn, uint32_t thread)
{
	private_of(fn);
	return child_of(fn, 0, function_at(fn, (struct stack_place){ MODULE_THREAD, thread }));
}

/* ---- calls ---- */

/* `own_ns`: on the compensated clock. A call that is not counted is known to be open all the same. */
static inline void enter(struct feed *f, uint64_t address, int low, uint64_t own_ns)
{
	struct functions *fn = &f->pass->fn;
	uint32_t at = functions_innermost(f->c);
	if (f->c->work)
		work_charge(f, f->e->ns);
	const struct call_node *n = &fn->nodes.v[at];
	uint32_t child = low && !f->mixed && n->last_fn32 == (uint32_t)address && n->last_process == f->process
		? n->last_child : functions_child(f, at, address, low);
	fn->nodes.v[child].calls += (uint64_t)f->count;
	f->c->function_calls += (uint64_t)f->count;
	vec_push(&f->c->calls, (struct call_frame){ child, 0, own_ns, 0 });
	if (fn->calls.private && f->count)
		calls_entered(fn, f->c, child);
}

/*
 * Ends the innermost call; returns how long it took. Compensated times may be below zero, until they are summed up; others are
 * not, as a thread's events are in the order of their times. Costs that no machine has may wrap.
 */
static inline uint64_t leave(struct functions *fn, struct call_state *s, uint64_t ns, const struct call_frame *c)
{
	struct call_node *n = &fn->nodes.v[c->node];
	int64_t took = (int64_t)(ns - c->start);
	n->total_ns += (uint64_t)took;
	n->self_ns += (uint64_t)took - (uint64_t)c->child_ns;
	if (--s->calls.n)
		s->calls.v[s->calls.n - 1].child_ns = (int64_t)((uint64_t)s->calls.v[s->calls.n - 1].child_ns + (uint64_t)took);
	return took > 0 ? (uint64_t)took : 0;
}

static inline void leave_innermost(struct feed *f, uint64_t own_ns)
{
	struct functions *fn = &f->pass->fn;
	struct call_state *s = f->c;
	if (s->work)
		work_charge(f, f->e->ns);
	if (!s->calls.n) {
		fn->unmatched_exits += (uint64_t)f->count;
		return;
	}
	if (!f->count) {
		s->calls.n--;
		return;
	}
	const struct call_frame c = s->calls.v[s->calls.n - 1];
	uint64_t took = leave(fn, s, own_ns, &c);
	if (!c.cut)
		hist_add(&fn->v.v[fn->nodes.v[c.node].function].times, took);
	if (fn->calls.private)
		calls_left(fn, s, &c, own_ns, CALL_RETURNED);
}

void functions_enter(struct feed *f, uint64_t address, int low)
{
	private_of(&f->pass->fn);
	if (!f->m->options.filter || filter_enter(f, &f->c->filter, address, low))
		enter(f, address, low, feed_own_ns(f));
	f->pass->entries += (uint64_t)f->count;
	if (f->compensate)
		compensate_enter(f);
}

void functions_exit(struct feed *f)
{
	int open = f->c->calls.n > 0;
	if (!f->m->options.filter || filter_exit(f, &f->c->filter))
		leave_innermost(f, feed_own_ns(f));
	if (f->compensate && open)
		compensate_exit(f);
}

static struct call_costs *costs_of(struct functions *fn, uint32_t node)
{
	struct call_node *n = &fn->nodes.v[node];
	if (!n->costs) {
		n->costs = (uint32_t)fn->costs.n;
		vec_push(&fn->costs, (struct call_costs){ .alloc_calls = 0 });
	}
	return &fn->costs.v[n->costs];
}

void functions_abandon(struct functions *fn, struct call_state *s, uint64_t ns, uint64_t count, enum call_end how)
{
	for (; count && s->calls.n; count--) {
		const struct call_frame c = s->calls.v[s->calls.n - 1];
		uint64_t end = ns > c.start ? ns : c.start;  /* in what a thread does after its end, say */
		leave(fn, s, end, &c);
		if (fn->calls.private)
			calls_left(fn, s, &c, end, how);
		fn->nodes.v[c.node].open_calls += !c.cut;
		if (how == CALL_CUT && !c.cut)
			costs_of(fn, c.node)->cut_calls++;
	}
}

void functions_cut(struct feed *f, uint32_t count)
{
	if (f->m->options.filter)
		count = filter_cut(f, &f->c->filter, count);
	if (f->c->work)
		work_charge(f, f->e->ns);
	if (f->count)
		functions_abandon(&f->pass->fn, f->c, feed_own_ns(f), count, CALL_CUT);
	else
		f->c->calls.n -= count < f->c->calls.n ? count : f->c->calls.n;
}

void functions_count_from(const struct model *m, struct call_state *s)
{
	for (size_t i = 0; i < s->calls.n; i++) {
		s->calls.v[i] = (struct call_frame){ s->calls.v[i].node, 1, m->private->from_ns - (s->cost >> 10), 0 };
		if (s->pass->fn.calls.private)
			calls_entered(&s->pass->fn, s, s->calls.v[i].node);
	}
	s->counting = 1;
}

/* ---- what happens in them ---- */

/* The costs of the innermost call; NULL: none is open. Most calls have none. */
static struct call_costs *costs_now(struct feed *f)
{
	struct functions *fn = &f->pass->fn;
	return f->c->calls.n ? costs_of(fn, functions_innermost(f->c)) : NULL;
}

void functions_alloc(struct feed *f, uint64_t size)
{
	struct call_costs *c = f->count ? costs_now(f) : NULL;
	if (!c)
		return;
	c->alloc_calls++;
	c->alloc_bytes += size;
}

void functions_alloc_time(struct feed *f, uint64_t ns)
{
	struct call_costs *c = f->count ? costs_now(f) : NULL;
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
	struct call_costs *c = ns ? costs_now(f) : NULL;
	if (c)
		c->wait_ns[wait_class] += ns;
}

/* ---- trees become one ---- */

static void absorb_nodes(struct functions *fn, const struct functions *from, uint32_t *to)
{
	uint32_t *function = xcalloc(from->v.n + 1, sizeof *function);
	for (size_t i = 0; i < from->v.n; i++) {
		function[i] = function_at(fn, (struct stack_place){ from->v.v[i].module, from->v.v[i].offset });
		hist_merge(&fn->v.v[function[i]].times, &from->v.v[i].times);
	}
	private_of(fn);
	for (size_t i = 1; i < from->nodes.n; i++) {
		const struct call_node *n = &from->nodes.v[i];
		to[i] = child_of(fn, to[n->parent], function[n->function]);
		struct call_node *into = &fn->nodes.v[to[i]];
		into->calls += n->calls;
		into->total_ns += n->total_ns;
		into->self_ns += n->self_ns;
		into->open_calls += n->open_calls;
		if (n->costs)
			call_costs_add(costs_of(fn, to[i]), &from->costs.v[n->costs]);
	}
	calls_merge(fn, from, to, function);
	free(function);
}

uint32_t *functions_absorb(struct model *m, struct functions *from)
{
	struct functions *fn = &m->functions;
	uint32_t *to = xcalloc(from->nodes.n + 1, sizeof *to);
	if (from->private)
		absorb_nodes(fn, from, to);
	call_paths_merge(&fn->paths, &from->paths, to);
	fn->unmatched_exits += from->unmatched_exits;
	functions_free(from);
	return to;
}

void functions_forget_maps(struct functions *fn)
{
	struct functions_private *p = fn->private;
	if (!p)
		return;
	for (size_t i = 0; i < p->edges.n; i++)
		map64_free(&p->edges.v[i]);
	vec_free(&p->edges);
	map64_free(&p->by_place);
	map64_free(&p->wide_edges);
	free(p);
	fn->private = NULL;
}

void functions_free(struct functions *fn)
{
	for (size_t i = 0; i < fn->v.n; i++)
		hist_free(&fn->v.v[i].times);
	vec_free(&fn->v);
	vec_free(&fn->nodes);
	vec_free(&fn->costs);
	vec_free(&fn->between);
	call_paths_free(&fn->paths);
	calls_free(fn);
	functions_forget_maps(fn);
}
