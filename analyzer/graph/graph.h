/*
 * graph.h - a run as a graph: the acts of each thread (model/acts.h), the work between them by call path, and who waited for
 * whom. The critical path walks it (path.h), the what-if replays it (replay.h).
 *
 * The acts of a thread follow one another. Before each there is work: what the thread did since the end of the act before it.
 * An act ends no sooner than its gate lets it, and takes its own time after that (the wake-up of a thread, the call itself).
 */
#ifndef HP_GRAPH_GRAPH_H
#define HP_GRAPH_GRAPH_H

#include "model/model.h"

/* A call path: a node of a tree, 0 the root. Its own place: a function's start, or a code address of a stack that names it. */
struct graph_path { uint32_t parent, module; uint64_t offset; uint8_t is_function; };

/* A piece of work on a path. Longer ones than 4 s are several. */
struct graph_work { uint32_t path, ns; };

struct graph_thread { uint32_t first, count; };      /* of graph.order */

struct graph {
	const struct model *model;        /* its acts */
	VEC(struct graph_path) paths;
	VEC(struct graph_work) work;      /* by act, in the order of graph.order */
	uint32_t *order;                  /* acts by thread, in the thread's order */
	uint32_t *work_first;             /* by place in `order`, and one more: what was done before the act begins at work[that] */
	struct graph_thread *threads;     /* by thread */
	uint32_t end_act;                 /* the one that the run's end is: the last END of the root process, or the last act of all */
	uint64_t from_ns, to_ns;          /* the time that is looked at */
	uint64_t unknown_ns;              /* time between acts for which no path is known */
};

/* Of a model that has run with MODEL_ACTS | MODEL_GRAPH. The graph refers to it. */
struct graph *graph_new(const struct model *);
void graph_free(struct graph *);

#endif
