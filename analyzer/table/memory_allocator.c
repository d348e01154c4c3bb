/* memory.allocator: what malloc, free and their like take themselves, estimated from sampled calls. */
#include <stdlib.h>

#include "table/memory.h"
#include "table/summary.h"
#include "util/fmt.h"

enum { MATTERS_PERCENT = 5, SITE_SAMPLES_LEAST = 3 };

static const char *const kind_names[ALLOC_COST_KINDS] = {
	[ALLOC_COST_GET] = "allocations", [ALLOC_COST_MOVE] = "reallocations", [ALLOC_COST_FREE] = "frees",
};

enum { NAME, CALLS, TIME, AVERAGE, P50, P95, P99, MOST, SAMPLES };
static const struct column kind_columns[] = {
	[NAME]    = { "name", "", .unit = UNIT_NONE, .flags = COLUMN_WORDS },
	[CALLS]   = { "calls", "calls", .unit = UNIT_COUNT },
	[TIME]    = { "time_ns", "about", .unit = UNIT_NS },
	[AVERAGE] = { "avg_ns", "average", .unit = UNIT_NS },
	[P50]     = { "p50_ns", "p50", .unit = UNIT_NS },
	[P95]     = { "p95_ns", "p95", .unit = UNIT_NS },
	[P99]     = { "p99_ns", "p99", .unit = UNIT_NS },
	[MOST]    = { "max_ns", "longest seen", .unit = UNIT_NS },
	[SAMPLES] = { "sampled_calls", "measured", .unit = UNIT_COUNT },
};

enum { SITE_TIME, SITE_SAMPLED, SITE_AVERAGE, SITE_SOURCE, SITE_STACK };
static const struct column site_columns[] = {
	[SITE_TIME]    = { "time_ns", "about", .unit = UNIT_NS },
	[SITE_SAMPLED] = { "sampled_calls", "measured", .unit = UNIT_COUNT },
	[SITE_AVERAGE] = { "avg_ns", "average", .unit = UNIT_NS },
	[SITE_SOURCE]  = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[SITE_STACK]   = { "stack", "blocks allocated in", .unit = UNIT_NONE },
};

enum { ALL_TIME, ERROR, SHARE, ALL_SAMPLES, STAMP, LONG_CALLS, LONG_TIME, KINDS, SITES };
static const struct column columns[] = {
	[ALL_TIME]    = { "time_ns", "", .unit = UNIT_NS },
	[ERROR]       = { "error_ns", "", .unit = UNIT_NS },
	[SHARE]       = { "wall_pct", "", .unit = UNIT_PERCENT },
	[ALL_SAMPLES] = { "sampled_calls", "", .unit = UNIT_COUNT },
	[STAMP]       = { "stamp_ns", "", .unit = UNIT_NS },
	[LONG_CALLS]  = { "sampled_long_calls", "", .unit = UNIT_COUNT },
	[LONG_TIME]   = { "sampled_long_ns", "", .unit = UNIT_NS },
	[KINDS]       = { "ops", "", .unit = UNIT_NONE },
	[SITES]       = { "sites", "", .unit = UNIT_NONE },
};

static uint64_t whole(double ns)
{
	return ns > 0 ? ns < 1e18 ? (uint64_t)(ns + 0.5) : (uint64_t)1e18 : 0;
}

/* Of the time that is reported on. */
static double wall_ns(const struct model *m)
{
	uint64_t to = m->options.to_ns && m->options.to_ns < m->duration_ns ? m->options.to_ns : m->duration_ns;

	return to > m->options.from_ns ? (double)(to - m->options.from_ns) : 0;
}

/* "about 12.3 ms ±0.4 ms, 3.1 % of the wall clock; 1,234 of 78,976 calls measured, 2 of over 500 us (3.1 ms) left out" */
static const char *in_words(const struct view_input *in)
{
	const struct alloc_cost *a = &in->model->memory.cost;
	uint64_t calls = a->calls[ALLOC_COST_GET] + a->calls[ALLOC_COST_MOVE] + a->calls[ALLOC_COST_FREE];

	const char *left_out = a->long_calls ? view_text(in, ", %s of over %s (%s) left out", fmt_count(a->long_calls).s,
	                                                 fmt_duration(ALLOC_COST_LONG_NS).s, fmt_duration(a->long_ns).s) : "";

	return view_text(in, "about %s ±%s, %s of the wall clock; %s of %s measured%s", fmt_duration(whole(a->all_ns)).s,
	                 fmt_duration(whole(a->error_ns)).s, fmt_percent(a->all_ns, wall_ns(in->model)).s,
	                 fmt_count(a->samples).s, view_count(in, calls, "call"), left_out);
}

