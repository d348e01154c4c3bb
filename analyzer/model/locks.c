#include "lock_pairs_private.h"
#include "locks_private.h"

#include "dump/stretch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

uint32_t locks_count_wait(struct feed *f, uint32_t lock, int shared, uint32_t use, uint32_t stack, uint64_t start)
{
	uint64_t took = model_took(f->m, start, f->e->ns);
	uint32_t waiter = lock_waits_add(f, lock, use, stack, start, f->e->ns);
	if (!f->time)
		return waiter;
	struct lock *l = &f->m->locks.v.v[lock];
	struct lock_side *side = side_of(l, shared);
	add_wait(&l->all, took, f->count);
	if (side)
		add_wait(side, took, f->count);
	if (f->count)
		lock_times_add(&(side ? side : &l->all)->waits, took);
	return waiter;
}

/* slot: NULL for a lock outside the table. sub: its low bits of the sequence, or why it failed. */
struct access { unsigned kind; uint32_t lock, where, sub; uint64_t start; struct lock_slot *slot; };

static void step(struct feed *f, const struct access *a, enum step_kind kind, uint64_t site, uint32_t use, uint32_t waiter, int full)
{
	lock_order_step(f, a->slot, &(struct lock_step){
		.lock = a->lock, .thread = f->thread, .use = use, .waiter = waiter, .act = acts_current(f->m), .kind = (uint8_t)kind,
		.low = (uint8_t)a->sub,
		.count = (uint8_t)f->count, .time = (uint8_t)f->time, .full = (uint8_t)full, .ns = f->e->ns, .start = a->start, .site = site,
	});
}

static void acquired(struct feed *f, const struct access *a, int shared, uint64_t site, uint32_t use, uint32_t waiter)
{
	struct lock *l = &f->m->locks.v.v[a->lock];
	if (shared && waiter != LOCK_NONE)
		lock_waits_held(f, a->lock, waiter, a->start, f->e->ns);
	if (shared)
		holds_acquire(f, a->lock, 1, f->e->ns, site, use);
	else
		step(f, a, STEP_ACQUIRE, site, use, waiter, 0);
	if (!f->count)
		return;
	l->all.acquisitions++;
	locks_private(f->m)->uses.v[use].f.acquisitions++;
	if (side_of(l, shared))
		side_of(l, shared)->acquisitions++;
}

static void acquired_at_once(struct feed *f, const struct access *a, int shared, uint64_t site)
{
	acquired(f, a, shared, site, lock_use(f, locks_private(f->m), a->lock, site), LOCK_NONE);
}

static void acquired_after_wait(struct feed *f, const struct access *a, int shared)
{
	uint32_t stack = feed_stack(f, a->where), use = lock_use(f, locks_private(f->m), a->lock, stack);
	uint32_t waiter = locks_count_wait(f, a->lock, shared, use, stack, a->start);
	waits_add(f, WAIT_LOCK, a->start);
	feed_took(f, WAIT_LOCK, stack, a->start, 0);
	acquired(f, a, shared, stack, use, waiter);
}

static void failed(struct feed *f, const struct access *a)
{
	uint32_t stack = feed_stack(f, a->where), waiter;
	f->m->locks.v.v[a->lock].all.failed += (uint64_t)f->count;
	if (a->sub != (ETIMEDOUT & 0xff))
		return;
	waiter = locks_count_wait(f, a->lock, 0, lock_use(f, locks_private(f->m), a->lock, stack), stack, a->start);
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
	case HP_R_LOCK:          acquired_at_once(f, a, 0, site_of(f, a->where)); break;
	case HP_R_LOCK_SH:       acquired_at_once(f, a, 1, site_of(f, a->where)); break;
	case HP_R_UNLOCK:        step(f, a, STEP_RELEASE, 0, LOCK_NONE, LOCK_NONE, 0); break;
	case HP_R_UNLOCK_WAITED: step(f, a, STEP_RELEASE, feed_stack(f, a->where), LOCK_NONE, LOCK_NONE, 1); break;
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
		a = (struct access){ hp_word_sub(w[0]), locks_by_address(f, hp_u64(x->addr), hp_word_arg(w[0]) & ~HP_LOCK_TRIED), x->where, x->seq & 0xff,
			feed_start_ns(f, hp_u64(x->start)), NULL };
	} else {
		a.lock = locks_by_index(f, hp_word_arg(w[0]) & ~HP_LOCK_TRIED, &a.slot);
		if (a.kind == HP_R_LOCK_WAIT || a.kind == HP_R_LOCK_WAIT_SH || a.kind == HP_R_LOCK_FAIL)
			a.start = feed_start_ns(f, hp_u64(r->start));
	}
	apply(f, &a);
	lock_pairs_event(f, a.kind, a.lock, a.where, hp_word_arg(w[0]) & HP_LOCK_TRIED);
}

void locks_usual(struct feed *f, const struct stretch_lock *e)
{
	struct access a = { e->kind, 0, e->where, hp_word_sub(e->first), f->e->ns, NULL };
	a.lock = locks_by_index(f, hp_word_arg(e->first), &a.slot);
	apply(f, &a);
	lock_pairs_event(f, a.kind, a.lock, a.where, (int)e->tried);
}

void locks_free_times(struct lock *l)
{
	struct lock_side *sides[] = { &l->all, &l->read, &l->write };
	for (unsigned i = 0; i < 3; i++) {
		lock_times_free(&sides[i]->waits);
		lock_times_free(&sides[i]->holds);
	}
	lock_sync_clear(l);
}

static void clear_lock(struct lock *l)
{
	locks_free_times(l);
	l->all = l->read = l->write = (struct lock_side){ 0 };
	l->reacquired = l->owner_changes = l->wakes = l->foreign_unlocks = l->abandoned = 0;
	l->held_waiting_ns = l->held_io_ns = l->held_sleep_ns = 0;
	l->longest = l->longest_hold = (struct lock_longest){ 0 };
	l->first_waiter = LOCK_NONE;
	lock_crowd_finish(l);
	l->crowd = (struct lock_crowd){ 0 };
}

void locks_clear(struct model *m)
{
	struct locks_private *p = locks_private(m);
	lock_order_flush(m);
	for (size_t i = 0; i < m->locks.v.n; i++)
		clear_lock(&m->locks.v.v[i]);
	for (size_t i = 0; i < p->uses.n; i++) {
		p->uses.v[i].f = (struct lock_figures){ 0 };
		p->uses.v[i].last_arrivals = 0;
	}
	m->locks.waiters.n = m->locks.holders.n = 0;
	m->locks.unmatched_unlocks = 0;
	map64_free(&p->waiters);
	map64_free(&p->holders);
}

static void finish_lock(struct model *m, struct lock *l)
{
	lock_crowd_finish(l);
	lock_cond_finish(m, l);
	lock_barrier_finish(m, l);
	if (l->kind != HP_LOCK_KIND_RWLOCK)
		return;
	lock_times_merge(&l->all.waits, &l->read.waits);
	lock_times_merge(&l->all.waits, &l->write.waits);
	lock_times_merge(&l->all.holds, &l->read.holds);
	lock_times_merge(&l->all.holds, &l->write.holds);
}

void locks_finish(struct model *m)
{
	lock_order_flush(m);
	holds_finish(m);
	for (size_t i = 0; i < m->locks.v.n; i++)
		finish_lock(m, &m->locks.v.v[i]);
	lock_uses_finish(m);
}
