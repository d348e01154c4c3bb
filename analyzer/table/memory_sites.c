/* memory.sites[]: everything that is known of each place that allocates. */
#include "table/memory.h"

enum {
	PEAK, PEAK_BLOCKS, OWN_PEAK, OWN_PEAK_TIME, LEAKED, LEAKED_BLOCKS, SUPPRESSED, SUPPRESSED_BLOCKS, GROWS, GROWTH, LATE, LATE_BLOCKS,
	CALLS, BYTES, TEMPORARY, TEMPORARY_BYTES, SHORT, SHORT_BYTES, PASSED, PASSED_BYTES, BYTE_SECONDS, REALLOCS, MOVED, COPIED, CHAIN, LIFETIME, SIZES,
	SOURCE, STACK,
};
static const struct column columns[] = {
	[PEAK]              = { "peak_bytes", "at peak", UNIT_BYTES, SITE(peak_bytes) },
	[PEAK_BLOCKS]       = { "peak_blocks", "blocks", UNIT_COUNT, SITE(peak_blocks) },
	[OWN_PEAK]          = { "own_peak_bytes", "own peak", UNIT_BYTES, SITE(own_peak_bytes) },
	[OWN_PEAK_TIME]     = { "own_peak_time_ns", "at", UNIT_TIME, SITE(own_peak_ns) },
	[LEAKED]            = { "leaked_bytes", "leaked", UNIT_BYTES, SITE(leaked_bytes) },
	[LEAKED_BLOCKS]     = { "leaked_blocks", "blocks", UNIT_COUNT, SITE(leaked_blocks) },
	[SUPPRESSED]        = { "suppressed_bytes", "suppressed", UNIT_BYTES, SITE(suppressed_bytes) },
	[SUPPRESSED_BLOCKS] = { "suppressed_blocks", "blocks", UNIT_COUNT, SITE(suppressed_blocks) },
	[GROWS]             = { "growing", "growing", .unit = UNIT_NONE },
	[GROWTH]            = { "growth_bytes_per_s", "a second", UNIT_BYTES, SITE(growth) },
	[LATE]              = { "freed_at_end_bytes", "freed at the end", UNIT_BYTES, SITE(late_bytes) },
	[LATE_BLOCKS]       = { "freed_at_end_blocks", "blocks", UNIT_COUNT, SITE(late_blocks) },
	[CALLS]             = { "calls", "calls", UNIT_COUNT, SITE(calls) },
	[BYTES]             = { "bytes", "bytes", UNIT_BYTES, SITE(bytes) },
	[TEMPORARY]         = { "temporary_calls", "temporary", UNIT_COUNT, SITE(temporary_calls) },
	[TEMPORARY_BYTES]   = { "temporary_bytes", "bytes", UNIT_BYTES, SITE(temporary_bytes) },
	[SHORT]             = { "short_lived_calls", "short-lived", UNIT_COUNT, BLOCKS(short_calls) },
	[SHORT_BYTES]       = { "short_lived_bytes", "bytes", UNIT_BYTES, BLOCKS(short_bytes) },
	[PASSED]            = { "freed_by_others_calls", "freed by others", UNIT_COUNT, BLOCKS(passed_calls) },
	[PASSED_BYTES]      = { "freed_by_others_bytes", "bytes", UNIT_BYTES, BLOCKS(passed_bytes) },
	[BYTE_SECONDS]      = { "byte_seconds", "byte seconds", .unit = UNIT_NONE },
	[REALLOCS]          = { "realloc_calls", "reallocated", UNIT_COUNT, BLOCKS(reallocs) },
	[MOVED]             = { "realloc_moved_calls", "moved", UNIT_COUNT, BLOCKS(moved) },
	[COPIED]            = { "realloc_copied_bytes", "copied", UNIT_BYTES, BLOCKS(copied_bytes) },
	[CHAIN]             = { "realloc_longest_chain", "longest chain", UNIT_COUNT, BLOCKS(longest_chain) },
	[LIFETIME]          = { "lifetime", "lifetime", .unit = UNIT_NONE },
	[SIZES]             = { "sizes", "sizes", .unit = UNIT_NONE },
	[SOURCE]            = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]             = { "stack", "allocated in", .unit = UNIT_NONE },
};

