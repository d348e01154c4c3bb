/*
 * plan.h - what would be changed: a plan is some terms that hold together, each of one thing scaled; and the tables that tell a
 * replay of several plans at once, a lane each, what that means for a piece of work, a call or a lock.
 */
#ifndef HP_GRAPH_PLAN_H
#define HP_GRAPH_PLAN_H

#include "tape.h"
#include "util/map64.h"

enum { PLAN_LANES = 16, PLAN_TERMS = 60, PLAN_PARTS = 64 };

enum plan_change {
	PLAN_SCALE,       /* work on paths, and calls of classes: times factor */
	PLAN_HOLD,        /* all that a thread does while it has one of the locks: times factor */
	PLAN_NO_WAIT,     /* nobody waits for the locks */
	PLAN_SPLIT,       /* each lock is `parts` locks that are taken in turn */
	PLAN_CPUS,        /* `parts` processors */
};

struct plan_list { VEC_FIELDS(uint32_t) };

struct plan_term {
	enum plan_change change;
	double factor;
	uint32_t parts;
	struct plan_list paths, classes, locks;  /* graph.paths, tape.classes, tape.locks */
};

struct plan { VEC_FIELDS(struct plan_term) };

void plan_free(struct plan *);

/* A lock that some plan of a pass is about. */
struct pass_lock {
	double   hold[PLAN_LANES];        /* 1: as it is */
	uint8_t  open[PLAN_LANES];        /* nobody waits */
	uint8_t  parts[PLAN_LANES];       /* 1: as it is */
	uint32_t most_parts;
	uint8_t  has_hold;
};

/* Some plans, ready for a replay. Where a table has 0 nothing is changed. */
struct pass {
	uint32_t lanes;
	uint32_t *path_scale, *class_scale;           /* index of scales, by path and by class */
	VEC(struct { double by[PLAN_LANES]; }) scales;
	uint32_t *lock_change;                        /* index of locks, by tape.locks */
	VEC(struct pass_lock) locks;                  /* [0] is none */
	uint32_t cpus;                                /* of the first plan; 0: as many as are wanted */
};

/*
 * Takes the first plans of `plans` that fit into one pass; how many, at least 1 of n (but for one of more than PLAN_TERMS terms: 0).
 * factors: NULL, or what each lane's scaling terms have instead of their own; then all lanes are of plans[0], and n is how many.
 */
uint32_t pass_new(struct pass *, const struct tape *, const struct plan *plans, uint32_t n, const double *factors);
void pass_free(struct pass *);

#endif
