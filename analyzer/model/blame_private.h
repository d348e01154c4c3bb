/*
 * blame_private.h - what blame*.c share: the threads as a forest, in which a thread that waits hangs below the one it waits for.
 *
 *     blame.c        goes over the acts of all threads in order of time
 *     blame_order.c  what is next
 *     blame_tree.c   the forest; who is charged until when
 *     blame_keys.c   reasons and cells
 */
#ifndef HP_MODEL_BLAME_PRIVATE_H
#define HP_MODEL_BLAME_PRIVATE_H

#include "blame.h"
#include "util/map64.h"

enum blame_phase {
	PHASE_RUNS, PHASE_WAITS,
	PHASE_WOKEN,       /* what it waited for has come */
	PHASE_UNBORN,      /* hangs below its creator */
};

struct blame_thread {
	uint32_t at, end;            /* of blame_run.order: its next act */
	uint64_t next_ns;            /* when its next step is due */
	uint64_t from, gone_on, to;  /* of its wait: `gone_on`: when it was let go on; `to`: its end, also if it is in none */
	uint64_t since;              /* up to when its wait is charged */
	uint32_t key;                /* what is to be charged from then on */
	uint32_t parent, first_child, next, prev;          /* threads; THREAD_NONE */
	uint32_t lock, next_waiter, prev_waiter;           /* the lock that it waits for, LOCK_NONE; the others that do */
	uint8_t  phase, counts;
	uint8_t  in_circle;
	const struct act *act;       /* PHASE_WAITS, PHASE_WOKEN */
};

struct blame_lock { uint32_t holder, first_waiter; };

struct blame_run {
	const struct model *m;
	struct blame *out;
	struct blame_thread *threads;
	uint32_t thread_count;
	uint32_t *order;             /* acts by thread */
	struct blame_lock *locks;
	size_t lock_count;
	uint8_t *known_holds;        /* by act: an acquisition whose release is an act as well */
	uint32_t *heap, heap_count;  /* threads, the next step's first */
	struct map64 by_hash;        /* of keys */
	struct map64 by_pair;        /* waiter << 32 | key -> cell */
	VEC(uint32_t) todo;          /* for walks over the forest */
};

/* ---- blame_order.c ---- */
/* Fills `order`; each thread's at and end. */
void blame_order_acts(struct blame_run *);
/*
 * Acquisitions and releases that nobody waited for may be no acts. Who had to wait for a lock holds it up to its own release, if
 * that is the next thing that is known of the lock; else to some time that is not known.
 */
void blame_find_holds(struct blame_run *);
/* Puts the heap in order again: the thread at a place is due later than it was. */
void blame_sink(struct blame_run *, uint32_t place);

/* ---- blame_tree.c ---- */
/* What the thread's waiters, and itself, are charged with changes at `now`: before, and after. */
void blame_settle(struct blame_run *, uint32_t thread, uint64_t now);
void blame_renew(struct blame_run *, uint32_t thread, uint64_t now);
void blame_detach(struct blame_run *, uint32_t thread);
/* Unless that made a circle: notes so. THREAD_NONE: nothing to hang below. */
void blame_attach(struct blame_run *, uint32_t thread, uint32_t parent);

/* ---- blame_keys.c ---- */
/* What a waiter below `child`, which hangs directly below the root, is charged with. child == root: the root itself. */
uint32_t blame_key_of(struct blame_run *, uint32_t root, uint32_t child, uint32_t waiter);
/* The same as what its parent is. */
uint32_t blame_key_like(struct blame_run *, uint32_t key, uint32_t waiter);
void blame_charge(struct blame_run *, uint32_t waiter, uint32_t key, uint64_t from, uint64_t to);
void blame_sort(struct blame *);

#endif
