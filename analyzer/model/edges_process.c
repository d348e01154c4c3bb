/* edges_process.c - who began a process, and whose end a wait for a child was ended by: across all dumps of the run, by pid. */
#include "acts_private.h"

#include <stdlib.h>

#include "util/alloc.h"

struct pid_life { uint64_t start; uint32_t pid, process; };
struct pids { VEC_FIELDS(struct pid_life) };

static int pid_order(const void *x, const void *y)
{
	const struct pid_life *a = x, *b = y;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->process < b->process ? -1 : a->process > b->process;
}

static struct pids pids_of(const struct model *m)
{
	struct pids all = { 0 };
	for (size_t i = 0; i < m->processes.v.n; i++)
		vec_push(&all, (struct pid_life){ m->processes.v.v[i].start_ns, m->processes.v.v[i].pid, (uint32_t)i });
	vec_sort(&all, pid_order);
	return all;
}

/* How many there are up to (pid, ns), that one included: the last of them had this pid at `ns`, if anybody did. */
static size_t count_to(const struct pids *all, uint32_t pid, uint64_t ns)
{
	const struct pid_life key = { ns, pid, PROCESS_NONE };
	size_t a = 0, b = all->n;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (pid_order(&all->v[mid], &key) <= 0)
			a = mid + 1;
		else
			b = mid;
	}
	return a;
}

/* The thread that a process begins and, mostly, ends with. */
static uint32_t *main_threads(const struct model *m)
{
	uint32_t *of = xcalloc(m->processes.v.n + 1, sizeof *of);
	for (size_t i = 0; i < m->processes.v.n; i++)
		of[i] = THREAD_NONE;
	for (uint32_t i = 0; i < m->threads.v.n; i++) {
		const struct thread *t = &m->threads.v.v[i];
		uint32_t *have = &of[t->process], pid = m->processes.v.v[t->process].pid;
		if (*have == THREAD_NONE || (m->threads.v.v[*have].tid != pid && (t->tid == pid || t->start_ns < m->threads.v.v[*have].start_ns)))
			*have = i;
	}
	return of;
}

struct known { const struct model *m; struct pids pids; uint32_t *mains, *last_exec; };

static uint32_t begin_act(const struct known *k, uint32_t process)
{
	return k->mains[process] == THREAD_NONE ? ACT_NONE : k->m->acts.private->begin_of[k->mains[process]];
}

/* The END of the thread that ended each process; of one that has not ended, or goes on as another program, none. */
static uint32_t *process_ends(const struct model *m, const uint32_t *mains)
{
	const struct acts_private *p = m->acts.private;
	uint32_t *of = xcalloc(m->processes.v.n + 1, sizeof *of);
	for (size_t i = 0; i < m->processes.v.n; i++) {
		uint32_t thread = i < p->exits.n && p->exits.v[i] ? p->exits.v[i] - 1 : mains[i];
		int ended = m->processes.v.v[i].end == PROCESS_EXIT || m->processes.v.v[i].end == PROCESS_KILLED;
		of[i] = thread == THREAD_NONE || !ended ? ACT_NONE : p->end_of[thread];
	}
	return of;
}

/* ---- how processes begin ---- */

static void forked(struct model *m, const struct known *k, uint32_t act)
{
	struct act *a = &m->acts.v.v[act];
	uint32_t parent = m->processes.v.v[m->threads.v.v[a->thread].process].pid;
	size_t i = a->number > 0 && a->number <= UINT32_MAX ? count_to(&k->pids, (uint32_t)a->number, a->start) : k->pids.n;
	if (i == k->pids.n || k->pids.v[i].pid != (uint32_t)a->number || m->processes.v.v[k->pids.v[i].process].ppid != parent)
		return;
	a->object = k->pids.v[i].process;
	uint32_t begin = begin_act(k, a->object);
	if (begin != ACT_NONE && m->acts.v.v[begin].gate == ACT_NONE)
		edge_set(m, begin, act);
}

/* Who had this pid before and called exec last. */
static void find_exec(struct model *m, const struct known *k, size_t i)
{
	if (!i || k->pids.v[i - 1].pid != k->pids.v[i].pid)
		return;
	uint32_t before = k->pids.v[i - 1].process, after = k->pids.v[i].process, exec = k->last_exec[before];
	uint32_t begin = begin_act(k, after);
	if (m->processes.v.v[before].end != PROCESS_EXEC || exec == ACT_NONE || begin == ACT_NONE)
		return;
	m->acts.v.v[exec].object = after;
	edge_set(m, begin, exec);
}

/* ---- how waits for them end ---- */

/* A program that became another one by exec has not ended; one that is not in the run is external. */
static void waited(struct model *m, const struct known *k, uint32_t act)
{
	struct act *a = &m->acts.v.v[act];
	if (a->number <= 0 || a->number > UINT32_MAX)
		return;
	size_t i = count_to(&k->pids, (uint32_t)a->number, a->end);
	if (!i || k->pids.v[i - 1].pid != (uint32_t)a->number)
		return;
	a->object = k->pids.v[i - 1].process;
	edge_set(m, act, m->acts.private->process_end[a->object]);
}

struct child { uint64_t end; uint32_t ppid, process; };
struct children { VEC_FIELDS(struct child) };

