/*
 * replay.h - how long a run would have taken if something in it had been different. Two ways, which differ in who gets a lock:
 *
 *     replay_recorded   in the order in which they got it in the recording. One pass over the program for 16 plans; several passes
 *                       on all processors.
 *     replay_arrivals   whoever comes first gets a free lock: a waiter that was woken may find it taken by one who just came, as
 *                       with the locks of libc. Also with a limited number of processors. One plan at a time.
 *
 * Neither knows what threads would have done differently: each does what it did in the recording, in that order.
 */
#ifndef HP_GRAPH_REPLAY_H
#define HP_GRAPH_REPLAY_H

#include "plan.h"

/* What is no later than by this is not later: sums of scaled times are not exact, and whether one waits must not depend on that. */
#define REPLAY_TIE_NS 0.5

/* Nanoseconds from tape.from_ns to the end, of each plan. Plans without terms: of the run as it was. */
void replay_recorded(const struct tape *, const struct plan *plans, uint32_t n, double *took);
/* Of one plan, its scaling terms with each of n factors instead of their own. */
void replay_factors(const struct tape *, const struct plan *, const double *factors, uint32_t n, double *took);

struct arrivals {
	double took;
	uint64_t forced;        /* waits that nobody ended any more: they were taken as over when nothing else could go on */
	int ended;              /* 0: there were too many of those, it is not known how long it would have taken */
};

/*
 * cpu_share: by thread, how much of what is recorded as work it ran on a processor; NULL: all. Only with plans that have
 * PLAN_CPUS, where other work waits for a processor by itself.
 */
struct arrivals replay_arrivals(const struct tape *, const struct plan *, const double *cpu_share);

/* For replay_recorded's parts: one pass; took: lanes. */
void replay_lanes(const struct tape *, const struct pass *, double *took);

#endif
