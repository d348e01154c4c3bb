/*
 * functions[]: where time went. Of a program built with -finstrument-functions by its calls; of any other by the call
 * paths of its events, where a function's own time is what passed between two events below it ("between events").
 */
#include "table/functions.h"

#include <string.h>

#include "table/info.h"

/* Each is a member of struct call_costs, as it is in all functions below, or in this one alone. */
#define TOTAL_FROM(field) FROM(struct function, total.field)
#define SELF_FROM(field) FROM(struct function, self.field)
#define WAIT_COLUMN(class) UNIT_NS, COLUMN_DATA, TOTAL_FROM(wait_ns[WAIT_##class])

enum {
	SELF, SELF_RUNNING, TOTAL, RUNNING, CALLS, OPEN, CUT, MIN, AVG, DEVIATION, P50, P95, P99, MAX, WALL, WALL_ERROR, PARALLELISM, WAITING,
	LOCK, COND, SEM, BARRIER, JOIN, POLL, CHILD, IO, STDIO, SLEEP, ALLOC_NS, ALLOC_CALLS, ALLOC_BYTES, ALLOC_CALLS_TOTAL, ALLOC_BYTES_TOTAL,
	ALLOC_NS_TOTAL, MEASURED, MODULE, FILE_NAME, LINE, PLACE, NAME, COLUMN_COUNT,
};
static const struct column columns[COLUMN_COUNT] = {
	[SELF]              = { "self_ns", "self", UNIT_NS, FROM(struct function, self_ns) },
	[SELF_RUNNING]      = { "self_running_ns", "self running", UNIT_NS, .flags = COLUMN_EXTRA },
	[TOTAL]             = { "total_ns", "total", UNIT_NS, FROM(struct function, total_ns) },
	[RUNNING]           = { "running_ns", "running", UNIT_NS, FROM(struct function, running_ns) },
	[CALLS]             = { "calls", "calls", UNIT_COUNT, COLUMN_SPARE, FROM(struct function, calls) },
	[OPEN]              = { "open_calls", "open", UNIT_COUNT, COLUMN_DATA, FROM(struct function, open_calls) },
	[CUT]               = { "cut_calls", "cut", UNIT_COUNT, COLUMN_SPARE, SELF_FROM(cut_calls) },
	[MIN]               = { "min_ns", "shortest", UNIT_NS, .flags = COLUMN_DATA },
	[AVG]               = { "avg_ns", "average", UNIT_NS, .flags = COLUMN_SPARE | COLUMN_EXTRA },
	[DEVIATION]         = { "stddev_ns", "deviation", UNIT_NS, .flags = COLUMN_DATA },
	[P50]               = { "p50_ns", "half below", UNIT_NS, .flags = COLUMN_DATA },
	[P95]               = { "p95_ns", "95 % below", UNIT_NS, .flags = COLUMN_DATA },
	[P99]               = { "p99_ns", "99 % below", UNIT_NS, .flags = COLUMN_SPARE | COLUMN_EXTRA },
	[MAX]               = { "max_ns", "longest", UNIT_NS, .flags = COLUMN_SPARE },
	[WALL]              = { "wall_ns", "wall", UNIT_NS, .flags = COLUMN_SPARE },
	[WALL_ERROR]        = { "wall_error_ns", "", UNIT_NS, .flags = COLUMN_DATA },
	[PARALLELISM]       = { "parallelism", "parallel", .flags = COLUMN_SPARE },
	[WAITING]           = { "waiting", "waiting", UNIT_NS, .flags = COLUMN_TEXT | COLUMN_SPARE },
	[LOCK]              = { "lock_wait_ns", "lock", WAIT_COLUMN(LOCK) },
	[COND]              = { "cond_wait_ns", "cond", WAIT_COLUMN(COND) },
	[SEM]               = { "sem_wait_ns", "sem", WAIT_COLUMN(SEM) },
	[BARRIER]           = { "barrier_wait_ns", "barrier", WAIT_COLUMN(BARRIER) },
	[JOIN]              = { "join_wait_ns", "join", WAIT_COLUMN(JOIN) },
	[POLL]              = { "poll_wait_ns", "poll", WAIT_COLUMN(POLL) },
	[CHILD]             = { "child_wait_ns", "child", WAIT_COLUMN(CHILD) },
	[IO]                = { "io_ns", "I/O", UNIT_NS, COLUMN_SPARE, TOTAL_FROM(wait_ns[WAIT_IO]) },
	[STDIO]             = { "stdio_ns", "stdio", UNIT_NS, COLUMN_SPARE | COLUMN_EXTRA, TOTAL_FROM(stdio_ns) },
	[SLEEP]             = { "sleep_ns", "sleep", UNIT_NS, COLUMN_SPARE, TOTAL_FROM(wait_ns[WAIT_SLEEP]) },
	[ALLOC_NS]          = { "alloc_ns", "allocating", UNIT_NS, COLUMN_DATA, SELF_FROM(alloc_ns) },
	[ALLOC_CALLS]       = { "alloc_calls", "allocs", UNIT_COUNT, COLUMN_SPARE | COLUMN_EXTRA, SELF_FROM(alloc_calls) },
	[ALLOC_BYTES]       = { "alloc_bytes", "bytes", UNIT_BYTES, COLUMN_DATA, SELF_FROM(alloc_bytes) },
	[ALLOC_CALLS_TOTAL] = { "alloc_calls_total", "", UNIT_COUNT, COLUMN_DATA, TOTAL_FROM(alloc_calls) },
	[ALLOC_BYTES_TOTAL] = { "alloc_bytes_total", "", UNIT_BYTES, COLUMN_DATA, TOTAL_FROM(alloc_bytes) },
	[ALLOC_NS_TOTAL]    = { "alloc_ns_total", "", UNIT_NS, COLUMN_DATA, TOTAL_FROM(alloc_ns) },
	[MEASURED]          = { "measured", "measured", .flags = COLUMN_DATA },
	[MODULE]            = { "module", "module", .flags = COLUMN_DATA },
	[FILE_NAME]         = { "file", "file", .flags = COLUMN_DATA },
	[LINE]              = { "line", "line", UNIT_NONE, .flags = COLUMN_DATA },
	[PLACE]             = { "place", "at", .flags = COLUMN_TEXT | COLUMN_SPARE },
	[NAME]              = { "name", "function", .flags = COLUMN_CODE },
};

