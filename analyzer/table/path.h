/* path.h - the critical path as a document: what the end of the run depended on, and how much longer the rest might take. */
#ifndef HP_TABLE_PATH_H
#define HP_TABLE_PATH_H

#include "table/view.h"

struct path_choice {
	uint64_t from_ns, to_ns;  /* to_ns 0: to the end */
	uint32_t tid;             /* what this thread depended on; 0: the run */
	size_t   steps;           /* into how many the chain is drawn together; 0: all there are */
};

/* The model has run whole, with PATH_GRAPH_PARTS. False: nothing was recorded in that time. */
bool path_add(const struct view_input *, struct doc *, const struct path_choice *);

#endif
