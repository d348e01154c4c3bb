/*
 * work.h - what threads did between their acts (acts.h): which call path had how much of that time. MODEL_GRAPH collects it in
 * the thread pass; graph.h lays it beside the acts.
 *
 * The innermost instrumented function has its self time. Where none is open, time between two events goes to the common part of
 * their stacks (functions.h, "between"). What a path has before one act is one piece; of an interval with more than
 * WORK_PIECES_MOST of them the smallest are given to their callers, so that memory grows with acts, not with calls.
 */
#ifndef HP_MODEL_WORK_H
#define HP_MODEL_WORK_H

#include "util/vec.h"

#include <stdint.h>

enum { WORK_PIECES_MOST = 16, WORK_FULL_MOST = 1 << 14 };  /* FULL: of 4 s, by a worker: 19 hours */

/* path: works.call_nodes and more are stacks, see work_stack_path; less are nodes of functions.nodes; 0 unknown. */
struct work_piece { uint32_t path, ns; };
#define WORK_ACT UINT32_MAX  /* as a path: here an act ends; ns are the low 32 bits of its time */

/* Of a thread, in its order: the pieces before each act, then one of WORK_ACT; behind the last one those up to the end. */
struct thread_work { VEC_FIELDS(struct work_piece) };

struct works {
	VEC(struct thread_work) threads;  /* by index */
	uint32_t call_nodes;              /* paths below this are nodes of the call tree */
};

static inline uint32_t work_stack_path(const struct works *w, uint32_t stack)
{
	return stack ? w->call_nodes + stack - 1 : 0;
}

#endif
