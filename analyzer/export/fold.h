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
	uint32_t row;                /* its own figures, see fold_self */
};

struct fold {
	const struct paths    *paths;
	VEC(struct fold_node)  nodes;  /* [0] the root; a parent's index is less than its children's */
	VEC(struct path_row)   rows;   /* [0] nobody's, all zero */
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
static inline const struct path_row *fold_self(const struct fold *f, size_t node)
{
	return &f->rows.v[f->nodes.v[node].row];
}
const char *fold_name(const struct fold *, uint32_t function);

/* One node's functions from the outermost in; good until the next call. */
const uint32_t *fold_chain(struct fold *, uint32_t node, size_t *count);

#endif
