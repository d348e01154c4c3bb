#include "locks_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NO_QUEUE_NS = 2000 };  /* a semaphore has no readable state: longer than this is contended */

static struct lock_side *side_of(struct lock *l, int shared)
{
	return l->kind != HP_LOCK_KIND_RWLOCK ? NULL : shared ? &l->read : &l->write;
}

static void add_wait(struct lock_side *s, uint64_t ns, int count)
{
	s->contended += (uint64_t)count;
	s->wait_ns += ns;
	if (ns > s->max_wait_ns)
		s->max_wait_ns = ns;
}

/* A contended call: totals of the lock, its waiters, and the thread. Returns the waiter for lock_waits_held, or LOCK_NONE. */
static uint32_t count_wait(struct feed *f, uint32_t lock, int shared, uint32_t stack, uint64_t start)
{
	uint64_t took = model_took(f->m, start, f->e->ns);
	uint32_t waiter = lock_waits_add(f, lock, stack, start, f->e->ns);
	if (!f->time)
		return waiter;
	struct lock *l = &f->m->locks.v.v[lock];
	add_wait(&l->all, took, f->count);
	if (side_of(l, shared))
		add_wait(side_of(l, shared), took, f->count);
	return waiter;
}

/* slot: NULL for a lock outside the table. sub: its low bits of the sequence, or why it failed. */
struct access { unsigned kind; uint32_t lock, where, sub; uint64_t start; struct lock_slot *slot; };

static void step(struct feed *f, const struct access *a, enum step_kind kind, uint64_t site, uint32_t waiter, int full)
{
	lock_order_step(f, a->slot, &(struct lock_step){
		.lock = a->lock, .thread = f->thread, .waiter = waiter, .kind = (uint8_t)kind, .low = (uint8_t)a->sub,
		.count = (uint8_t)f->count, .time = (uint8_t)f->time, .full = (uint8_t)full, .ns = f->e->ns, .start = a->start, .site = site,
	});
}

static void acquired(struct feed *f, const struct access *a, int shared, uint64_t site, uint32_t waiter)
{
	struct lock *l = &f->m->locks.v.v[a->lock];
	if (shared && waiter != LOCK_NONE)
		lock_waits_held(f, a->lock, waiter, a->start, f->e->ns);
	if (shared)
		holds_acquire(f, a->lock, 1, f->e->ns, site);
	else
		step(f, a, STEP_ACQUIRE, site, waiter, 0);
	if (!f->count)
		return;
	l->all.acquisitions++;
	if (side_of(l, shared))
		side_of(l, shared)->acquisitions++;
}

static void acquired_after_wait(struct feed *f, const struct access *a, int shared)
{
	uint32_t stack = feed_stack(f, a->where), waiter = count_wait(f, a->lock, shared, stack, a->start);
	waits_add(f, WAIT_LOCK, a->start);
	feed_took(f, WAIT_LOCK, stack, a->start, 0);
	acquired(f, a, shared, stack, waiter);
}

static void failed(struct feed *f, const struct access *a)
{
	uint32_t stack = feed_stack(f, a->where), waiter;
	f->m->locks.v.v[a->lock].all.failed += (uint64_t)f->count;
	if (a->sub != (ETIMEDOUT & 0xff))
		return;
	waiter = count_wait(f, a->lock, 0, stack, a->start);
	if (waiter != LOCK_NONE)
		lock_waits_held(f, a->lock, waiter, a->start, f->e->ns);
	waits_add(f, WAIT_LOCK, a->start);
	feed_took(f, WAIT_LOCK, stack, a->start, 0);
}

/* A call site is looked up when it is asked for, unless it would mean another one by then. */
static uint64_t site_of(struct feed *f, uint32_t low32)
{
	return f->mixed ? stacks_site(&f->m->stacks, f->scope, low32, f->e->ticks) : low32 | SITE_LOW;
}

static void apply(struct feed *f, const struct access *a)
{
	struct lock *l = &f->m->locks.v.v[a->lock];
	l->last_ns = f->e->ns;
	l->state->ticks = f->e->ticks;
	l->state->scope = f->scope;
	switch (a->kind) {
	case HP_R_LOCK:          acquired(f, a, 0, site_of(f, a->where), LOCK_NONE); break;
	case HP_R_LOCK_SH:       acquired(f, a, 1, site_of(f, a->where), LOCK_NONE); break;
	case HP_R_UNLOCK:        step(f, a, STEP_RELEASE, 0, LOCK_NONE, 0); break;
	case HP_R_UNLOCK_WAITED: step(f, a, STEP_RELEASE, feed_stack(f, a->where), LOCK_NONE, 1); break;
	case HP_R_LOCK_WAIT:     acquired_after_wait(f, a, 0); break;
	case HP_R_LOCK_WAIT_SH:  acquired_after_wait(f, a, 1); break;
	case HP_R_LOCK_FAIL:     failed(f, a); break;
	case HP_R_LOCK_TRYFAIL:  l->all.try_failed += (uint64_t)f->count; break;
	default: break;
	}
}

void locks_event(struct feed *f)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_lock_wait *r = (const void *)w;
	const struct hp_r_lock_x *x = (const void *)w;
	struct access a = { f->e->r.kind, 0, w[2], hp_word_sub(w[0]), f->e->ns, NULL };
	if (a.kind == HP_R_LOCK_X) {
		a = (struct access){ hp_word_sub(w[0]), locks_by_address(f, hp_u64(x->addr), hp_word_arg(w[0])), x->where, x->seq & 0xff,
			feed_start_ns(f, hp_u64(x->start)), NULL };
	} else {
		a.lock = locks_by_index(f, hp_word_arg(w[0]), &a.slot);
		if (a.kind == HP_R_LOCK_WAIT || a.kind == HP_R_LOCK_WAIT_SH || a.kind == HP_R_LOCK_FAIL)
			a.start = feed_start_ns(f, hp_u64(r->start));
	}
	apply(f, &a);
}

