#include "table/tree_build.h"

#include <stdlib.h>
#include <string.h>

static uint64_t edge_key(uint32_t parent, const char *name)
{
	uint64_t hash = 0xcbf29ce484222325u ^ (uint64_t)parent * 0x9e3779b97f4a7c15u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
	return hash == MAP64_EMPTY ? 0 : hash;
}

static uint32_t child(struct tree *t, uint32_t parent, const struct frame *f, const char *module)
{
	uint64_t key = edge_key(parent, f->name);
	uint32_t found = map64_get(&t->by_edge, key);

	if (found != MAP64_NONE)
		return found;
	found = (uint32_t)t->nodes.n;
	vec_push(&t->nodes, (struct tree_node){
		.parent = parent, .level = t->nodes.v[parent].level + 1, .name = f->name, .file = f->file, .line = f->line,
		.module = module,
	});
	map64_put(&t->by_edge, key, found);
	return found;
}

static uint32_t parent_of(const struct tree *t, uint32_t i)
{
	const struct model *m = t->in->model;

	return t->weights->calls ? m->functions.nodes.v[i].parent : m->stacks.nodes.v[i].parent;
}

/* The frames of one weighted node, the innermost inlined one first. */
static const struct frame *frames_of(const struct tree *t, uint32_t i, struct frame *one, size_t *count, const char **module)
{
	const struct model *m = t->in->model;
	uint32_t index;

	if (t->weights->calls) {
		const struct function *f = &m->functions.v.v[m->functions.nodes.v[i].function];
		struct function_name name = naming_function(t->in->naming, f->module, f->offset);

		*one = (struct frame){ name.name, name.file, name.line, name.owner };
		*module = name.module;
		*count = 1;
		return one;
	}
	index = m->stacks.nodes.v[i].module;
	*module = index == MODULE_NONE ? "" : m->stacks.modules.v[index].path;
	return naming_node(t->in->naming, i, count);
}

/*
 * Goes one weighted node further in. What calls main says nothing: it and what is further out are passed over, as is code
 * that is not the program's own at the outer end. *leaf is where the node's own weight goes: what was passed over appears
 * there if nothing else does.
 */
static uint32_t step_in(struct tree *t, uint32_t at, uint32_t i, uint32_t *leaf)
{
	struct frame one;
	const char *module;
	size_t count;
	const struct frame *f = frames_of(t, i, &one, &count, &module);

	for (size_t k = count; k-- > 0;) {
		if (f[k].owner == FRAME_START)
			at = 0;
		else if (at || f[k].owner == FRAME_OWN)
			at = child(t, at, &f[k], module);
	}
	*leaf = at || !t->weights->v[i] ? at : child(t, at, &f[0], module);
	return at;
}

/* Weights with what is below them: children have greater numbers than their parents. */
static void sum_below(struct tree *t)
{
	size_t n = t->weights->n;

	vec_ensure(&t->below, n - 1);
	vec_ensure(&t->place, n - 1);
	for (size_t i = n - 1; i > 0; i--) {
		t->below.v[i] += t->weights->v[i];
		t->below.v[parent_of(t, (uint32_t)i)] += t->below.v[i];
	}
}

static void build_forward(struct tree *t)
{
	for (uint32_t i = 1; i < t->weights->n; i++) {
		uint32_t leaf;

		if (!t->below.v[i])
			continue;
		t->place.v[i] = step_in(t, t->place.v[parent_of(t, i)], i, &leaf);
		t->nodes.v[leaf].self += t->weights->v[i];
	}
}

/* Goes one weighted node further out, to the callers. Whether there is more: what calls main says nothing. */
static bool step_out(struct tree *t, uint32_t *at, uint32_t i)
{
	struct frame one;
	const char *module;
	size_t count;
	const struct frame *f = frames_of(t, i, &one, &count, &module);

	for (size_t k = 0; k < count; k++) {
		if (f[k].owner == FRAME_START && *at)
			return false;
		*at = child(t, *at, &f[k], module);
	}
	return true;
}

/* Each path from its innermost frame out: what stands below a function is who called it. */
static void build_reverse(struct tree *t)
{
	for (uint32_t i = 1; i < t->weights->n; i++) {
		uint32_t at = 0, k = i;

		if (!t->weights->v[i])
			continue;
		while (k && step_out(t, &at, k))
			k = parent_of(t, k);
		t->nodes.v[at].self += t->weights->v[i];
	}
}

static void total_up(struct tree *t)
{
	for (size_t i = t->nodes.n; i-- > 0;) {
		struct tree_node *n = &t->nodes.v[i];

		n->total += n->self;
		if (i)
			t->nodes.v[n->parent].total += n->total;
	}
}

static int compare_siblings(const void *a, const void *b, void *nodes)
{
	const struct tree_node *all = nodes, *x = &all[*(const uint32_t *)a], *y = &all[*(const uint32_t *)b];

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void put_in_order(struct tree *t)
{
	for (uint32_t i = 1; i < t->nodes.n; i++)
		vec_push(&t->order, i);
	if (t->order.n)
		qsort_r(t->order.v, t->order.n, sizeof(*t->order.v), compare_siblings, t->nodes.v);
	vec_ensure(&t->first, t->nodes.n);
	for (size_t i = t->order.n; i-- > 0;)
		t->first.v[t->nodes.v[t->order.v[i]].parent] = (uint32_t)i + 1;
}

void tree_build(struct tree *t, bool reverse)
{
	vec_push(&t->nodes, (struct tree_node){ .name = "", .module = "" });
	if (t->weights->n) {
		sum_below(t);
		if (reverse)
			build_reverse(t);
		else
			build_forward(t);
	}
	total_up(t);
	put_in_order(t);
}

void tree_free(struct tree *t)
{
	vec_free(&t->nodes);
	vec_free(&t->place);
	vec_free(&t->below);
	vec_free(&t->order);
	vec_free(&t->first);
	map64_free(&t->by_edge);
}
