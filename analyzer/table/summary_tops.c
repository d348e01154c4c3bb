/* The summary's lists: the few locks, files and functions that matter most. */
#include <stdlib.h>
#include <string.h>

#include "dump/ops.h"
#include "table/functions.h"
#include "table/summary.h"
#include "util/alloc.h"
#include "util/fmt.h"
#include "util/vec.h"

#define SOURCE_COLUMN { "source", "", .flags = COLUMN_DATA | COLUMN_LINES }

enum { WAITED, CONTENDED, ACQUIRED, KIND, LOCK_ID, LOCK, WAITER_SOURCE, WAITER, HOLDERS };
static const struct column lock_columns[] = {
	[WAITED]        = { "wait_ns", "waited", UNIT_NS, FROM(struct lock, all.wait_ns) },
	[CONTENDED]     = { "contended", "times", UNIT_COUNT, FROM(struct lock, all.contended) },
	[ACQUIRED]      = { "acquisitions", "of", UNIT_COUNT, FROM(struct lock, all.acquisitions) },
	[KIND]          = { "kind", "kind", .flags = COLUMN_DATA },
	[LOCK_ID]       = { "id", "id", UNIT_NONE, COLUMN_DATA, FROM(struct lock, id) },
	[LOCK]          = { "name", "lock", .flags = COLUMN_CODE, .most = 30 },
	[WAITER_SOURCE] = SOURCE_COLUMN,
	[WAITER]        = { "stack", "waiting in", .unit = UNIT_NONE },
	[HOLDERS]       = { "holders", "", .unit = UNIT_NONE },
};

/* Drawn below the lock. */
enum { HOLDER_TITLE, HOLDER_SOURCE, HOLDER_STACK };
static const struct column holder_columns[] = {
	[HOLDER_TITLE]  = { "held", "", .flags = COLUMN_TEXT },
	[HOLDER_SOURCE] = SOURCE_COLUMN,
	[HOLDER_STACK]  = { "site", "", .unit = UNIT_NONE },
};

static const struct lock_waiter *longest_waiter(const struct locks *locks, const struct lock *l)
{
	const struct lock_waiter *most = NULL;

	for (uint32_t i = l->first_waiter; i != LOCK_NONE; i = locks->waiters.v[i].next)
		if (!most || locks->waiters.v[i].wait_ns > most->wait_ns)
			most = &locks->waiters.v[i];
	return most;
}

static const struct lock_holder *longest_holder(const struct locks *locks, const struct lock_waiter *w)
{
	const struct lock_holder *most = NULL;

	for (uint32_t i = w->first_holder; i != LOCK_NONE; i = locks->holders.v[i].next)
		if (!most || locks->holders.v[i].wait_ns > most->wait_ns)
			most = &locks->holders.v[i];
	return most;
}

static struct table *holder_table(const struct view_input *in, const struct lock_holder *h, uint64_t waited)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "holders", NULL, holder_columns);
	struct cell *c;

	if (!h || !h->site)
		return t;
	c = table_row(t);
	c[HOLDER_TITLE] = cell_name(view_text(in, "%s of it while held by", fmt_percent((double)h->wait_ns, (double)waited).s));
	c[HOLDER_STACK] = c[HOLDER_SOURCE] = cell_stack(h->site);
	return t;
}

static void add_lock(const struct view_input *in, struct table *t, uint32_t index)
{
	const struct locks *locks = &in->model->locks;
	const struct lock *l = &locks->v.v[index];
	const struct lock_waiter *waiter = longest_waiter(locks, l);
	const struct lock_holder *holder = waiter ? longest_holder(locks, waiter) : NULL;
	struct cell *c = table_row(t);

	table_fill(t, c, l);
	c[KIND] = cell_name(lock_kind_name(l->kind));
	c[LOCK] = cell_name(naming_lock(in->naming, index));
	c[HOLDERS] = cell_table(holder_table(in, holder, l->all.wait_ns));
	if (waiter)
		c[WAITER] = c[WAITER_SOURCE] = cell_stack(waiter->stack);
}

/* What can be held comes first: waiting for a condition is mostly having nothing to do. */
struct table *summary_locks(const struct view_input *in, unsigned rows)
{
	const struct locks *locks = &in->model->locks;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "locks", "Locks", lock_columns);
	struct top held = { .room = rows };
	uint64_t together = 0;

	for (uint32_t i = 0; i < locks->v.n; i++) {
		const struct lock *l = &locks->v.v[i];

		if (!l->has_hold)
			continue;
		top_offer(&held, i, l->all.wait_ns);
		together += l->all.wait_ns;
	}
	for (unsigned i = 0; i < held.count; i++)
		add_lock(in, t, held.index[i]);
	t->note = view_text(in, "threads waited %s for them", fmt_duration(together).s);
	return t;
}

