/* holds_past.c - who had a lock some time ago: its last holds, as waiters see them. */
#include "locks_private.h"

enum { HANDED_OVER_NS = 2000 };

void holds_remember(struct model *m, struct lock_state *s, uint32_t room)
{
	struct interval *ring = arena_zalloc(&locks_private(m)->arena, room * sizeof *ring);
	uint32_t have = s->ring_next < s->ring_room ? s->ring_next : s->ring_room;
	for (uint32_t i = 0; i < have; i++)
		ring[(s->ring_next - have + i) & (room - 1)] = s->ring[(s->ring_next - have + i) & (s->ring_room - 1)];
	if (!s->ring && s->last.to)
		ring[s->ring_next++ & (room - 1)] = s->last;  /* the one that the first to wait found, and others with it */
	s->ring = ring;
	s->ring_room = room;
}

/* The first of the remembered holds that ends after `ns`; NULL: none does. *lost: it may have been an earlier one. */
static const struct interval *find_interval(const struct lock_state *s, uint64_t ns, int *lost)
{
	uint32_t have = s->ring_next < s->ring_room ? s->ring_next : s->ring_room, a = s->ring_next - have, b = s->ring_next;
	uint32_t oldest = a;
	while (a != b) {
		uint32_t mid = a + (b - a) / 2;
		if (s->ring[mid & (s->ring_room - 1)].to > ns)
			b = mid;
		else
			a = mid + 1;
	}
	*lost = a == oldest && s->ring_next > have && s->ring[a & (s->ring_room - 1)].from > ns;
	return a == s->ring_next ? NULL : &s->ring[a & (s->ring_room - 1)];
}

/*
 * A release is stamped before it happens: who comes right after the stamp waits for that owner still, though a later one's hold is
 * the first to end.
 */
static const struct interval *just_ended(const struct lock_state *s, const struct interval *found, uint64_t ns)
{
	const struct interval *before = &s->last;
	if (found && found->from <= ns)
		return found;
	if (found && s->ring_next) {
		uint32_t i = (uint32_t)(found - s->ring) - 1;
		before = &s->ring[i & (s->ring_room - 1)];
	}
	return before != found && before->to && before->to <= ns && before->to + HANDED_OVER_NS >= ns ? before : found;
}

struct holder holds_at(struct model *m, struct lock_state *s, uint32_t self, uint64_t ns)
{
	int lost = 0;
	const struct interval *found = s->ring_next ? find_interval(s, ns, &lost) : s->last.to > ns ? &s->last : NULL;
	if (found || s->owner == THREAD_NONE || s->owner == self || s->hold.from > ns)
		found = just_ended(s, found, ns);
	if (found) {
		struct holder holder = { found->site, found->use };
		if (lost && s->ring_room < INTERVALS_MOST)
			holds_remember(m, s, s->ring_room * 2);  /* the next one that waits so long will be told right */
		return holder;
	}
	if (s->owner != THREAD_NONE && s->owner != self)
		return (struct holder){ s->hold.site, s->hold.use };
	return (struct holder){ s->reader_site, s->reader_use };
}

/* ---- cancelled waits ---- */

/* What is remembered of the thread's hold that was there at `ns`; NULL: nothing. */
static struct interval *hold_over(struct model *m, struct lock_state *s, uint32_t thread, uint64_t ns)
{
	const struct locks_private *p = locks_private(m);
	uint32_t have = s->ring_next < s->ring_room ? s->ring_next : s->ring_room;
	for (uint32_t i = 0; i <= have; i++) {
		struct interval *at = i ? &s->ring[(s->ring_next - i) & (s->ring_room - 1)] : &s->last;
		if (at->from <= ns && at->to > ns && p->uses.v[at->use].thread == thread)
			return at;
	}
	return NULL;
}

void holds_cut(struct feed *f, uint32_t lock, uint64_t start)
{
	struct lock *l = &f->m->locks.v.v[lock];
	struct interval *at = hold_over(f->m, l->state, f->thread, start);
	if (!at || !f->time || l->kind != HP_LOCK_KIND_MUTEX)
		return;
	struct lock_figures *u = &locks_private(f->m)->uses.v[at->use].f;
	uint64_t was = model_took(f->m, at->from, at->to), is = model_took(f->m, at->from, start), less = was - is;
	l->all.hold_ns -= less < l->all.hold_ns ? less : l->all.hold_ns;
	u->hold_ns -= less < u->hold_ns ? less : u->hold_ns;
	lock_times_replace(&l->all.holds, was, is);
	if (l->longest_hold.start_ns == model_clip(f->m, at->from) && l->all.max_hold_ns == was) {
		l->longest_hold.end_ns = model_clip(f->m, start);
		l->all.max_hold_ns = is > l->state->max_before ? is : l->state->max_before;
	}
	if (u->max_hold_ns == was)
		u->max_hold_ns = l->all.max_hold_ns;
	at->to = start;
}
