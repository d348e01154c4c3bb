/*
 * tree.h - call trees: one path, all costs. Function calls and the stacks of events make one tree: below the innermost
 * call that was recorded stand those frames of an event's stack that are further in. Frames of one function below one parent
 * are one node, whatever line they call from; inlined functions are nodes of their own.
 */
#ifndef HP_TABLE_TREE_H
#define HP_TABLE_TREE_H

#include "table/percentiles.h"
#include "table/tree_figures.h"
#include "table/view.h"

enum { TREE_LEVELS_OUT = 128 };  /* how far callers are followed unless a depth is given: paths of one recursion share nothing */

struct tree_options {
	const struct tree_metric *metric;
	uint32_t depth;        /* levels; 0 = all */
	double   min;          /* leave out what is below this percentage of all */
	bool     reverse;      /* callers below their callees */
	struct percentiles percentiles;  /* of the times of a node's calls; the model's options.calls must be by_node */
	const char *function;  /* NULL, or a name or glob: who calls it, and what it calls */
};

/* Adds what the options ask for. False: no function of the name is in the tree; nothing was added. */
bool tree_add(const struct view_input *, struct doc *, const struct tree_options *);

#endif
