/*
 * edges.c - who ended whose wait, when all acts are known: by object, in the order of their ends. Locks are done already
 * (acts_locks.c). A gate is another thread's act that took effect before what it ended could have ended.
 */
#include "acts_private.h"

#include <stdlib.h>

#include "util/alloc.h"

void edge_set(struct model *m, uint32_t act, uint32_t gate)
{
	struct act *a = &m->acts.v.v[act];
	const struct act *g = gate == ACT_NONE ? NULL : &m->acts.v.v[gate];
	if (g && g->thread != a->thread && act_gate_ns(g) <= a->end + ACT_SKEW_NS)
		a->gate = gate;
}

/* ---- by lock ---- */

static void (*const rules[ACT_KIND_COUNT])(struct model *, const uint32_t *, size_t) = {
	[ACT_COND_WAIT] = edges_of_cond, [ACT_SIGNAL] = edges_of_cond, [ACT_BROADCAST] = edges_of_cond,
	[ACT_SEM_WAIT] = edges_of_sem, [ACT_SEM_POST] = edges_of_sem, [ACT_SEM_INIT] = edges_of_sem,
	[ACT_BARRIER] = edges_of_barrier,
	[ACT_FUTEX_WAIT] = edges_of_futex, [ACT_FUTEX_WAKE] = edges_of_futex,
};

static int is_on_lock(const struct act *a, size_t locks)
{
	return rules[a->kind] && a->object < locks;
}

/* Acts sorted by their lock: of the lock i they are order[first[i]] to order[first[i + 1] - 1]. */
static uint32_t *sort_by_lock(const struct model *m, uint32_t *first)
{
	size_t locks = m->locks.v.n, n = m->acts.v.n;
	for (size_t i = 0; i < n; i++)
		if (is_on_lock(&m->acts.v.v[i], locks))
			first[m->acts.v.v[i].object + 1]++;
	for (size_t i = 0; i < locks; i++)
		first[i + 1] += first[i];
	uint32_t *order = xcalloc(first[locks] + 1, sizeof *order), *next = xcalloc(locks + 1, sizeof *next);
	for (size_t i = 0; i < locks; i++)
		next[i] = first[i];
	for (size_t i = 0; i < n; i++)
		if (is_on_lock(&m->acts.v.v[i], locks))
			order[next[m->acts.v.v[i].object]++] = (uint32_t)i;
	free(next);
	return order;
}

static int parties_order(const void *x, const void *y)
{
	const struct barrier_parties *a = x, *b = y;
	if (a->lock != b->lock)
		return a->lock < b->lock ? -1 : 1;
	return a->ns < b->ns ? -1 : a->ns > b->ns;
}

static void find_by_lock(struct model *m)
{
	vec_sort(&m->acts.private->parties, parties_order);
	uint32_t *first = xcalloc(m->locks.v.n + 1, sizeof *first), *order = sort_by_lock(m, first);
	for (size_t i = 0; i < m->locks.v.n; i++)
		if (first[i + 1] > first[i])
			rules[m->acts.v.v[order[first[i]]].kind](m, order + first[i], first[i + 1] - first[i]);
	free(order);
	free(first);
}

/* ---- threads ---- */

static void find_creates(struct model *m)
{
	const struct acts_private *p = m->acts.private;
	for (size_t i = 0; i < m->private->creates.n; i++) {
		const struct create *c = &m->private->creates.v[i];
		if (c->act == ACT_NONE)
			continue;
		m->acts.v.v[c->act].object = c->thread;
		edge_set(m, p->begin_of[c->thread], c->act);
	}
}

struct life { uint64_t pthread, start; uint32_t process, thread; };

static int life_order(const void *x, const void *y)
{
	const struct life *a = x, *b = y;
	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	if (a->pthread != b->pthread)
		return a->pthread < b->pthread ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->thread < b->thread ? -1 : a->thread > b->thread;
}

struct lives { VEC_FIELDS(struct life) };

static struct lives lives_of(const struct model *m)
{
	struct lives all = { 0 };
	for (unsigned d = 0; d < m->dump_count; d++) {
		for (size_t i = 0; i < m->dumps[d]->threads.n; i++) {
			const struct dump_thread *t = m->dumps[d]->threads.v[i];
			const struct thread *of = &m->threads.v.v[t->model];
			if (t->pthread)
				vec_push(&all, (struct life){ t->pthread, of->start_ns, of->process, t->model });
		}
	}
	for (size_t i = 0; i < m->private->creates.n; i++) {
		const struct create *c = &m->private->creates.v[i];
		if (c->thread >= m->acts.private->first_threads)  /* the others are known already */
			vec_push(&all, (struct life){ c->pthread, c->ns, c->process, c->thread });
	}
	vec_sort(&all, life_order);
	return all;
}

/* Whose pthread_t it was at `ns`: the last one that had begun by then, or THREAD_NONE. */
static uint32_t thread_at(const struct lives *all, uint32_t process, uint64_t pthread, uint64_t ns)
{
	const struct life key = { pthread, ns, process, THREAD_NONE };
	size_t a = 0, b = all->n;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (life_order(&all->v[mid], &key) <= 0)
			a = mid + 1;
		else
			b = mid;
	}
	if (!a || all->v[a - 1].process != process || all->v[a - 1].pthread != pthread)
		return THREAD_NONE;
	return all->v[a - 1].thread;
}

static void find_joins(struct model *m)
{
	const struct acts_private *p = m->acts.private;
	struct lives all = lives_of(m);
	for (size_t i = 0; i < m->acts.v.n; i++) {
		struct act *a = &m->acts.v.v[i];
		if (a->kind != ACT_JOIN)
			continue;
		a->object = thread_at(&all, m->threads.v.v[a->thread].process, (uint64_t)a->number, a->end);
		a->number = 0;
		if (a->object != ACT_NONE && !(a->flags & (ACT_FAILED | ACT_OPEN)))
			edge_set(m, (uint32_t)i, p->end_of[a->object]);
	}
	vec_free(&all);
}

void edges_find(struct model *m)
{
	find_creates(m);
	find_joins(m);
	edges_of_processes(m);
	find_by_lock(m);
	edges_of_channels(m);
}
