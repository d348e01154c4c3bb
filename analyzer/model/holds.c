/* holds.c - who holds a lock, since when, and from where. */
#include "locks_private.h"

static uint64_t hold_key(uint32_t lock, uint32_t thread)
{
	return (uint64_t)lock << 32 | thread;
}

static struct hold *other_hold(struct locks_private *p, uint32_t lock, uint32_t thread, int make)
{
	uint32_t i = map64_get(&p->holds, hold_key(lock, thread));
	if (i == MAP64_NONE && make) {
		i = (uint32_t)p->others.n;
		map64_put(&p->holds, hold_key(lock, thread), i);
		vec_push(&p->others, (struct hold){ .cond = LOCK_NONE });
	}
	return i == MAP64_NONE ? NULL : &p->others.v[i];
}

/* Only what its thread waits from now on is within it. */
struct hold holds_begin(const struct feed *f, uint64_t ns, uint64_t site, uint32_t use)
{
	const struct thread *t = &f->m->threads.v.v[f->thread];
	return (struct hold){ .from = ns, .site = site, .waited = t->waited_ns + t->stdio_ns, .io = t->wait_ns[WAIT_IO] + t->stdio_ns,
		.slept = t->wait_ns[WAIT_SLEEP], .use = use, .cond = LOCK_NONE, .depth = 1, .outside = !f->time };
}

static void add_hold(struct lock_side *s, uint64_t ns)
{
	s->hold_ns += ns;
	if (ns > s->max_hold_ns)
		s->max_hold_ns = ns;
}

/* Sums begin anew when counting does. */
static uint64_t since(uint64_t sum, uint64_t then)
{
	return sum >= then ? sum - then : sum;
}

static uint64_t within(uint64_t ns, uint64_t hold)
{
	return ns < hold ? ns : hold;
}

static void add_waits_within(struct lock *l, const struct thread *t, const struct hold *h, uint64_t took)
{
	l->held_waiting_ns += within(since(t->waited_ns + t->stdio_ns, h->waited), took);
	l->held_io_ns += within(since(t->wait_ns[WAIT_IO] + t->stdio_ns, h->io), took);
	l->held_sleep_ns += within(since(t->wait_ns[WAIT_SLEEP], h->slept), took);
}

/* A hold, as waiters see it. They are told in order; clocks that differ do not make one end before the one before it. */
static void remember(struct lock_state *s, const struct hold *h, uint64_t ns, uint64_t site)
{
	s->last = (struct interval){ h->from, ns > s->last.to ? ns : s->last.to, site, h->use };
	if (s->ring)
		s->ring[s->ring_next++ & (s->ring_room - 1)] = s->last;
}

void holds_end(struct feed *f, struct lock *l, const struct hold *h, uint64_t ns, uint64_t site, int shared)
{
	uint64_t took = model_took(f->m, h->from, ns);
	if (!h->over)
		remember(l->state, h, ns, site);
	if (!f->time || h->outside)
		return;
	struct lock_side *side = l->kind != HP_LOCK_KIND_RWLOCK ? &l->all : shared ? &l->read : &l->write;
	struct lock_figures *u = &locks_private(f->m)->uses.v[h->use].f;
	if (took > l->all.max_hold_ns) {
		l->state->max_before = l->all.max_hold_ns;
		l->longest_hold = (struct lock_longest){ model_clip(f->m, h->from), model_clip(f->m, ns), f->thread, site_node(f->m, l->state, site),
			f->thread, 0 };
	}
	add_hold(&l->all, took);
	if (side != &l->all)
		add_hold(side, took);
	if (f->count)
		lock_times_add(&side->holds, took);
	u->hold_ns += took;
	u->max_hold_ns = took > u->max_hold_ns ? took : u->max_hold_ns;
	add_waits_within(l, &f->m->threads.v.v[f->thread], h, took);
}

static void acquire_shared(struct feed *f, struct lock *l, uint32_t lock, uint64_t ns, uint64_t site, uint32_t use)
{
	struct hold *h = other_hold(locks_private(f->m), lock, f->thread, 1);
	l->state->reader_site = site;
	l->state->reader_use = use;
	if (h->depth++ == 0)
		*h = holds_begin(f, ns, site, use);
}

/*
 * Somebody else has it already: it is in a condition wait, or its release was not recorded. A thread that has ended with it
 * in its hands (a robust mutex tells the next owner so) had it until then.
 */
static void supersede(struct feed *f, struct lock *l, uint32_t lock, uint64_t ns)
{
	struct lock_state *s = l->state;
	const struct thread *owner = &f->m->threads.v.v[s->owner];
	struct feed then = *f;
	if (owner->ended && owner->end_ns >= s->hold.from && owner->end_ns <= ns) {
		then.thread = s->owner;
		l->abandoned += (uint64_t)f->count;
		holds_end(&then, l, &s->hold, owner->end_ns, s->hold.site, 0);
		return;
	}
	remember(s, &s->hold, ns, s->hold.site);
	s->hold.over = 1;
	*other_hold(locks_private(f->m), lock, s->owner, 1) = s->hold;
}

