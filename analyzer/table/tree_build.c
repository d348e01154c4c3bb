#include "table/tree_build.h"

#include <string.h>

static uint64_t hash_of(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
	return hash;
}

uint32_t tree_name(struct tree *t, const char *name)
{
	for (uint64_t key = hash_of(name);; key++) {
		uint32_t i;

		if (key == MAP64_EMPTY)
			continue;
		i = map64_get(&t->by_name, key);
		if (i != MAP64_NONE && !strcmp(t->names.v[i], name))
			return i;
		if (i != MAP64_NONE)
			continue;
		map64_put(&t->by_name, key, (uint32_t)t->names.n);
		vec_push(&t->names, name);
		return (uint32_t)t->names.n - 1;
	}
}

static void begin(struct tree *t)
{
	if (!t->nodes.n)
		vec_push(&t->nodes, (struct tree_node){ .module = "" });
}

uint32_t tree_child(struct tree *t, uint32_t parent, uint32_t name, const char *file, uint32_t line, const char *module)
{
	uint64_t key = (uint64_t)parent << 32 | name;
	uint32_t found = map64_get(&t->by_edge, key);

	if (found != MAP64_NONE)
		return found;
	begin(t);
	found = (uint32_t)t->nodes.n;
	vec_push(&t->nodes, (struct tree_node){
		.parent = parent, .level = t->nodes.v[parent].level + 1, .name = name, .line = line, .file = file, .module = module,
	});
	map64_put(&t->by_edge, key, found);
	return found;
}

uint32_t tree_child_like(struct tree *t, uint32_t parent, const struct tree *from, uint32_t node)
{
	const struct tree_node *n = &from->nodes.v[node];

	return tree_child(t, parent, n->name, n->file, n->line, n->module);
}

void tree_begin_like(struct tree *t, const struct tree *from)
{
	for (size_t i = 0; i < from->names.n; i++)
		vec_push(&t->names, from->names.v[i]);
	begin(t);
}

void tree_add_times(struct tree *t, uint32_t node, const struct hist *times)
{
	if (!times->count)
		return;
	vec_ensure(&t->times, node);
	hist_merge(&t->times.v[node], times);
}

uint64_t tree_sum(const struct tree_values values[FIGURE_COUNT], uint32_t figures, uint32_t node)
{
	uint64_t sum = 0;

	for (uint32_t rest = figures; rest; rest &= rest - 1)
		sum += tree_value(&values[__builtin_ctz(rest)], node);
	return sum;
}

void tree_total(struct tree *t)
{
	begin(t);
	for (unsigned i = 0; i < FIGURE_COUNT; i++) {
		if (!t->self[i].n)
			continue;
		vec_ensure(&t->total[i], t->nodes.n - 1);
		for (uint32_t node = (uint32_t)t->nodes.n; node-- > 0;) {
			t->total[i].v[node] += tree_value(&t->self[i], node);
			if (node)
				t->total[i].v[t->nodes.v[node].parent] += t->total[i].v[node];
		}
	}
}

void tree_free(struct tree *t)
{
	for (unsigned i = 0; i < FIGURE_COUNT; i++) {
		vec_free(&t->self[i]);
		vec_free(&t->total[i]);
	}
	for (size_t i = 0; i < t->times.n; i++)
		hist_free(&t->times.v[i]);
	vec_free(&t->times);
	vec_free(&t->nodes);
	vec_free(&t->names);
	map64_free(&t->by_name);
	map64_free(&t->by_edge);
}
