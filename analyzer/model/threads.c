/* threads.c - who created whom, and when threads began and ended; worked out when all events are known. */
#include "thread_pass.h"

#include <stdlib.h>

enum { SKEW_NS = 200 };  /* a create is stamped before the call: only two cores' clocks can make its thread begin earlier */

struct birth { uint32_t process, thread; uint64_t pthread, ns; };

static int create_order(const void *a, const void *b)
{
	const struct create *x = a, *y = b;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	if (x->pthread != y->pthread)
		return x->pthread < y->pthread ? -1 : 1;
	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

/* 0: of the same pthread_t */
static int create_group(const struct create *x, const struct create *y)
{
	return x->process != y->process || x->pthread != y->pthread;
}

static int birth_order(const void *a, const void *b)
{
	const struct birth *x = a, *y = b;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	if (x->pthread != y->pthread)
		return x->pthread < y->pthread ? -1 : 1;
	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

/* < 0: the create is of a pthread_t before the thread's, > 0 behind it. */
static int compare(const struct create *c, const struct birth *b)
{
	if (c->process != b->process)
		return c->process < b->process ? -1 : 1;
	return c->pthread < b->pthread ? -1 : c->pthread > b->pthread;
}

static void adopt(struct model *m, struct create *c, const struct birth *b)
{
	struct thread *t = &m->threads.v.v[b->thread];
	c->thread = b->thread;
	t->created_by = c->creator;
	t->create_stack = c->stack;
	t->start_module = c->start.module;
	t->start_offset = c->start.offset;
	if (c->ns < t->start_ns)
		t->start_ns = c->ns;
}

/* One pthread_t's creations and lives, both in order. Where some had no event: each life goes with the last creation before it. */
static void match_one(struct model *m, struct create *c, size_t creates, const struct birth *b, size_t births)
{
	size_t i = 0;
	for (size_t k = 0; k < births; k++) {
		struct create *best = creates == births ? &c[k] : NULL;
		for (; creates != births && i < creates && c[i].ns <= b[k].ns + SKEW_NS && (!best || creates - i > births - k - 1); i++)
			best = &c[i];
		if (best)
			adopt(m, best, &b[k]);
	}
}

/*
 * Both lists by process, pthread_t and time. A creation is stamped before the call, which may wait for the end of the
 * thread that had this pthread_t before: its stamp can lie before that one's life, so order counts more than time.
 */
static void match(struct model *m, struct create *c, size_t creates, const struct birth *b, size_t births)
{
	for (size_t i = 0, k = 0; i < creates && k < births;) {
		int order = compare(&c[i], &b[k]);
		size_t i1 = i, k1 = k;
		while (i1 < creates && compare(&c[i1], &b[k]) == order && !create_group(&c[i], &c[i1]))
			i1++;
		while (order == 0 && k1 < births && !compare(&c[i], &b[k1]))
			k1++;
		if (order == 0)
			match_one(m, c + i, i1 - i, b + k, k1 - k);
		i = order <= 0 ? i1 : i;
		k = order == 0 ? k1 : order > 0 ? k + 1 : k;
	}
}

/* A thread that had no event of its own. */
static void add_unseen(struct model *m, struct create *c)
{
	c->thread = (uint32_t)m->threads.v.n;
	vec_push(&m->threads.v, (struct thread){
		.process = c->process, .created_by = c->creator, .create_stack = c->stack,
		.start_module = c->start.module, .start_offset = c->start.offset, .start_ns = c->ns,
	});
	vec_push(&m->private->states, NULL);
}

static void match_creates(struct model *m)
{
	VEC(struct birth) births = { 0 };
	for (unsigned d = 0; d < m->dump_count; d++) {
		for (size_t i = 0; i < m->dumps[d]->threads.n; i++) {
			const struct dump_thread *t = m->dumps[d]->threads.v[i];
			const struct thread *of = &m->threads.v.v[t->model];
			if (t->pthread)
				vec_push(&births, (struct birth){ of->process, t->model, t->pthread, of->start_ns });
		}
	}
	vec_sort(&births, birth_order);
	vec_sort(&m->private->creates, create_order);
	match(m, m->private->creates.v, m->private->creates.n, births.v, births.n);
	vec_free(&births);
	for (size_t i = 0; i < m->private->creates.n; i++)
		if (m->private->creates.v[i].thread == THREAD_NONE)
			add_unseen(m, &m->private->creates.v[i]);
}

void threads_finish(struct model *m)
{
	match_creates(m);
	for (size_t i = 0; i < m->threads.v.n; i++) {
		struct thread *t = &m->threads.v.v[i];
		struct process *p = &m->processes.v.v[t->process];
		const struct thread_state *s = m->private->states.v[i];
		const struct call_state *calls = thread_pass_state(m, (uint32_t)i);
		p->threads++;
		t->events = calls ? calls->events : s ? s->events : 0;
		if (!t->ended)
			t->end_ns = p->last_ns;
		if (t->end_ns < t->start_ns)
			t->end_ns = t->start_ns;
	}
}
