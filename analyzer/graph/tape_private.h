/* tape_private.h - what a program is made with; of no use once it is there. */
#ifndef HP_GRAPH_TAPE_PRIVATE_H
#define HP_GRAPH_TAPE_PRIVATE_H

#include "tape.h"
#include "util/map64.h"

enum half { HALF_START, HALF_END };

/* A thread's way through its acts. before: when the last one ended. */
struct way {
	uint32_t at, count, first;          /* places: the next one; how many; graph.order's of 0 */
	uint32_t last;                      /* acts behind this one do not count */
	uint8_t  begun, waiting, met;       /* the next one's start is out; it is on the stack; any act is out */
	uint64_t before;
	size_t   code, end;                 /* where to write next, and not */
	VEC(uint32_t) timeouts;             /* the last waits, all for one thing, that ran out of time */
};

/* Who has a lock, as far as the order has come. */
struct has { uint32_t holder, depth, readers; uint64_t given, given_sh; };

struct coming { uint32_t lock, act; int64_t round; };  /* to a barrier */

struct gate_slot { uint32_t slot, uses; };

struct making {
	struct tape *p;
	const struct graph *g;
	const struct act *acts;
	size_t act_count;
	struct way *ways;                   /* by thread */
	uint8_t *elastic;                   /* by act, a bit: a wait that ran out of time and was begun again until it was ended (tape_timeouts.c) */
	uint32_t *uses;                     /* by act: how often it is a gate; once it is open: its number + 1 */
	VEC(struct gate_slot) gates;
	VEC(uint32_t) free_slots;
	VEC(struct has) has;                /* by tape.locks */
	VEC(struct coming) coming;          /* by lock and round */
	uint32_t *round_of;                 /* by `coming` */
	uint8_t *round_begun;
	struct map64 class_numbers;
	struct { uint64_t ns, count; } cost[ACT_KIND_COUNT];  /* acts with a gate that had not to wait */
	unsigned ops;                       /* of the turn that is being written */
};

/* An act as it is replayed: clipped to the time that is looked at and to the one before it. */
struct span { uint64_t before, start, end; };
struct span making_span(const struct making *, const struct act *, uint64_t before, int first);

int making_counts(const struct making *, uint32_t act);
/* To be called for all acts in their order: finds those that are elastic. */
void making_timeout(struct making *, uint32_t act, const struct span *);
static inline int making_elastic(const struct making *m, uint32_t act) { return m->elastic[act / 8] >> act % 8 & 1; }
/* Whether the act's gate is one that can be kept: known, of another thread, no later than the act's end. */
int making_gated(const struct making *, const struct act *);
uint32_t making_class(struct making *, const struct act *);
/* Index of `coming`, ACT_NONE: none. */
uint32_t making_coming(const struct making *, const struct act *, uint32_t number);

/* Puts all acts into an order in which gates come first, and writes what each does (tape_order.c). */
void making_order(struct making *);
/* Writes the half of the act that the thread is at; HALF_END goes on to the next one (tape_write.c). */
void making_write(struct making *, uint32_t thread, enum half);
/* The end of a window finds the thread that matters amid its work: what of that lies inside. */
void making_tail(struct making *);
/* Words that an act takes at most; and that a tail does. */
enum { TAIL_SIZE = 8 };
size_t making_size(const struct making *, uint32_t act, const struct span *, int first);

static inline uint32_t making_now(const struct making *m, uint32_t thread)
{
	const struct way *w = &m->ways[thread];
	return w->at < w->count ? m->g->order[w->first + w->at] : ACT_NONE;
}

/* Acts of a thread are numbered in its order. */
static inline int making_done(const struct making *m, uint32_t act, enum half half)
{
	uint32_t thread = m->acts[act].thread, now = making_now(m, thread);
	return now == ACT_NONE || act < now || (act == now && half == HALF_START && m->ways[thread].begun);
}

#endif
