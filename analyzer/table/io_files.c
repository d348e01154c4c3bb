/* io.files[]: what was done to each file, pipe and socket, where in it, and in which sizes. */
#include "dump/ops.h"
#include "table/io_private.h"

enum { SITE_TIME, SITE_CALLS, SITE_BYTES, SITE_OP, SITE_SOURCE, SITE_STACK };
static const struct column site_columns[] = {
	[SITE_TIME]   = { "time_ns", "time", UNIT_NS, FROM(struct io_site, time_ns) },
	[SITE_CALLS]  = { "calls", "calls", UNIT_COUNT, FROM(struct io_site, calls) },
	[SITE_BYTES]  = { "bytes", "bytes", UNIT_BYTES, FROM(struct io_site, bytes) },
	[SITE_OP]     = { "op", "operation", .unit = UNIT_NONE },
	[SITE_SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[SITE_STACK]  = { "stack", "in", .unit = UNIT_NONE },
};

enum { MIN, MAX, SIZE_CALLS, SIZE_BYTES };
static const struct column size_columns[] = {
	[MIN]        = { "min", "from", .unit = UNIT_BYTES },
	[MAX]        = { "max", "to", .unit = UNIT_BYTES },
	[SIZE_CALLS] = { "calls", "calls", .unit = UNIT_COUNT },
	[SIZE_BYTES] = { "bytes", "bytes", .unit = UNIT_BYTES },
};

#define DATA(field) FROM(struct io_data, field)
enum { P50, P95, P99, MOST, SEQUENTIAL_PCT, SIZES, DATA_FIRST };
static const struct column data_columns[] = {
	[P50]            = { "p50_ns", "half below", .unit = UNIT_NS },
	[P95]            = { "p95_ns", "95 % below", .unit = UNIT_NS },
	[P99]            = { "p99_ns", "99 % below", .unit = UNIT_NS },
	[MOST]           = { "max_ns", "longest", .unit = UNIT_NS },
	[SEQUENTIAL_PCT] = { "sequential_pct", "in order", .unit = UNIT_PERCENT },
	[SIZES]          = { "sizes", "sizes", .unit = UNIT_NONE },
	[DATA_FIRST]     = { "calls", "calls", UNIT_COUNT, DATA(times.calls) },
	{ "time_ns", "time", UNIT_NS, DATA(times.ns) },
	{ "judged_calls", "calls of which the place is known", UNIT_COUNT, DATA(judged) },
	{ "sequential_calls", "of them in order", UNIT_COUNT, DATA(sequential) },
	{ "sequential_bytes", "in order", UNIT_BYTES, DATA(sequential_bytes) },
	{ "small_calls", "below 4 KiB", UNIT_COUNT, DATA(small) },
	{ "small_bytes", "in these", UNIT_BYTES, DATA(small_bytes) },
	{ "placed_calls", "calls of which the offset is known", UNIT_COUNT, DATA(placed) },
	{ "unaligned_calls", "not of whole 512 B", UNIT_COUNT, DATA(unaligned) },
	{ "page_unaligned_calls", "not of whole 4 KiB", UNIT_COUNT, DATA(page_unaligned) },
	{ "at_end_calls", "found the end", UNIT_COUNT, DATA(nothing) },
};

static const struct column sync_columns[] = {
	{ "calls", "calls", UNIT_COUNT, FROM(struct io_sync, calls) },
	{ "time_ns", "time", UNIT_NS, FROM(struct io_sync, ns) },
	{ "max_ns", "longest", UNIT_NS, FROM(struct io_sync, max_ns) },
};

#define FILE_FIGURE(field) FROM(struct io_file, field)
enum {
	TIME, OPENS, READS, BYTES_READ, WRITES, BYTES_WRITTEN, OTHERS, IN_ORDER, SYNCS, SYNC_TIME, ERRORS, WOULD_BLOCK, STDIO, STDIO_BYTES, STDIO_TIME,
	CALLS, READ, WRITE, FSYNC, ERRNO, WHOLE, WHOLE_BYTES, ACCEPTED, CONNECTED, MAPPINGS, MAPPED, KIND, PATH, SITES,
};
static const struct column columns[] = {
	[TIME]          = { "time_ns", "time", UNIT_NS, FILE_FIGURE(time_ns) },
	[OPENS]         = { "opens", "opens", UNIT_COUNT, COLUMN_EXTRA, FILE_FIGURE(opens) },
	[READS]         = { "reads", "reads", UNIT_COUNT, FILE_FIGURE(reads) },
	[BYTES_READ]    = { "bytes_read", "read", UNIT_BYTES, FILE_FIGURE(bytes_read) },
	[WRITES]        = { "writes", "writes", UNIT_COUNT, FILE_FIGURE(writes) },
	[BYTES_WRITTEN] = { "bytes_written", "written", UNIT_BYTES, FILE_FIGURE(bytes_written) },
	[OTHERS]        = { "other_calls", "others", UNIT_COUNT, COLUMN_SPARE | COLUMN_EXTRA, FILE_FIGURE(others) },
	[IN_ORDER]      = { "sequential_pct", "in order", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[SYNCS]         = { "fsyncs", "synced", UNIT_COUNT, COLUMN_TEXT | COLUMN_SPARE, FILE_FIGURE(syncs.calls) },
	[SYNC_TIME]     = { "fsync_ns", "in", UNIT_NS, COLUMN_TEXT | COLUMN_SPARE, FILE_FIGURE(syncs.ns) },
	[ERRORS]        = { "errors", "errors", UNIT_COUNT, COLUMN_SPARE, FILE_FIGURE(errors) },
	[WOULD_BLOCK]   = { "would_block", "would block", UNIT_COUNT, COLUMN_DATA, FILE_FIGURE(would_block) },
	[STDIO]         = { "stdio_calls", "stdio", UNIT_COUNT, COLUMN_SPARE, FILE_FIGURE(stdio_calls) },
	[STDIO_BYTES]   = { "stdio_bytes", "its bytes", UNIT_BYTES, COLUMN_SPARE | COLUMN_EXTRA, FILE_FIGURE(stdio_bytes) },
	[STDIO_TIME]    = { "stdio_ns", "its time", UNIT_NS, COLUMN_SPARE, FILE_FIGURE(stdio_ns) },
	[CALLS]         = { "calls", "calls", UNIT_COUNT, .flags = COLUMN_DATA },
	[READ]          = { "read", "read", .flags = COLUMN_DATA },
	[WRITE]         = { "write", "write", .flags = COLUMN_DATA },
	[FSYNC]         = { "fsync", "fsync", .flags = COLUMN_DATA },
	[ERRNO]         = { "errno", "errno", .flags = COLUMN_DATA },
	[WHOLE]         = { "whole_reads", "read whole", UNIT_COUNT, COLUMN_DATA, FILE_FIGURE(whole_reads) },
	[WHOLE_BYTES]   = { "whole_bytes", "bytes", UNIT_BYTES, COLUMN_DATA, FILE_FIGURE(whole_bytes) },
	[ACCEPTED]      = { "accepted", "connections taken", UNIT_COUNT, COLUMN_DATA, FILE_FIGURE(accepted) },
	[CONNECTED]     = { "connected", "connections made", UNIT_COUNT, COLUMN_DATA, FILE_FIGURE(connected) },
	[MAPPINGS]      = { "mappings", "mapped", UNIT_COUNT, COLUMN_DATA, FILE_FIGURE(mappings) },
	[MAPPED]        = { "mapped_bytes", "mapped", UNIT_BYTES, COLUMN_DATA, FILE_FIGURE(mapped_bytes) },
	[KIND]          = { "kind", "kind", .unit = UNIT_NONE },
	[PATH]          = { "path", "file", .unit = UNIT_NONE },
	[SITES]         = { "sites", "sites", .unit = UNIT_NONE },
};

static struct table *sites(const struct view_input *in, const struct io_file *f)
{
	const struct io *io = &in->model->io;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sites", "Call paths", site_columns);

	for (uint32_t i = f->first_site; i; i = io->sites.v[i - 1].next) {
		const struct io_site *s = &io->sites.v[i - 1];
		struct cell *c = table_row(t);

		table_fill(t, c, s);
		c[SITE_OP] = s->place < io->places.n ? cell_name(op_name(io->places.v[s->place].op)) : CELL_UNKNOWN;
		c[SITE_STACK] = c[SITE_SOURCE] = cell_stack(s->stack);
	}
	table_sort(t, "time_ns");
	return t;
}

static struct cell sizes(const struct view_input *in, const struct io_data *d)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sizes", "Sizes", size_columns);

	for (unsigned i = 0; i < COARSE_SIZES; i++) {
		struct coarse_size size = coarse_size(&in->model->io.coarse, &d->sizes, i);
		uint64_t low = i ? 1ull << (i - 1) : 0;
		struct cell *c;

		if (!size.calls)
			continue;
		c = table_row(t);
		c[MIN] = cell_int(low);
		c[MAX] = cell_int(i ? low + (low - 1) : 0);
		c[SIZE_CALLS] = cell_int(size.calls);
		c[SIZE_BYTES] = cell_int(size.bytes);
	}
	return cell_table(t);
}

/* Reads, or writes. Null where there were none. */
static struct cell data(const struct view_input *in, const char *key, const struct io_data *d)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, key, key, data_columns);
	struct cell *c;

	if (!d)
		return CELL_UNKNOWN;
	c = table_row(t);
	table_fill(t, c, d);
	c[P50] = io_time(in, &d->times, 0.50);
	c[P95] = io_time(in, &d->times, 0.95);
	c[P99] = io_time(in, &d->times, 0.99);
	c[MOST] = d->times.calls ? cell_int(d->times.max_ns) : CELL_UNKNOWN;
	c[SEQUENTIAL_PCT] = cell_share(d->sequential, d->judged);
	c[SIZES] = sizes(in, d);
	return cell_table(t);
}