/* ---- percentiles that were asked for ---- */

static const struct { double at; int column; } usual[] = { { 50, P50 }, { 95, P95 }, { 99, P99 } };
enum { USUAL = sizeof(usual) / sizeof(usual[0]) };

static bool is_usual(double at)
{
	for (size_t i = 0; i < USUAL; i++)
		if (usual[i].at == at)
			return true;
	return false;
}

/* The usual columns, and behind them one for each further percentile; text shows those that were asked for. */
static const struct column *columns_with(const struct view_input *in, const struct percentiles *p, size_t *count)
{
	struct column *all = arena_alloc(in->arena, (COLUMN_COUNT + p->n) * sizeof(*all));

	memcpy(all, columns, sizeof(columns));
	*count = PLACE;
	for (size_t i = 0; i < USUAL && p->n; i++)
		all[usual[i].column].flags = percentiles_have(p, usual[i].at) ? COLUMN_SPARE : COLUMN_DATA;
	for (size_t i = 0; i < p->n; i++)
		if (!is_usual(p->at[i]))
			all[(*count)++] = percentiles_column(in->arena, p->at[i]);
	all[(*count)++] = columns[PLACE];
	all[(*count)++] = columns[NAME];
	return all;
}

static void set_percentiles(const struct percentiles *p, struct cell *c, const struct hist *times)
{
	for (size_t i = 0; i < USUAL; i++)
		c[usual[i].column] = view_quantile(times, usual[i].at / 100);
	c += PLACE;
	for (size_t i = 0; i < p->n; i++)
		if (!is_usual(p->at[i]))
			*c++ = view_quantile(times, p->at[i] / 100);
}

/* ---- rows ---- */

static const struct functions_options *options_of(const struct view_input *in)
{
	static const struct functions_options none;

	return in->functions ? in->functions : &none;
}

