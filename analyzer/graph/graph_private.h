/* graph_private.h - what the parts of graph_new share. */
#ifndef HP_GRAPH_GRAPH_PRIVATE_H
#define HP_GRAPH_GRAPH_PRIVATE_H

#include "graph.h"

struct graph_builder {
	struct graph *g;
	graph_function *function;         /* NULL: no names */
	void *data;
	VEC(uint64_t) functions;          /* by stack: 1 + what function() says; 0: not asked yet */
	struct map64 inside;              /* path << 32 | stack -> that path with the stack's function on it */
	struct map64 threads;             /* by the function that threads begin in: its path */
	uint32_t thread_path;             /* of the thread at hand: its function; 0 unknown */
	uint32_t startup_path;            /* graph_is_startup; 0: not made yet */
	uint32_t full_pieces;             /* of work, as long as one can be */
};

/* ---- graph_known.c: what is known of work that the thread pass knows less of ---- */
/* Another thread is at hand. */
void graph_known_thread(struct graph_builder *, uint32_t thread);
/* The path of what a program does before its first event. */
uint32_t graph_known_startup(struct graph_builder *, uint32_t thread);
/*
 * A better path for work between two acts, which were on these stacks. Between two places of one function the thread was in that:
 * of a lock that nobody else held there is just its call site. Without any path it was in the thread's function.
 */
uint32_t graph_known_path(struct graph_builder *, uint32_t path, uint32_t stack_before, uint32_t stack);

#endif
