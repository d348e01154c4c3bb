/* The functions of a graph's paths, those that are inlined there included. */
#include "table/what_if_private.h"
#include "util/alloc.h"

static uint64_t hash_of(const char *s)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return h >> 1;
}

static uint32_t name_number(struct what_if *w, const char *name, bool own)
{
	uint64_t h = hash_of(name);
	uint32_t at = map64_get(&w->name_numbers, h);

	if (at != MAP64_NONE)
		return at;
	at = (uint32_t)w->names.n;
	vec_push(&w->names, name);
	vec_push(&w->own, own);
	map64_put(&w->name_numbers, h, at);
	return at;
}

/* The stack that a path is; 0: it is none. */
static uint32_t stack_of(const struct graph *g, uint32_t path)
{
	return path >= g->call_nodes && path - g->call_nodes < g->stack_count ? path - g->call_nodes + 1 : 0;
}

static void add_frame(struct what_if *w, const char *name, uint8_t owner)
{
	if (name)
		vec_push(&w->frames, name_number(w, name, owner == FRAME_OWN));
}

static void add_frames(struct what_if *w, uint32_t path)
{
	const struct graph_path *p = &w->graph->paths.v[path];
	uint32_t stack = stack_of(w->graph, path);
	const struct frame *frames = NULL;
	struct function_name function;
	size_t n = 0;

	if (!path || p->module == MODULE_NONE)
		return;
	if (stack && stack < w->in->model->stacks.nodes.n)
		frames = naming_node(w->in->naming, stack, &n);
	for (size_t i = 0; i + 1 < n; i++)
		add_frame(w, frames[i].name, frames[i].owner);
	function = naming_function(w->in->naming, p->module, p->offset - !p->is_function);
	add_frame(w, function.name, function.owner);
}

void what_if_names(struct what_if *w)
{
	size_t n = w->graph->paths.n;

	if (w->first_frame)
		return;
	w->first_frame = xcalloc(n + 2, sizeof(*w->first_frame));
	vec_push(&w->names, "");
	vec_push(&w->own, 0);
	for (uint32_t i = 0; i < n; i++) {
		w->first_frame[i] = (uint32_t)w->frames.n;
		add_frames(w, i);
	}
	w->first_frame[n] = (uint32_t)w->frames.n;
}
