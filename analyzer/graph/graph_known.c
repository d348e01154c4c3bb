#include "graph_private.h"

static uint64_t function_of(struct graph_builder *b, uint32_t stack)
{
	if (!b->function || !stack || stack > b->g->stack_count)
		return 0;
	vec_ensure(&b->functions, stack);
	if (!b->functions.v[stack])
		b->functions.v[stack] = 1 + b->function(b->data, stack);
	return b->functions.v[stack] - 1;
}

/* Whether a path of stacks goes through a function. */
static int goes_through(struct graph_builder *b, uint32_t path, uint64_t function)
{
	const struct graph *g = b->g;
	for (; path; path = g->paths.v[path].parent)
		if (path >= g->call_nodes && function_of(b, path - g->call_nodes + 1) == function)
			return 1;
	return 0;
}

static uint32_t new_path(struct graph *g, uint32_t parent, const struct graph_path *at)
{
	vec_push(&g->paths, (struct graph_path){ parent, at->module, at->offset, at->is_function });
	return (uint32_t)g->paths.n - 1;
}

static uint32_t inside(struct graph_builder *b, uint32_t path, uint32_t stack)
{
	uint64_t key = (uint64_t)path << 32 | stack;
	uint32_t found = map64_get(&b->inside, key);
	if (found != MAP64_NONE)
		return found;
	struct graph_path at = b->g->paths.v[graph_stack_path(b->g, stack)];
	found = goes_through(b, path, function_of(b, stack)) ? path : new_path(b->g, path, &at);
	map64_put(&b->inside, key, found);
	return found;
}

uint32_t graph_known_path(struct graph_builder *b, uint32_t path, uint32_t stack_before, uint32_t stack)
{
	const struct graph *g = b->g;
	if (path >= g->paths.n)
		path = 0;
	if (path && path < g->call_nodes)
		return path;
	uint64_t function = function_of(b, stack_before);
	if (function && function_of(b, stack) == function)
		return inside(b, path, stack);
	return path ? path : b->thread_path;
}

uint32_t graph_known_startup(struct graph_builder *b, uint32_t thread)
{
	const struct graph_path at = { 0, MODULE_NONE, 0, 1 };
	if (b->g->model->threads.v.v[thread].start_offset)
		return 0;
	if (!b->startup_path)
		b->startup_path = new_path(b->g, 0, &at);
	return b->startup_path;
}

/* Threads of one function have one path. */
void graph_known_thread(struct graph_builder *b, uint32_t thread)
{
	const struct thread *t = &b->g->model->threads.v.v[thread];
	const struct graph_path at = { 0, t->start_module, t->start_offset, 1 };
	uint64_t key = t->start_offset << 16 ^ t->start_module;
	b->thread_path = 0;
	if (!t->start_offset || key == MAP64_EMPTY)
		return;
	uint32_t found = map64_get(&b->threads, key);
	if (found == MAP64_NONE) {
		found = new_path(b->g, 0, &at);
		map64_put(&b->threads, key, found);
	}
	b->thread_path = found;
}
