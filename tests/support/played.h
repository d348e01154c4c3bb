/*
 * played.h - for unit tests: runs of small programs that are written down as lists of steps, played by a naive simulator of our
 * own, and recorded as a graph (analyzer/graph/graph.h). What a change saves is known: the changed program is played again.
 */
#ifndef HP_TESTS_PLAYED_H
#define HP_TESTS_PLAYED_H

#include <criterion/criterion.h>

#include "graph/graph.h"
#include "util/alloc.h"

enum step_kind { DO_WORK, DO_LOCK, DO_UNLOCK, DO_READ_LOCK, DO_READ_UNLOCK, DO_POST, DO_TAKE, DO_BARRIER, DO_SLEEP, DO_IO, DO_CREATE,
	DO_JOIN, DO_PUT, DO_GET };
/* object: path of work, lock, semaphore, barrier, stack of a sleep, file, thread, queue. */
struct step { enum step_kind kind; uint32_t object; uint64_t ns; };

enum { RUN_THREADS = 16, RUN_OBJECTS = 16, RUN_PATHS = 32 };

struct played { VEC_FIELDS(struct step) size_t at, work_from; uint64_t time, arrived; int started, blocked, ended, asleep; };
struct script {
	struct played threads[RUN_THREADS];
	uint32_t barrier_members[RUN_OBJECTS];
	uint64_t wake_ns;         /* from the end of what was waited for to that of the wait */
};

static inline void run_do(struct script *s, uint32_t thread, enum step_kind kind, uint32_t object, uint64_t ns)
{
	vec_push(&s->threads[thread], (struct step){ kind, object, ns });
}

/* Objects of the model: lock N is a mutex or rwlock; then semaphores, barriers, the queues' mutexes and conditions. */
enum { SEM_AT = RUN_OBJECTS, BARRIER_AT = 2 * RUN_OBJECTS, QUEUE_LOCK_AT = 3 * RUN_OBJECTS, QUEUE_COND_AT = 4 * RUN_OBJECTS,
	RUN_LOCKS = 5 * RUN_OBJECTS };

struct player {
	struct script *s;
	struct model *model;
	struct graph *g;
	VEC(struct graph_work) work;       /* by act, as made */
	VEC(uint32_t) work_end;            /* by act */
	uint32_t owner[RUN_LOCKS], readers[RUN_LOCKS], given[RUN_LOCKS];  /* owner: thread + 1; given: act */
	VEC(uint32_t) tokens[RUN_OBJECTS]; /* posts that nobody took */
	uint32_t items[RUN_OBJECTS], sleepers[RUN_OBJECTS];
	VEC(uint32_t) signals[RUN_OBJECTS];  /* that somebody who sleeps is to wake from */
	uint32_t came[RUN_OBJECTS], round[RUN_OBJECTS], created[RUN_THREADS], ended[RUN_THREADS];
	VEC(struct graph_work) doing[RUN_THREADS];
};

static inline uint32_t run_act(struct player *p, uint32_t t, unsigned kind, uint32_t object, uint64_t start, uint64_t end, uint32_t gate)
{
	struct act a = { .start = start, .end = end, .thread = t, .object = object, .other = ACT_NONE, .gate = gate, .kind = (uint8_t)kind };

	vec_push(&p->model->acts.v, a);
	for (size_t i = 0; i < p->doing[t].n; i++)
		vec_push(&p->work, p->doing[t].v[i]);
	p->doing[t].n = 0;
	vec_push(&p->work_end, (uint32_t)p->work.n);
	return (uint32_t)p->model->acts.v.n - 1;
}

static inline struct act *run_last(struct player *p) { return &p->model->acts.v.v[p->model->acts.v.n - 1]; }

/* Everybody who waits looks again from `now` on. */
static inline void run_wake(struct player *p, uint64_t now)
{
	for (uint32_t t = 0; t < RUN_THREADS; t++)
		if (p->s->threads[t].blocked) {
			p->s->threads[t].blocked = 0;
			p->s->threads[t].time = now > p->s->threads[t].time ? now : p->s->threads[t].time;
		}
}