static int child_order(const void *x, const void *y)
{
	const struct child *a = x, *b = y;
	if (a->ppid != b->ppid)
		return a->ppid < b->ppid ? -1 : 1;
	return a->end < b->end ? -1 : a->end > b->end;
}

static struct children ended_children(const struct model *m)
{
	struct children all = { 0 };
	for (uint32_t i = 0; i < m->processes.v.n; i++) {
		uint32_t end = m->acts.private->process_end[i];
		if (end != ACT_NONE)
			vec_push(&all, (struct child){ m->acts.v.v[end].end, m->processes.v.v[i].ppid, i });
	}
	vec_sort(&all, child_order);
	return all;
}

/* system() and pclose() do not say which child it was: the last one that ended before they returned, and after they were called. */
static void waited_inside(struct model *m, const struct children *all, uint32_t act)
{
	struct act *a = &m->acts.v.v[act];
	const struct child key = { a->end, m->processes.v.v[m->threads.v.v[a->thread].process].pid, 0 };
	size_t lo = 0, hi = all->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (child_order(&all->v[mid], &key) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo || all->v[lo - 1].ppid != key.ppid || all->v[lo - 1].end < a->start)
		return;
	if (a->kind == ACT_CHILD) {
		a->object = all->v[lo - 1].process;
		a->number = m->processes.v.v[a->object].pid;
	}
	edge_set(m, act, m->acts.private->process_end[all->v[lo - 1].process]);
}

static uint32_t *last_execs(const struct model *m)
{
	uint32_t *of = xcalloc(m->processes.v.n + 1, sizeof *of);
	for (size_t i = 0; i < m->processes.v.n; i++)
		of[i] = ACT_NONE;
	for (size_t i = 0; i < m->acts.v.n; i++)
		if (m->acts.v.v[i].kind == ACT_EXEC)
			of[m->threads.v.v[m->acts.v.v[i].thread].process] = (uint32_t)i;
	return of;
}

/* ---- processes that nobody was seen to make: by vfork, posix_spawn, system ---- */

struct unseen { uint64_t start; uint32_t begin, parent; };

static int unseen_order(const void *x, const void *y)
{
	const struct unseen *a = x, *b = y;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->begin < b->begin ? -1 : a->begin > b->begin;
}

/* By process: the thread that waited for it, else its parent's main one. */
static uint32_t *makers(const struct model *m, const struct known *k)
{
	uint32_t *of = xcalloc(m->processes.v.n + 1, sizeof *of);
	for (size_t i = 0; i < m->processes.v.n; i++) {
		uint32_t parent = m->processes.v.v[i].parent;
		of[i] = parent != PROCESS_NONE && m->processes.v.v[parent].pid == m->processes.v.v[i].ppid ? k->mains[parent] : THREAD_NONE;
	}
	for (size_t i = 0; i < m->acts.v.n; i++) {
		const struct act *a = &m->acts.v.v[i];
		if (a->kind == ACT_CHILD && a->object < m->processes.v.n && of[a->object] != THREAD_NONE
		    && m->threads.v.v[a->thread].process == m->threads.v.v[of[a->object]].process)
			of[a->object] = a->thread;
	}
	return of;
}

/* Acts are in the order of their ends: the last one of each parent's before its children began. */
static void edges_of_unseen(struct model *m, const struct known *k)
{
	VEC(struct unseen) all = { 0 };
	uint32_t *by = makers(m, k), *last = xcalloc(m->threads.v.n + 1, sizeof *last);
	for (uint32_t i = 0; i < m->processes.v.n; i++) {
		uint32_t begin = begin_act(k, i);
		if (begin != ACT_NONE && m->acts.v.v[begin].gate == ACT_NONE && by[i] != THREAD_NONE)
			vec_push(&all, (struct unseen){ m->acts.v.v[begin].end, begin, by[i] });
	}
	vec_sort(&all, unseen_order);
	for (size_t i = 0, next = 0; next < all.n && i <= m->acts.v.n; i++) {
		for (; next < all.n && (i == m->acts.v.n || m->acts.v.v[i].end > all.v[next].start); next++) {
			struct act *begin = &m->acts.v.v[all.v[next].begin];
			edge_set(m, all.v[next].begin, last[all.v[next].parent] - 1);
			begin->flags |= begin->gate != ACT_NONE ? ACT_UNSEEN : 0;
		}
		if (i < m->acts.v.n)
			last[m->acts.v.v[i].thread] = (uint32_t)i + 1;
	}
	vec_free(&all);
	free(by);
	free(last);
}

void edges_of_processes(struct model *m)
{
	struct known k = { m, pids_of(m), main_threads(m), last_execs(m) };
	m->acts.private->process_end = process_ends(m, k.mains);
	struct children children = ended_children(m);
	for (uint32_t i = 0; i < m->acts.v.n; i++) {
		const struct act *a = &m->acts.v.v[i];
		if (a->kind == ACT_FORK)
			forked(m, &k, i);
		else if (a->op == HP_OP_SYSTEM || a->op == HP_OP_PCLOSE)
			waited_inside(m, &children, i);
		else if (a->kind == ACT_CHILD && !(a->flags & (ACT_FAILED | ACT_OPEN)))
			waited(m, &k, i);
	}
	for (size_t i = 0; i < k.pids.n; i++)
		find_exec(m, &k, i);
	edges_of_unseen(m, &k);
	vec_free(&children);
	vec_free(&k.pids);
	free(k.mains);
	free(k.last_exec);
}
