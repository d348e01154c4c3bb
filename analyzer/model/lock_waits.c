/* lock_waits.c - who waited for a lock where, and who had it then. */
#include "locks_private.h"

static uint32_t waiter_of(struct model *m, uint32_t lock, uint32_t stack)
{
	struct locks_private *p = locks_private(m);
	uint64_t key = (uint64_t)lock << 32 | stack;
	uint32_t i = map64_get(&p->waiters, key);
	if (i != MAP64_NONE)
		return i;
	i = (uint32_t)m->locks.waiters.n;
	map64_put(&p->waiters, key, i);
	vec_push(&m->locks.waiters, (struct lock_waiter){ lock, stack, LOCK_NONE, m->locks.v.v[lock].first_waiter, 0, 0 });
	m->locks.v.v[lock].first_waiter = i;
	return i;
}

static struct lock_holder *holder_of(struct model *m, uint32_t waiter, uint32_t site)
{
	struct locks_private *p = locks_private(m);
	uint64_t key = (uint64_t)waiter << 32 | site;
	uint32_t i = map64_get(&p->holders, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)m->locks.holders.n;
		map64_put(&p->holders, key, i);
		vec_push(&m->locks.holders, (struct lock_holder){ site, m->locks.waiters.v[waiter].first_holder, 0, 0 });
		m->locks.waiters.v[waiter].first_holder = i;
	}
	return &m->locks.holders.v[i];
}

static void add_to_use(struct lock_figures *u, uint64_t took, int count)
{
	u->contended += (uint64_t)count;
	u->wait_ns += took;
	u->max_wait_ns = took > u->max_wait_ns ? took : u->max_wait_ns;
}

uint32_t lock_waits_add(struct feed *f, uint32_t lock, uint32_t use, uint32_t stack, uint64_t start, uint64_t end)
{
	struct model *m = f->m;
	struct lock *l = &m->locks.v.v[lock];
	struct lock_state *s = l->state;
	uint64_t took = model_took(m, start, end);
	if (!s->ring && l->has_hold)
		holds_remember(m, s, INTERVALS);
	if (!f->time || !(f->count || took))
		return LOCK_NONE;
	uint32_t w = waiter_of(m, lock, stack);
	m->locks.waiters.v[w].waits += (uint64_t)f->count;
	m->locks.waiters.v[w].wait_ns += took;
	add_to_use(&locks_private(m)->uses.v[use].f, took, f->count);
	if (took > l->all.max_wait_ns)
		l->longest = (struct lock_longest){ model_clip(m, start), model_clip(m, end), f->thread, stack, THREAD_NONE, 0 };
	if (f->count)
		lock_crowd_add(m, l, start, end);
	return l->has_hold ? w : LOCK_NONE;
}

void lock_waits_held(struct feed *f, uint32_t lock, uint32_t waiter, uint64_t start, uint64_t end)
{
	struct lock *l = &f->m->locks.v.v[lock];
	struct holder held = holds_at(f->m, l->state, f->thread, start);
	uint64_t took = model_took(f->m, start, end);
	uint32_t site = site_node(f->m, l->state, held.site);
	struct lock_holder *h = holder_of(f->m, waiter, site);
	struct lock_use *u = held.use != LOCK_NONE ? &locks_private(f->m)->uses.v[held.use] : NULL;
	h->waits += (uint64_t)f->count;
	h->wait_ns += took;
	if (u) {
		u->f.caused_waits += (uint64_t)f->count;
		u->f.caused_ns += took;
	}
	if (l->longest.thread == f->thread && l->longest.start_ns == model_clip(f->m, start) && l->longest.end_ns == model_clip(f->m, end)) {
		l->longest.owner = u ? u->thread : THREAD_NONE;
		l->longest.owner_site = site;
	}
}
