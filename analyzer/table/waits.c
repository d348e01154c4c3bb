/*
 * waits: how long threads were blocked, by reason; who waited because of whom; what of each thread's life was what; and
 * in_progress[]: the calls that had not returned at the end.
 */
#include "dump/ops.h"
#include "table/lock_places.h"
#include "table/waits.h"

enum { CLASS, CALLS, TIME, P50, P95, P99, MAX };
static const struct column columns[] = {
	[CLASS] = { "class", "waiting for", .unit = UNIT_NONE },
	[CALLS] = { "calls", "times", UNIT_COUNT, FROM(struct hist, count) },
	[TIME]  = { "time_ns", "together", UNIT_NS, FROM(struct hist, sum) },
	[P50]   = { "p50_ns", "half below", .unit = UNIT_NS },
	[P95]   = { "p95_ns", "95 % below", .unit = UNIT_NS },
	[P99]   = { "p99_ns", "99 % below", .unit = UNIT_NS },
	[MAX]   = { "max_ns", "longest", .unit = UNIT_NS },
};

enum { TID, CALL, SINCE, WAITED, ABANDONED, SOURCE, STACK };
static const struct column pending_columns[] = {
	[TID]       = { "tid", "thread", .unit = UNIT_NONE },
	[CALL]      = { "call", "call", .unit = UNIT_NONE },
	[SINCE]     = { "start_ns", "since", UNIT_TIME, FROM(struct pending_call, start_ns) },
	[WAITED]    = { "waited_ns", "for", .unit = UNIT_NS },
	[ABANDONED] = { "abandoned", "left", .flags = COLUMN_DATA },
	[SOURCE]    = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]     = { "stack", "in", .unit = UNIT_NONE },
};

static void add_pending(const struct view_input *in, struct table *t, const struct pending_call *p)
{
	const struct model *m = in->model;
	struct cell *c = table_row(t);

	table_fill(t, c, p);
	if (p->thread != THREAD_NONE)
		c[TID] = cell_int(m->threads.v.v[p->thread].tid);
	c[CALL] = cell_name(op_name(p->op));
	if (!p->abandoned && m->running)
		c[WAITED] = cell_int(m->duration_ns > p->start_ns ? m->duration_ns - p->start_ns : 0);
	c[ABANDONED] = cell_bool(p->abandoned);
	c[STACK] = c[SOURCE] = cell_stack(p->stack);
}

static void add_class(struct table *t, unsigned wait_class, const struct hist *h)
{
	struct cell *c = table_row(t);

	table_fill(t, c, h);
	c[CLASS] = cell_name(wait_class_name(wait_class));
	c[P50] = view_quantile(h, 0.50);
	c[P95] = view_quantile(h, 0.95);
	c[P99] = view_quantile(h, 0.99);
	c[MAX] = view_most(h);
}

/* Readers only get the classes that there were. */
static void add_classes(const struct view_input *in, struct doc *doc)
{
	struct table *all = TABLE_NEW(in->arena, TABLE_MAP, "waits", NULL, columns);
	struct table *some = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "What threads waited for", columns);

	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++) {
		const struct hist *h = &in->model->waits.by_class[i];

		add_class(all, i, h);
		if (h->count || h->sum)
			add_class(some, i, h);
	}
	all->brief = true;
	doc_add(doc, all);
	doc_add(doc, some);
}

static void add(const struct view_input *in, struct doc *doc)
{
	struct table *pending = TABLE_NEW(in->arena, TABLE_ROWS, "in_progress", "Calls that had not returned at the end", pending_columns);
	struct blame *blame = blame_new(in->model);

	waits_add_words(in, blame, doc);
	waits_add_shares(in, doc);
	waits_add_who(in, blame, doc);
	blame_free(blame);
	add_classes(in, doc);
	waits_add_locks(in, doc);
	for (size_t i = 0; i < in->model->pending.n; i++)
		add_pending(in, pending, &in->model->pending.v[i]);
	doc_add(doc, pending);
	inversions_add(in, doc);
}

const struct view view_waits = { .name = "waits", .parts = MODEL_WAITS | MODEL_LOCKS | MODEL_IO | MODEL_ACTS, .add = add };
