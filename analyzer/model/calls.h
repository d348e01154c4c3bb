/*
 * calls.h - single function calls, as far as they are asked for (model_options.calls), and how much of the wall clock a
 * function was open in some thread. Memory is bounded: a list holds what it is asked to, and the times of all functions together
 * MOST_SPANS intervals; where there are more, a thread's calls with short gaps between them become one, which knows its share.
 */
#ifndef HP_MODEL_CALLS_H
#define HP_MODEL_CALLS_H

#include "hist.h"
#include "util/vec.h"
#include <stdint.h>

enum { CALLS_RECENT = 1, CALLS_LONGEST = 2 };

struct calls_wanted {
	/* How calls of a function are listed: place as in struct function. Asked once for each, by any thread. NULL: not at all. */
	unsigned (*matches)(void *data, uint32_t module, uint64_t offset);
	void    *data;
	uint32_t most;               /* calls a list. The recent are those that ended last */
	int      by_node;            /* times of the calls of each node of the call tree: calls.times. 2 KiB a node */
	int      wall;               /* function.wall_ns */
};

/* CALL_CUT: by longjmp, an exception or the end of its thread. CALL_OPEN: at the end of what is reported on. */
enum call_end { CALL_RETURNED, CALL_CUT, CALL_OPEN };
const char *call_end_name(enum call_end);

struct single_call {
	uint64_t start_ns, ns;       /* ns: how long it took */
	uint32_t node, thread;       /* node of the call tree; index */
	enum call_end end;
};

struct single_calls { VEC_FIELDS(struct single_call) };

struct call_lists {
	struct single_calls recent, longest;   /* after the end: the newest, and the longest first */
	VEC(struct hist) times;                /* by node, of calls that returned; shorter than nodes where there are none */
	struct calls_private *private;         /* NULL: nothing is wanted */
};

#endif
