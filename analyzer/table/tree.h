/*
 * tree.h - a call tree of any figure that belongs to call paths. Frames of one function below one parent are one node,
 * whatever line they call from; inlined functions are nodes of their own.
 */
#ifndef HP_TABLE_TREE_H
#define HP_TABLE_TREE_H

#include "table/view.h"

struct tree_options {
	uint32_t depth;     /* levels; 0 = all */
	double   min;       /* leave out what is below this percentage of all */
	bool     reverse;   /* callers below their callees */
};

/* A figure by call path. Weights are by stack node; or, with `calls`, by node of the model's call tree. */
struct tree_weights {
	const uint64_t *v;
	size_t          n;
	bool            calls;
};

/* One object: metric, total, and the tree. `title` is what a reader sees above it. */
struct table *tree_table(const struct view_input *, const char *metric, const char *title, enum unit,
                         const struct tree_weights *, const struct tree_options *);

#endif