/* ---- conditions, semaphores, barriers, futexes ---- */

static uint32_t kind_of_class(unsigned class)
{
	switch (class) {
	case HP_CLASS_COND:    return HP_LOCK_KIND_COND;
	case HP_CLASS_SEM:     return HP_LOCK_KIND_SEM;
	case HP_CLASS_BARRIER: return HP_LOCK_KIND_BARRIER;
	case HP_CLASS_FUTEX:   return HP_LOCK_KIND_FUTEX;
	default:               return HP_LOCK_KIND_NONE;
	}
}

/* What a wait on one of these comes to: how it ended, and whether it had to wait at all. */
static int note_outcome(struct lock_side *s, uint32_t kind, int error, uint64_t took, int count)
{
	if (error == EAGAIN && kind == HP_LOCK_KIND_SEM)
		s->try_failed += (uint64_t)count;
	else if (error)
		s->failed += (uint64_t)count;
	else if (kind == HP_LOCK_KIND_SEM)
		s->acquisitions += (uint64_t)count;
	return kind != HP_LOCK_KIND_SEM || took > NO_QUEUE_NS;
}

/* A condition wait is over: its mutex was given up at its start. */
static void retaken(struct feed *f, uint32_t mutex, unsigned sequence, uint64_t start, uint32_t stack)
{
	if (mutex == LOCK_NONE)
		return;
	struct access a = { HP_R_WAIT, mutex, 0, sequence, start, locks_slot(f, mutex) };
	step(f, &a, STEP_RETAKE, stack, LOCK_NONE, 0);
}

void locks_wait(struct feed *f, const struct hp_r_wait *r, uint64_t start)
{
	uint32_t kind = kind_of_class(op_info(hp_word_sub(r->w))->class), stack = feed_stack(f, r->stack);
	uint64_t mutex = hp_u64(r->object2);
	if (kind == HP_LOCK_KIND_NONE)
		return;
	uint32_t lock = locks_by_address(f, hp_u64(r->object), kind);
	struct lock *l = &f->m->locks.v.v[lock];
	l->last_ns = f->e->ns;
	int error = wait_errno(r->w);
	if (f->time && note_outcome(&l->all, kind, error, f->e->ns - start, f->count))
		count_wait(f, lock, 0, stack, start);
	if (kind == HP_LOCK_KIND_COND && mutex && (!error || error == ETIMEDOUT || error == EOWNERDEAD))
		retaken(f, locks_known(f, mutex), hp_word_arg(r->w) >> 8, start, stack);
}

static uint32_t kind_of_sync(unsigned op)
{
	switch (op) {
	case HP_OP_MUTEX_INIT: case HP_OP_MUTEX_DESTROY:     return HP_LOCK_KIND_MUTEX;
	case HP_OP_RWLOCK_INIT: case HP_OP_RWLOCK_DESTROY:   return HP_LOCK_KIND_RWLOCK;
	case HP_OP_SPIN_INIT: case HP_OP_SPIN_DESTROY:       return HP_LOCK_KIND_SPIN;
	case HP_OP_COND_INIT: case HP_OP_COND_DESTROY:
	case HP_OP_COND_SIGNAL: case HP_OP_COND_BROADCAST:   return HP_LOCK_KIND_COND;
	case HP_OP_SEM_INIT: case HP_OP_SEM_DESTROY:
	case HP_OP_SEM_OPEN: case HP_OP_SEM_CLOSE:
	case HP_OP_SEM_POST:                                 return HP_LOCK_KIND_SEM;
	case HP_OP_BARRIER_INIT: case HP_OP_BARRIER_DESTROY: return HP_LOCK_KIND_BARRIER;
	case HP_OP_FUTEX_WAKE:                               return HP_LOCK_KIND_FUTEX;
	default:                                             return HP_LOCK_KIND_NONE;
	}
}

void locks_sync(struct feed *f)
{
	const struct hp_r_sync *r = (const void *)f->e->r.w;
	unsigned op = hp_word_sub(r->w), class = op_info(op)->class;
	uint32_t kind = kind_of_sync(op);
	if (kind == HP_LOCK_KIND_NONE)
		return;
	if (class == HP_CLASS_INIT) {
		locks_initialised(f, hp_u64(r->object), kind, hp_word_arg(r->w), feed_stack(f, r->stack));
	} else if (class == HP_CLASS_WAKE) {
		uint32_t lock = locks_by_address(f, hp_u64(r->object), kind);
		struct lock *l = &f->m->locks.v.v[lock];
		l->wakes += (uint64_t)f->count;
		l->last_ns = f->e->ns;
	}
}

void locks_clear(struct model *m)
{
	lock_order_flush(m);
	for (size_t i = 0; i < m->locks.v.n; i++) {
		struct lock *l = &m->locks.v.v[i];
		l->all = l->read = l->write = (struct lock_side){ 0 };
		l->reacquired = l->owner_changes = l->wakes = 0;
		l->first_waiter = LOCK_NONE;
	}
	m->locks.waiters.n = m->locks.holders.n = 0;
	m->locks.unmatched_unlocks = 0;
	map64_free(&locks_private(m)->waiters);
	map64_free(&locks_private(m)->holders);
}

void locks_finish(struct model *m)
{
	lock_order_flush(m);
	holds_finish(m);
}
