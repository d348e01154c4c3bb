/*
 * path.h - the critical path: the chain of work and waits that the end of a run depended on. Walked backwards from the end: what
 * a thread did, until it had to wait for somebody; then what that one did before.
 *
 *     struct path *p = path_new(graph, &(struct path_options){ .thread = THREAD_NONE });
 *     ... p->segments, which follow one another without a gap from from_ns to to_ns ...
 *     path_free(p);
 */
#ifndef HP_GRAPH_PATH_H
#define HP_GRAPH_PATH_H

#include "graph.h"

/* What the time of a segment went to. Words as in JSON. */
#define PATH_KINDS(X) \
	X(WORK, "work")            /* between acts, on a call path */ \
	X(IO, "io")                /* a call on a file, or a channel that had what it wanted */ \
	X(SLEEP, "sleep") \
	X(WAIT, "wait")            /* for a lock or the like that nobody gave up: timeouts, owners that are not known */ \
	X(HAND_OVER, "hand-over")  /* from the moment when somebody let it go on until it did: waking up */ \
	X(START, "start")          /* from the creation of a thread or process to its first event */ \
	X(EXTERNAL, "external")    /* for what was not recorded: peers, timers, children */ \
	X(OUTSIDE, "outside")      /* before the first event of a thread that nobody is known to have created */
enum path_kind {
#define X(name, text) PATH_##name,
	PATH_KINDS(X)
#undef X
	PATH_KIND_COUNT
};

struct path_segment {
	uint64_t start, end;
	uint32_t thread, kind;
	uint32_t path;               /* of graph.paths: of the work, or where the act was called; 0 unknown */
	uint32_t act;                /* ACT_NONE: work */
	uint32_t lock;               /* it was held up to `end` by who was waited for, in this lock; LOCK_NONE: none */
};

/* What the path spent on one thing that acts are about, called from one place. */
struct path_object {
	uint32_t kind;               /* enum path_kind */
	uint32_t act;                /* one of those: it tells what the object is */
	uint64_t ns, times;
};

/* What a lock has to do with the path. */
struct path_lock {
	uint64_t held_ns;            /* of the path: while somebody had it for whom the path waited */
	uint64_t hand_over_ns;       /* from its releases to the waiters' going on */
	uint64_t hand_overs, down_to; /* down_to: private */
};

struct path_thread {
	uint64_t on_path_ns, work_ns; /* of the window: on the path; in all between acts */
	uint64_t slack_ns;           /* how much longer it may take, at some place, before the end moves; PATH_FREE: nothing waits for it */
};
#define PATH_FREE UINT64_MAX

struct path {
	const struct graph *graph;
	uint64_t from_ns, to_ns;
	uint32_t open_act;           /* the call that had not returned at the end; ACT_NONE: there is none */
	VEC(struct path_segment) segments;   /* by time */
	uint64_t joined;             /* segments that became part of a neighbour, as there were too many; all other figures know them */
	uint64_t kind_ns[PATH_KIND_COUNT];
	uint64_t *work_ns, *calls_ns; /* by graph path: on the critical path, between acts and in them */
	VEC(struct path_object) objects;
	VEC(struct path_lock) locks; /* by lock; may be shorter than there are locks */
	struct path_thread *threads; /* by thread */
	uint64_t jumps;              /* from one thread to another */
	uint64_t idle_ns, alone_ns;  /* no thread, just one was working */
	/* by graph path: all work of the window, and the least slack of it */
	uint64_t *all_ns, *slack_ns;
};

struct path_options {
	uint64_t from_ns, to_ns;     /* to_ns 0: the end of the run */
	uint32_t thread;             /* the path that this thread depended on at to_ns, or at its end; THREAD_NONE: the run */
};

/* NULL: there is nothing in that time. */
struct path *path_new(const struct graph *, const struct path_options *);
void path_free(struct path *);

const char *path_kind_name(unsigned kind);

#endif
