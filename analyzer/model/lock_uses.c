/*
 * lock_uses.c - who did what with a lock where. While events are read it is counted by (lock, thread, call site), which is one
 * look-up for an acquisition; from that the lists by site and by thread are made at the end.
 */
#include "locks_private.h"

static uint64_t key_of(const struct feed *f, uint32_t lock, uint64_t site)
{
	uint64_t h = ((uint64_t)lock << 32 | f->thread) * 0x9e3779b97f4a7c15u;
	h = (h ^ h >> 29) * 0xbf58476d1ce4e5b9u ^ site * 0x94d049bb133111ebu ^ (uint64_t)f->scope << 48;
	return (h ^ h >> 31) * 0xff51afd7ed558ccdu >> 1;
}

uint32_t lock_use_slow(struct feed *f, uint32_t lock, uint64_t site, uint32_t hash)
{
	struct locks_private *p = locks_private(f->m);
	uint64_t key = key_of(f, lock, site);
	uint32_t i = map64_get(&p->use_of, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)p->uses.n;
		map64_put(&p->use_of, key, i);
		vec_push(&p->uses, (struct lock_use){ lock, f->thread, f->scope, site, f->e->ticks, 0, { 0 } });
	}
	return p->use_cache[hash & (USE_CACHE - 1)] = i;
}

static void add(struct lock_figures *to, const struct lock_figures *f)
{
	to->acquisitions += f->acquisitions;
	to->contended += f->contended;
	to->wait_ns += f->wait_ns;
	to->max_wait_ns = f->max_wait_ns > to->max_wait_ns ? f->max_wait_ns : to->max_wait_ns;
	to->hold_ns += f->hold_ns;
	to->max_hold_ns = f->max_hold_ns > to->max_hold_ns ? f->max_hold_ns : to->max_hold_ns;
	to->caused_waits += f->caused_waits;
	to->caused_ns += f->caused_ns;
}

static int is_empty(const struct lock_use *u)
{
	return !(u->f.acquisitions | u->f.contended | u->f.wait_ns | u->f.hold_ns | u->f.caused_waits | u->f.caused_ns | u->last_arrivals);
}

/* The call's own frame: of an uncontended lock no more is known, so that is what all are told apart by. */
static uint32_t frame_of(struct model *m, const struct lock_use *u)
{
	if (u->site & SITE_LOW)
		return stacks_site(&m->stacks, u->scope, (uint32_t)u->site, u->ticks);
	return stacks_innermost(&m->stacks, (uint32_t)u->site);
}

static void add_to_site(struct model *m, struct map64 *known, const struct lock_use *u)
{
	struct lock *l = &m->locks.v.v[u->lock];
	uint32_t stack = frame_of(m, u);
	uint64_t key = (uint64_t)u->lock << 32 | stack;
	uint32_t i = map64_get(known, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)m->locks.sites.n;
		map64_put(known, key, i);
		vec_push(&m->locks.sites, (struct lock_site){ stack, l->first_site, { 0 } });
		l->first_site = i;
	}
	add(&m->locks.sites.v[i].f, &u->f);
}

static void add_to_user(struct model *m, struct map64 *known, const struct lock_use *u)
{
	struct lock *l = &m->locks.v.v[u->lock];
	uint64_t key = (uint64_t)u->lock << 32 | u->thread;
	uint32_t i = map64_get(known, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)m->locks.users.n;
		map64_put(known, key, i);
		vec_push(&m->locks.users, (struct lock_user){ u->thread, l->first_user, { 0 }, 0 });
		l->first_user = i;
	}
	add(&m->locks.users.v[i].f, &u->f);
	m->locks.users.v[i].last_arrivals += u->last_arrivals;
}

static void add_to_blocker(struct model *m, struct map64 *known, uint32_t lock, const struct lock_holder *h)
{
	struct lock *l = &m->locks.v.v[lock];
	uint64_t key = (uint64_t)lock << 32 | h->site;
	uint32_t i = map64_get(known, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)m->locks.blockers.n;
		map64_put(known, key, i);
		vec_push(&m->locks.blockers, (struct lock_blocker){ h->site, l->first_blocker, 0, 0 });
		l->first_blocker = i;
	}
	m->locks.blockers.v[i].waits += h->waits;
	m->locks.blockers.v[i].wait_ns += h->wait_ns;
}

void lock_uses_finish(struct model *m)
{
	struct locks_private *p = locks_private(m);
	struct map64 sites = { 0 }, users = { 0 }, blockers = { 0 };
	for (size_t i = 0; i < p->uses.n; i++) {
		if (is_empty(&p->uses.v[i]))
			continue;
		add_to_site(m, &sites, &p->uses.v[i]);
		add_to_user(m, &users, &p->uses.v[i]);
	}
	for (size_t w = 0; w < m->locks.waiters.n; w++)
		for (uint32_t i = m->locks.waiters.v[w].first_holder; i != LOCK_NONE; i = m->locks.holders.v[i].next)
			add_to_blocker(m, &blockers, m->locks.waiters.v[w].lock, &m->locks.holders.v[i]);
	map64_free(&sites);
	map64_free(&users);
	map64_free(&blockers);
}
