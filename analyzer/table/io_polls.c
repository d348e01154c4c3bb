/* io.polls[]: waits for descriptors, by where, and what ended them. */
#include "dump/ops.h"
#include "table/io_private.h"

enum { TIME, CALLS, TIMEOUTS, ERRORS, READY, P50, P95, P99, MAX, OP, SOURCE, STACK, WOKEN_BY };
static const struct column columns[] = {
	[TIME]     = { "time_ns", "time", UNIT_NS, FROM(struct io_poll, times.ns) },
	[CALLS]    = { "calls", "calls", UNIT_COUNT, FROM(struct io_poll, times.calls) },
	[TIMEOUTS] = { "timeouts", "timed out", UNIT_COUNT, FROM(struct io_poll, timeouts) },
	[ERRORS]   = { "errors", "errors", UNIT_COUNT, COLUMN_SPARE, FROM(struct io_poll, errors) },
	[READY]    = { "ready", "were ready", UNIT_COUNT, FROM(struct io_poll, ready) },
	[P50]      = { "p50_ns", "half below", .unit = UNIT_NS },
	[P95]      = { "p95_ns", "95 % below", UNIT_NS, .flags = COLUMN_DATA },
	[P99]      = { "p99_ns", "99 % below", UNIT_NS, .flags = COLUMN_EXTRA },
	[MAX]      = { "max_ns", "longest", .unit = UNIT_NS },
	[OP]       = { "op", "operation", .unit = UNIT_NONE },
	[SOURCE]   = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]    = { "stack", "in", .unit = UNIT_NONE },
	[WOKEN_BY] = { "woken_by", "woken by", .unit = UNIT_NONE },
};

enum { WAKER_TIME, WAKER_TIMES, WAKER_KIND, WAKER_PATH };
static const struct column waker_columns[] = {
	[WAKER_TIME]  = { "time_ns", "waited", UNIT_NS, FROM(struct io_waker, time_ns) },
	[WAKER_TIMES] = { "times", "times", UNIT_COUNT, FROM(struct io_waker, times) },
	[WAKER_KIND]  = { "kind", "", .unit = UNIT_NONE },
	[WAKER_PATH]  = { "path", "woken by", .unit = UNIT_NONE },
};

static struct table *wakers(const struct view_input *in, const struct io_poll *p)
{
	const struct io *io = &in->model->io;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "woken_by", "Woken by", waker_columns);

	for (uint32_t i = p->first_waker; i; i = io->wakers.v[i - 1].next) {
		const struct io_waker *w = &io->wakers.v[i - 1];
		struct cell *c = table_row(t);

		table_fill(t, c, w);
		if (w->file >= io->files.n)
			continue;
		c[WAKER_KIND] = cell_name(io->files.v[w->file].kind);
		c[WAKER_PATH] = cell_name(io->files.v[w->file].path);
	}
	table_sort(t, "times");
	table_sort(t, "time_ns");
	return t;
}

struct table *io_polls(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "polls", "Waits for descriptors", columns);

	for (size_t i = 0; i < in->model->io.polls.n; i++) {
		const struct io_poll *p = &in->model->io.polls.v[i];
		struct cell *c = table_row(t);

		table_fill(t, c, p);
		c[P50] = io_time(in, &p->times, 0.50);
		c[P95] = io_time(in, &p->times, 0.95);
		c[P99] = io_time(in, &p->times, 0.99);
		c[MAX] = p->times.calls ? cell_int(p->times.max_ns) : CELL_UNKNOWN;
		c[OP] = cell_name(op_name(p->op));
		c[STACK] = c[SOURCE] = cell_stack(p->stack);
		c[WOKEN_BY] = cell_table(wakers(in, p));
	}
	table_sort(t, "calls");
	table_sort(t, "time_ns");
	return t;
}
