/* io: by operation, call site and file. Calls of stdio stand apart, as their bytes are the caller's. */
#include <stdio.h>
#include <string.h>

#include "dump/ops.h"
#include "table/io_hints.h"
#include "util/fmt.h"

enum { CALLS, ERRORS, WOULD_BLOCK, READ, WRITTEN, TIME, FSYNC, HINTS, CURVES, SITES, FILES, PEERS, POLLS, FLOWS, PATHS, OPS, STDIO_OPS, TIMELINE };
static const struct column columns[] = {
	[CALLS]       = { "calls", "calls", UNIT_COUNT, FROM(struct io, calls) },
	[ERRORS]      = { "errors", "errors", UNIT_COUNT, FROM(struct io, errors) },
	[WOULD_BLOCK] = { "would_block", "would block", UNIT_COUNT, COLUMN_SPARE, FROM(struct io, would_block) },
	[READ]        = { "bytes_read", "read", UNIT_BYTES, FROM(struct io, bytes_read) },
	[WRITTEN]     = { "bytes_written", "written", UNIT_BYTES, FROM(struct io, bytes_written) },
	[TIME]        = { "time_ns", "time", UNIT_NS, FROM(struct io, time_ns) },
	[FSYNC]       = { "fsync", "fsync", .flags = COLUMN_DATA },
	[HINTS]       = { "hints", "hints", .unit = UNIT_NONE },
	[CURVES]      = { "curves", "over time", .flags = COLUMN_TEXT },
	[SITES]       = { "sites", "call sites", .unit = UNIT_NONE },
	[FILES]       = { "files", "files", .unit = UNIT_NONE },
	[PEERS]       = { "peers", "connections", .unit = UNIT_NONE },
	[POLLS]       = { "polls", "waits for descriptors", .unit = UNIT_NONE },
	[FLOWS]       = { "flows", "flows", .unit = UNIT_NONE },
	[PATHS]       = { "paths", "paths", .unit = UNIT_NONE },
	[OPS]         = { "ops", "operations", .unit = UNIT_NONE },
	[STDIO_OPS]   = { "stdio_ops", "stdio", .unit = UNIT_NONE },
	[TIMELINE]    = { "timeline", "over time", .flags = COLUMN_DATA },
};

enum { SYNC_CALLS, SYNC_TIME, SYNC_MAX, SYNC_SHARE };
static const struct column sync_columns[] = {
	[SYNC_CALLS] = { "calls", "calls", UNIT_COUNT, FROM(struct io_sync, calls) },
	[SYNC_TIME]  = { "time_ns", "time", UNIT_NS, FROM(struct io_sync, ns) },
	[SYNC_MAX]   = { "max_ns", "longest", UNIT_NS, FROM(struct io_sync, max_ns) },
	[SYNC_SHARE] = { "run_pct", "of the run", .unit = UNIT_PERCENT },
};

enum { OP_TIME, OP_CALLS, OP_ERRORS, OP_ERRNO, OP_BLOCK, OP_BYTES, OP_P50, OP_P95, OP_P99, OP_MAX, OP_NAME };
static const struct column op_columns[] = {
	[OP_TIME]   = { "time_ns", "time", UNIT_NS, FROM(struct io_op, times.sum) },
	[OP_CALLS]  = { "calls", "calls", UNIT_COUNT, FROM(struct io_op, times.count) },
	[OP_ERRORS] = { "errors", "errors", UNIT_COUNT, COLUMN_SPARE, FROM(struct io_op, errors) },
	[OP_ERRNO]  = { "errno", "errno", .flags = COLUMN_DATA },
	[OP_BLOCK]  = { "would_block", "would block", UNIT_COUNT, COLUMN_SPARE, FROM(struct io_op, would_block) },
	[OP_BYTES]  = { "bytes", "bytes", UNIT_BYTES, FROM(struct io_op, bytes) },
	[OP_P50]    = { "p50_ns", "half below", .unit = UNIT_NS },
	[OP_P95]    = { "p95_ns", "95 % below", UNIT_NS, .flags = COLUMN_EXTRA },
	[OP_P99]    = { "p99_ns", "99 % below", .unit = UNIT_NS },
	[OP_MAX]    = { "max_ns", "longest", .unit = UNIT_NS },
	[OP_NAME]   = { "name", "operation", .unit = UNIT_NONE },
};

