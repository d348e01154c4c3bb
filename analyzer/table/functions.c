/*
 * functions[]: where time went. Of a program built with -finstrument-functions by its calls; of any other by the call
 * paths of its events, where a function's own time is what passed between two events below it ("between events").
 */
#include "table/functions.h"

#include "table/info.h"

enum {
	SELF, TOTAL, RUNNING, CALLS, OPEN, MIN, AVG, P50, P95, P99, MAX, LOCK, COND, IO, SLEEP, ALLOC_NS, ALLOC_CALLS, ALLOC_BYTES,
	ALLOC_CALLS_TOTAL, ALLOC_BYTES_TOTAL, MEASURED, MODULE, FILE_NAME, LINE, PLACE, NAME,
};
static const struct column columns[] = {
	[SELF]              = { "self_ns", "self", UNIT_NS, FROM(struct function, self_ns) },
	[TOTAL]             = { "total_ns", "total", UNIT_NS, FROM(struct function, total_ns) },
	[RUNNING]           = { "running_ns", "running", UNIT_NS, FROM(struct function, running_ns) },
	[CALLS]             = { "calls", "calls", UNIT_COUNT, COLUMN_SPARE, FROM(struct function, calls) },
	[OPEN]              = { "open_calls", "open", UNIT_COUNT, COLUMN_DATA, FROM(struct function, open_calls) },
	[MIN]               = { "min_ns", "shortest", UNIT_NS, .flags = COLUMN_DATA },
	[AVG]               = { "avg_ns", "average", UNIT_NS, .flags = COLUMN_SPARE | COLUMN_EXTRA },
	[P50]               = { "p50_ns", "half below", UNIT_NS, .flags = COLUMN_DATA },
	[P95]               = { "p95_ns", "95 % below", UNIT_NS, .flags = COLUMN_DATA },
	[P99]               = { "p99_ns", "99 % below", UNIT_NS, .flags = COLUMN_SPARE | COLUMN_EXTRA },
	[MAX]               = { "max_ns", "longest", UNIT_NS, .flags = COLUMN_SPARE },
	[LOCK]              = { "lock_wait_ns", "lock", UNIT_NS, COLUMN_SPARE, FROM(struct function, total.wait_ns[WAIT_LOCK]) },
	[COND]              = { "cond_wait_ns", "cond", UNIT_NS, COLUMN_DATA, FROM(struct function, total.wait_ns[WAIT_COND]) },
	[IO]                = { "io_ns", "I/O", UNIT_NS, COLUMN_SPARE, FROM(struct function, total.wait_ns[WAIT_IO]) },
	[SLEEP]             = { "sleep_ns", "sleep", UNIT_NS, COLUMN_SPARE, FROM(struct function, total.wait_ns[WAIT_SLEEP]) },
	[ALLOC_NS]          = { "alloc_ns", "allocating", UNIT_NS, COLUMN_DATA, FROM(struct function, self.alloc_ns) },
	[ALLOC_CALLS]       = { "alloc_calls", "allocs", UNIT_COUNT, COLUMN_SPARE | COLUMN_EXTRA, FROM(struct function, self.alloc_calls) },
	[ALLOC_BYTES]       = { "alloc_bytes", "bytes", UNIT_BYTES, COLUMN_DATA, FROM(struct function, self.alloc_bytes) },
	[ALLOC_CALLS_TOTAL] = { "alloc_calls_total", "", UNIT_COUNT, COLUMN_DATA, FROM(struct function, total.alloc_calls) },
	[ALLOC_BYTES_TOTAL] = { "alloc_bytes_total", "", UNIT_BYTES, COLUMN_DATA, FROM(struct function, total.alloc_bytes) },
	[MEASURED]          = { "measured", "measured", .flags = COLUMN_DATA },
	[MODULE]            = { "module", "module", .flags = COLUMN_DATA },
	[FILE_NAME]         = { "file", "file", .flags = COLUMN_DATA },
	[LINE]              = { "line", "line", UNIT_NONE, .flags = COLUMN_DATA },
	[PLACE]             = { "place", "at", .flags = COLUMN_TEXT | COLUMN_SPARE },
	[NAME]              = { "name", "function", .flags = COLUMN_CODE },
};

static void set_name(const struct view_input *in, struct cell *c, const struct function_name *f)
{
	c[NAME] = cell_name(f->name);
	c[MODULE] = cell_name(f->module[0] ? f->module : NULL);
	if (!f->file)
		return;
	c[FILE_NAME] = cell_name(f->file);
	c[LINE] = cell_int(f->line);
	c[PLACE] = cell_name(view_text(in, "%s:%u", view_base_name(f->file), f->line));
}

static void add_called(const struct view_input *in, struct table *t, const struct function *f)
{
	struct function_name name = naming_function(in->naming, f->module, f->offset);
	struct cell *c = table_row(t);

	table_fill(t, c, f);
	set_name(in, c, &name);
	c[MEASURED] = cell_name("calls");
	c[MIN] = view_least(&f->times);
	c[P50] = view_quantile(&f->times, 0.50);
	c[P95] = view_quantile(&f->times, 0.95);
	c[P99] = view_quantile(&f->times, 0.99);
	c[MAX] = view_most(&f->times);
	if (f->times.count)
		c[AVG] = cell_int(f->times.sum / f->times.count);
}

static void add_between(const struct view_input *in, struct table *t, const struct between_function *f)
{
	struct cell *c = table_row(t);

	set_name(in, c, &f->name);
	c[MEASURED] = cell_name("between events");
	c[SELF] = cell_int(f->self_ns);
	c[TOTAL] = cell_int(f->total_ns);
	c[RUNNING] = cell_int(f->running_ns);
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
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "functions", "Functions", columns);
	const char *compensated = recorder_compensation(in);

	for (size_t i = 0; i < f->v.n; i++)
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
}

const struct view view_functions = { .name = "functions", .parts = MODEL_ALL, .add = add };
