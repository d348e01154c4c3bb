#include "table/functions.h"

#include <string.h>

#include "util/map64.h"

struct between {
	const struct view_input  *in;
	struct between_functions *out;
	struct map64   by_name;   /* hash of module and name -> function */
	VEC(uint32_t)  of_node;   /* function of each node that has time */
	VEC(uint64_t)  all, self; /* of each node with what is below it: all time, and time between events */
	VEC(struct call_costs) own, below;  /* of each node: what happened on just this stack, and with what is below it */
};

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash == MAP64_EMPTY ? 0 : hash;
}

static uint32_t function_of(struct between *b, const struct stack_node *node)
{
	uint64_t offset = node->flags & HP_NODE_EXACT || !node->offset ? node->offset : node->offset - 1;
	struct function_name name = naming_function(b->in->naming, node->module, offset);
	uint64_t key = hash_text(hash_text(0xcbf29ce484222325u, name.module), name.name);
	uint32_t index = map64_get(&b->by_name, key);

	if (index != MAP64_NONE)
		return index;
	index = (uint32_t)b->out->n;
	vec_push(b->out, (struct between_function){ .name = name });
	map64_put(&b->by_name, key, index);
	return index;
}

static void add_costs(struct call_costs *to, const struct call_costs *from)
{
	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		to->wait_ns[i] += from->wait_ns[i];
	to->stdio_ns += from->stdio_ns;
	to->alloc_calls += from->alloc_calls;
	to->alloc_bytes += from->alloc_bytes;
	to->alloc_ns += from->alloc_ns;
}

/* What events on each stack cost; MODEL_PATHS. */
static void sum_costs(struct between *b, size_t count)
{
	const struct model *m = b->in->model;
	const struct call_paths *paths = &m->functions.paths;

	vec_ensure(&b->own, count - 1);
	for (size_t i = 0; i < paths->v.n; i++) {
		const struct path_costs *p = &paths->v.v[i];
		struct call_costs c = {
			.stdio_ns = p->stdio_ns, .alloc_calls = p->alloc_calls, .alloc_bytes = p->alloc_bytes, .alloc_ns = p->alloc_ns,
		};

		memcpy(c.wait_ns, p->wait_ns, sizeof(c.wait_ns));
		if (p->stack < count)
			add_costs(&b->own.v[p->stack], &c);
	}
	vec_ensure(&b->below, count - 1);
	for (size_t i = count - 1; i > 0; i--) {
		add_costs(&b->below.v[i], &b->own.v[i]);
		add_costs(&b->below.v[m->stacks.nodes.v[i].parent], &b->below.v[i]);
	}
}

/* Figures of a node with everything below it; children have greater numbers than their parents. */
static void sum_up(struct between *b, size_t count)
{
	const struct model *m = b->in->model;

	vec_ensure(&b->all, count - 1);
	vec_ensure(&b->self, count - 1);
	vec_ensure(&b->of_node, count - 1);
	for (size_t i = count - 1; i > 0; i--) {
		const struct between_node *n = &m->functions.between.v[i];
		uint32_t parent = m->stacks.nodes.v[i].parent;

		b->self.v[i] += n->self_ns;
		b->all.v[i] += n->self_ns + n->wait_ns;
		b->self.v[parent] += b->self.v[i];
		b->all.v[parent] += b->all.v[i];
	}
}

static bool occurs_further_out(const struct between *b, uint32_t node)
{
	const struct stack_node *nodes = b->in->model->stacks.nodes.v;

	for (uint32_t i = nodes[node].parent; i; i = nodes[i].parent)
		if (b->of_node.v[i] == b->of_node.v[node])
			return true;
	return false;
}

/* A node's parent has what it has, and a smaller number: its function is known by now. */
static void charge(struct between *b, uint32_t node)
{
	const struct model *m = b->in->model;
	struct between_function *f;

	if (!b->all.v[node] && !b->below.v[node].alloc_calls)
		return;
	b->of_node.v[node] = function_of(b, &m->stacks.nodes.v[node]);
	f = &b->out->v[b->of_node.v[node]];
	f->self_ns += m->functions.between.v[node].self_ns;
	add_costs(&f->self, &b->own.v[node]);
	if (occurs_further_out(b, node))
		return;
	add_costs(&f->total, &b->below.v[node]);
	f->total_ns += b->all.v[node];
	f->running_ns += b->self.v[node];
}

void functions_between(const struct view_input *in, struct between_functions *out)
{
	const struct model *m = in->model;
	size_t count = m->functions.between.n < m->stacks.nodes.n ? m->functions.between.n : m->stacks.nodes.n;
	struct between b = { .in = in, .out = out };

	if (!count)
		return;
	sum_up(&b, count);
	sum_costs(&b, count);
	for (uint32_t i = 1; i < count; i++)
		charge(&b, i);
	map64_free(&b.by_name);
	vec_free(&b.of_node);
	vec_free(&b.all);
	vec_free(&b.self);
	vec_free(&b.own);
	vec_free(&b.below);
}
