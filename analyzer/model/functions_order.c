/* functions_order.c - one numbering of functions and nodes, whichever worker met them first. */
#include "thread_pass.h"

#include <stdlib.h>

#include "util/alloc.h"

/* Functions by their place; returns old number -> new one. */
struct ranked { const struct function *function; uint32_t was; };

static int by_place(const void *a, const void *b)
{
	const struct function *x = ((const struct ranked *)a)->function, *y = ((const struct ranked *)b)->function;
	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static uint32_t *order_functions(struct functions *fn)
{
	struct ranked *r = xcalloc(fn->v.n + 1, sizeof *r);
	uint32_t *to = xcalloc(fn->v.n + 1, sizeof *to);
	struct function *v = xcalloc(fn->v.n + 1, sizeof *v);
	for (size_t i = 0; i < fn->v.n; i++)
		r[i] = (struct ranked){ &fn->v.v[i], (uint32_t)i };
	qsort(r, fn->v.n, sizeof *r, by_place);
	for (size_t i = 0; i < fn->v.n; i++) {
		v[i] = *r[i].function;
		to[r[i].was] = (uint32_t)i;
	}
	free(r);
	free(fn->v.v);
	fn->v.v = v;
	fn->v.cap = fn->v.n + 1;
	return to;
}

/* Siblings, in one array by parent: those of node i are at begin[i] .. begin[i + 1]. */
struct sibling { uint32_t function, node; };
struct siblings { struct sibling *v; uint32_t *begin; };

static int by_function(const void *a, const void *b)
{
	const struct sibling *x = a, *y = b;
	return x->function < y->function ? -1 : x->function > y->function;
}

static struct siblings group(const struct functions *fn)
{
	size_t n = fn->nodes.n;
	struct siblings s = { xcalloc(n, sizeof *s.v), xcalloc(n + 2, sizeof *s.begin) };
	for (size_t i = 1; i < n; i++)
		s.begin[fn->nodes.v[i].parent + 2]++;
	for (size_t i = 2; i < n + 2; i++)
		s.begin[i] += s.begin[i - 1];
	for (size_t i = 1; i < n; i++)
		s.v[s.begin[fn->nodes.v[i].parent + 1]++] = (struct sibling){ fn->nodes.v[i].function, (uint32_t)i };
	for (size_t i = 0; i < n; i++)
		if (s.begin[i + 1] - s.begin[i] > 1)
			qsort(s.v + s.begin[i], s.begin[i + 1] - s.begin[i], sizeof *s.v, by_function);
	return s;
}

/* Along the tree, siblings by function: a child still stands behind its parent. Returns old number -> new one. */
static uint32_t *order_nodes(struct functions *fn)
{
	struct siblings s = group(fn);
	size_t n = fn->nodes.n, done = 1;
	struct call_node *v = xcalloc(n, sizeof *v);
	struct { uint32_t was, next; } *path = xcalloc(n, sizeof *path);
	size_t depth = 1;
	v[0] = fn->nodes.v[0];
	path[0].next = s.begin[0];
	uint32_t *number = xcalloc(n, sizeof *number);
	while (depth) {
		uint32_t at = path[depth - 1].was;
		if (path[depth - 1].next == s.begin[at + 1]) {
			depth--;
			continue;
		}
		uint32_t i = s.v[path[depth - 1].next++].node;
		v[done] = fn->nodes.v[i];
		v[done].parent = number[at];
		number[i] = (uint32_t)done++;
		path[depth].was = i;
		path[depth++].next = s.begin[i];
	}
	free(fn->nodes.v);
	fn->nodes.v = v;
	fn->nodes.cap = n;
	free(s.v);
	free(s.begin);
	free(path);
	return number;
}

uint32_t *functions_renumber(struct functions *fn)
{
	uint32_t *function, *node = NULL;
	calls_finish(fn);
	if (fn->nodes.n) {
		function = order_functions(fn);
		for (size_t i = 1; i < fn->nodes.n; i++)
			fn->nodes.v[i].function = function[fn->nodes.v[i].function];
		free(function);
		node = order_nodes(fn);
	}
	call_paths_renumber(&fn->paths, node);
	calls_renumber(fn, node);
	functions_forget_maps(fn);
	return node;
}
