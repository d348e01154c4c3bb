/*
 * run_of.h - for unit tests: a run written down act by act, as model_run would have found it.
 *
 *     struct run_of *r = run_new(2);                             two threads
 *     uint32_t a = run_act(r, 0, ACT_RELEASE, 100, 100, LOCK, ACT_NONE);
 *     run_work(r, 1, PATH_A, 60);                                before the thread's next act
 *     run_act(r, 1, ACT_ACQUIRE, 60, 110, LOCK, a);
 *     struct graph *g = run_graph(r);
 *
 * Acts are given in the order of their ends. Stacks 1 .. RUN_PATHS are the paths; each is a function of its own.
 */
#ifndef HP_TESTS_RUN_OF_H
#define HP_TESTS_RUN_OF_H

#include <criterion/criterion.h>
#include <stdlib.h>

#include "graph/graph.h"
#include "model/private.h"

enum { RUN_PATHS = 8, RUN_LOCKS = 4 };

struct run_of { struct model m; };

static inline struct run_of *run_new(unsigned threads)
{
	struct run_of *r = calloc(1, sizeof *r);
	stacks_init(&r->m.stacks);
	for (uint32_t i = 1; i <= RUN_PATHS; i++)
		vec_push(&r->m.stacks.nodes, (struct stack_node){ .depth = 1, .offset = 0x1000 * i });
	vec_push(&r->m.processes.v, (struct process){ .pid = 1 });
	for (unsigned i = 0; i < threads; i++)
		vec_push(&r->m.threads.v, (struct thread){ .tid = 100 + i, .ended = 1 });
	for (unsigned i = 0; i < RUN_LOCKS; i++)
		vec_push(&r->m.locks.v, (struct lock){ .id = i + 1 });
	r->m.works = calloc(1, sizeof *r->m.works);
	r->m.works->call_nodes = 1;
	vec_ensure(&r->m.works->threads, threads - 1);
	return r;
}

static inline void run_work(struct run_of *r, uint32_t thread, uint32_t path, uint32_t ns)
{
	vec_push(&r->m.works->threads.v[thread], (struct work_piece){ path, ns });
}

static inline uint32_t run_act(struct run_of *r, uint32_t thread, unsigned kind, uint64_t start, uint64_t end, uint32_t object, uint32_t gate)
{
	struct act a = { .start = start, .end = end, .thread = thread, .object = object, .other = ACT_NONE, .gate = gate, .kind = (uint8_t)kind };
	if (r->m.acts.v.n)
		cr_assert_leq(r->m.acts.v.v[r->m.acts.v.n - 1].end, end);
	vec_push(&r->m.acts.v, a);
	if (kind != ACT_BEGIN)
		vec_push(&r->m.works->threads.v[thread], (struct work_piece){ WORK_ACT, (uint32_t)end });
	r->m.duration_ns = end;
	return (uint32_t)r->m.acts.v.n - 1;
}

/* A piece of work and an act that takes no time behind it, at `ns`. */
static inline uint32_t run_step(struct run_of *r, uint32_t thread, uint32_t path, uint32_t work, unsigned kind, uint64_t ns, uint32_t object)
{
	run_work(r, thread, path, work);
	return run_act(r, thread, kind, ns, ns, object, ACT_NONE);
}

static inline struct graph *run_graph(struct run_of *r)
{
	return graph_new(&r->m, NULL, NULL);
}

static inline void run_end(struct run_of *r, struct graph *g)
{
	graph_free(g);
	for (size_t i = 0; i < r->m.works->threads.n; i++)
		vec_free(&r->m.works->threads.v[i]);
	vec_free(&r->m.works->threads);
	free(r->m.works);
	vec_free(&r->m.acts.v);
	vec_free(&r->m.threads.v);
	vec_free(&r->m.processes.v);
	vec_free(&r->m.locks.v);
	stacks_free(&r->m.stacks);
	free(r);
}

#endif
