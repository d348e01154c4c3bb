/*
 * thread_pass.h - what is worked out thread by thread: function calls with what happened inside them, and time between
 * events. It needs no order between threads, so workers go over different threads at the same time, while the events of
 * all threads in the order of their times (run.c) are worked on beside them, which passes over function events.
 *
 *     thread_pass_start(m);           workers begin
 *     ... the time pass ...
 *     thread_pass_finish(m, ...);     the caller works along until all is done
 *     thread_pass_collect(m);         all is in m->functions
 *
 * A worker has a call tree of its own; trees become one at the end, in an order that does not depend on who worked on what.
 */
#ifndef HP_MODEL_THREAD_PASS_H
#define HP_MODEL_THREAD_PASS_H

#include "dump/cursor.h"
#include "private.h"

/* On the thread's compensated clock, where even a child's time may be below zero. cut: it began before what is counted. */
struct call_frame { uint32_t node, cut; uint64_t start; int64_t child_ns; };

/* A thread, as far as its own events tell. */
struct call_state {
	VEC(struct call_frame) calls;    /* open function calls */
	struct pass *pass;               /* whose call tree they are in; NULL: no event yet */
	uint64_t cost;                   /* what the recorder has cost it so far, in 1/1024 ns; 0 unless times are compensated */
	uint64_t between_ns;             /* end of the last event that had a stack */
	uint64_t between_cost;           /* `cost` then */
	uint32_t between_stack;
	uint32_t base;                   /* node of the call tree that its calls begin at: 0 unless options.per_thread */
	uint32_t last_path;              /* 1 + index into paths, of the event before; 0: it had none */
	uint32_t thread;                 /* index */
	struct open_calls *open_calls;   /* calls_private.h; NULL: none */
	struct filter_calls *filter;     /* of options.filter */
	struct thread_work *work;        /* MODEL_GRAPH, else NULL: see work.c, as the next four */
	uint64_t work_ns, work_began;    /* up to then it is known who worked; end of the last act */
	size_t   work_from, work_blank;  /* the pieces since the last act, and those that may be blank, begin there */
	uint8_t  in_focus;               /* its last event with a place was: options.focus */
	uint8_t  counting;               /* times have come that are reported on */
	uint64_t function_calls;
	uint64_t last_ns, events;        /* of any kind, whether counted or not */
	uint64_t exec_events;            /* events up to its last exec attempt */
};

/* Of the run's stack nodes, as they were when the pass began: the time pass may add some. */
struct stack_link { uint32_t parent, depth; };

/* What one worker has. */
struct pass {
	struct model *m;
	struct functions fn;             /* the calls of the threads that it has gone over */
	struct feed feed;
	struct cursor cursor;
	uint64_t entries;                /* counted calls */
	uint64_t taken, taken_spread, unmeasured;  /* compensation: in 1/1024 ns, in 1/1024 ns, events */
	const struct stack_link *stacks;
	VEC(uint32_t) path;              /* by depth: nodes of the stack that `path_of` was on last */
	const struct call_state *path_of;
	VEC(uint32_t) piece_of, piece_of_stack;  /* by node and stack: 1 + index of the piece of work that it had last */
	uint64_t work_pieces;
	uint32_t full_pieces;            /* of work, as long as one can be */
};

void thread_pass_start(struct model *);
/* progress may be NULL; `other` bytes of work are done beside this. */
void thread_pass_finish(struct model *, model_progress *progress, void *data, uint64_t other);
/* How many bytes are done, and are to be done; 0 when there is no thread pass. */
uint64_t thread_pass_done(const struct model *);
uint64_t thread_pass_bytes(const struct model *);
/* When it is known how long threads lived: calls that are open end, and all trees become m->functions. */
void thread_pass_collect(struct model *);
void thread_pass_free(struct model *);

/* The thread's state; NULL if there was no thread pass. */
const struct call_state *thread_pass_state(const struct model *, uint32_t thread);

int thread_pass_has_functions(const struct model *);

/* ---- for the parts that work in it ---- */

/* An event of the thread, in order. */
void pass_event(struct feed *);
/* Allocations and frees of near blocks, as many as come next. */
void pass_stretch(struct feed *, struct cursor *);
/* Whether pass_event does anything about an event of this kind but count it. */
int pass_minds(const struct model *, unsigned kind);

/* A call that the thread had not returned from when it was last seen: a wait, up to then. */
void pass_still_waits(struct model *, struct call_state *, const struct pending_call *);

/* As many entries and exits of functions as come next. */
void functions_stretch(struct feed *, struct cursor *);
/* The node of a call from `node` to the function at an address, or at its low 32 bits; made if it is new: nodes may move. */
uint32_t functions_child(struct feed *, uint32_t node, uint64_t address, int low);
void functions_enter(struct feed *, uint64_t address, int low);
void functions_exit(struct feed *);
void functions_cut(struct feed *, uint32_t count);
void functions_alloc(struct feed *, uint64_t size);
void functions_alloc_time(struct feed *, uint64_t ns);
void functions_wait(struct feed *, unsigned wait_class, uint64_t ns);
void functions_stdio(struct feed *, uint64_t ns);
/* A thread's own node: options.per_thread. */
uint32_t functions_thread_node(struct functions *, uint32_t thread);
/* What is counted begins, at private->from_ns: open calls have their time from then on. */
void functions_count_from(const struct model *, struct call_state *);
/* Ends the `count` innermost calls, which are left open, at a time: they have no share in the quantiles. */
void functions_abandon(struct functions *, struct call_state *, uint64_t ns, uint64_t count, enum call_end);
/* Adds a worker's tree to the run's; the worker's is empty then. */
uint32_t *functions_absorb(struct model *, struct functions *from);
/* Numbers functions by place, and nodes along the tree, which grows no more then. Both return each node's new number, or NULL: the caller's. */
uint32_t *functions_renumber(struct functions *);
void functions_forget_maps(struct functions *);
void call_costs_add(struct call_costs *to, const struct call_costs *from);

