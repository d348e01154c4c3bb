/*
 * tree_figures.h - what a node of a call tree can tell, and the metrics that trees are sorted by: each is one of the figures,
 * or several together.
 */
#ifndef HP_TABLE_TREE_FIGURES_H
#define HP_TABLE_TREE_FIGURES_H

#include "model/model.h"
#include "table/table.h"

/* X(name, key, title, unit). The times are parts of one whole; stdio may be I/O or not, libc's own calls are not seen. */
#define TREE_TIMES(X) \
	X(RUNNING, "running_ns", "running", UNIT_NS) X(LOCK, "lock_wait_ns", "lock", UNIT_NS) X(COND, "cond_wait_ns", "cond", UNIT_NS) \
	X(SEM, "sem_wait_ns", "sem", UNIT_NS) X(BARRIER, "barrier_wait_ns", "barrier", UNIT_NS) X(JOIN, "join_wait_ns", "join", UNIT_NS) \
	X(POLL, "poll_wait_ns", "poll", UNIT_NS) X(SLEEP, "sleep_ns", "sleep", UNIT_NS) X(CHILD, "child_wait_ns", "child", UNIT_NS) \
	X(IO, "io_ns", "I/O", UNIT_NS) X(STDIO, "stdio_ns", "stdio", UNIT_NS)
/* In the order of columns: the last ones have no room in a line first. */
#define TREE_FIGURES(X) \
	X(CALLS, "calls", "calls", UNIT_COUNT) X(OPEN, "open_calls", "open", UNIT_COUNT) X(CUT, "cut_calls", "cut", UNIT_COUNT) \
	TREE_TIMES(X) X(EVENTS, "events", "events", UNIT_COUNT) \
	X(IO_CALLS, "io_calls", "I/O calls", UNIT_COUNT) X(IO_BYTES, "io_bytes", "I/O bytes", UNIT_BYTES) \
	X(ALLOC_NS, "alloc_ns", "allocating", UNIT_NS) X(ALLOC_CALLS, "alloc_calls", "allocs", UNIT_COUNT) \
	X(ALLOC_BYTES, "alloc_bytes", "allocated", UNIT_BYTES) X(TEMPORARY, "temporary_calls", "temporary", UNIT_COUNT) \
	X(PEAK, "peak_bytes", "at peak", UNIT_BYTES) X(LEAKED_BYTES, "leaked_bytes", "leaked", UNIT_BYTES) \
	X(LEAKED_BLOCKS, "leaked_blocks", "blocks", UNIT_COUNT)
enum tree_figure {
#define X(name, key, title, unit) FIGURE_##name,
	TREE_FIGURES(X)
#undef X
	FIGURE_COUNT
};
/* Waits are figures in the order of enum wait_class. */
#define FIGURE_OF_WAIT(wait_class) ((enum tree_figure)(FIGURE_LOCK + (wait_class)))
_Static_assert(FIGURE_IO == FIGURE_LOCK + (int)WAIT_IO, "one figure a wait class");

struct tree_figure_info { const char *key, *title; enum unit unit; };
extern const struct tree_figure_info tree_figures[FIGURE_COUNT];

#define FIGURE_BIT(name) (1u << FIGURE_##name)
#define FIGURES_OF_WAITS (FIGURE_BIT(LOCK) | FIGURE_BIT(COND) | FIGURE_BIT(SEM) | FIGURE_BIT(BARRIER) | FIGURE_BIT(JOIN) \
	| FIGURE_BIT(POLL) | FIGURE_BIT(SLEEP) | FIGURE_BIT(CHILD))
#define FIGURES_OF_TIME (FIGURES_OF_WAITS | FIGURE_BIT(RUNNING) | FIGURE_BIT(IO) | FIGURE_BIT(STDIO))

struct tree_metric {
	const char *name, *title;
	enum unit   unit;
	uint32_t    figures;   /* FIGURE_BIT: their sum */
	uint32_t    beside;    /* and what text shows beside it, where there is any */
};
/* The first is what is shown unless another one is asked for. Ends with a NULL name. */
extern const struct tree_metric tree_metrics[];
/* NULL: there is none of that name. */
const struct tree_metric *tree_metric_find(const char *name);

#endif
