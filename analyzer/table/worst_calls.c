/* The heaviest call path of a function, in the model's call tree. */
#include <string.h>

#include "table/worst.h"

/* A node of the call tree among stacks. */
#define CALL_NODE (UINT64_C(1) << 32)

static uint64_t weight_of(const struct functions *f, const struct call_node *n, const char *key)
{
	const struct call_costs *costs = n->costs < f->costs.n ? &f->costs.v[n->costs] : NULL;

	if (!strcmp(key, "calls"))
		return n->calls;
	if (!strcmp(key, "self_ns"))
		return n->self_ns;
	if (!strncmp(key, "alloc_bytes", 11) && costs)
		return costs->alloc_bytes;
	if (!strncmp(key, "alloc_calls", 11) && costs)
		return costs->alloc_calls;
	return n->total_ns;
}

static bool is_named(const struct view_input *in, uint32_t function, const char *name)
{
	const struct function *f = &in->model->functions.v.v[function];

	return !strcmp(naming_function(in->naming, f->module, f->offset).name, name);
}

static void offer_calls(struct worst *w, const struct view_input *in, const char *name, const char *key, const struct column *column)
{
	const struct functions *f = &in->model->functions;
	uint64_t most = 0;

	for (uint32_t i = 1; i < f->nodes.n; i++) {
		uint64_t weight = weight_of(f, &f->nodes.v[i], key);

		if (weight <= most || !is_named(in, f->nodes.v[i].function, name))
			continue;
		most = weight;
		*w = (struct worst){ CALL_NODE | i, cell_int(weight), column };
	}
}

/* Of a program without function calls: where its time between events was. */
static void offer_between(struct worst *w, const struct view_input *in, const char *name, const struct column *column)
{
	const struct functions *f = &in->model->functions;
	uint64_t most = 0;

	for (uint32_t i = 1; i < f->between.n; i++) {
		size_t count;
		const struct frame *frames;

		if (f->between.v[i].self_ns <= most)
			continue;
		frames = naming_node(in->naming, i, &count);
		if (!count || strcmp(frames[0].name, name))
			continue;
		most = f->between.v[i].self_ns;
		*w = (struct worst){ i, cell_int(most), column };
	}
}

void worst_call(struct worst *w, const struct view_input *in, const struct finding *f)
{
	int name = table_column(f->table, "name");

	if (name < 0 || f->row->cells[name].type != CELL_NAME)
		return;
	if (in->model->functions.nodes.n > 1)
		offer_calls(w, in, f->row->cells[name].name, f->column->key, f->column);
	else
		offer_between(w, in, f->row->cells[name].name, f->column);
}

static const struct frame *frames(void *context, uint64_t stack, size_t *count)
{
	struct worst_stacks *w = context;
	const struct functions *f = &w->in->model->functions;

	if (!(stack & CALL_NODE))
		return w->plain.frames(w->plain.context, stack, count);
	w->frames.n = 0;
	for (uint32_t i = (uint32_t)stack; i && i < f->nodes.n; i = f->nodes.v[i].parent) {
		const struct function *called = &f->v.v[f->nodes.v[i].function];
		struct function_name name = naming_function(w->in->naming, called->module, called->offset);

		vec_push(&w->frames, (struct frame){ name.name, name.file, name.line, name.owner });
	}
	*count = w->frames.n;
	return w->frames.v;
}

struct stack_source worst_stacks(struct worst_stacks *w, const struct view_input *in, struct stack_source plain)
{
	*w = (struct worst_stacks){ .in = in, .plain = plain };
	return (struct stack_source){ frames, w };
}

void worst_stacks_free(struct worst_stacks *w)
{
	vec_free(&w->frames);
}