static inline int run_block(struct played *t) { t->blocked = 1; return 0; }

static inline void run_take(struct player *p, uint32_t t, uint32_t lock, int shared)
{
	struct played *me = &p->s->threads[t];
	uint64_t end = me->time + (me->time > me->arrived ? p->s->wake_ns : 0);

	if (shared)
		p->readers[lock]++;
	else
		p->owner[lock] = t + 1;
	me->time = end;
	run_act(p, t, shared ? ACT_ACQUIRE_SH : ACT_ACQUIRE, lock, me->arrived, end, p->given[lock]);
}

static inline void run_give(struct player *p, uint32_t t, uint32_t lock, int shared)
{
	struct played *me = &p->s->threads[t];
	uint32_t act = run_act(p, t, shared ? ACT_RELEASE_SH : ACT_RELEASE, lock, me->time, me->time, ACT_NONE);

	if (shared)
		p->readers[lock]--;
	else
		p->owner[lock] = 0;
	if (!shared || !p->readers[lock])
		p->given[lock] = act;
	run_wake(p, me->time);
}

/* lock; while (!items) wait; items--; unlock */
static inline int run_get(struct player *p, uint32_t t, uint32_t q)
{
	struct played *me = &p->s->threads[t];
	uint32_t lock = QUEUE_LOCK_AT + q;

	if (p->owner[lock] || (me->asleep && !p->signals[q].n))
		return run_block(me);
	if (me->asleep) {
		uint32_t signal = p->signals[q].v[--p->signals[q].n];

		p->sleepers[q]--;
		me->time += p->s->wake_ns;
		run_act(p, t, ACT_COND_WAIT, QUEUE_COND_AT + q, me->arrived, me->time, signal);
		run_last(p)->other = lock;
		p->owner[lock] = t + 1;
		me->asleep = 0;
		me->arrived = me->time;
	} else {
		run_take(p, t, lock, 0);
	}
	if (!p->items[q]) {
		me->asleep = 1;
		p->sleepers[q]++;
		me->arrived = me->time;
		p->owner[lock] = 0;
		run_wake(p, me->time);
		return run_block(me);
	}
	p->items[q]--;
	run_give(p, t, lock, 0);
	return 1;
}

static inline int run_put(struct player *p, uint32_t t, uint32_t q)
{
	struct played *me = &p->s->threads[t];
	uint32_t lock = QUEUE_LOCK_AT + q, signal;

	if (p->owner[lock])
		return run_block(me);
	run_take(p, t, lock, 0);
	p->items[q]++;
	signal = run_act(p, t, ACT_SIGNAL, QUEUE_COND_AT + q, me->time, me->time, ACT_NONE);
	if (p->signals[q].n < p->sleepers[q])
		vec_push(&p->signals[q], signal);
	run_give(p, t, lock, 0);
	return 1;
}

static inline int run_barrier(struct player *p, uint32_t t, uint32_t b)
{
	struct played *me = &p->s->threads[t];

	if (!me->asleep) {
		me->asleep = (int)++p->round[b];       /* comers in all: its round is that over the members, rounded up */
		if (p->round[b] % p->s->barrier_members[b])
			return run_block(me);
		run_wake(p, me->time);
	}
	if ((uint32_t)me->asleep > p->round[b] / p->s->barrier_members[b] * p->s->barrier_members[b])
		return run_block(me);
	run_act(p, t, ACT_BARRIER, BARRIER_AT + b, me->arrived, me->time, ACT_NONE);
	run_last(p)->number = ((uint32_t)me->asleep + p->s->barrier_members[b] - 1) / p->s->barrier_members[b];
	me->asleep = 0;
	return 1;
}

