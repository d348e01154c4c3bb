/* groups.h - nodes of a graph from which there is a way to each other and back: its strongly connected components. */
#ifndef HP_MODEL_GROUPS_H
#define HP_MODEL_GROUPS_H

#include <stdint.h>

/* Node n has edges to to[start[n]..start[n + 1]). Sets group[n], the same for two nodes of one component, one of its nodes. */
void groups_find(uint32_t nodes, const uint32_t *start, const uint32_t *to, uint32_t *group);

#endif
