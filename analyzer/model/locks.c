#include "locks_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NO_QUEUE_NS = 2000 };  /* a semaphore has no readable state: longer than this is contended */

static struct lock_side *side_of(struct lock *l, int shared)
{
	return l->kind != HP_LOCK_KIND_RWLOCK ? NULL : shared ? &l->read : &l->write;
}

static void add_wait(struct lock_side *s, uint64_t ns)
{
	s->contended++;
	s->wait_ns += ns;
	if (ns > s->max_wait_ns)
		s->max_wait_ns = ns;
}

/* A contended call: totals of the lock, its waiters, and the thread. */
static void count_wait(struct feed *f, uint32_t lock, int shared, uint32_t stack, uint64_t start)
{
	uint64_t took = f->e->ns - start;
	lock_waits_add(f, lock, stack, start, f->e->ns);
	if (!f->count)
		return;
	struct lock *l = &f->m->locks.v.v[lock];
	add_wait(&l->all, took);
	if (side_of(l, shared))
		add_wait(side_of(l, shared), took);
}

static void acquired(struct feed *f, uint32_t lock, int shared, uint64_t site)
{
	struct lock *l = &f->m->locks.v.v[lock];
	holds_acquire(f, lock, shared, f->e->ns, site);
	if (!f->count)
		return;
	l->all.acquisitions++;
	if (side_of(l, shared))
		side_of(l, shared)->acquisitions++;
}

static void acquired_after_wait(struct feed *f, uint32_t lock, int shared, uint32_t stack_id, uint64_t start)
{
	uint32_t stack = feed_stack(f, stack_id);
	count_wait(f, lock, shared, stack, start);
	waits_add(f, WAIT_LOCK, f->e->ns - start);
	between_event(f, stack, start);
	acquired(f, lock, shared, stack);
}

static void failed(struct feed *f, uint32_t lock, uint32_t stack_id, uint64_t start, int error)
{
	uint32_t stack = feed_stack(f, stack_id);
	struct lock *l = &f->m->locks.v.v[lock];
	l->all.failed += (uint64_t)f->count;
	between_event(f, stack, start);
	if (error != (ETIMEDOUT & 0xff))
		return;
	count_wait(f, lock, 0, stack, start);
	waits_add(f, WAIT_LOCK, f->e->ns - start);
}

static void released(struct feed *f, uint32_t lock, uint64_t site, int full)
{
	if (!holds_release(f, lock, f->e->ns, site, full) && f->count)
		f->m->locks.unmatched_unlocks++;
}

struct access { unsigned kind; uint32_t lock, where, error; uint64_t start; };

static void apply(struct feed *f, const struct access *a)
{
	struct lock *l = &f->m->locks.v.v[a->lock];
	l->last_ns = f->e->ns;
	l->state->ticks = f->e->ticks;
	l->state->scope = f->scope;
	switch (a->kind) {
	case HP_R_LOCK:          acquired(f, a->lock, 0, a->where | SITE_LOW); break;
	case HP_R_LOCK_SH:       acquired(f, a->lock, 1, a->where | SITE_LOW); break;
	case HP_R_UNLOCK:        released(f, a->lock, 0, 0); break;
	case HP_R_UNLOCK_WAITED: released(f, a->lock, feed_stack(f, a->where), 1); break;
	case HP_R_LOCK_WAIT:     acquired_after_wait(f, a->lock, 0, a->where, a->start); break;
	case HP_R_LOCK_WAIT_SH:  acquired_after_wait(f, a->lock, 1, a->where, a->start); break;
	case HP_R_LOCK_FAIL:     failed(f, a->lock, a->where, a->start, (int)a->error); break;
	case HP_R_LOCK_TRYFAIL:  l->all.try_failed += (uint64_t)f->count; break;
	default: break;
	}
}

void locks_event(struct feed *f)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_lock_wait *r = (const void *)w;
	const struct hp_r_lock_x *x = (const void *)w;
	struct access a = { f->e->r.kind, 0, w[2], hp_word_sub(w[0]), f->e->ns };
	if (a.kind == HP_R_LOCK_X) {
		a = (struct access){ hp_word_sub(w[0]), locks_by_address(f, hp_u64(x->addr), hp_word_arg(w[0])), x->where, x->seq & 0xff,
			feed_start_ns(f, hp_u64(x->start)) };
	} else {
		a.lock = locks_by_index(f, hp_word_arg(w[0]));
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
static int note_outcome(struct lock_side *s, uint32_t kind, int error, uint64_t took)
{
	if (error == EAGAIN && kind == HP_LOCK_KIND_SEM)
		s->try_failed++;
	else if (error)
		s->failed++;
	else if (kind == HP_LOCK_KIND_SEM)
		s->acquisitions++;
	return kind != HP_LOCK_KIND_SEM || took > NO_QUEUE_NS;
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
	if (f->count && note_outcome(&l->all, kind, hp_word_arg(r->w), f->e->ns - start))
		count_wait(f, lock, 0, stack, start);
	uint32_t held = kind == HP_LOCK_KIND_COND && mutex ? locks_known(f, mutex) : LOCK_NONE;
	if (held != LOCK_NONE && holds_interrupt(f, held, start, f->e->ns, stack))
		f->m->locks.v.v[held].reacquired += (uint64_t)f->count;
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
	for (size_t i = 0; i < m->locks.v.n; i++) {
		struct lock *l = &m->locks.v.v[i];
		l->all = l->read = l->write = (struct lock_side){ 0 };
		l->reacquired = l->wakes = 0;
		l->first_waiter = LOCK_NONE;
	}
	m->locks.waiters.n = m->locks.holders.n = 0;
	m->locks.unmatched_unlocks = 0;
	map64_free(&locks_private(m)->waiters);
	map64_free(&locks_private(m)->holders);
}
