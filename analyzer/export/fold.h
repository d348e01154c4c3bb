/*
 * fold.h - call paths as a tree of functions: paths that differ only in lines and addresses are one, inlined functions are
 * nodes of their own.
 */
#ifndef HP_EXPORT_FOLD_H
#define HP_EXPORT_FOLD_H

#include "export/paths.h"

#define FOLD_OTHER UINT32_MAX  /* the function of the node that sums up what was not kept */

struct fold_node {
	uint32_t parent, function;   /* function: index into paths->functions */
	uint32_t line;               /* where it was, or of the first place that it was made from; 0 unknown */
	struct path_row self;
};

struct fold {
	const struct paths    *paths;
	VEC(struct fold_node)  nodes;  /* [0] the root; a parent's index is less than its children's */
	bool                   by_line;
	struct map64           by_edge, by_line_edge;  /* private */
	VEC(uint32_t)          of_node;  /* private */
	VEC(uint32_t)          chain;    /* private */
};

/*
 * From the first `keep` of paths->ranked; the others go to one node below the root. lines: calls from different lines of a
 * function are different nodes.
 */
void fold_build(struct fold *, const struct paths *, size_t keep, bool lines);
void fold_free(struct fold *);
const char *fold_name(const struct fold *, uint32_t function);

/* One node's functions from the outermost in; good until the next call. */
const uint32_t *fold_chain(struct fold *, uint32_t node, size_t *count);

#endif
