/*
 * lock_cond.c - conditions: which wait a signal woke. A signal is known when it comes, a wait when it has ended; so the last
 * signals are remembered, and a wait that ends was woken by the first one since its start that is not used up. A broadcast wakes
 * all who wait. What no wait spans was lost.
 */
#include "locks_private.h"

enum { SIGNALS_FIRST = 16, SIGNALS_MOST = 4096 };

struct cond_signal { uint64_t ns; uint32_t waiting, woken; uint8_t broadcast, counts; };
struct cond_signals { uint32_t room, next, oldest; uint64_t forgotten_ns; struct cond_signal v[]; };

static void make_room(struct model *m, struct lock_state *s, uint32_t room)
{
	struct cond_signals *was = s->signals;
	struct cond_signals *q = arena_zalloc(&locks_private(m)->arena, sizeof *q + room * sizeof *q->v);
	q->room = room;
	if (was) {
		q->next = was->next;
		q->oldest = was->oldest;
		q->forgotten_ns = was->forgotten_ns;
		for (uint32_t i = was->oldest; i != was->next; i++)
			q->v[i & (room - 1)] = was->v[i & (was->room - 1)];
	}
	s->signals = q;
}

static void forget_oldest(struct lock *l)
{
	struct cond_signals *q = l->state->signals;
	const struct cond_signal *s = &q->v[q->oldest++ & (q->room - 1)];
	q->forgotten_ns = s->ns;
	if (!s->counts)
		return;
	l->cond->lost += !s->waiting;
	l->cond->broadcast_one += s->broadcast && s->waiting == 1;
}

/* Room is made as long as signals are waited for by somebody: who waits on may have been there from the first one on. */
static void put(struct feed *f, struct lock *l, const struct cond_signal *s)
{
	struct lock_state *state = l->state;
	if (!state->signals)
		make_room(f->m, state, SIGNALS_FIRST);
	if (state->signals->next - state->signals->oldest == state->signals->room) {
		if (state->signals->room < SIGNALS_MOST)
			make_room(f->m, state, state->signals->room * 2);
		else
			forget_oldest(l);
	}
	struct cond_signals *q = state->signals;
	q->v[q->next++ & (q->room - 1)] = *s;
}

/* As the thread's own events have it: who owns the mutex is told later, where clocks may differ. */
static int holds_it(const struct thread_state *s, uint32_t lock)
{
	for (uint32_t i = 0; i < s->held_count; i++)
		if ((i ? s->held[i - 1] : s->outermost).lock == lock)
			return 1;
	return 0;
}

void lock_cond_signal(struct feed *f, struct lock *l, int broadcast)
{
	struct lock_cond *c = l->cond;
	uint64_t count = (uint64_t)f->count;
	if (c->mutex != LOCK_NONE && holds_it(f->s, c->mutex))
		c->under_mutex += count;
	*(broadcast ? &c->broadcasts : &c->signals) += count;
	put(f, l, &(struct cond_signal){ f->e->ns, 0, 0, (uint8_t)broadcast, (uint8_t)f->count });
}

/* Those in a wait's time know that somebody waited; returns the one that ended it, or NULL. */
static struct cond_signal *find_waker(struct cond_signals *q, uint64_t start, uint64_t end, int woken)
{
	struct cond_signal *waker = NULL;
	for (uint32_t i = q->next; i-- != q->oldest; ) {
		struct cond_signal *s = &q->v[i & (q->room - 1)];
		if (s->ns < start)
			break;
		if (s->ns > end)
			continue;
		s->waiting++;
		if (s->broadcast || !s->woken)
			waker = s;
	}
	if (woken && waker)
		waker->woken++;
	return woken ? waker : NULL;
}

void lock_cond_wait(struct feed *f, struct lock *l, uint32_t mutex, uint64_t start, int error)
{
	struct lock_cond *c = l->cond;
	struct cond_signals *q = l->state->signals;
	uint64_t count = (uint64_t)f->count;
	if (mutex != LOCK_NONE)
		c->mutex = mutex;
	if (q && q->forgotten_ns > start)
		c->unsure = 1;
	const struct cond_signal *waker = q ? find_waker(q, start, f->e->ns, !error) : NULL;
	if (error)
		c->timeouts += count;
	else if (!waker)
		c->spurious += count;
	if (!waker)
		return;
	c->woken += count;
	c->broadcast_woken += waker->broadcast ? count : 0;
	if (f->count)
		lock_times_add(&c->latency, model_took(f->m, waker->ns, f->e->ns));
}

/* Who still waits at the end was there when it was signalled. */
void lock_cond_finish(struct model *m, struct lock *l)
{
	struct cond_signals *q = l->state->signals;
	if (!q)
		return;
	for (size_t i = 0; i < m->pending.n; i++) {
		const struct pending_call *p = &m->pending.v[i];
		if (p->object != l->address || p->thread >= m->threads.v.n || m->threads.v.v[p->thread].process != l->process)
			continue;
		find_waker(q, p->start_ns, UINT64_MAX, 0);
		if (q->forgotten_ns > p->start_ns)
			l->cond->unsure = 1;
	}
	while (q->oldest != q->next)
		forget_oldest(l);
}

void lock_cond_clear(struct lock *l)
{
	struct cond_signals *q = l->state->signals;
	if (!l->cond)
		return;
	lock_times_free(&l->cond->latency);
	*l->cond = (struct lock_cond){ .mutex = l->cond->mutex };
	for (uint32_t i = q ? q->oldest : 0; q && i != q->next; i++)
		q->v[i & (q->room - 1)].counts = 0;
}
