/* HP_STACK=check: stacks that our unwinder and libunwind found to be different, and the frame from where they are. */
#include "table/info.h"

#include <inttypes.h>

enum { PID, FRAME, AFTER, OURS, THEIRS, STACK };
static const struct column columns[] = {
	[PID]    = { "pid", "pid", .unit = UNIT_NONE },
	[FRAME]  = { "frame", "frame", .unit = UNIT_NONE },
	[AFTER]  = { "after", "caller of", .unit = UNIT_NONE },
	[OURS]   = { "ours", "by us", .unit = UNIT_NONE },
	[THEIRS] = { "libunwind", "by libunwind", .unit = UNIT_NONE },
	[STACK]  = { "stack", "our stack", .flags = COLUMN_DATA },
};

/* Node 0 is the end of a stack. */
static const char *frame_text(const struct view_input *in, uint32_t node, const struct stack_node *inner)
{
	const struct stack_node *n = &in->model->stacks.nodes.v[node];
	uint64_t back = n->flags & HP_NODE_EXACT ? 0 : 1;
	const char *end = n->flags & HP_NODE_STOPPED ? " [stopped]" : n->flags & HP_NODE_CUT ? " [cut]" : "";

	if (!node)
		return inner && inner->flags & HP_NODE_STOPPED ? "[stopped]" : inner && inner->flags & HP_NODE_CUT ? "[cut]" : "[end]";
	if (n->module == MODULE_NONE)
		return view_text(in, "0x%" PRIx64 "%s", n->offset, end);
	return view_text(in, "%s (%s+0x%" PRIx64 ")%s%s", naming_function(in->naming, n->module, n->offset - back).name,
			view_base_name(in->model->stacks.modules.v[n->module].path), n->offset, back ? "" : " [interrupted]", end);
}

static int same_frame(const struct stack_node *a, const struct stack_node *b)
{
	return a->module == b->module && a->offset == b->offset && !((a->flags ^ b->flags) & HP_NODE_EXACT);
}

static void add_row(const struct view_input *in, struct table *t, const struct dump_difference *d)
{
	const struct stacks *s = &in->model->stacks;
	uint64_t unknown = 0;
	uint32_t ours = stacks_node(s, d->scope->number, d->ours, &unknown), theirs = stacks_node(s, d->scope->number, d->theirs, &unknown);
	uint32_t whole = ours, index = 0, our_last = 0, their_last = 0;
	struct cell *c = table_row(t);

	while (ours && theirs && same_frame(&s->nodes.v[ours], &s->nodes.v[theirs])) {
		our_last = ours;
		their_last = theirs;
		index++;
		ours = s->nodes.v[ours].parent;
		theirs = s->nodes.v[theirs].parent;
	}
	c[PID] = cell_int(d->scope->pid);
	c[STACK] = cell_stack(whole);
	c[FRAME] = cell_int(index);
	c[AFTER] = cell_name(index ? frame_text(in, our_last, NULL) : NULL);
	c[OURS] = cell_name(frame_text(in, ours, &s->nodes.v[our_last]));
	c[THEIRS] = cell_name(frame_text(in, theirs, &s->nodes.v[their_last]));
}

struct table *differences_table(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "stack_differences", "Stacks that libunwind finds to be different", columns);

	for (unsigned i = 0; i < in->model->dump_count; i++)
		for (size_t k = 0; k < in->model->dumps[i]->differences.n; k++)
			add_row(in, t, &in->model->dumps[i]->differences.v[k]);
	return t;
}