enum { ERRNO_NAME, ERRNO_COUNT };
static const struct column errno_columns[] = {
	[ERRNO_NAME]  = { "name", "errno", .unit = UNIT_NONE },
	[ERRNO_COUNT] = { "count", "times", UNIT_COUNT, FROM(struct io_errno, count) },
};

struct table *io_errnos(const struct view_input *in, const struct io_errnos *all)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_MAP, "errno", "Errors", errno_columns);

	for (size_t i = 0; i < all->n; i++) {
		const char *name = strerrorname_np(all->v[i].error);
		struct cell *c = table_row(t);

		table_fill(t, c, &all->v[i]);
		c[ERRNO_NAME] = cell_name(name ? name : view_text(in, "%d", all->v[i].error));
	}
	return t;
}

static void add_op(const struct view_input *in, struct table *t, const struct io_op *op)
{
	struct cell *c = table_row(t);

	table_fill(t, c, op);
	c[OP_NAME] = cell_name(op_name(op->op));
	c[OP_ERRNO] = cell_table(io_errnos(in, &op->errnos));
	c[OP_P50] = view_quantile(&op->times, 0.50);
	c[OP_P95] = view_quantile(&op->times, 0.95);
	c[OP_P99] = view_quantile(&op->times, 0.99);
	c[OP_MAX] = view_most(&op->times);
}

static struct table *ops(const struct view_input *in, const char *key, const char *title, const struct io_op *all, size_t count)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, key, title, op_columns);

	for (size_t i = 0; i < count; i++)
		add_op(in, t, &all[i]);
	table_sort(t, "calls");
	table_sort(t, "time_ns");
	return t;
}

uint64_t io_reported_ns(const struct model *m)
{
	uint64_t to = m->options.to_ns && m->options.to_ns < m->duration_ns ? m->options.to_ns : m->duration_ns;

	return to > m->options.from_ns ? to - m->options.from_ns : 0;
}

static struct table *syncs(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "fsync", "fsync", sync_columns);
	struct cell *c = table_row(t);

	table_fill(t, c, &in->model->io.syncs);
	c[SYNC_SHARE] = cell_share(in->model->io.syncs.ns, io_reported_ns(in->model));
	return t;
}

/* The call site that took longest; stdio's time is that of other calls. NULL: none took any. */
static const struct io_place *longest(const struct io *io)
{
	const struct io_place *most = NULL;

	for (size_t i = 0; i < io->places.n; i++)
		if (op_info(io->places.v[i].op)->kind == HP_IO && io->places.v[i].times.ns && (!most || io->places.v[i].times.ns > most->times.ns))
			most = &io->places.v[i];
	return most;
}

/* Where its time went, in a sentence. */
static const char *in_words(const struct view_input *in)
{
	const struct io *io = &in->model->io;
	const struct io_place *most = longest(io);
	const char *file = most ? io_place_file(in, &io_place_files(in)[most - io->places.v]) : NULL;

	if (!most)
		return NULL;
	return view_text(in, "%s in %s, %s of the run's %s; %u %% of it in %s()%s%s%s", fmt_duration(io->time_ns).s, view_count(in, io->calls, "call"),
	                 fmt_percent((double)io->time_ns, (double)io_reported_ns(in->model)).s, fmt_duration(io_reported_ns(in->model)).s,
	                 view_percent(most->times.ns, io->time_ns), op_name(most->op), file ? " of " : "", file ? file : "", view_in(in, most->stack));
}

static void add(const struct view_input *in, struct doc *doc)
{
	const struct io *io = &in->model->io;
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "io", "I/O", columns);
	struct cell *c = table_row(t);

	t->note = in_words(in);
	table_fill(t, c, io);
	c[FSYNC] = cell_table(syncs(in));
	c[HINTS] = cell_table(io_hints(in));
	c[CURVES] = cell_table(io_curves(in));
	c[SITES] = cell_table(io_sites(in));
	c[FILES] = cell_table(io_files(in));
	c[PEERS] = cell_table(io_peers(in));
	c[POLLS] = cell_table(io_polls(in));
	c[FLOWS] = cell_table(io_flows(in));
	c[PATHS] = cell_table(io_paths(in));
	c[OPS] = cell_table(ops(in, "ops", "Operations", io->ops.v, io->ops.n));
	c[STDIO_OPS] = cell_table(ops(in, "stdio_ops", "Calls of stdio", io->stdio_ops.v, io->stdio_ops.n));
	c[TIMELINE] = cell_table(io_timeline(in));
	doc_add(doc, t);
}

const struct view view_io = { .name = "io", .parts = MODEL_IO, .add = add };
