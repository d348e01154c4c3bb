/* memory: the heap, by call path and by size. */
#include "table/memory.h"
#include "util/fmt.h"

enum {
	ALLOCS, FREES, REALLOCS, FAILED, UNKNOWN, ALLOCATED, PEAK, PEAK_TIME, PEAK_BLOCKS, LEAKED, LEAKED_BLOCKS, SUPPRESSED,
	TEMPORARY, MAPPED, RSS, SWAPS, LOST, SIZES, SITES, TIMELINE,
};
static const struct column columns[] = {
	[ALLOCS]        = { "alloc_calls", "allocations", UNIT_COUNT, FROM(struct memory, alloc_calls) },
	[FREES]         = { "free_calls", "frees", UNIT_COUNT, FROM(struct memory, free_calls) },
	[REALLOCS]      = { "realloc_calls", "reallocations", UNIT_COUNT, FROM(struct memory, realloc_calls) },
	[FAILED]        = { "failed_calls", "failed", UNIT_COUNT, COLUMN_SPARE, FROM(struct memory, failed_calls) },
	[UNKNOWN]       = { "unknown_frees", "unknown frees", UNIT_COUNT, COLUMN_SPARE, FROM(struct memory, unknown_frees) },
	[ALLOCATED]     = { "bytes_allocated", "allocated in all", UNIT_BYTES, FROM(struct memory, bytes_allocated) },
	[PEAK]          = { "peak_bytes", "peak", UNIT_BYTES, FROM(struct memory, peak_bytes) },
	[PEAK_TIME]     = { "peak_time_ns", "peak at", UNIT_TIME, FROM(struct memory, peak_ns) },
	[PEAK_BLOCKS]   = { "peak_blocks", "blocks at peak", UNIT_COUNT, FROM(struct memory, peak_blocks) },
	[LEAKED]        = { "leaked_bytes", "leaked", UNIT_BYTES, FROM(struct memory, leaked_bytes) },
	[LEAKED_BLOCKS] = { "leaked_blocks", "blocks leaked", UNIT_COUNT, FROM(struct memory, leaked_blocks) },
	[SUPPRESSED]    = { "suppressed_bytes", "suppressed", UNIT_BYTES, COLUMN_SPARE, FROM(struct memory, suppressed_bytes) },
	[TEMPORARY]     = { "temporary_calls", "temporary", UNIT_COUNT, FROM(struct memory, temporary_calls) },
	[MAPPED]        = { "mapped_peak_bytes", "mapped at most", UNIT_BYTES, FROM(struct memory, mapped_peak_bytes) },
	[RSS]           = { "rss_peak_bytes", "resident at most", .unit = UNIT_BYTES },
	[SWAPS]         = { "clock_swaps", "clock swaps", UNIT_COUNT, COLUMN_SPARE, FROM(struct memory, clock_swaps) },
	[LOST]          = { "lost_frees", "frees not seen", UNIT_COUNT, COLUMN_SPARE, FROM(struct memory, lost_frees) },
	[SIZES]         = { "sizes", "sizes", .unit = UNIT_NONE },
	[SITES]         = { "sites", "sites", .unit = UNIT_NONE },
	[TIMELINE]      = { "timeline", "timeline", .flags = COLUMN_DATA },
};

enum { MIN, MAX, SIZE_CALLS, SIZE_BYTES };
static const struct column size_columns[] = {
	[MIN]        = { "min", "from", .unit = UNIT_BYTES },
	[MAX]        = { "max", "to", .unit = UNIT_BYTES },
	[SIZE_CALLS] = { "calls", "calls", .unit = UNIT_COUNT },
	[SIZE_BYTES] = { "bytes", "bytes", .unit = UNIT_BYTES },
};

enum { SITE_PEAK, SITE_LEAKED, SITE_BLOCKS, SITE_CALLS, SITE_BYTES, SITE_TEMPORARY, SITE_SOURCE, SITE_STACK };
static const struct column site_columns[] = {
	[SITE_PEAK]      = { "peak_bytes", "at peak", UNIT_BYTES, FROM(struct memory_site, peak_bytes) },
	[SITE_LEAKED]    = { "leaked_bytes", "leaked", UNIT_BYTES, FROM(struct memory_site, leaked_bytes) },
	[SITE_BLOCKS]    = { "leaked_blocks", "blocks", UNIT_COUNT, FROM(struct memory_site, leaked_blocks) },
	[SITE_CALLS]     = { "calls", "calls", UNIT_COUNT, FROM(struct memory_site, calls) },
	[SITE_BYTES]     = { "bytes", "bytes", UNIT_BYTES, FROM(struct memory_site, bytes) },
	[SITE_TEMPORARY] = { "temporary_calls", "temporary", UNIT_COUNT, FROM(struct memory_site, temporary_calls) },
	[SITE_SOURCE]    = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[SITE_STACK]     = { "stack", "allocated in", .unit = UNIT_NONE },
};

static struct table *sizes(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sizes", "Sizes", size_columns);

	for (unsigned i = 0; i < MEMORY_SIZES; i++) {
		uint64_t calls = in->model->memory.sizes[i].calls, low = i ? 1ull << (i - 1) : 0;
		struct cell *c;

		if (!calls)
			continue;
		c = table_row(t);
		c[MIN] = cell_int(low);
		c[MAX] = cell_int(i ? low + (low - 1) : 0);
		c[SIZE_CALLS] = cell_int(calls);
		c[SIZE_BYTES] = cell_int(in->model->memory.sizes[i].bytes);
	}
	return t;
}

static struct table *sites(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "sites", "Where it was allocated", site_columns);

	for (size_t i = 0; i < in->model->memory.sites.n; i++) {
		const struct memory_site *site = &in->model->memory.sites.v[i];
		struct cell *c;

		if (!site->calls)
			continue;
		c = table_row(t);
		table_fill(t, c, site);
		c[SITE_STACK] = c[SITE_SOURCE] = cell_stack(site->stack);
	}
	t->lines = 3;
	table_sort(t, "bytes");
	table_sort(t, "leaked_bytes");
	table_sort(t, "peak_bytes");
	return t;
}

/* The largest of the processes; null when it is known of none. */
static struct cell resident(const struct model *m)
{
	uint64_t most = 0;

	for (size_t i = 0; i < m->processes.v.n; i++)
		if (m->processes.v.v[i].maxrss_bytes > most)
			most = m->processes.v.v[i].maxrss_bytes;
	return most ? cell_int(most) : CELL_UNKNOWN;
}

static void add(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "memory", "Memory", columns);
	struct cell *c = table_row(t);

	table_fill(t, c, &in->model->memory);
	c[RSS] = resident(in->model);
	c[SIZES] = cell_table(sizes(in));
	c[SITES] = cell_table(sites(in));
	c[TIMELINE] = cell_table(memory_timeline(in));
	doc_add(doc, t);
}

const struct view view_memory = { .name = "memory", .parts = MODEL_MEMORY, .add = add };
