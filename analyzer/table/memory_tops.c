/* The view's rankings of sites, for readers: each one answers a question of its own. */
#include "table/memory.h"
#include "util/fmt.h"

/* The last two columns of each. */
#define WHERE { "source", "", .flags = COLUMN_DATA | COLUMN_LINES }, { "stack", "allocated in", .unit = UNIT_NONE }

#define LEAK_COLUMNS(title) \
	{ "leaked_bytes", title, UNIT_BYTES, SITE(leaked_bytes) }, \
	{ "leaked_blocks", "blocks", UNIT_COUNT, SITE(leaked_blocks) }, \
	{ "growth_bytes_per_s", "growing, a second", UNIT_BYTES, COLUMN_SPARE, SITE(growth) }, \
	WHERE
static const struct column leak_columns[] = { LEAK_COLUMNS("leaked") }, live_columns[] = { LEAK_COLUMNS("live") };

static const struct column late_columns[] = {
	{ "freed_at_end_bytes", "freed", UNIT_BYTES, SITE(late_bytes) },
	{ "freed_at_end_blocks", "blocks", UNIT_COUNT, SITE(late_blocks) },
	WHERE
};

static const struct column peak_columns[] = {
	{ "peak_bytes", "at peak", UNIT_BYTES, SITE(peak_bytes) },
	{ "own_peak_bytes", "own peak", UNIT_BYTES, SITE(own_peak_bytes) },
	{ "own_peak_time_ns", "at", UNIT_TIME, SITE(own_peak_ns) },
	{ "calls", "calls", UNIT_COUNT, SITE(calls) },
	{ "bytes", "bytes", UNIT_BYTES, SITE(bytes) },
	{ "leaked_bytes", "leaked", UNIT_BYTES, COLUMN_EXTRA, SITE(leaked_bytes) },
	{ "temporary_calls", "temporary", UNIT_COUNT, COLUMN_EXTRA, SITE(temporary_calls) },
	WHERE
};

static const struct column churn_columns[] = {
	{ "short_lived_bytes", "bytes", UNIT_BYTES, BLOCKS(short_bytes) },
	{ "short_lived_calls", "short-lived", UNIT_COUNT, BLOCKS(short_calls) },
	{ "temporary_calls", "temporary", UNIT_COUNT, SITE(temporary_calls) },
	{ "calls", "of", UNIT_COUNT, SITE(calls) },
	WHERE
};

static const struct column passed_columns[] = {
	{ "freed_by_others_bytes", "bytes", UNIT_BYTES, BLOCKS(passed_bytes) },
	{ "freed_by_others_calls", "blocks", UNIT_COUNT, BLOCKS(passed_calls) },
	{ "calls", "of", UNIT_COUNT, SITE(calls) },
	WHERE
};

static const struct column realloc_columns[] = {
	{ "realloc_copied_bytes", "copied", UNIT_BYTES, BLOCKS(copied_bytes) },
	{ "realloc_moved_calls", "moved", UNIT_COUNT, BLOCKS(moved) },
	{ "realloc_calls", "of", UNIT_COUNT, BLOCKS(reallocs) },
	{ "realloc_longest_chain", "longest chain", UNIT_COUNT, BLOCKS(longest_chain) },
	WHERE
};

/* A row for each site, or for those of which the first column is not zero; the largest first. */
static struct table *rank(const struct view_input *in, struct table *t, bool all)
{
	const struct memory *m = &in->model->memory;

	for (size_t i = 0; i < m->sites.n; i++) {
		struct site_figures figures = site_figures(m, &m->sites.v[i]);
		struct cell first[sizeof(peak_columns) / sizeof(*peak_columns)], *c;

		table_fill(t, first, &figures);
		if (all ? !figures.site.calls && !figures.site.live_blocks : cell_is_empty(&first[0]))
			continue;
		c = table_row(t);
		table_fill(t, c, &figures);
		c[t->column_count - 1] = c[t->column_count - 2] = cell_stack(figures.site.stack);
	}
	table_sort(t, t->columns[0].key);
	return t;
}

struct table *memory_leaks(const struct view_input *in)
{
	const struct memory *m = &in->model->memory;
	bool final = memory_is_final(in->model);
	struct table *t = final ? TABLE_NEW(in->arena, TABLE_ROWS, "leaks", "Leaks", leak_columns)
	                        : TABLE_NEW(in->arena, TABLE_ROWS, "leaks", "Live memory", live_columns);

	t->lines = 3;
	t->note = view_text(in, "%s in %s %s%s", fmt_bytes(m->leaked_bytes).s, view_count(in, m->leaked_blocks, "block"),
	                    final ? "never freed" : "not freed so far",
	                    m->suppressed_bytes ? view_text(in, "; %s more suppressed", fmt_bytes(m->suppressed_bytes).s) : "");
	return rank(in, t, false);
}

struct table *memory_late(const struct view_input *in)
{
	const struct memory *m = &in->model->memory;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "late", "Freed only at the end", late_columns);

	t->note = view_text(in, "%s in %s lived on until the last 2 %% of the time", fmt_bytes(m->late_bytes).s,
	                    view_count(in, m->late_blocks, "block"));
	return rank(in, t, false);
}

struct table *memory_peak(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "peak", "Where it was allocated", peak_columns);

	t->lines = 3;
	rank(in, t, true);
	table_sort(t, "bytes");
	table_sort(t, "leaked_bytes");
	table_sort(t, "peak_bytes");
	return t;
}

struct table *memory_churn(const struct view_input *in)
{
	const struct memory *m = &in->model->memory;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "churn", "Blocks that did not live long", churn_columns);
	const struct site_blocks *all = m->blocks.n ? m->blocks.v : NULL;

	if (all)
		t->note = view_text(in, "%s in %s were freed within %s; %s in %s before their thread's next allocation",
		                    fmt_bytes(all->short_bytes).s, view_count(in, all->short_calls, "block"),
		                    fmt_duration(in->model->options.short_ns).s, fmt_bytes(m->temporary_bytes).s,
		                    fmt_count(m->temporary_calls).s);
	return rank(in, t, false);
}

struct table *memory_passed(const struct view_input *in)
{
	return rank(in, TABLE_NEW(in->arena, TABLE_ROWS, "passed", "Blocks that another thread freed", passed_columns), false);
}

struct table *memory_reallocs(const struct view_input *in)
{
	const struct memory *m = &in->model->memory;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "reallocs", "Blocks that were moved to grow", realloc_columns);
	const struct site_blocks *all = m->blocks.n ? m->blocks.v : NULL;

	if (all)
		t->note = view_text(in, "%s copied; %s of %s moved", fmt_bytes(all->copied_bytes).s, fmt_count(all->moved).s,
		                    view_count(in, all->reallocs, "reallocation"));
	return rank(in, t, false);
}
