/* The summary's lists of the heap: the few leaks and allocations that matter most. */
#include <stdlib.h>
#include <string.h>

#include "table/memory.h"
#include "table/summary.h"
#include "util/alloc.h"
#include "util/fmt.h"

#define SOURCE_COLUMN { "source", "", .flags = COLUMN_DATA | COLUMN_LINES }

enum { LEAKED, LEAKED_BLOCKS, LEAK_GROWTH, LEAK_SOURCE, LEAK_STACK };
static const struct column leak_columns[] = {
	[LEAKED]        = { "leaked_bytes", "leaked", UNIT_BYTES, FROM(struct memory_site, leaked_bytes) },
	[LEAKED_BLOCKS] = { "leaked_blocks", "blocks", UNIT_COUNT, FROM(struct memory_site, leaked_blocks) },
	[LEAK_GROWTH]   = { "growth_bytes_per_s", "growing, a second", UNIT_BYTES, COLUMN_SPARE, FROM(struct memory_site, growth) },
	[LEAK_SOURCE]   = SOURCE_COLUMN,
	[LEAK_STACK]    = { "stack", "allocated in", .unit = UNIT_NONE },
};

static const struct column live_columns[] = {
	[LEAKED]        = { "leaked_bytes", "live", UNIT_BYTES, FROM(struct memory_site, leaked_bytes) },
	[LEAKED_BLOCKS] = { "leaked_blocks", "blocks", UNIT_COUNT, FROM(struct memory_site, leaked_blocks) },
	[LEAK_GROWTH]   = { "growth_bytes_per_s", "growing, a second", UNIT_BYTES, COLUMN_SPARE, FROM(struct memory_site, growth) },
	[LEAK_SOURCE]   = SOURCE_COLUMN,
	[LEAK_STACK]    = { "stack", "allocated in", .unit = UNIT_NONE },
};

struct sites { VEC_FIELDS(struct memory_site) };

static void add_site(struct memory_site *to, const struct memory_site *s, uint32_t stack)
{
	to->stack = stack;
	to->calls += s->calls;
	to->bytes += s->bytes;
	to->leaked_bytes += s->leaked_bytes;
	to->leaked_blocks += s->leaked_blocks;
	to->growth += s->growth;
	to->peak_bytes += s->peak_bytes;
	to->temporary_calls += s->temporary_calls;
}

/* All sites, or those that leak; those that would look alike are one. */
static void own_sites(const struct view_input *in, struct sites *to, bool leaks)
{
	const struct memory *m = &in->model->memory;
	uint32_t *known = xcalloc(in->model->stacks.nodes.n + 1, sizeof(*known));  /* by own stack: 1 + index */

	for (size_t i = 0; i < m->sites.n; i++) {
		const struct memory_site *s = &m->sites.v[i];
		uint32_t own = naming_own_stack(in->naming, s->stack);

		if (leaks && !s->leaked_bytes)
			continue;
		if (known[own]) {
			add_site(&to->v[known[own] - 1], s, own);
		} else {
			vec_push(to, *s);
			known[own] = (uint32_t)to->n;
		}
	}
	free(known);
}

struct table *summary_leaks(const struct view_input *in, unsigned rows)
{
	const struct memory *m = &in->model->memory;
	struct table *t = memory_is_final(in->model) ? TABLE_NEW(in->arena, TABLE_ROWS, "leaks", "Leaks", leak_columns)
	                                      : TABLE_NEW(in->arena, TABLE_ROWS, "leaks", "Live memory", live_columns);
	struct top top = { .room = rows };
	struct sites sites = { 0 };

	own_sites(in, &sites, true);
	for (uint32_t i = 0; i < sites.n; i++)
		top_offer(&top, i, sites.v[i].leaked_bytes);
	for (unsigned i = 0; i < top.count; i++) {
		const struct memory_site *s = &sites.v[top.index[i]];
		struct cell *c = table_row(t);

		table_fill(t, c, s);
		c[LEAK_STACK] = c[LEAK_SOURCE] = cell_stack(s->stack);
	}
	vec_free(&sites);
	t->note = view_text(in, "%s in %s %s%s", fmt_bytes(m->leaked_bytes).s, view_count(in, m->leaked_blocks, "block"),
	                    memory_is_final(in->model) ? "never freed" : "not freed so far",
	                    m->suppressed_bytes ? view_text(in, "; %s more suppressed", fmt_bytes(m->suppressed_bytes).s) : "");
	return t;
}

enum { CALLS, BYTES, PEAK, TEMPORARY, SITE_SOURCE, SITE_STACK };
static const struct column site_columns[] = {
	[CALLS]       = { "calls", "calls", UNIT_COUNT, FROM(struct memory_site, calls) },
	[BYTES]       = { "bytes", "bytes", UNIT_BYTES, FROM(struct memory_site, bytes) },
	[PEAK]        = { "peak_bytes", "at peak", UNIT_BYTES, FROM(struct memory_site, peak_bytes) },
	[TEMPORARY]   = { "temporary_pct", "temporary", .unit = UNIT_PERCENT },
	[SITE_SOURCE] = SOURCE_COLUMN,
	[SITE_STACK]  = { "stack", "allocated in", .unit = UNIT_NONE },
};

/* A site matters by its share of the calls or of the peak, whichever is greater. */
static uint64_t weight(const struct memory *m, const struct memory_site *s)
{
	uint64_t calls = m->alloc_calls + m->realloc_calls;
	double by_calls = calls ? (double)s->calls / (double)calls : 0;
	double by_peak = m->peak_bytes ? (double)s->peak_bytes / (double)m->peak_bytes : 0;

	return (uint64_t)(1e9 * (by_calls > by_peak ? by_calls : by_peak));
}

struct table *summary_allocations(const struct view_input *in, unsigned rows)
{
	const struct memory *m = &in->model->memory;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "allocations", "Memory", site_columns);
	struct top top = { .room = rows };
	struct sites sites = { 0 };

	own_sites(in, &sites, false);
	for (uint32_t i = 0; i < sites.n; i++)
		top_offer(&top, i, weight(m, &sites.v[i]));
	for (unsigned i = 0; i < top.count; i++) {
		const struct memory_site *s = &sites.v[top.index[i]];
		struct cell *c = table_row(t);

		table_fill(t, c, s);
		c[TEMPORARY] = cell_share(s->temporary_calls, s->calls);
		c[SITE_STACK] = c[SITE_SOURCE] = cell_stack(s->stack);
	}
	vec_free(&sites);
	t->note = view_text(in, "peak %s at %s; %s of %s in all", fmt_bytes(m->peak_bytes).s, fmt_duration(m->peak_ns).s,
	                    view_count(in, m->alloc_calls + m->realloc_calls, "allocation"), fmt_bytes(m->bytes_allocated).s);
	return t;
}
