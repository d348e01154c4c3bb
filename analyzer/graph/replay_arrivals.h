/* replay_arrivals.h - the state of a replay in which locks go to whoever comes first; and its processors (replay_cpus.c). */
#ifndef HP_GRAPH_REPLAY_ARRIVALS_H
#define HP_GRAPH_REPLAY_ARRIVALS_H

#include "replay.h"

#define NOBODY UINT32_MAX

enum doing {
	RUNS,          /* in the heap: goes on with the operation at `at` at its time */
	RETRIES,       /* in the heap: was woken for a lock */
	WORKS,         /* in the heap: a slice of work ends */
	QUEUES,        /* for a processor */
	WAITS_GATE, WAITS_LOCK, WAITS_ROUND,
	ENDED,
};

struct runner {
	double   time, left;          /* left: of the work it is at */
	size_t   at;
	uint32_t work, next, holds;   /* next piece; in some queue; how many of `held` */
	uint32_t held[6];             /* pass.locks whose holds are scaled */
	uint8_t  doing, on_cpu, waited, passed_gate;
};

struct line { uint32_t first, last; };                        /* runners, by `next` */
struct opening { double at; uint32_t first; uint8_t open; };  /* a gate */
struct lock_now { uint32_t holder, readers, taken, woken; struct line line; };
struct gathering { double last; uint32_t came, first; };      /* at a barrier */

struct arriving {
	const struct tape *p;
	const struct pass *pass;
	const double *share;
	struct runner *runners;
	struct opening *gates;
	struct lock_now *locks;
	struct gathering *rounds;
	uint32_t *heap, heaped;       /* runners by time */
	struct line queue;            /* for a processor */
	uint32_t cpus, busy;          /* 0: no limit */
	uint64_t forced;
};

void arriving_push(struct arriving *, uint32_t runner);
uint32_t arriving_pop(struct arriving *);
void line_add(struct arriving *, struct line *, uint32_t runner);
void line_add_first(struct arriving *, struct line *, uint32_t runner);
uint32_t line_take(struct arriving *, struct line *);

/* ---- processors ---- */
/* Work of so many ns. Whether the runner can go on at once; if not, somebody else is to. */
int cpus_work(struct arriving *, uint32_t runner, double ns);
/* A slice has ended: the same. */
int cpus_slice(struct arriving *, uint32_t runner);
/* It waits or sleeps from now on. */
void cpus_leave(struct arriving *, uint32_t runner);

#endif
