/* tree_build.h - the nodes of a call tree and their figures, before a table is made of them. A zeroed tree is an empty one. */
#ifndef HP_TABLE_TREE_BUILD_H
#define HP_TABLE_TREE_BUILD_H

#include "table/tree.h"
#include "util/map64.h"
#include "util/vec.h"

/* A parent's index is less than its children's. */
struct tree_node {
	uint32_t parent, level;
	uint32_t name;                   /* index into names: the same name, the same number */
	uint32_t line;
	const char *file, *module;
};

/* A figure of each node; shorter than nodes where the rest is 0, empty if it is 0 everywhere. */
struct tree_values { VEC_FIELDS(uint64_t) };

struct tree {
	VEC(struct tree_node) nodes;     /* [0] is the root: everything */
	struct tree_values self[FIGURE_COUNT], total[FIGURE_COUNT];
	VEC(struct hist) times;          /* of each node's calls; shorter than nodes, or empty */
	VEC(const char *) names;
	struct map64 by_name;            /* hash of a name -> number, or of number and how many had the hash before */
	struct map64 by_edge;            /* parent << 32 | name -> node */
};

void tree_free(struct tree *);
uint32_t tree_name(struct tree *, const char *name);
/* The child of that name, new or not. */
uint32_t tree_child(struct tree *, uint32_t parent, uint32_t name, const char *file, uint32_t line, const char *module);
/* The same as a node of another tree that has the same names. */
uint32_t tree_child_like(struct tree *, uint32_t parent, const struct tree *, uint32_t node);
/* A tree with the names of another one, and no nodes but the root. */
void tree_begin_like(struct tree *, const struct tree *);

static inline void tree_charge(struct tree_values *values, uint32_t node, uint64_t value)
{
	if (!value)
		return;
	vec_ensure(values, node);
	values->v[node] += value;
}
static inline uint64_t tree_value(const struct tree_values *values, uint32_t node)
{
	return node < values->n ? values->v[node] : 0;
}
/* More calls of a node. */
void tree_add_times(struct tree *, uint32_t node, const struct hist *);
/* The sum of several figures (FIGURE_BIT) of a node. */
uint64_t tree_sum(const struct tree_values values[FIGURE_COUNT], uint32_t figures, uint32_t node);

/* Sets the totals from the nodes' own figures. */
void tree_total(struct tree *);

/* ---- tree_model.c ---- */
/* From the outermost callers in, with totals. The tree is an empty one. */
void tree_of_model(struct tree *, const struct view_input *);

/* ---- tree_turn.c ---- */
/* From the innermost functions out; `to` is an empty tree. What is below the least share of the metric is not followed. */
void tree_reverse(struct tree *to, const struct tree *from, const struct tree_options *);
/*
 * The functions whose names match: what they call, and who calls them. Each of a recursion's calls but the outermost is in its
 * totals already. False: there is none.
 */
bool tree_around(struct tree *callees, struct tree *callers, const struct tree *from, const struct tree_options *);

#endif