void holds_acquire(struct feed *f, uint32_t lock, int shared, uint64_t ns, uint64_t site, uint32_t use)
{
	struct lock *l = &f->m->locks.v.v[lock];
	struct lock_state *s = l->state;
	if (shared) {
		acquire_shared(f, l, lock, ns, site, use);
		return;
	}
	if (s->owner == f->thread) {
		s->hold.depth++;
		return;
	}
	if (s->owner != THREAD_NONE)
		supersede(f, l, lock, ns);
	s->owner = f->thread;
	s->hold = holds_begin(f, ns, site, use);
}

/* Ends the hold of an owner who does not release it, as far as that is known. */
static void take_away(struct feed *f, struct lock *l, uint64_t ns)
{
	struct lock_state *s = l->state;
	struct feed then = *f;
	then.thread = s->owner;
	s->owner = THREAD_NONE;
	s->hold.depth = 0;
	holds_end(&then, l, &s->hold, ns, s->hold.site, 0);
}

void holds_drop(struct feed *f, uint32_t lock)
{
	struct lock *l = &f->m->locks.v.v[lock];
	if (l->state->owner == THREAD_NONE)
		return;
	l->abandoned += (uint64_t)f->count;
	take_away(f, l, f->e->ns);
}

int holds_release(struct feed *f, uint32_t lock, uint64_t ns, uint64_t site, int full)
{
	struct lock *l = &f->m->locks.v.v[lock];
	struct lock_state *s = l->state;
	int shared = s->owner != f->thread;
	struct hold *h = shared ? other_hold(locks_private(f->m), lock, f->thread, 0) : &s->hold;
	if ((!h || !h->depth) && s->owner != THREAD_NONE && s->hold.from <= ns) {
		l->foreign_unlocks += (uint64_t)f->count;
		take_away(f, l, ns);
		return 1;
	}
	if (!h || !h->depth)
		return 0;
	if (--h->depth)
		return 1;
	if (!shared)
		s->owner = THREAD_NONE;
	holds_end(f, l, h, ns, full ? site : h->site, shared && l->kind == HP_LOCK_KIND_RWLOCK);
	return 1;
}

int holds_interrupt(struct feed *f, uint32_t lock, uint64_t start, uint64_t end, const struct lock_step *step, int woken)
{
	struct lock *l = &f->m->locks.v.v[lock];
	struct lock_state *s = l->state;
	struct hold *h = s->owner == f->thread ? &s->hold : other_hold(locks_private(f->m), lock, f->thread, 0);
	if (!h || !h->depth)
		return 0;
	struct hold was = *h;
	struct lock_cond *cond = step->waiter != LOCK_NONE ? f->m->locks.v.v[step->waiter].cond : NULL;
	if (cond && was.cond == step->waiter && start - was.from <= LOCK_REWAIT_NS)
		cond->rewaits += (uint64_t)f->count;
	was.waited += f->time ? model_took(f->m, start, end) : 0;  /* this wait is no longer within it */
	holds_end(f, l, &was, start, was.site, 0);
	h->depth = 0;
	if (s->owner == f->thread)
		s->owner = THREAD_NONE;
	holds_acquire(f, lock, 0, end, step->site, step->use);
	s->hold.depth = was.depth;
	s->hold.cond = woken ? step->waiter : LOCK_NONE;
	return 1;
}

/* ---- the end ---- */

/* Until when a thread had what it never released; 0: it may have done so unrecorded. In a condition wait it has not got it. */
static uint64_t end_of_hold(const struct model *m, const struct lock *l, uint32_t thread)
{
	const struct thread *t = &m->threads.v.v[thread];
	const struct process *p = &m->processes.v.v[t->process];
	const struct hp_header *h = &p->last_scope->dump->live;
	uint64_t end = p->last_ns;
	if (t->ended || (p->end != PROCESS_RUNNING && p->end != PROCESS_KILLED) || h->stop_reason != HP_STOP_NONE
		|| !(h->control & HP_LOCK) || dump_dropped(p->last_scope->dump))
		return 0;
	for (size_t i = 0; i < m->pending.n; i++) {
		const struct pending_call *c = &m->pending.v[i];
		if (c->thread == thread && !c->abandoned && c->object2 == l->address && c->start_ns < end)
			end = c->start_ns;
	}
	return end;
}

static void end_open_hold(struct model *m, uint32_t lock, uint32_t thread, const struct hold *h, int shared)
{
	struct lock *l = &m->locks.v.v[lock];
	uint64_t end = h->depth && !h->over ? end_of_hold(m, l, thread) : 0;
	struct feed f = { .m = m, .thread = thread, .time = !m->options.tid || m->threads.v.v[thread].tid == m->options.tid };
	f.count = f.time;
	if (end > h->from)
		holds_end(&f, l, h, end, h->site, shared && l->kind == HP_LOCK_KIND_RWLOCK);
}

void holds_finish(struct model *m)
{
	const struct locks_private *p = locks_private(m);
	for (uint32_t i = 0; i < m->locks.v.n; i++)
		if (m->locks.v.v[i].state->owner != THREAD_NONE)
			end_open_hold(m, i, m->locks.v.v[i].state->owner, &m->locks.v.v[i].state->hold, 0);
	for (size_t i = 0; p->holds.bits && i < (size_t)1 << p->holds.bits; i++) {
		const struct map64_entry *e = &p->holds.entries[i];
		if (e->key != MAP64_EMPTY)
			end_open_hold(m, (uint32_t)(e->key >> 32), (uint32_t)e->key, &p->others.v[e->value], 1);
	}
}
