/*
 * acts_locks.c - who let whom have a lock. Exclusive owners are told here in the order of their sequence numbers (lock_order.c),
 * so the release before an acquisition is the right one whatever the clocks say. Readers go by time.
 *
 * Without MODEL_GRAPH a release is an act only if somebody had waited for it: it is remembered until then.
 */
#include "acts_private.h"

static struct lock_acts *of_lock(struct model *m, uint32_t lock)
{
	struct acts_private *p = m->acts.private;
	const struct lock_last none = { .thread = THREAD_NONE, .act = ACT_NONE };
	while (p->locks.n <= lock)
		vec_push(&p->locks, (struct lock_acts){ none, none, ACT_NONE });
	return &p->locks.v[lock];
}

/* The release as an act. */
static uint32_t act_of(struct model *m, uint32_t lock, struct lock_last *l, int shared)
{
	struct acts_private *p = m->acts.private;
	if (l->act != ACT_NONE || l->thread == THREAD_NONE || p->late.n >= ACTS_MOST)
		return l->act;
	l->act = (uint32_t)p->late.n | ACT_LATE;
	vec_push(&p->late, (struct act){
		.start = l->ns, .end = l->ns, .thread = l->thread, .stack = site_node(m, m->locks.v.v[lock].state, l->site), .object = lock,
		.other = ACT_NONE, .gate = ACT_NONE, .kind = shared ? ACT_RELEASE_SH : ACT_RELEASE, .flags = l->outside ? ACT_OUTSIDE : 0,
	});
	return l->act;
}

static void gate_by(struct model *m, uint32_t act, uint32_t lock, struct lock_last *l, int shared)
{
	if (l->thread == THREAD_NONE || l->thread == m->acts.v.v[act].thread || l->ns > m->acts.v.v[act].end + ACT_SKEW_NS)
		return;
	m->acts.v.v[act].gate = act_of(m, lock, l, shared);
	m->acts.v.v[act].other = l->thread;
}

/* ---- acquisitions that came before the release that let them ---- */

static uint64_t want_key(uint32_t lock, uint32_t thread)
{
	return (uint64_t)lock << 32 | thread;
}

static void want(struct model *m, uint32_t lock, uint32_t owner, uint32_t act)
{
	struct acts_private *p = m->acts.private;
	uint32_t next = map64_get(&p->wanted, want_key(lock, owner));
	m->acts.v.v[act].other = owner;
	map64_put(&p->wanted, want_key(lock, owner), (uint32_t)p->wants.n);
	vec_push(&p->wants, (struct lock_want){ act, next });
}

/* The owner has given it up at `ns`: by this release, or by a condition wait that is an act already. */
static void grant(struct model *m, uint32_t lock, uint32_t owner, uint64_t ns, struct lock_last *l, uint32_t wait)
{
	struct acts_private *p = m->acts.private;
	uint32_t i = map64_get(&p->wanted, want_key(lock, owner));
	if (i == MAP64_NONE)
		return;
	for (; i != MAP64_NONE; i = p->wants.v[i].next) {
		uint32_t act = p->wants.v[i].act;
		if (ns <= m->acts.v.v[act].end + ACT_SKEW_NS)
			m->acts.v.v[act].gate = l ? act_of(m, lock, l, 0) : wait;
	}
	map64_put(&p->wanted, want_key(lock, owner), MAP64_NONE);
}

/* ---- what happens to it, in its order ---- */

/* In one of them nothing was recorded: who was last is not known. */
static int is_next(const struct lock_slot *slot, const struct lock_step *s)
{
	return !slot || s->number == slot->number + 1;
}

static void acquired(struct model *m, const struct lock_slot *slot, const struct lock_step *s)
{
	struct lock_acts *l = of_lock(m, s->lock);
	uint32_t owner = m->locks.v.v[s->lock].state->owner;
	l->acquire = s->act;
	if (s->act == ACT_NONE || owner == s->thread)
		return;
	if (owner != THREAD_NONE)
		want(m, s->lock, owner, s->act);
	else if (l->shared.thread != THREAD_NONE && l->shared.ns > l->exclusive.ns)
		gate_by(m, s->act, s->lock, &l->shared, 1);
	else if (is_next(slot, s))
		gate_by(m, s->act, s->lock, &l->exclusive, 0);
}

static void released(struct model *m, const struct lock_step *s)
{
	struct lock_acts *l = of_lock(m, s->lock);
	const struct lock *lock = &m->locks.v.v[s->lock];
	const struct hold *h = &lock->state->hold;
	int owns = lock->state->owner == s->thread, shared = lock->kind == HP_LOCK_KIND_RWLOCK && !owns;
	if (owns && h->depth > 1)
		return;
	struct lock_last *last = shared ? &l->shared : &l->exclusive;
	*last = (struct lock_last){ s->ns, s->full ? s->site : owns ? h->site : 0, s->thread, s->act, !s->time };
	if (shared && s->act != ACT_NONE)
		m->acts.v.v[s->act].kind = ACT_RELEASE_SH, m->acts.v.v[s->act].number = 0;
	if (!shared)
		grant(m, s->lock, s->thread, s->ns, last, ACT_NONE);
	else if (lock->state->owner != THREAD_NONE && l->acquire != ACT_NONE)
		gate_by(m, l->acquire, s->lock, last, 1);
}

/* A condition wait gave it up at its start. */
static void retaken(struct model *m, const struct lock_step *s)
{
	if (s->act == ACT_NONE)
		return;
	of_lock(m, s->lock)->acquire = ACT_NONE;
	grant(m, s->lock, s->thread, s->start, NULL, s->act);
}

void acts_lock_step(const struct feed *f, const struct lock_slot *slot, const struct lock_step *s)
{
	switch (s->kind) {
	case STEP_ACQUIRE: acquired(f->m, slot, s); break;
	case STEP_RETAKE:  retaken(f->m, s); break;
	case STEP_RELEASE: released(f->m, s); break;
	}
}

void acts_shared(struct feed *f, uint32_t lock, uint32_t act)
{
	struct lock_acts *l = of_lock(f->m, lock);
	uint32_t owner = f->m->locks.v.v[lock].state->owner;
	if (owner == f->thread)
		return;
	if (owner != THREAD_NONE)
		want(f->m, lock, owner, act);
	else
		gate_by(f->m, act, lock, &l->exclusive, 0);
}
