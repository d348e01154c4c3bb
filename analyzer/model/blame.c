/* blame.c - goes over the acts of all threads in order of time: who waits from when until when. */
#include "blame_private.h"

#include <stdlib.h>

#include "private.h"
#include "util/alloc.h"

static int is_wait(unsigned kind)
{
	switch (kind) {
	case ACT_ACQUIRE: case ACT_ACQUIRE_SH: case ACT_GAVE_UP: case ACT_COND_WAIT: case ACT_SEM_WAIT: case ACT_BARRIER: case ACT_JOIN:
	case ACT_CHILD: case ACT_FUTEX_WAIT: case ACT_READ: case ACT_WRITE: case ACT_IO: case ACT_POLL: case ACT_SLEEP: return 1;
	default: return 0;
	}
}

static int takes_lock(const struct act *a)
{
	return (a->kind == ACT_ACQUIRE || a->kind == ACT_ACQUIRE_SH || a->kind == ACT_GAVE_UP) && a->object != ACT_NONE;
}

/* When what the gate does takes effect. */
static uint64_t effect_ns(const struct act *gate)
{
	return gate->kind == ACT_END || gate->kind == ACT_READ ? gate->end : gate->start;
}

static const struct act *gate_of(const struct blame_run *r, const struct act *a)
{
	return a->gate < r->m->acts.v.n ? &r->m->acts.v.v[a->gate] : NULL;
}

/* ---- who waits for whom ---- */

static uint32_t target_of(const struct blame_run *r, uint32_t thread)
{
	const struct blame_thread *t = &r->threads[thread];
	const struct act *a = t->act, *gate = gate_of(r, a);
	uint32_t holder = t->lock == LOCK_NONE ? THREAD_NONE : r->locks[t->lock].holder;
	if (holder != THREAD_NONE && holder != thread)
		return holder;
	if (gate)
		return gate->thread;
	if (a->kind == ACT_ACQUIRE || a->kind == ACT_ACQUIRE_SH || a->kind == ACT_GAVE_UP)
		return a->other;
	return a->kind == ACT_JOIN ? a->object : THREAD_NONE;
}

/*
 * Whoever waits for a thread before it begins waits for its creator. It hangs below that only once somebody waits for it: of those that
 * are created there may be any number, and each would be looked at whenever its creator's state changes.
 */
static void hang_unborn(struct blame_run *r, uint32_t thread)
{
	while (thread < r->thread_count && r->threads[thread].phase == PHASE_UNBORN && r->threads[thread].parent == THREAD_NONE && !r->threads[thread].in_circle) {
		uint32_t creator = gate_of(r, r->threads[thread].act)->thread;
		blame_attach(r, thread, creator);
		thread = creator;
	}
}

/* The thread's state is another one from now on; `parent`: who it waits for. */
static void turn(struct blame_run *r, uint32_t thread, enum blame_phase phase, uint32_t parent, uint64_t now)
{
	blame_settle(r, thread, now);
	r->threads[thread].phase = (uint8_t)phase;
	if (parent == THREAD_NONE) {
		blame_detach(r, thread);
	} else {
		hang_unborn(r, parent);
		blame_attach(r, thread, parent);
	}
	blame_renew(r, thread, now);
}

static void join_waiters(struct blame_run *r, uint32_t thread, uint32_t lock)
{
	struct blame_thread *t = &r->threads[thread];
	struct blame_lock *l = &r->locks[lock];
	t->lock = lock;
	t->prev_waiter = THREAD_NONE;
	t->next_waiter = l->first_waiter;
	if (t->next_waiter != THREAD_NONE)
		r->threads[t->next_waiter].prev_waiter = thread;
	l->first_waiter = thread;
}

static void leave_waiters(struct blame_run *r, uint32_t thread)
{
	struct blame_thread *t = &r->threads[thread];
	if (t->lock == LOCK_NONE)
		return;
	if (t->prev_waiter != THREAD_NONE)
		r->threads[t->prev_waiter].next_waiter = t->next_waiter;
	else
		r->locks[t->lock].first_waiter = t->next_waiter;
	if (t->next_waiter != THREAD_NONE)
		r->threads[t->next_waiter].prev_waiter = t->prev_waiter;
	t->lock = LOCK_NONE;
}

static void set_holder(struct blame_run *r, uint32_t lock, uint32_t holder, uint64_t now)
{
	if (r->locks[lock].holder == holder)
		return;
	r->locks[lock].holder = holder;
	for (uint32_t i = r->locks[lock].first_waiter; i != THREAD_NONE; i = r->threads[i].next_waiter) {
		uint32_t target = target_of(r, i);
		if (target != r->threads[i].parent || r->threads[i].in_circle)
			turn(r, i, PHASE_WAITS, target, now);
	}
}

/* ---- steps of a thread ---- */

static int counts(const struct blame_run *r, const struct act *a)
{
	const struct model *m = r->m;
	return (!m->options.tid || m->threads.v.v[a->thread].tid == m->options.tid) && !(m->options.focus && a->flags & ACT_OUTSIDE);
}

