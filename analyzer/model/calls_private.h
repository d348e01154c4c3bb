/*
 * calls_private.h - how single calls are gathered. Each call is seen when it ends, in any order over the threads: what workers
 * find apart can be put together with calls_merge.
 */
#ifndef HP_MODEL_CALLS_PRIVATE_H
#define HP_MODEL_CALLS_PRIVATE_H

#include "thread_pass.h"

enum { MOST_SPANS = 1 << 20 };   /* 32 MiB */

/* A thread was in a function from start to end, but for gaps that are too short to be kept: busy is without them. */
struct span { uint64_t start, end, busy; uint32_t thread, unused; };

struct function_spans { VEC_FIELDS(struct span) };

struct calls_private {
	const struct calls_wanted *wanted;
	VEC(uint8_t) lists;                       /* of each function: CALLS_*, 0 not asked yet */
	VEC(struct function_spans) spans;         /* of each function */
	size_t   span_count;
	uint64_t gap;                             /* gaps up to this are closed */
	uint32_t round;                           /* of closing them: indices of spans are of this one */
	VEC(struct open_calls *) idle;            /* of threads that have no call open */
};

/* By function: how many calls a thread has open, and 1 + the index of its last span, if that is of this round and this thread. */
struct open_calls { VEC_FIELDS(struct { uint32_t open, span, round; }) };

/* ---- calls_wall.c ---- */
void calls_open(struct calls_private *, struct call_state *, uint32_t function);
/* With the call's frame gone already. */
void calls_close(struct calls_private *, struct call_state *, uint32_t function, uint64_t start, uint64_t end);
void calls_add_spans(struct calls_private *to, uint32_t function, const struct function_spans *);
/* Sets wall_ns and wall_error_ns. Where gaps were closed, threads are taken to be independent of each other. */
void calls_finish_wall(struct functions *);
void calls_free_wall(struct calls_private *);

#endif
