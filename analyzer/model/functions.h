/*
 * functions.h - function calls: contract "Functions". The call tree is merged over all threads and processes.
 *
 * Without -finstrument-functions the tree is empty and `between` holds where time went between two events of a thread: a
 * tree over stacks (stacks.h) instead of function calls.
 */
#ifndef HP_MODEL_FUNCTIONS_H
#define HP_MODEL_FUNCTIONS_H

#include "hist.h"
#include "call_paths.h"
#include "calls.h"
#include "util/vec.h"
#include "waits.h"

/* Costs of what happened while something was innermost, or (after functions_finish) below it too. */
struct call_costs {
	uint64_t wait_ns[WAIT_CLASS_COUNT];
	uint64_t stdio_ns;           /* inside calls of stdio: libc's own reads and writes are not seen, so this may be I/O */
	uint64_t alloc_calls, alloc_bytes, alloc_ns;  /* alloc_ns: an estimate from samples */
	uint64_t cut_calls;          /* of open_calls: ended by longjmp, an exception, the end of the thread */
};

#define MODULE_THREAD (UINT32_MAX - 1)  /* options.per_thread: no function, but the thread `offset` as a whole */

struct function {
	uint32_t module;             /* index, or MODULE_NONE: offset is then the address, low 32 bits if that is all; or MODULE_THREAD */
	uint32_t open_calls;         /* at the end, or cut by longjmp, exception or thread end */
	uint64_t offset;
	uint64_t calls, total_ns, self_ns;
	struct hist times;           /* inclusive, of completed calls: min, max, avg, quantiles */
	struct call_costs self, total;
	uint64_t wall_ns;            /* when it was open in some thread, the union; +- wall_error_ns; 0 unless asked for */
	uint64_t wall_error_ns;
	uint64_t running_ns;         /* total_ns less all waits, I/O, stdio and sleep below it */
};

/* A node of the call tree: a function called along one path. [0] is the root. A child's index is greater than its parent's. */
struct call_node {
	uint32_t last_fn32, last_process, last_child;  /* private: the edge that was taken last */
	uint32_t parent, function;   /* function: index; of the root 0, meaningless */
	uint32_t first, next;        /* private: its children while functions_find_recursion goes over them */
	uint32_t open_calls, recursive;  /* recursive: the function occurs further out on the path; known at the end */
	uint32_t costs;              /* index into costs: while it was innermost; 0: none. Sum up for what is below */
	uint64_t calls, total_ns, self_ns;
};
_Static_assert(sizeof(struct call_node) == 64, "a call touches one line");

/* Time between events, by stack; index = stack node of stacks.h. */
struct between_node {
	uint64_t self_ns;            /* between two events, the later on this path, that both were in this node's function, and in none further in */
	uint64_t wait_ns;            /* inside calls made on just this stack: waits and I/O */
	uint64_t calls;              /* events on just this stack */
};

struct functions {
	VEC(struct function) v;
	VEC(struct call_node) nodes;
	VEC(struct call_costs) costs;      /* of nodes; [0] is nobody's and all zero */
	VEC(struct between_node) between;  /* as long as stacks.nodes when asked for, else empty */
	struct call_paths paths;     /* MODEL_PATHS, else empty */
	struct call_lists calls;
	uint64_t unmatched_exits;    /* exits without an entry: recording was switched on inside */
	struct functions_private *private;
};

#endif