static void set_name(const struct view_input *in, const struct table *t, struct cell *c, const struct function_name *f)
{
	c[t->column_count - 1] = cell_name(f->name);
	c[MODULE] = cell_name(f->module[0] ? f->module : NULL);
	if (!f->file)
		return;
	c[FILE_NAME] = cell_name(f->file);
	c[LINE] = cell_int(f->line);
	c[t->column_count - 2] = cell_name(view_text(in, "%s:%u", view_base_name(f->file), f->line));
}

static uint64_t waits_in(const struct call_costs *c, bool all)
{
	uint64_t sum = all ? c->wait_ns[WAIT_IO] + c->wait_ns[WAIT_SLEEP] + c->stdio_ns : 0;

	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		sum += i == WAIT_IO || i == WAIT_SLEEP ? 0 : c->wait_ns[i];
	return sum;
}

static void set_wall(struct cell *c, const struct function *f)
{
	c[WALL] = cell_int(f->wall_ns);
	c[WALL_ERROR] = cell_int(f->wall_error_ns);
	if (f->wall_ns)
		c[PARALLELISM] = cell_real((double)f->total_ns / (double)f->wall_ns);
}

static void add_called(const struct view_input *in, struct table *t, const struct function *f)
{
	const struct functions_options *o = options_of(in);
	struct function_name name = naming_function(in->naming, f->module, f->offset);
	struct cell *c = table_row(t);
	uint64_t waits = waits_in(&f->self, true);

	table_fill(t, c, f);
	set_name(in, t, c, &name);
	c[MEASURED] = cell_name("calls");
	c[SELF_RUNNING] = cell_int(f->self_ns > waits ? f->self_ns - waits : 0);
	c[WAITING] = cell_int(waits_in(&f->total, false));
	c[MIN] = view_least(&f->times);
	c[MAX] = view_most(&f->times);
	set_percentiles(&o->percentiles, c, &f->times);
	if (o->wall)
		set_wall(c, f);
	if (!f->times.count)
		return;
	c[AVG] = cell_int(f->times.sum / f->times.count);
	c[DEVIATION] = cell_int((uint64_t)(hist_deviation(&f->times) + 0.5));
}

/* Only what events tell is known: how often it was called is not. */
static void add_between(const struct view_input *in, struct table *t, const struct between_function *f)
{
	struct function figures = { .self_ns = f->self_ns, .total_ns = f->total_ns, .running_ns = f->running_ns, .self = f->self, .total = f->total };
	struct cell *c = table_row(t);

	table_fill(t, c, &figures);
	set_name(in, t, c, &f->name);
	c[MEASURED] = cell_name("between events");
	c[SELF_RUNNING] = c[SELF];
	c[WAITING] = cell_int(waits_in(&f->total, false));
	c[CALLS] = c[OPEN] = c[CUT] = CELL_UNKNOWN;
}

static void add_all_between(const struct view_input *in, struct table *t)
{
	struct between_functions all = { 0 };

	functions_between(in, &all);
	for (size_t i = 0; i < all.n; i++)
		add_between(in, t, &all.v[i]);
	vec_free(&all);
}

struct table *functions_table(const struct view_input *in)
{
	const struct functions *f = &in->model->functions;
	size_t count;
	const struct column *own = columns_with(in, &options_of(in)->percentiles, &count);
	struct table *t = table_new(in->arena, TABLE_ROWS, "functions", "Functions", own, count);
	const char *compensated = recorder_compensation(in);

	for (size_t i = 0; i < f->v.n; i++)
		if (f->v.v[i].module != MODULE_THREAD)
			add_called(in, t, &f->v.v[i]);
	if (!f->v.n) {
		add_all_between(in, t);
		t->note = "by the time between events; rebuild with -finstrument-functions for calls";
	}
	if (compensated)
		t->note = t->note ? view_text(in, "%s; %s", t->note, compensated) : compensated;
	table_sort(t, "total_ns");
	table_sort(t, "self_ns");
	return t;
}

static void add(const struct view_input *in, struct doc *doc)
{
	doc_add(doc, functions_table(in));
	if (options_of(in)->recent)
		doc_add(doc, functions_recent(in));
	if (options_of(in)->longest)
		doc_add(doc, functions_longest(in));
}

const struct view view_functions = { .name = "functions", .parts = MODEL_ALL | MODEL_PATHS, .add = add };
