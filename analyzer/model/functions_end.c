/* functions_end.c - what can only be said of functions when all calls are known. */
#include "thread_pass.h"

#include <stdlib.h>

#include "util/alloc.h"

void call_costs_add(struct call_costs *to, const struct call_costs *from)
{
	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		to->wait_ns[i] += from->wait_ns[i];
	to->stdio_ns += from->stdio_ns;
	to->alloc_calls += from->alloc_calls;
	to->alloc_bytes += from->alloc_bytes;
	to->alloc_ns += from->alloc_ns;
	to->cut_calls += from->cut_calls;
}

static void add_node(struct functions *fn, const struct call_node *n, const struct call_costs *inclusive)
{
	struct function *f = &fn->v.v[n->function];
	f->calls += n->calls;
	f->open_calls += n->open_calls;
	f->self_ns += n->self_ns;
	call_costs_add(&f->self, &fn->costs.v[n->costs]);
	if (n->recursive)
		return;
	f->total_ns += n->total_ns;
	call_costs_add(&f->total, inclusive);
}

static uint64_t waits_sum(const struct call_costs *c)
{
	uint64_t sum = c->stdio_ns;
	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		sum += c->wait_ns[i];
	return sum;
}

/* Where more was taken out than there was: nothing is left; and no function's own time is more than its total. */
static void cut_at_zero(struct call_node *n)
{
	if ((int64_t)n->total_ns < 0)
		n->total_ns = 0;
	if ((int64_t)n->self_ns < 0)
		n->self_ns = 0;
	if (n->self_ns > n->total_ns)
		n->self_ns = n->total_ns;
}

/* Children stand behind their parents: one pass from the end sums up what is below each node. */
void functions_finish(struct model *m)
{
	struct functions *fn = &m->functions;
	if (!fn->nodes.n)
		return;
	functions_find_recursion(fn);
	struct call_costs *inclusive = xcalloc(fn->nodes.n, sizeof *inclusive);
	for (size_t i = fn->nodes.n; i-- > 1; ) {
		struct call_node *n = &fn->nodes.v[i];
		cut_at_zero(n);
		call_costs_add(&inclusive[i], &fn->costs.v[n->costs]);
		call_costs_add(&inclusive[n->parent], &inclusive[i]);
		add_node(fn, n, &inclusive[i]);
	}
	free(inclusive);
	for (size_t i = 0; i < fn->v.n; i++) {
		struct function *f = &fn->v.v[i];
		uint64_t waits = waits_sum(&f->total);
		if (f->self_ns > f->total_ns)  /* of a recursion that was compensated at each level and cut at zero at some */
			f->self_ns = f->total_ns;
		f->running_ns = f->total_ns > waits ? f->total_ns - waits : 0;
	}
}
