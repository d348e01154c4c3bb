/* io.flows[]: who reads what who writes. */
#include "table/io_private.h"

enum { BYTES, CALLS, KIND, PATH, WRITER, READER, FROM_WHOM, TO_WHOM };
static const struct column columns[] = {
	[BYTES]     = { "bytes", "bytes", UNIT_BYTES, FROM(struct io_flow, bytes) },
	[CALLS]     = { "calls", "reads", UNIT_COUNT, FROM(struct io_flow, calls) },
	[KIND]      = { "kind", "kind", .unit = UNIT_NONE },
	[PATH]      = { "path", "through", .most = 50 },
	[WRITER]    = { "writer", "written by", .flags = COLUMN_TEXT },
	[READER]    = { "reader", "read by", .flags = COLUMN_TEXT },
	[FROM_WHOM] = { "from", "from", .flags = COLUMN_DATA },
	[TO_WHOM]   = { "to", "to", .flags = COLUMN_DATA },
};

enum { PID, TID, NAME };
static const struct column thread_columns[] = {
	[PID]  = { "pid", "pid", .unit = UNIT_NONE },
	[TID]  = { "tid", "tid", .unit = UNIT_NONE },
	[NAME] = { "name", "name", .unit = UNIT_NONE },
};

static const char *name_of(const struct model *m, const struct thread *t)
{
	return *t->name ? t->name : view_base_name(m->processes.v.v[t->process].exe);
}

const char *io_thread(const struct view_input *in, uint32_t thread)
{
	const struct model *m = in->model;
	const struct thread *t = &m->threads.v.v[thread];

	if (m->processes.v.n > 1)
		return view_text(in, "%s (pid %u, tid %u)", name_of(m, t), m->processes.v.v[t->process].pid, t->tid);
	return view_text(in, "%s (tid %u)", name_of(m, t), t->tid);
}

static struct cell thread(const struct view_input *in, const char *key, uint32_t index)
{
	const struct thread *t = &in->model->threads.v.v[index];
	struct table *one = TABLE_NEW(in->arena, TABLE_OBJECT, key, key, thread_columns);
	struct cell *c = table_row(one);

	c[PID] = cell_int(in->model->processes.v.v[t->process].pid);
	c[TID] = cell_int(t->tid);
	c[NAME] = cell_name(name_of(in->model, t));
	return cell_table(one);
}

struct table *io_flows(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "flows", "Who reads what who writes", columns);

	for (size_t i = 0; i < in->model->io.flows.n; i++) {
		const struct io_flow *f = &in->model->io.flows.v[i];
		const struct io_file *file = &in->model->io.files.v[f->file];
		struct cell *c = table_row(t);

		table_fill(t, c, f);
		c[KIND] = cell_name(file->kind);
		c[PATH] = cell_name(file->path);
		c[WRITER] = cell_name(io_thread(in, f->from));
		c[READER] = cell_name(io_thread(in, f->to));
		c[FROM_WHOM] = thread(in, "from", f->from);
		c[TO_WHOM] = thread(in, "to", f->to);
	}
	table_sort(t, "bytes");
	return t;
}