/* One step of the thread, at its time. Whether it is done. */
static inline int run_step(struct player *p, uint32_t t, const struct step *step)
{
	struct played *me = &p->s->threads[t];
	uint32_t o = step->object;

	switch (step->kind) {
	case DO_WORK:
		vec_push(&p->doing[t], (struct graph_work){ o, (uint32_t)step->ns });
		me->time += step->ns;
		return 1;
	case DO_LOCK: case DO_READ_LOCK:
		if (p->owner[o] || (step->kind == DO_LOCK && p->readers[o]))
			return run_block(me);
		run_take(p, t, o, step->kind == DO_READ_LOCK);
		return 1;
	case DO_UNLOCK: case DO_READ_UNLOCK: run_give(p, t, o, step->kind == DO_READ_UNLOCK); return 1;
	case DO_POST:
		vec_push(&p->tokens[o], run_act(p, t, ACT_SEM_POST, SEM_AT + o, me->time, me->time, ACT_NONE));
		run_wake(p, me->time);
		return 1;
	case DO_TAKE:
		if (!p->tokens[o].n)
			return run_block(me);
		me->time += me->time > me->arrived ? p->s->wake_ns : 0;
		run_act(p, t, ACT_SEM_WAIT, SEM_AT + o, me->arrived, me->time, p->tokens[o].v[0]);
		memmove(p->tokens[o].v, p->tokens[o].v + 1, --p->tokens[o].n * sizeof(p->tokens[o].v[0]));
		return 1;
	case DO_BARRIER: return run_barrier(p, t, o);
	case DO_SLEEP: case DO_IO:
		me->time += step->ns;
		run_act(p, t, step->kind == DO_IO ? ACT_IO : ACT_SLEEP, step->kind == DO_IO ? o : ACT_NONE, me->arrived, me->time, ACT_NONE);
		run_last(p)->stack = step->kind == DO_IO ? 0 : o;
		return 1;
	case DO_CREATE:
		p->created[o] = run_act(p, t, ACT_CREATE, o, me->time, me->time, ACT_NONE);
		p->s->threads[o].started = 1;
		p->s->threads[o].time = p->s->threads[o].arrived = me->time + p->s->wake_ns;
		run_act(p, o, ACT_BEGIN, ACT_NONE, p->s->threads[o].time, p->s->threads[o].time, p->created[o]);
		return 1;
	case DO_JOIN:
		if (!p->s->threads[o].ended)
			return run_block(me);
		me->time += me->time > me->arrived ? p->s->wake_ns : 0;
		run_act(p, t, ACT_JOIN, o, me->arrived, me->time, p->ended[o]);
		return 1;
	case DO_PUT: return run_put(p, t, o);
	default:     return run_get(p, t, o);
	}
}

static inline void run_turn(struct player *p, uint32_t t)
{
	struct played *me = &p->s->threads[t];

	if (me->at == me->n) {
		me->ended = 1;
		p->ended[t] = run_act(p, t, ACT_END, ACT_NONE, me->time, me->time, ACT_NONE);
		run_wake(p, me->time);
		return;
	}
	if (run_step(p, t, &me->v[me->at])) {
		me->at++;
		me->arrived = me->time;
	}
}

/* ---- acts into the order of their ends; a thread's stay in its order ---- */

struct run_end { uint64_t end; uint32_t act; };

static inline int run_by_end(const void *a, const void *b)
{
	const struct run_end *x = a, *y = b;

	return x->end != y->end ? x->end < y->end ? -1 : 1 : x->act < y->act ? -1 : 1;
}