/* To the next act that takes time, or gives up a lock that others may wait for; 0: there is none. */
static int next_act(struct blame_run *r, uint32_t thread)
{
	struct blame_thread *t = &r->threads[thread];
	for (; t->at < t->end; t->at++) {
		const struct act *a = &r->m->acts.v.v[r->order[t->at]];
		uint64_t start = a->start > t->to ? a->start : t->to, end = a->end > start ? a->end : start;
		t->to = end;
		if (a->kind != ACT_RELEASE && a->kind != ACT_BEGIN && (!is_wait(a->kind) || end == start))
			continue;
		t->act = a;
		t->from = t->next_ns = start;
		return 1;
	}
	return 0;
}

static void end_wait(struct blame_run *r, uint32_t thread)
{
	struct blame_thread *t = &r->threads[thread];
	const struct act *a = t->act;
	uint32_t number = r->order[t->at];
	leave_waiters(r, thread);
	turn(r, thread, PHASE_RUNS, THREAD_NONE, t->to);
	if (a->kind == ACT_ACQUIRE && r->known_holds[number] && a->object < r->lock_count)
		set_holder(r, a->object, thread, t->to);
}

static void begin_wait(struct blame_run *r, uint32_t thread)
{
	struct blame_thread *t = &r->threads[thread];
	const struct act *a = t->act, *gate = gate_of(r, a);
	uint64_t gone_on = gate ? effect_ns(gate) : t->to;
	t->counts = (uint8_t)counts(r, a);
	t->gone_on = gone_on < t->from ? t->from : gone_on > t->to ? t->to : gone_on;
	if (takes_lock(a) && a->object < r->lock_count)
		join_waiters(r, thread, a->object);
	turn(r, thread, PHASE_WAITS, target_of(r, thread), t->from);
	t->next_ns = t->gone_on;
}

static void release(struct blame_run *r, const struct act *a, uint32_t thread, uint64_t now)
{
	if (a->object < r->lock_count && r->locks[a->object].holder == thread)
		set_holder(r, a->object, THREAD_NONE, now);
}

/* 0: the thread has no more. */
static int step(struct blame_run *r, uint32_t thread)
{
	struct blame_thread *t = &r->threads[thread];
	if (t->phase == PHASE_WAITS && t->gone_on < t->to) {
		leave_waiters(r, thread);
		turn(r, thread, PHASE_WOKEN, THREAD_NONE, t->gone_on);
		t->next_ns = t->to;
		return 1;
	}
	if (t->phase == PHASE_WAITS || t->phase == PHASE_WOKEN) {
		end_wait(r, thread);
		t->at++;
		return next_act(r, thread);
	}
	if (is_wait(t->act->kind)) {
		begin_wait(r, thread);
		return 1;
	}
	if (t->phase == PHASE_UNBORN)
		turn(r, thread, PHASE_RUNS, THREAD_NONE, t->from);
	if (t->act->kind == ACT_RELEASE)
		release(r, t->act, thread, t->from);
	t->at++;
	return next_act(r, thread);
}

static void go(struct blame_run *r)
{
	while (r->heap_count) {
		if (!step(r, r->heap[0]))
			r->heap[0] = r->heap[--r->heap_count];
		blame_sink(r, 0);
	}
}

/* ---- all of it ---- */

static void place_thread(struct blame_run *r, uint32_t thread)
{
	struct blame_thread *t = &r->threads[thread];
	if (!next_act(r, thread))
		return;
	r->heap[r->heap_count++] = thread;
	const struct act *gate = gate_of(r, t->act);
	if (t->act->kind == ACT_BEGIN && gate)
		t->phase = PHASE_UNBORN;
}

static void prepare(struct blame_run *r)
{
	const struct model *m = r->m;
	r->thread_count = (uint32_t)m->threads.v.n;
	r->lock_count = m->locks.v.n;
	r->threads = xcalloc(r->thread_count + 1, sizeof *r->threads);
	r->locks = xcalloc(r->lock_count + 1, sizeof *r->locks);
	r->order = xcalloc(m->acts.v.n + 1, sizeof *r->order);
	r->known_holds = xcalloc(m->acts.v.n + 1, 1);
	r->heap = xcalloc(r->thread_count + 1, sizeof *r->heap);
	for (uint32_t i = 0; i < r->thread_count; i++)
		r->threads[i] = (struct blame_thread){ .parent = THREAD_NONE, .first_child = THREAD_NONE, .next = THREAD_NONE, .prev = THREAD_NONE,
			.lock = LOCK_NONE, .next_waiter = THREAD_NONE, .prev_waiter = THREAD_NONE };
	for (size_t i = 0; i < r->lock_count; i++)
		r->locks[i] = (struct blame_lock){ THREAD_NONE, THREAD_NONE };
	blame_order_acts(r);
	blame_find_holds(r);
	for (uint32_t i = 0; i < r->thread_count; i++)
		place_thread(r, i);
	for (uint32_t i = r->heap_count / 2; i-- > 0; )
		blame_sink(r, i);
}

struct blame *blame_new(const struct model *m)
{
	struct blame_run r = { .m = m, .out = xcalloc(1, sizeof *r.out) };
	prepare(&r);
	go(&r);
	blame_sort(r.out);
	free(r.threads);
	free(r.locks);
	free(r.order);
	free(r.known_holds);
	free(r.heap);
	map64_free(&r.by_hash);
	map64_free(&r.by_pair);
	vec_free(&r.todo);
	return r.out;
}

void blame_free(struct blame *b)
{
	if (!b)
		return;
	vec_free(&b->keys);
	vec_free(&b->cells);
	free(b);
}
