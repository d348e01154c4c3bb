/*
 * graph.h - a run as a graph: the acts of each thread (model/acts.h), the work between them by call path, and who waited for
 * whom. The critical path walks it (path.h), the what-if replays it (replay.h).
 *
 * The acts of a thread follow one another: PLACES in `order`. Before each there is work: the time since the end of the act before
 * it. An act ends no sooner than its gate lets it, and takes its own time after that (the wake-up of a thread, the call itself).
 *
 * Acts of a signal handler lie inside of others, and stamps may go back by some ns: an act counts from the end of the one before
 * it (graph_act_start), so that the times of a thread's work and acts add up to its life, exactly.
 */
#ifndef HP_GRAPH_GRAPH_H
#define HP_GRAPH_GRAPH_H

#include "model/model.h"

/*
 * A call path: a node of a tree, 0 the root and unknown. Its own place: a function's start, or a code address of a stack that
 * names it (a return address: look up offset - 1). Parents stand before their children.
 * 1 .. call_nodes - 1 are those nodes of functions.nodes; then come the stacks from 1 on; then those that only the graph has.
 */
struct graph_path { uint32_t parent, module; uint64_t offset; uint8_t is_function; };

/* No function, but what a program does before its first event: the loader, constructors. */
static inline int graph_is_startup(const struct graph_path *p) { return p->is_function && p->module == MODULE_NONE && !p->offset; }

/* A piece of work on a path. Longer ones than 4 s are several. */
struct graph_work { uint32_t path, ns; };

struct graph_thread { uint32_t first, count; };      /* of graph.order; count 0: it did nothing, or is not looked at */

struct graph {
	const struct model *model;        /* its acts */
	VEC(struct graph_path) paths;
	uint32_t call_nodes, stack_count; /* see struct graph_path */
	VEC(struct graph_work) work;      /* in the order of graph.order: never more before an act than there is time */
	uint32_t *order;                  /* acts by thread, in the thread's order: ascending numbers */
	uint32_t *work_first;             /* by place, and one more: what was done before that act begins at work[that] */
	struct graph_thread *threads;     /* by thread */
	uint32_t thread_count;
	uint32_t end_act;                 /* the one that the run's end is: the last END of the root process, or the last act of all */
	uint64_t from_ns, to_ns;          /* of the run: 0, and the end of end_act */
	uint64_t work_ns, unknown_ns;     /* all time between acts; of this, without a known path */
	uint64_t unmatched;               /* acts whose event was not met in the thread pass: the work around them is one piece */
};

/*
 * What function a stack's innermost frame is in: the same number for the same function, 0 unknown. Where a thread has been twice
 * in one function the time in between was spent there, even if all that is known of it are these two places.
 */
typedef uint64_t graph_function(void *data, uint32_t stack);

/*
 * Of a model that has run with MODEL_ACTS | MODEL_GRAPH. The graph refers to it, and takes its work: one graph a model.
 * function: NULL: no names.
 */
struct graph *graph_new(const struct model *, graph_function *function, void *data);
void graph_free(struct graph *);

/* The path of an act's stack. */
static inline uint32_t graph_stack_path(const struct graph *g, uint32_t stack)
{
	return stack && stack <= g->stack_count ? g->call_nodes + stack - 1 : 0;
}

/* The place of an act. */
uint32_t graph_place(const struct graph *, uint32_t act);

/* When an act begins and ends; `before`: when the one before it in its thread ended (of the first one: 0), by this same rule. */
static inline uint64_t graph_act_start(const struct act *a, uint64_t before) { return a->start > before ? a->start : before; }
static inline uint64_t graph_act_end(const struct act *a, uint64_t before)   { return a->end > before ? a->end : before; }

/* Whether an act lets others go on when it begins (acts.h), not when it ends. */
static inline int graph_gates_at_start(const struct act *a)
{
	switch (a->kind) {
	case ACT_END: case ACT_READ: case ACT_SLEEP: case ACT_POLL: case ACT_ACQUIRE: case ACT_ACQUIRE_SH: return 0;
	default: return 1;
	}
}
static inline uint64_t graph_gate_ns(const struct act *gate) { return graph_gates_at_start(gate) ? gate->start : gate->end; }

/* Whether the act had to wait for its gate: that came later than it did itself. */
static inline int graph_waited(const struct act *a, const struct act *gate) { return graph_gate_ns(gate) > a->start; }

#endif
