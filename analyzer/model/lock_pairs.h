/*
 * lock_pairs.h - in which orders locks are taken: for two locks of which a thread took one while it held the other, that order.
 * Orders that go round (A before B here, B before A there) are inversions: the program has not hung, but could.
 *
 * A thread's own order counts, not whose turn it was. Memory: a thread's held locks, at most HELD_MOST; 64 bytes for each pair of
 * locks that were ever held together, at most LOCK_PAIRS_MOST of them; and which threads did it.
 */
#ifndef HP_MODEL_LOCK_PAIRS_H
#define HP_MODEL_LOCK_PAIRS_H

#include "util/vec.h"

#include <stdint.h>

enum { HELD_MOST = 256, LOCK_PAIRS_MOST = 1 << 20, LOCK_GATES_MOST = 8 };

/* `second` was taken while `first` was held. A lock's memory may become another lock; lives tell which of them it was. */
struct lock_pair {
	uint32_t first, second;              /* of locks.v */
	uint32_t first_life, second_life;
	uint32_t holding_site, site;         /* stacks: where each was taken, when the order was seen first */
	uint32_t first_thread, thread_count; /* into lock_pairs.threads; how many */
	uint32_t last_thread;                /* that did it */
	uint32_t epoch;                      /* private: of which life the threads are */
	uint32_t gates;                      /* of lock_pairs.gates from here on: what was held as well, each time */
	uint8_t  gate_count, first_shared, second_shared;
	uint8_t  inverted;                   /* there is the reverse, of the same lives */
	uint64_t count, first_ns;
};
struct lock_pair_thread { uint32_t thread, next; };   /* next: index + 1, 0: last */
struct lock_gate { uint32_t lock; uint8_t shared; };

/* Orders that go round: those at lock_pairs.orders[first..first + count), the second of each is the first of the next. */
struct lock_inversion {
	uint32_t first, count;
	uint32_t threads;                    /* how many there are in all of its orders */
	uint32_t guard;                      /* a lock that was held by two of them each time, so that they exclude each other; LOCK_NONE */
	uint8_t  alone;                      /* there are not enough threads for all to be inside at once */
	uint64_t times;                      /* of the rarest of its orders */
};

struct lock_pairs {
	VEC(struct lock_pair) v;
	VEC(struct lock_pair_thread) threads;
	VEC(struct lock_gate) gates;
	VEC(struct lock_inversion) inversions;  /* those that could hang first */
	VEC(uint32_t) orders;                /* pairs */
	uint64_t left_out;                   /* acquisitions whose orders were not noted: too many pairs, or locks held at once */
	uint64_t cycles_left_out;            /* inversions beyond those that are told */
	struct lock_pairs_private *private;
};

#endif
