/* tree_build.h - the nodes of a call tree, before a table is made of them. */
#ifndef HP_TABLE_TREE_BUILD_H
#define HP_TABLE_TREE_BUILD_H

#include "table/tree.h"
#include "util/map64.h"
#include "util/vec.h"

struct tree_node {
	uint32_t parent, level;
	const char *name, *file, *module;
	uint32_t line;
	uint64_t self, total;
};

struct tree {
	const struct view_input   *in;
	const struct tree_weights *weights;
	VEC(struct tree_node) nodes;     /* [0] is the root: everything */
	struct map64     by_edge;   /* parent and name -> node */
	VEC(uint32_t)    place;     /* of each weighted node: its node here */
	VEC(uint64_t)    below;     /* weight of each with what is below it */
	VEC(uint32_t)    order;     /* nodes by parent, heaviest first */
	VEC(uint32_t)    first;     /* of each parent: where its children begin in `order` */
};

/* A zeroed tree with `in` and `weights` set. reverse: callers below their callees. */
void tree_build(struct tree *, bool reverse);
void tree_free(struct tree *);

#endif
