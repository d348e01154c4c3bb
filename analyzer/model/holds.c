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
		vec_push(&p->others, (struct hold){ .depth = 0 });
	}
	return i == MAP64_NONE ? NULL : &p->others.v[i];
}

static void add_hold(struct lock_side *s, uint64_t ns)
{
	s->hold_ns += ns;
	if (ns > s->max_hold_ns)
		s->max_hold_ns = ns;
}

static void end_hold(struct feed *f, struct lock *l, const struct hold *h, uint64_t ns, uint64_t site, int shared)
{
	struct lock_state *s = l->state;
	uint64_t took = ns > h->from ? ns - h->from : 0;
	s->last = (struct interval){ h->from, ns, site };
	if (s->ring)
		s->ring[s->ring_next++ % INTERVALS] = s->last;
	if (!f->count)
		return;
	add_hold(&l->all, took);
	if (l->kind == HP_LOCK_KIND_RWLOCK)
		add_hold(shared ? &l->read : &l->write, took);
}

static void acquire_shared(struct feed *f, struct lock *l, uint32_t lock, uint64_t ns, uint64_t site)
{
	struct hold *h = other_hold(locks_private(f->m), lock, f->thread, 1);
	l->state->reader_site = site;
	if (h->depth++ == 0) {
		h->from = ns;
		h->site = site;
	}
}

void holds_acquire(struct feed *f, uint32_t lock, int shared, uint64_t ns, uint64_t site)
{
	struct lock *l = &f->m->locks.v.v[lock];
	struct lock_state *s = l->state;
	if (shared) {
		acquire_shared(f, l, lock, ns, site);
		return;
	}
	if (s->owner == f->thread) {
		s->hold.depth++;
		return;
	}
	if (s->owner != THREAD_NONE)  /* it is in a condition wait, or its release is stamped a little later than it was */
		*other_hold(locks_private(f->m), lock, s->owner, 1) = s->hold;
	s->owner = f->thread;
	s->hold = (struct hold){ ns, site, 1 };
}

int holds_release(struct feed *f, uint32_t lock, uint64_t ns, uint64_t site, int full)
{
	struct lock *l = &f->m->locks.v.v[lock];
	struct lock_state *s = l->state;
	int shared = s->owner != f->thread;
	struct hold *h = shared ? other_hold(locks_private(f->m), lock, f->thread, 0) : &s->hold;
	if (!h || !h->depth)
		return 0;
	if (--h->depth)
		return 1;
	if (!shared)
		s->owner = THREAD_NONE;
	end_hold(f, l, h, ns, full ? site : h->site, shared && l->kind == HP_LOCK_KIND_RWLOCK);
	return 1;
}

int holds_interrupt(struct feed *f, uint32_t lock, uint64_t start, uint64_t end, uint64_t site)
{
	struct lock *l = &f->m->locks.v.v[lock];
	struct lock_state *s = l->state;
	struct hold *h = s->owner == f->thread ? &s->hold : other_hold(locks_private(f->m), lock, f->thread, 0);
	if (!h || !h->depth)
		return 0;
	struct hold was = *h;
	end_hold(f, l, &was, start, was.site, 0);
	h->depth = 0;
	if (s->owner == f->thread)
		s->owner = THREAD_NONE;
	holds_acquire(f, lock, 0, end, site);
	s->hold.depth = was.depth;
	return 1;
}

uint64_t holds_at(const struct lock_state *s, uint32_t self, uint64_t ns)
{
	if (s->owner != THREAD_NONE && s->owner != self && s->hold.from <= ns)
		return s->hold.site;
	for (unsigned i = 0; s->ring && i < INTERVALS; i++)
		if (s->ring[i].to > ns && s->ring[i].from <= ns)
			return s->ring[i].site;
	if (s->last.to > ns)
		return s->last.site;
	return s->reader_site;
}
