/* memory: the heap, by call path and by size. */
#include "table/memory.h"
#include "util/fmt.h"

enum {
	ALLOCS, FREES, REALLOCS, FAILED, UNKNOWN, ALLOCATED, PEAK, PEAK_TIME, PEAK_BLOCKS, LEAKED, LEAKED_BLOCKS, SUPPRESSED,
	SUPPRESSED_BLOCKS, LATE, LATE_BLOCKS, TEMPORARY, TEMPORARY_BYTES, SHORT_NS, SHORT, SHORT_BYTES, MAPPED, RSS, SWAPS, LOST,
	MOVED, COPIED, CHAIN, BYTE_SECONDS, CURVES, LEAKS, LATES, PEAKS, CHURN, GROWTH, LIFETIME, LIFETIME_TEXT, SIZES, OWNERS, OWNERS_TEXT, PASSED,
	SUPPRESSIONS, SITES, TIMELINE, RESIDENT, RSS_PARTS, ALLOCATOR, ALLOCATOR_KINDS, ALLOCATOR_SITES,
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
	[SUPPRESSED_BLOCKS] = { "suppressed_blocks", "", UNIT_COUNT, COLUMN_DATA, FROM(struct memory, suppressed_blocks) },
	[LATE]          = { "freed_at_end_bytes", "", UNIT_BYTES, .flags = COLUMN_DATA },
	[LATE_BLOCKS]   = { "freed_at_end_blocks", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[TEMPORARY]     = { "temporary_calls", "temporary", UNIT_COUNT, FROM(struct memory, temporary_calls) },
	[TEMPORARY_BYTES] = { "temporary_bytes", "", UNIT_BYTES, COLUMN_DATA, FROM(struct memory, temporary_bytes) },
	[SHORT_NS]      = { "short_lived_ns", "", UNIT_NS, .flags = COLUMN_DATA },
	[SHORT]         = { "short_lived_calls", "short-lived", .unit = UNIT_COUNT },
	[SHORT_BYTES]   = { "short_lived_bytes", "", UNIT_BYTES, .flags = COLUMN_DATA },
	[MAPPED]        = { "mapped_peak_bytes", "mapped at most", UNIT_BYTES, FROM(struct memory, mapped_peak_bytes) },
	[RSS]           = { "rss_peak_bytes", "resident at most", .unit = UNIT_BYTES },
	[SWAPS]         = { "clock_swaps", "clock swaps", UNIT_COUNT, COLUMN_SPARE, FROM(struct memory, clock_swaps) },
	[LOST]          = { "lost_frees", "frees not seen", UNIT_COUNT, COLUMN_SPARE, FROM(struct memory, lost_frees) },
	[MOVED]         = { "realloc_moved_calls", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[COPIED]        = { "realloc_copied_bytes", "", UNIT_BYTES, .flags = COLUMN_DATA },
	[CHAIN]         = { "realloc_longest_chain", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[BYTE_SECONDS]  = { "byte_seconds", "", .flags = COLUMN_DATA },
	[CURVES]        = { "curves", "", .flags = COLUMN_TEXT },
	[LEAKS]         = { "leaks", "", .flags = COLUMN_TEXT },
	[LATES]         = { "late", "", .flags = COLUMN_TEXT },
	[PEAKS]         = { "peak", "", .flags = COLUMN_TEXT },
	[CHURN]         = { "churn", "", .flags = COLUMN_TEXT },
	[GROWTH]        = { "reallocs", "", .flags = COLUMN_TEXT },
	[LIFETIME]      = { "lifetime", "", .flags = COLUMN_DATA },
	[LIFETIME_TEXT] = { "lifetime", "", .flags = COLUMN_TEXT | COLUMN_SPARE },
	[SIZES]         = { "sizes", "sizes", .unit = UNIT_NONE },
	[OWNERS]        = { "owners", "", .flags = COLUMN_DATA },
	[OWNERS_TEXT]   = { "owners", "", .flags = COLUMN_TEXT | COLUMN_SPARE },
	[PASSED]        = { "passed", "", .flags = COLUMN_TEXT | COLUMN_SPARE },
	[SUPPRESSIONS]  = { "suppressions", "", .unit = UNIT_NONE },
	[SITES]         = { "sites", "", .flags = COLUMN_DATA },
	[TIMELINE]      = { "timeline", "", .flags = COLUMN_DATA },
	[RESIDENT]      = { "resident", "", .flags = COLUMN_TEXT },
	[RSS_PARTS]     = { "rss", "", .flags = COLUMN_DATA },
	[ALLOCATOR]     = { "allocator", "", .flags = COLUMN_DATA },
	[ALLOCATOR_KINDS] = { "allocator_calls", "", .flags = COLUMN_TEXT | COLUMN_SPARE },
	[ALLOCATOR_SITES] = { "allocator_sites", "", .flags = COLUMN_TEXT | COLUMN_SPARE },
};

enum { MIN, MAX, SIZE_CALLS, SIZE_BYTES };
static const struct column size_columns[] = {
	[MIN]        = { "min", "from", .unit = UNIT_BYTES },
	[MAX]        = { "max", "to", .unit = UNIT_BYTES },
	[SIZE_CALLS] = { "calls", "calls", .unit = UNIT_COUNT },
	[SIZE_BYTES] = { "bytes", "bytes", .unit = UNIT_BYTES },
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

/* The largest of the processes; null when it is known of none. */
static struct cell resident(const struct model *m)
{
	uint64_t most = 0;

	for (size_t i = 0; i < m->processes.v.n; i++)
		if (m->processes.v.v[i].maxrss_bytes > most)
			most = m->processes.v.v[i].maxrss_bytes;
	return most ? cell_int(most) : CELL_UNKNOWN;
}

/* What is known of blocks one by one, over all sites. */
static void add_blocks(const struct view_input *in, struct cell *c)
{
	static const struct site_blocks none;
	const struct memory *m = &in->model->memory;
	const struct site_blocks *all = m->blocks.n ? &m->blocks.v[0] : &none;

	c[SHORT_NS] = cell_int(in->model->options.short_ns);
	c[SHORT] = cell_int(all->short_calls);
	c[SHORT_BYTES] = cell_int(all->short_bytes);
	c[MOVED] = cell_int(all->moved);
	c[COPIED] = cell_int(all->copied_bytes);
	c[CHAIN] = cell_int(all->longest_chain);
	c[BYTE_SECONDS] = cell_real(all->byte_ns / 1e9);
	c[LIFETIME] = memory_lifetime(in, all);
	if (all->freed)
		c[LIFETIME_TEXT] = c[LIFETIME];
}

static bool each_frees_its_own(const struct memory *m)
{
	for (size_t i = 0; i < m->owners.n; i++)
		if (m->owners.v[i].blocks && m->owners.v[i].freed_by != THREAD_NONE && m->owners.v[i].got_by != m->owners.v[i].freed_by)
			return false;
	return true;
}

static void add_tables(const struct view_input *in, struct cell *c)
{
	c[CURVES] = cell_table(memory_curves(in));
	c[LEAKS] = cell_table(memory_leaks(in));
	c[LATES] = cell_table(memory_late(in));
	c[PEAKS] = cell_table(memory_peak(in));
	c[CHURN] = cell_table(memory_churn(in));
	c[GROWTH] = cell_table(memory_reallocs(in));
	c[SIZES] = cell_table(sizes(in));
	c[OWNERS] = cell_table(memory_owners(in));
	if (!each_frees_its_own(&in->model->memory)) {
		c[OWNERS_TEXT] = cell_table(memory_owners(in));
		c[PASSED] = cell_table(memory_passed(in));
	}
	c[SUPPRESSIONS] = cell_table(memory_suppressions(in));
	c[SITES] = cell_table(memory_sites(in));
	c[TIMELINE] = cell_table(memory_timeline(in));
	if (memory_rss(in)) {
		c[RESIDENT] = cell_table(memory_rss_rows(in));
		c[RSS_PARTS] = cell_table(memory_rss(in));
	}
	if (memory_allocator(in)) {
		c[ALLOCATOR] = cell_table(memory_allocator(in));
		c[ALLOCATOR_KINDS] = cell_table(memory_allocator_kinds(in));
		c[ALLOCATOR_SITES] = cell_table(memory_allocator_sites(in));
	}
}

/* What is still to come of a running process is not its end. */
static void add(const struct view_input *in, struct doc *doc)
{
	const struct memory *m = &in->model->memory;
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "memory", "Memory", columns);
	struct cell *c = table_row(t);

	table_fill(t, c, m);
	c[RSS] = resident(in->model);
	if (!in->model->running) {
		c[LATE] = cell_int(m->late_bytes);
		c[LATE_BLOCKS] = cell_int(m->late_blocks);
	}
	add_blocks(in, c);
	add_tables(in, c);
	doc_add(doc, t);
}

const struct view view_memory = { .name = "memory", .parts = MODEL_MEMORY | MODEL_BLOCKS, .add = add };
