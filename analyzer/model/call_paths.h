/*
 * call_paths.h - what happened along each call path: the figures of every tree (model_options.parts: MODEL_PATHS).
 *
 * A path is known twice: by the call that was innermost (a node of the call tree, functions.h; 0: no instrumented function
 * was open) and by the stack of the event (stacks.h; 0: unknown). The frames of the stack that are further in than that
 * call are those of code that is not instrumented. Peaks and leaks are known by stack alone: memory.sites.
 */
#ifndef HP_MODEL_CALL_PATHS_H
#define HP_MODEL_CALL_PATHS_H

#include "util/map64.h"
#include "util/vec.h"
#include "waits.h"

struct path_costs {
	uint32_t node, stack;
	uint32_t next;               /* 1 + index of an older one of the same stack, 0: none */
	uint64_t events;
	uint64_t wait_ns[WAIT_CLASS_COUNT];
	uint64_t between_ns;         /* struct between_node.self_ns */
	uint64_t other_ns;           /* inside calls that are no waits: stdio, locks that were refused */
	uint64_t stdio_ns;           /* of other_ns: libc's own reads and writes are not seen, so this may be I/O */
	uint64_t alloc_calls, alloc_bytes;
	uint64_t alloc_ns;           /* an estimate from samples; without that of frees, whose path is not known */
	uint64_t io_calls, io_bytes; /* without stdio; bytes read and written */
};

struct call_paths {
	VEC(struct path_costs) v;
	VEC(uint32_t) of_stack;      /* 1 + index of the newest one of each stack; 0: none. May be shorter than stacks.nodes */
	struct map64 by_key;         /* private: node << 32 | stack -> index */
};

#endif
