/* io.sites[]: each operation by where it was called from, with the file that most of its time went to. */
#include "dump/ops.h"
#include "table/io_private.h"

enum { TIME, CALLS, ERRORS, BLOCK, BYTES, AVERAGE, SMALL, P50, P95, P99, MAX, OP, FILES, FILE_NAME, SOURCE, STACK };
static const struct column columns[] = {
	[TIME]      = { "time_ns", "time", UNIT_NS, FROM(struct io_place, times.ns) },
	[CALLS]     = { "calls", "calls", UNIT_COUNT, FROM(struct io_place, times.calls) },
	[ERRORS]    = { "errors", "errors", UNIT_COUNT, COLUMN_SPARE, FROM(struct io_place, errors) },
	[BLOCK]     = { "would_block", "would block", UNIT_COUNT, COLUMN_SPARE, FROM(struct io_place, would_block) },
	[BYTES]     = { "bytes", "bytes", UNIT_BYTES, FROM(struct io_place, bytes) },
	[AVERAGE]   = { "average_bytes", "a call", .unit = UNIT_BYTES },
	[SMALL]     = { "small_calls", "small", UNIT_COUNT, COLUMN_DATA, FROM(struct io_place, small) },
	[P50]       = { "p50_ns", "half below", .unit = UNIT_NS },
	[P95]       = { "p95_ns", "95 % below", UNIT_NS, .flags = COLUMN_DATA },
	[P99]       = { "p99_ns", "99 % below", UNIT_NS, .flags = COLUMN_EXTRA },
	[MAX]       = { "max_ns", "longest", .unit = UNIT_NS },
	[OP]        = { "op", "operation", .unit = UNIT_NONE },
	[FILES]     = { "files", "files", UNIT_COUNT, .flags = COLUMN_DATA },
	[FILE_NAME] = { "file", "file", .most = 40 },
	[SOURCE]    = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]     = { "stack", "in", .unit = UNIT_NONE },
};

const struct io_place_files *io_place_files(const struct view_input *in)
{
	const struct io *io = &in->model->io;
	struct io_place_files *all = arena_zalloc(in->arena, (io->places.n + 1) * sizeof *all);

	for (size_t i = 0; i < io->places.n; i++)
		all[i].file = IO_FILE_NONE;
	for (size_t i = 0; i < io->sites.n; i++) {
		const struct io_site *s = &io->sites.v[i];
		struct io_place_files *p = &all[s->place];

		if (s->place >= io->places.n)
			continue;
		if (!p->count++ || s->time_ns > p->time_ns) {
			p->file = s->file;
			p->time_ns = s->time_ns;
		}
	}
	return all;
}

const char *io_place_file(const struct view_input *in, const struct io_place_files *p)
{
	const char *path = p->file < in->model->io.files.n ? in->model->io.files.v[p->file].path : NULL;

	return path && p->count > 1 ? view_text(in, "%s and %u more", path, p->count - 1) : path;
}

struct cell io_time(const struct view_input *in, const struct io_times *t, double q)
{
	return t->calls ? cell_int(io_quantile(&in->model->io, t, q)) : CELL_UNKNOWN;
}

struct table *io_sites(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sites", "Call sites", columns);
	const struct io_place_files *files = io_place_files(in);

	for (size_t i = 0; i < in->model->io.places.n; i++) {
		const struct io_place *p = &in->model->io.places.v[i];
		struct cell *c = table_row(t);

		table_fill(t, c, p);
		if (p->bytes)
			c[AVERAGE] = cell_int(p->bytes / p->times.calls);
		c[P50] = io_time(in, &p->times, 0.50);
		c[P95] = io_time(in, &p->times, 0.95);
		c[P99] = io_time(in, &p->times, 0.99);
		c[MAX] = p->times.calls ? cell_int(p->times.max_ns) : CELL_UNKNOWN;
		c[OP] = cell_name(op_name(p->op));
		c[FILES] = cell_int(files[i].count);
		c[FILE_NAME] = cell_name(io_place_file(in, &files[i]));
		c[STACK] = c[SOURCE] = cell_stack(p->stack);
	}
	table_sort(t, "calls");
	table_sort(t, "time_ns");
	return t;
}
