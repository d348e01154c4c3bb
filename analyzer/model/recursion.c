/* recursion.c - which nodes of the call tree lie below one of the same function: that one's time has theirs in it already. */
#include "private.h"

#include <stdlib.h>

#include "util/alloc.h"

static void chain_children(struct functions *fn)
{
	for (size_t i = fn->nodes.n; i-- > 1; ) {
		struct call_node *n = &fn->nodes.v[i], *above = &fn->nodes.v[n->parent];
		n->next = above->first;
		above->first = (uint32_t)i;
	}
}

/*
 * One walk along the tree that knows how often each function is on its path. A look outwards from each node would take as
 * many steps as the path is deep.
 */
void functions_find_recursion(struct functions *fn)
{
	uint32_t *on_path = xcalloc(fn->v.n, sizeof *on_path), at = 0;
	chain_children(fn);
	do {
		struct call_node *n = &fn->nodes.v[at], *child = &fn->nodes.v[n->first];
		if (n->first) {
			child->recursive = on_path[child->function]++ > 0;
			at = n->first;
			n->first = child->next;
		} else if (at) {
			on_path[n->function]--;
			at = n->parent;
		}
	} while (at || fn->nodes.v[0].first);
	free(on_path);
}