static struct cell in_order(const struct io_file *f)
{
	uint64_t judged = 0, sequential = 0;

	for (unsigned i = 0; i < 2; i++) {
		judged += f->data[i] ? f->data[i]->judged : 0;
		sequential += f->data[i] ? f->data[i]->sequential : 0;
	}
	return cell_share(sequential, judged);
}

static struct cell syncs(const struct view_input *in, const struct io_file *f)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "fsync", "fsync", sync_columns);

	table_fill(t, table_row(t), &f->syncs);
	return cell_table(t);
}

/* What is known by its path alone stands in io.paths. */
static bool was_there(const struct io_file *f)
{
	return !(f->lookups || f->failed_opens) || f->opens || f->reads || f->writes || f->others || f->stdio_calls || f->time_ns;
}

static void add_file(const struct view_input *in, struct table *t, const struct io_file *f)
{
	struct cell *c = table_row(t);

	table_fill(t, c, f);
	c[IN_ORDER] = in_order(f);
	c[CALLS] = cell_int(f->opens + f->reads + f->writes + f->others);
	c[READ] = data(in, "read", f->data[IO_READ]);
	c[WRITE] = data(in, "write", f->data[IO_WRITE]);
	c[FSYNC] = syncs(in, f);
	c[ERRNO] = cell_table(io_errnos(in, &f->errnos));
	c[KIND] = cell_name(f->kind);
	c[PATH] = cell_name(f->path);
	c[SITES] = cell_table(sites(in, f));
}

struct table *io_files(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "files", "Files and sockets", columns);

	for (size_t i = 0; i < in->model->io.files.n; i++)
		if (was_there(&in->model->io.files.v[i]))
			add_file(in, t, &in->model->io.files.v[i]);
	table_sort(t, "stdio_calls");
	table_sort(t, "stdio_ns");
	table_sort(t, "time_ns");
	return t;
}
