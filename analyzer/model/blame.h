/*
 * blame.h - who held up whom: the time of each wait, charged to what it really took. While A waits for B and B for C, C is charged.
 *
 * At every moment a thread that waits points to the one that its wait ended by: of a lock, to who held it just then. That one may wait
 * as well. At the end of the chain stands the ROOT: it ran, slept, was in I/O, or waited for something that no thread of the
 * recording did. From when it was let go on until it did a waiter is WOKEN: that is the time of the kernel, and of other
 * threads on the processors.
 *
 * All of a thread's waits are charged, its own sleeps and I/O (as far as they are acts) too: the cells of a waiter add up to its
 * waits, to the ns. Of acts that overlap, as those of a signal handler do, a moment is the first one's that ends.
 * Each act costs a heap's step, and one more for every thread that waits in vain for its thread.
 */
#ifndef HP_MODEL_BLAME_H
#define HP_MODEL_BLAME_H

#include "model.h"

/* What the one that is charged did. */
#define BLAME_WHATS(X) X(RAN, "ran") X(SLEPT, "slept") X(IO, "io") X(EXTERNAL, "external") X(NOBODY, "nobody") X(TIMEOUT, "timeout") \
	X(WOKEN, "woken") X(CIRCLE, "circle")
enum blame_what {
#define X(name, text) BLAME_##name,
	BLAME_WHATS(X)
#undef X
	BLAME_WHAT_COUNT
};
const char *blame_what_name(unsigned what);

/* A reason to wait. NOBODY: nothing in the recording ended the wait. CIRCLE: they wait for one another. */
struct blame_key {
	uint32_t owner;        /* thread that is charged; THREAD_NONE: the waiter waited for no thread */
	uint8_t  what;         /* enum blame_what */
	uint8_t  own;          /* enum act_kind: the waiter's wait */
	uint8_t  link;         /* enum act_kind: the wait for the owner, the waiter's own or one further down the chain */
	uint8_t  did;          /* enum act_kind: what the owner was in, unless it ran */
	uint8_t  did_channel;  /* did_object is one of acts.channels, else of READ, WRITE, IO a file */
	uint32_t object;       /* lock of the link; of a READ or WRITE its channel; ACT_NONE: none */
	uint32_t did_object;   /* what `did` was about, ACT_NONE: nothing known */
	uint32_t stack;        /* of what the owner did; where it ran: where it gave up what was waited for; 0 unknown */
};

struct blame_cell { uint32_t waiter, key; uint64_t ns; };

struct blame {
	VEC(struct blame_key) keys;
	VEC(struct blame_cell) cells;    /* by waiter, then the largest first */
	uint64_t total_ns;
};

/* Of a model that has run with MODEL_ACTS. */
struct blame *blame_new(const struct model *);
void blame_free(struct blame *);

#endif
