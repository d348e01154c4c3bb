#include "table/tree_figures.h"

#include <string.h>

const struct tree_figure_info tree_figures[FIGURE_COUNT] = {
#define X(name, key, title, unit) { key, title, unit },
	TREE_FIGURES(X)
#undef X
};

#define CALL_COSTS (FIGURE_BIT(CALLS) | FIGURE_BIT(CUT))

const struct tree_metric tree_metrics[] = {
	{ "time", "Time by call path", UNIT_NS, FIGURES_OF_TIME, CALL_COSTS | FIGURE_BIT(RUNNING) | FIGURES_OF_WAITS | FIGURE_BIT(IO) | FIGURE_BIT(ALLOC_BYTES) },
	{ "running", "Time without waits and I/O by call path", UNIT_NS, FIGURE_BIT(RUNNING), CALL_COSTS },
	{ "wait", "Waiting for locks, conditions, threads and events, by call path", UNIT_NS, FIGURES_OF_WAITS, FIGURES_OF_WAITS },
	{ "lock-wait", "Waiting for locks by call path", UNIT_NS, FIGURE_BIT(LOCK), 0 },
	{ "sleep", "Sleeping by call path", UNIT_NS, FIGURE_BIT(SLEEP), 0 },
	{ "io-time", "Time in I/O by call path", UNIT_NS, FIGURE_BIT(IO) | FIGURE_BIT(STDIO), FIGURE_BIT(IO_CALLS) | FIGURE_BIT(IO_BYTES) },
	{ "io-calls", "I/O calls by call path", UNIT_COUNT, FIGURE_BIT(IO_CALLS), FIGURE_BIT(IO_BYTES) | FIGURE_BIT(IO) },
	{ "io-bytes", "Bytes read and written by call path", UNIT_BYTES, FIGURE_BIT(IO_BYTES), FIGURE_BIT(IO_CALLS) | FIGURE_BIT(IO) },
	{ "calls", "Function calls by call path", UNIT_COUNT, FIGURE_BIT(CALLS), FIGURE_BIT(CUT) },
	{ "events", "Events by call path", UNIT_COUNT, FIGURE_BIT(EVENTS), 0 },
	{ "alloc-bytes", "Bytes allocated by call path", UNIT_BYTES, FIGURE_BIT(ALLOC_BYTES), FIGURE_BIT(ALLOC_CALLS) },
	{ "alloc-calls", "Allocations by call path", UNIT_COUNT, FIGURE_BIT(ALLOC_CALLS), FIGURE_BIT(ALLOC_BYTES) },
	{ "alloc-time", "Time in the allocator by call path, estimated", UNIT_NS, FIGURE_BIT(ALLOC_NS), FIGURE_BIT(ALLOC_CALLS) },
	{ "temporary", "Temporary allocations by call path", UNIT_COUNT, FIGURE_BIT(TEMPORARY), FIGURE_BIT(ALLOC_CALLS) },
	{ "peak-bytes", "Memory at its peak by call path", UNIT_BYTES, FIGURE_BIT(PEAK), 0 },
	{ "leaked-bytes", "Memory never freed by call path", UNIT_BYTES, FIGURE_BIT(LEAKED_BYTES), FIGURE_BIT(LEAKED_BLOCKS) },
	{ "leaked-blocks", "Blocks never freed by call path", UNIT_COUNT, FIGURE_BIT(LEAKED_BLOCKS), FIGURE_BIT(LEAKED_BYTES) },
	{ .name = NULL },
};

const struct tree_metric *tree_metric_find(const char *name)
{
	for (const struct tree_metric *m = tree_metrics; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}
