/* io: by operation and by file. Calls of stdio stand apart, as their bytes are the caller's. */
#include <stdio.h>
#include <string.h>

#include "dump/ops.h"
#include "table/view.h"

enum { CALLS, ERRORS, WOULD_BLOCK, READ, WRITTEN, TIME, OPS, STDIO_OPS, FILES };
static const struct column columns[] = {
	[CALLS]       = { "calls", "calls", UNIT_COUNT, FROM(struct io, calls) },
	[ERRORS]      = { "errors", "errors", UNIT_COUNT, FROM(struct io, errors) },
	[WOULD_BLOCK] = { "would_block", "would block", UNIT_COUNT, COLUMN_SPARE, FROM(struct io, would_block) },
	[READ]        = { "bytes_read", "read", UNIT_BYTES, FROM(struct io, bytes_read) },
	[WRITTEN]     = { "bytes_written", "written", UNIT_BYTES, FROM(struct io, bytes_written) },
	[TIME]        = { "time_ns", "time", UNIT_NS, FROM(struct io, time_ns) },
	[OPS]         = { "ops", "operations", .unit = UNIT_NONE },
	[STDIO_OPS]   = { "stdio_ops", "stdio", .unit = UNIT_NONE },
	[FILES]       = { "files", "files", .unit = UNIT_NONE },
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

enum { SITE_TIME, SITE_CALLS, SITE_BYTES, SITE_SOURCE, SITE_STACK };
static const struct column site_columns[] = {
	[SITE_TIME]   = { "time_ns", "time", UNIT_NS, FROM(struct io_site, time_ns) },
	[SITE_CALLS]  = { "calls", "calls", UNIT_COUNT, FROM(struct io_site, calls) },
	[SITE_BYTES]  = { "bytes", "bytes", UNIT_BYTES, FROM(struct io_site, bytes) },
	[SITE_SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[SITE_STACK]  = { "stack", "in", .unit = UNIT_NONE },
};

enum { FILE_KIND = 13, FILE_PATH, FILE_SITES };
static const struct column file_columns[] = {
	{ "time_ns", "time", UNIT_NS, FROM(struct io_file, time_ns) },
	{ "opens", "opens", UNIT_COUNT, COLUMN_EXTRA, FROM(struct io_file, opens) },
	{ "reads", "reads", UNIT_COUNT, FROM(struct io_file, reads) },
	{ "bytes_read", "read", UNIT_BYTES, FROM(struct io_file, bytes_read) },
	{ "writes", "writes", UNIT_COUNT, FROM(struct io_file, writes) },
	{ "bytes_written", "written", UNIT_BYTES, FROM(struct io_file, bytes_written) },
	{ "other_calls", "others", UNIT_COUNT, COLUMN_SPARE | COLUMN_EXTRA, FROM(struct io_file, others) },
	{ "errors", "errors", UNIT_COUNT, COLUMN_SPARE, FROM(struct io_file, errors) },
	{ "would_block", "would block", UNIT_COUNT, COLUMN_DATA, FROM(struct io_file, would_block) },
	{ "stdio_calls", "stdio", UNIT_COUNT, COLUMN_SPARE, FROM(struct io_file, stdio_calls) },
	{ "stdio_bytes", "its bytes", UNIT_BYTES, COLUMN_SPARE | COLUMN_EXTRA, FROM(struct io_file, stdio_bytes) },
	{ "stdio_ns", "its time", UNIT_NS, COLUMN_SPARE, FROM(struct io_file, stdio_ns) },
	{ "calls", "calls", UNIT_COUNT, .flags = COLUMN_DATA },
	[FILE_KIND] = { "kind", "kind", .unit = UNIT_NONE },
	[FILE_PATH] = { "path", "file", .unit = UNIT_NONE },
	[FILE_SITES] = { "sites", "sites", .unit = UNIT_NONE },
};

static struct table *errnos(const struct view_input *in, const struct io_op *op)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_MAP, "errno", "Errors", errno_columns);

	for (size_t i = 0; i < op->errnos.n; i++) {
		const char *name = strerrorname_np(op->errnos.v[i].error);
		struct cell *c = table_row(t);

		table_fill(t, c, &op->errnos.v[i]);
		c[ERRNO_NAME] = cell_name(name ? name : view_text(in, "%d", op->errnos.v[i].error));
	}
	return t;
}

static void add_op(const struct view_input *in, struct table *t, const struct io_op *op)
{
	struct cell *c = table_row(t);

	table_fill(t, c, op);
	c[OP_NAME] = cell_name(op_name(op->op));
	c[OP_ERRNO] = cell_table(errnos(in, op));
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

static struct table *sites(const struct view_input *in, const struct io_file *f)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sites", "Call paths", site_columns);

	for (uint32_t i = f->first_site; i; i = in->model->io.sites.v[i - 1].next) {
		const struct io_site *s = &in->model->io.sites.v[i - 1];
		struct cell *c = table_row(t);

		table_fill(t, c, s);
		c[SITE_STACK] = c[SITE_SOURCE] = cell_stack(s->stack);
	}
	table_sort(t, "time_ns");
	return t;
}

static struct table *files(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "files", "Files and sockets", file_columns);

	for (size_t i = 0; i < in->model->io.files.n; i++) {
		const struct io_file *f = &in->model->io.files.v[i];
		struct cell *c = table_row(t);

		table_fill(t, c, f);
		c[FILE_KIND - 1] = cell_int(f->opens + f->reads + f->writes + f->others);
		c[FILE_KIND] = cell_name(f->kind);
		c[FILE_PATH] = cell_name(f->path);
		c[FILE_SITES] = cell_table(sites(in, f));
	}
	table_sort(t, "stdio_calls");
	table_sort(t, "stdio_ns");
	table_sort(t, "time_ns");
	return t;
}

static void add(const struct view_input *in, struct doc *doc)
{
	const struct io *io = &in->model->io;
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "io", "I/O", columns);
	struct cell *c = table_row(t);

	table_fill(t, c, io);
	c[OPS] = cell_table(ops(in, "ops", "Operations", io->ops.v, io->ops.n));
	c[STDIO_OPS] = cell_table(ops(in, "stdio_ops", "Calls of stdio", io->stdio_ops.v, io->stdio_ops.n));
	c[FILES] = cell_table(files(in));
	doc_add(doc, t);
}

const struct view view_io = { .name = "io", .parts = MODEL_IO, .add = add };