enum { FREED, LIFE_MIN, LIFE_AVG, LIFE_P50, LIFE_P95, LIFE_P99, LIFE_MAX };
static const struct column life_columns[] = {
	[FREED]    = { "freed", "freed", UNIT_COUNT, FROM(struct site_blocks, freed) },
	[LIFE_MIN] = { "min_ns", "least", .unit = UNIT_NS },
	[LIFE_AVG] = { "avg_ns", "on average", .unit = UNIT_NS },
	[LIFE_P50] = { "p50_ns", "half within", .unit = UNIT_NS },
	[LIFE_P95] = { "p95_ns", "95 %", .unit = UNIT_NS },
	[LIFE_P99] = { "p99_ns", "99 %", .unit = UNIT_NS },
	[LIFE_MAX] = { "max_ns", "most", .unit = UNIT_NS },
};

enum { MIN, MAX, SIZE_CALLS, SIZE_BYTES };
static const struct column size_columns[] = {
	[MIN]        = { "min", "from", .unit = UNIT_BYTES },
	[MAX]        = { "max", "to", .unit = UNIT_BYTES },
	[SIZE_CALLS] = { "calls", "calls", .unit = UNIT_COUNT },
	[SIZE_BYTES] = { "bytes", "bytes", .unit = UNIT_BYTES },
};

static struct cell quantile(const struct view_input *in, const struct site_blocks *b, double q)
{
	uint64_t v = coarse_quantile(&in->model->memory.coarse, &b->lives, q);

	return cell_int(v < b->life_min_ns ? b->life_min_ns : v > b->life_max_ns ? b->life_max_ns : v);
}

struct cell memory_lifetime(const struct view_input *in, const struct site_blocks *b)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "lifetime", "Lifetimes", life_columns);
	struct cell *c = table_row(t);

	table_fill(t, c, b);
	if (b->freed) {
		c[LIFE_MIN] = cell_int(b->life_min_ns);
		c[LIFE_AVG] = cell_int(b->life_ns / b->freed);
		c[LIFE_P50] = quantile(in, b, 0.5);
		c[LIFE_P95] = quantile(in, b, 0.95);
		c[LIFE_P99] = quantile(in, b, 0.99);
		c[LIFE_MAX] = cell_int(b->life_max_ns);
	}
	return cell_table(t);
}

static struct cell sizes(const struct view_input *in, const struct site_blocks *b)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sizes", "Sizes", size_columns);

	for (unsigned i = 0; i < COARSE_SIZES; i++) {
		struct coarse_size size = coarse_size(&in->model->memory.coarse, &b->sizes, i);
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

static void add_site(const struct view_input *in, struct table *t, const struct memory_site *s)
{
	struct site_figures figures = site_figures(&in->model->memory, s);
	struct cell *c = table_row(t);

	table_fill(t, c, &figures);
	c[GROWS] = cell_bool(s->grows);
	c[BYTE_SECONDS] = cell_real(figures.blocks.byte_ns / 1e9);
	c[LIFETIME] = memory_lifetime(in, &figures.blocks);
	c[SIZES] = sizes(in, &figures.blocks);
	c[STACK] = c[SOURCE] = cell_stack(s->stack);
}

struct table *memory_sites(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sites", "Where it was allocated", columns);

	for (size_t i = 0; i < in->model->memory.sites.n; i++) {
		const struct memory_site *s = &in->model->memory.sites.v[i];

		if (s->calls || s->live_blocks || s->peak_bytes)
			add_site(in, t, s);
	}
	table_sort(t, "bytes");
	table_sort(t, "leaked_bytes");
	table_sort(t, "peak_bytes");
	return t;
}