static inline void run_sort(struct player *p)
{
	struct model *m = p->model;
	size_t n = m->acts.v.n;
	struct run_end *ends = xcalloc(n, sizeof(*ends));
	struct act *sorted = xcalloc(n, sizeof(*sorted));
	uint32_t *now = xcalloc(n, sizeof(*now)), place = 0;
	struct graph *g = p->g;

	for (uint32_t i = 0; i < n; i++)
		ends[i] = (struct run_end){ m->acts.v.v[i].end, i };
	qsort(ends, n, sizeof(*ends), run_by_end);
	for (uint32_t i = 0; i < n; i++) {
		sorted[i] = m->acts.v.v[ends[i].act];
		now[ends[i].act] = i;
	}
	for (uint32_t i = 0; i < n; i++)
		sorted[i].gate = sorted[i].gate == ACT_NONE ? ACT_NONE : now[sorted[i].gate];
	memcpy(m->acts.v.v, sorted, n * sizeof(*sorted));
	g->order = xcalloc(n, sizeof(*g->order));
	g->work_first = xcalloc(n + 1, sizeof(*g->work_first));
	for (uint32_t t = 0; t < RUN_THREADS; t++) {
		g->threads[t].first = place;
		for (uint32_t i = 0; i < n; i++) {
			uint32_t was = ends[i].act;

			if (sorted[i].thread != t)
				continue;
			g->order[place] = i;
			g->work_first[place++] = (uint32_t)g->work.n;
			for (uint32_t k = was ? p->work_end.v[was - 1] : 0; k < p->work_end.v[was]; k++)
				vec_push(&g->work, p->work.v[k]);
		}
		g->threads[t].count = place - g->threads[t].first;
	}
	g->work_first[place] = (uint32_t)g->work.n;
	g->end_act = now[p->ended[0]];
	g->to_ns = m->acts.v.v[g->end_act].end;
	free(ends);
	free(sorted);
	free(now);
}

/* Who came first has the lock first. */
static inline int run_before(const struct played *a, const struct played *b)
{
	return a->time != b->time ? a->time < b->time : a->arrived < b->arrived;
}

/* Plays it. Thread 0 is there from the start; the run ends with it. */
static inline struct graph *run_play(struct script *s)
{
	struct player p = { .s = s, .model = xcalloc(1, sizeof(struct model)), .g = xcalloc(1, sizeof(struct graph)) };

	p.g->model = p.model;
	p.g->threads = xcalloc(RUN_THREADS, sizeof(*p.g->threads));
	p.g->thread_count = RUN_THREADS;
	vec_ensure(&p.g->paths, RUN_PATHS - 1);
	p.g->call_nodes = 1;
	p.g->stack_count = RUN_PATHS - 1;
	vec_ensure(&p.model->threads.v, RUN_THREADS - 1);
	vec_ensure(&p.model->locks.v, RUN_LOCKS - 1);
	memset(p.given, 0xff, sizeof(p.given));
	for (uint32_t t = 0; t < RUN_THREADS; t++) {
		struct played *me = &s->threads[t];

		me->at = 0;
		me->time = me->arrived = 0;
		me->started = me->blocked = me->ended = me->asleep = 0;
	}
	s->threads[0].started = 1;
	run_act(&p, 0, ACT_BEGIN, ACT_NONE, 0, 0, ACT_NONE);
	for (;;) {
		uint32_t next = RUN_THREADS;

		for (uint32_t t = 0; t < RUN_THREADS; t++) {
			const struct played *it = &s->threads[t];

			if (it->started && !it->blocked && !it->ended && (next == RUN_THREADS || run_before(it, &s->threads[next])))
				next = t;
		}
		if (next == RUN_THREADS)
			break;
		run_turn(&p, next);
	}
	cr_assert(s->threads[0].ended, "the script hangs");
	run_sort(&p);
	vec_free(&p.work);
	vec_free(&p.work_end);
	for (uint32_t i = 0; i < RUN_OBJECTS; i++) {
		vec_free(&p.tokens[i]);
		vec_free(&p.signals[i]);
	}
	for (uint32_t t = 0; t < RUN_THREADS; t++)
		vec_free(&p.doing[t]);
	return p.g;
}

static inline void run_free(struct graph *g)
{
	struct model *m = (struct model *)(uintptr_t)g->model;

	vec_free(&m->acts.v);
	vec_free(&m->threads.v);
	vec_free(&m->locks.v);
	vec_free(&g->paths);
	vec_free(&g->work);
	free(g->order);
	free(g->work_first);
	free(g->threads);
	free(m);
	free(g);
}

static inline void run_forget(struct script *s)
{
	for (uint32_t t = 0; t < RUN_THREADS; t++)
		vec_free(&s->threads[t]);
}

#endif