void between_prepare(struct pass *);
/* An event with a stack (a run's node) that lasted from start to the event's time. */
void between_event(struct feed *, uint32_t stack, uint64_t start_ns);
/* The thread is on this stack now: what of its work had no path was on what that and the last one have in common. */
void between_common(struct feed *, uint32_t stack);
void between_absorb(struct model *, struct functions *from);

/* Single calls (calls.h): calls_entered and calls_left are for functions that have calls.private. */
void calls_begin(struct functions *, const struct calls_wanted *);  /* NULL: nothing is wanted */
void calls_entered(struct functions *, struct call_state *, uint32_t node);
/* The frame is gone from the thread's; end: on the thread's compensated clock. */
void calls_left(struct functions *, struct call_state *, const struct call_frame *, uint64_t end, enum call_end);
/* Adds what was found apart, where the node i is nodes[i] here, and the function i functions[i]. */
void calls_merge(struct functions *to, const struct functions *from, const uint32_t *nodes, const uint32_t *functions);
void calls_finish(struct functions *);
/* The call tree was numbered anew: its node i is nodes[i] now. */
void calls_renumber(struct functions *, const uint32_t *nodes);
void calls_free(struct functions *);

/* Any event but those of functions; also after the time that is reported on. Only called for MODEL_PATHS, as is the next. */
void call_paths_event(struct feed *);
/* An allocation, known already: on a stack (a run's node). */
void call_paths_alloc(struct feed *, uint32_t stack, uint64_t size);
/* Time between two events with no call open, by the stack that both were on. */
void call_paths_between(struct feed *, uint32_t stack, uint64_t ns);
/* The same that has not ended. */
void call_paths_still(struct feed *, uint32_t stack, unsigned wait_class, uint64_t ns);
/* Adds what was found apart, where the node i of the call tree is nodes[i] here. */
void call_paths_merge(struct call_paths *to, const struct call_paths *from, const uint32_t *nodes);
/* The call tree was numbered anew: its node i is nodes[i] now. The order of paths does not depend on who found them. */
void call_paths_renumber(struct call_paths *, const uint32_t *nodes);
void call_paths_free(struct call_paths *);

/* Work between acts (work.c): only called for threads that have `work`. */
#define WORK_BLANK (WORK_ACT - 1)        /* as a path: not known before the next event with a stack */
void work_begin(struct model *, struct call_state *, size_t count);
/* Whoever is innermost has worked until `ns`. */
void work_charge(struct feed *, uint64_t ns);
void work_new_piece(struct pass *, struct call_state *, uint32_t node, uint64_t ns);
/* What was not known yet was on this stack. */
void work_between(struct feed *, uint32_t stack);
/* The event is no act, but took time, on a stack. */
void work_inside(struct feed *, uint32_t stack);
/* The event is an act that began at `start`. */
void work_act(struct feed *, uint64_t start);
/* The thread has not returned from what it began then. */
void work_still_waits(struct feed *, uint32_t stack, uint64_t start);
/* The thread has ended, its open calls have not yet. */
void work_end(struct model *, struct call_state *, uint32_t thread);
/* Nodes are nodes[node] now. */
void work_renumber(struct thread_work *, const uint32_t *nodes);
void work_finish(struct model *);
void work_free(struct works *);

/* Compensation: what it costs to record is charged to the thread; only called if that is asked for. */
void compensate_enter(struct feed *);    /* a call was entered */
void compensate_exit(struct feed *);     /* a call has returned */
void compensate_event(struct feed *);    /* any other event */

/* The run's node of a stack id. Ids of nothing are noted in the time pass. */
static inline uint32_t pass_stack(const struct feed *f, uint32_t id)
{
	uint64_t unknown = 0;
	return stacks_node(&f->m->stacks, f->scope, id, &unknown);
}

/* The node of the innermost open call. */
static inline uint32_t functions_innermost(const struct call_state *s)
{
	return s->calls.n ? s->calls.v[s->calls.n - 1].node : s->base;
}

/* Whether that is a piece of the path since the last act, with room for more. */
static inline int work_has_piece(const struct call_state *s, uint32_t at, uint32_t path, uint64_t ns)
{
	return at > s->work_from && at <= s->work->n && s->work->v[at - 1].path == path && ns <= UINT32_MAX - s->work->v[at - 1].ns;
}

/* `node` has worked until `ns`; 0: no call is open. */
static inline void work_step(struct pass *p, struct call_state *s, uint32_t node, uint64_t ns)
{
	if (ns <= s->work_ns)
		return;
	uint64_t took = ns - s->work_ns;
	uint32_t at = node < p->piece_of.n ? p->piece_of.v[node] : 0;
	s->work_ns = ns;
	if (work_has_piece(s, at, node ? node : WORK_BLANK, took))
		s->work->v[at - 1].ns += (uint32_t)took;
	else
		work_new_piece(p, s, node, took);
}

/* The event's time on its thread's compensated clock. */
static inline uint64_t feed_own_ns(const struct feed *f)
{
	return f->e->ns - (f->c->cost >> 10);
}

#endif