static struct table *kinds(const struct view_input *in)
{
	const struct alloc_cost *a = &in->model->memory.cost;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "ops", "Inside the allocator", kind_columns);

	for (unsigned i = 0; i < ALLOC_COST_KINDS; i++) {
		const struct hist *h = &a->ns[i];
		struct cell *c;

		if (!h->count)
			continue;
		c = table_row(t);
		c[NAME] = cell_name(kind_names[i]);
		c[CALLS] = cell_int(a->calls[i]);
		c[TIME] = cell_int(whole(a->kind_ns[i]));
		c[AVERAGE] = cell_int(whole(a->sums[i].ns / (double)h->count));
		c[P50] = view_quantile(h, 0.5);
		c[P95] = view_quantile(h, 0.95);
		c[P99] = view_quantile(h, 0.99);
		c[MOST] = view_most(h);
		c[SAMPLES] = cell_int(h->count);
	}
	if (a->samples)
		t->note = in_words(in);
	return t;
}

/* A site's sampled time stands for as much more as there were calls for each sampled one. */
static struct table *sites(const struct view_input *in)
{
	const struct memory *m = &in->model->memory;
	const struct alloc_cost *a = &m->cost;
	double sampled = 0;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sites", "Allocator's time by call path", site_columns);

	for (unsigned i = 0; i < ALLOC_COST_KINDS; i++)
		sampled += a->sums[i].ns;
	for (size_t i = 0; i < a->sites.n && i < m->sites.n; i++) {
		const struct site_cost *s = &a->sites.v[i];
		struct cell *c;

		if (s->samples < SITE_SAMPLES_LEAST)
			continue;
		c = table_row(t);
		c[SITE_TIME] = cell_int(sampled > 0 ? whole(a->all_ns * (double)s->ns / sampled) : 0);
		c[SITE_SAMPLED] = cell_int(s->samples);
		c[SITE_AVERAGE] = cell_int(s->ns / s->samples);
		c[SITE_SOURCE] = c[SITE_STACK] = cell_stack(m->sites.v[i].stack);
	}
	table_sort(t, "time_ns");
	return t;
}

struct table *memory_allocator(const struct view_input *in)
{
	const struct alloc_cost *a = &in->model->memory.cost;
	struct table *t;
	struct cell *c;

	if (!a->samples)
		return NULL;
	t = TABLE_NEW(in->arena, TABLE_OBJECT, "allocator", NULL, columns);
	c = table_row(t);
	c[ALL_TIME] = cell_int(whole(a->all_ns));
	c[ERROR] = cell_int(whole(a->error_ns));
	c[SHARE] = cell_share(whole(a->all_ns), whole(wall_ns(in->model)));
	c[ALL_SAMPLES] = cell_int(a->samples);
	c[STAMP] = cell_int(a->stamp_ns);
	c[LONG_CALLS] = cell_int(a->long_calls);
	c[LONG_TIME] = cell_int(a->long_ns);
	c[KINDS] = cell_table(kinds(in));
	c[SITES] = cell_table(sites(in));
	return t;
}

enum { TEXT_SITES = 5 };

struct table *memory_allocator_kinds(const struct view_input *in)
{
	return kinds(in);
}

struct table *memory_allocator_sites(const struct view_input *in)
{
	struct table *t = sites(in);

	table_cut(t, TEXT_SITES);
	t->cut = 0;
	return t;
}

void summary_allocator(const struct view_input *in, struct doc *doc)
{
	const struct alloc_cost *a = &in->model->memory.cost;
	struct table *t;

	if (!a->samples || a->all_ns * 100 < wall_ns(in->model) * MATTERS_PERCENT)
		return;
	t = table_new(in->arena, TABLE_OBJECT, NULL, "Inside malloc and free", NULL, 0);
	t->note = in_words(in);
	doc_add(doc, t);
}