enum { FILE_TIME, FILE_STDIO_TIME, FILE_CALLS, FILE_STDIO, FILE_READ, FILE_WRITTEN, FILE_KIND, FILE_PATH, FILE_SOURCE, FILE_STACK };
static const struct column file_columns[] = {
	[FILE_TIME]    = { "time_ns", "time", UNIT_NS, FROM(struct io_file, time_ns) },
	[FILE_CALLS]   = { "calls", "calls", .unit = UNIT_COUNT },
	[FILE_READ]    = { "bytes_read", "read", UNIT_BYTES, FROM(struct io_file, bytes_read) },
	[FILE_WRITTEN] = { "bytes_written", "written", UNIT_BYTES, FROM(struct io_file, bytes_written) },
	[FILE_STDIO]   = { "stdio_calls", "stdio", UNIT_COUNT, COLUMN_SPARE, FROM(struct io_file, stdio_calls) },
	[FILE_STDIO_TIME] = { "stdio_ns", "in stdio", UNIT_NS, COLUMN_SPARE, FROM(struct io_file, stdio_ns) },
	[FILE_KIND]    = { "kind", "kind", .flags = COLUMN_DATA },
	[FILE_PATH]    = { "path", "file", .most = 28 },
	[FILE_SOURCE]  = SOURCE_COLUMN,
	[FILE_STACK]   = { "stack", "mostly in", .unit = UNIT_NONE },
};

/* The call path on which most of a file's time passed; NULL: none is known. */
static const struct io_site *slowest_site(const struct io *io, const struct io_file *f)
{
	const struct io_site *most = NULL;

	for (uint32_t i = f->first_site; i; i = io->sites.v[i - 1].next)
		if (!most || io->sites.v[i - 1].time_ns > most->time_ns)
			most = &io->sites.v[i - 1];
	return most;
}

static void add_file(struct table *t, const struct io *io, const struct io_file *f)
{
	const struct io_site *site = slowest_site(io, f);
	struct cell *c = table_row(t);

	table_fill(t, c, f);
	c[FILE_CALLS] = cell_int(f->opens + f->reads + f->writes + f->others);
	c[FILE_KIND] = cell_name(f->kind);
	c[FILE_PATH] = cell_name(f->path);
	if (site && site->stack)
		c[FILE_STACK] = c[FILE_SOURCE] = cell_stack(site->stack);
}

static const char *io_note(const struct view_input *in, const struct io *io)
{
	uint64_t stdio = 0;

	for (size_t i = 0; i < io->stdio_ops.n; i++)
		stdio += io->stdio_ops.v[i].times.sum;
	return view_text(in, "%s in %s; %s read, %s written%s%s", fmt_duration(io->time_ns).s, view_count(in, io->calls, "call"),
	                 fmt_bytes(io->bytes_read).s, fmt_bytes(io->bytes_written).s,
	                 io->errors ? view_text(in, "; %s", view_count(in, io->errors, "error")) : "",
	                 stdio ? view_text(in, "; %s in stdio", fmt_duration(stdio).s) : "");
}

struct table *summary_files(const struct view_input *in, unsigned rows)
{
	const struct io *io = &in->model->io;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "files", "I/O", file_columns);
	struct top top = { .room = rows };

	for (uint32_t i = 0; i < io->files.n; i++)
		top_offer(&top, i, io->files.v[i].time_ns + io->files.v[i].stdio_ns);
	for (unsigned i = 0; i < top.count; i++)
		add_file(t, io, &io->files.v[top.index[i]]);
	t->note = io_note(in, io);
	return t;
}

static const struct column function_columns[] = {
	{ "self_ns", "self", .unit = UNIT_NS },
	{ "total_ns", "total", .unit = UNIT_NS },
	{ "running_ns", "running", .unit = UNIT_NS },
	{ "calls", "calls", UNIT_COUNT, .flags = COLUMN_SPARE },
	{ "max_ns", "longest", UNIT_NS, .flags = COLUMN_SPARE },
	{ "measured", "measured", .flags = COLUMN_DATA },
	{ "place", "at", .flags = COLUMN_TEXT | COLUMN_SPARE },
	{ "name", "function", .flags = COLUMN_CODE },
};

struct table *summary_functions(const struct view_input *in, unsigned rows)
{
	struct table *all = functions_table(in);
	int self = table_column(all, "self_ns");

	while (all->row_count && cell_is_empty(&all->rows[all->row_count - 1].cells[self]))
		all->row_count--;
	return table_pick(all, function_columns, sizeof(function_columns) / sizeof(function_columns[0]), rows);
}
