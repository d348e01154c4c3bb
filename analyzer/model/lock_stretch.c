/*
 * lock_stretch.c - runs of uncontended acquisitions and releases, which most recordings of locks are made of. What is the
 * same for all of a run, or can only be so for a lock that nobody waits for, is not worked out for each event.
 *
 * Threads that take turns every few ns would make runs of one event. So a thread goes on a little ahead of the others, as
 * long as it takes locks that it was the last one to have: the numbers of a lock's owners tell that nobody had it in
 * between, whatever others do meanwhile (but readers, which acts are asked about). They have 8 bits, so it must not go on for as long as 256 acquisitions take.
 */
#include "lock_pairs_private.h"
#include "locks_private.h"

#include "dump/stretch.h"

enum { AHEAD_NS = 3000 };  /* 256 acquisitions take 20 ns each, and more */

/* The lock of a slot that is what it seems to be now, and whose owners are known up to now; NULL: that takes a closer look. */
static inline struct lock *settled(struct model *m, const struct lock_slot *slot, uint64_t ticks)
{
	if (!slot || slot->lock == LOCK_NONE || slot->queue || (slot->def < slot->end && ticks >= slot->until))
		return NULL;
	return &m->locks.v.v[slot->lock];
}

static inline int is_next(const struct lock *l, const struct lock_slot *slot, uint32_t first)
{
	return l->state->owner == THREAD_NONE && (uint8_t)(hp_word_sub(first) - (unsigned)(uint64_t)slot->number) == 1;
}

static inline void note(struct lock *l, const struct feed *f)
{
	l->last_ns = f->e->ns;
	l->state->ticks = f->e->ticks;
	l->state->scope = f->scope;
}

static inline void acquire(struct feed *f, struct locks_private *p, struct lock *l, struct lock_slot *slot, uint32_t where)
{
	struct lock_state *s = l->state;
	uint32_t use = lock_use(f, p, slot->lock, where | SITE_LOW);
	note(l, f);
	slot->number++;
	l->owner_changes += s->last_owner != f->thread && s->last_owner != THREAD_NONE;
	s->owner = s->last_owner = f->thread;
	s->hold = holds_begin(f, f->e->ns, where | SITE_LOW, use);
	l->all.acquisitions++;
	p->uses.v[use].f.acquisitions++;
	if (l->kind == HP_LOCK_KIND_RWLOCK)
		l->write.acquisitions++;
}

static inline void release(struct feed *f, struct lock *l)
{
	struct lock_state *s = l->state;
	note(l, f);
	s->owner = THREAD_NONE;
	s->hold.depth = 0;
	holds_end(f, l, &s->hold, f->e->ns, s->hold.site, 0);
}

/* For who asks who let whom have a lock: an acquisition that nobody waited for is no act, but its release may have let somebody. */
static inline void tell_acts(const struct feed *f, const struct lock_slot *slot, enum step_kind kind)
{
	if (!f->m->acts.private)
		return;
	acts_lock_step(f, slot, &(struct lock_step){
		.lock = slot->lock, .thread = f->thread, .act = ACT_NONE, .kind = (uint8_t)kind, .time = (uint8_t)f->time, .ns = f->e->ns,
		.number = slot->number + (kind == STEP_ACQUIRE),
	});
}

/* One event of a run; 0: it is ahead of the others, and not one that may be. */
static inline int one(struct feed *f, struct locks_private *p, struct stretch *s, struct cursor *c, const struct stretch_lock *e, uint64_t limit)
{
	struct lock_slot *slot = scope_slot(&p->scopes.v[f->scope], hp_word_arg(e->first));
	struct lock *l = settled(f->m, slot, e->now);
	int usual = l && (e->kind == HP_R_LOCK ? is_next(l, slot, e->first) : l->state->owner == f->thread && l->state->hold.depth == 1);
	if (!usual ? e->ns > limit || f->m->acts.private : e->ns > limit && l->state->last_owner != f->thread)
		return 0;
	stretch_lock_take(s, &c->near, e);
	c->event.ns = s->ns;
	c->event.ticks = e->now;
	if (!usual) {
		locks_usual(f, e);
		return 1;
	}
	tell_acts(f, slot, e->kind == HP_R_LOCK ? STEP_ACQUIRE : STEP_RELEASE);
	if (e->kind == HP_R_LOCK)
		acquire(f, p, l, slot, e->where);
	else
		release(f, l);
	lock_pairs_event(f, e->kind, slot->lock, e->where, (int)e->tried);
	return 1;
}

uint64_t locks_stretch(struct feed *f, struct cursor *cursor, uint64_t limit, uint64_t last)
{
	if (!stretch_has_lock(cursor) || !f->count || f->mixed)
		return 0;
	struct locks_private *p = locks_private(f->m);
	struct model_private *m = f->m->private;
	uint64_t n[2] = { 0 }, ahead = f->m->acts.private ? limit : last > AHEAD_NS && limit < last - AHEAD_NS ? limit + AHEAD_NS : last;
	struct stretch s = stretch_begin(cursor);
	struct stretch_lock e = stretch_lock(&s, &cursor->near);
	locks_scope(f);
	for (; e.kind && e.ns <= ahead && one(f, p, &s, cursor, &e, limit); e = stretch_lock(&s, &cursor->near))
		n[e.kind == HP_R_UNLOCK]++;
	stretch_end(cursor, &s);
	m->record_counts[HP_R_LOCK] += n[0];
	m->record_counts[HP_R_UNLOCK] += n[1];
	f->s->events += n[0] + n[1];
	f->s->last_ns = s.ns > f->s->last_ns ? s.ns : f->s->last_ns;
	return n[0] + n[1];
}
