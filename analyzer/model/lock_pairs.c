/* lock_pairs.c - what threads hold, and each order in which two locks were taken: see lock_pairs.h. */
#include "lock_pairs_private.h"
#include "locks_private.h"

#include "util/alloc.h"

enum { LOOKED_AT = 16, ROOM_FIRST = 7, STALE_NS = 100000 };

struct lock_pairs_private {
	struct map64 by_locks;    /* first, second and how they were taken -> pair */
	struct map64 by_thread;   /* pair << 32 | thread -> the epoch in which it was noted */
	uint32_t free_threads;    /* of lock_pairs.threads: index + 1, 0: none */
	VEC(uint32_t) lives;      /* by lock: how often it was made, as far as somebody said so */
};

static struct lock_pairs_private *private_of(struct model *m)
{
	if (!m->lock_pairs.private)
		m->lock_pairs.private = xcalloc(1, sizeof *m->lock_pairs.private);
	return m->lock_pairs.private;
}

/* ---- what a thread holds ---- */

static struct held_lock *held_at(struct thread_state *s, uint32_t i)
{
	return i ? &s->held[i - 1] : &s->outermost;
}

static void make_room(struct feed *f)
{
	struct thread_state *s = f->s;
	uint32_t room = s->held_room ? s->held_room * 2 + 1 : ROOM_FIRST;
	struct held_lock *held = arena_alloc(&f->m->private->arena, room * sizeof *held);
	if (s->held_count > 1)
		memcpy(held, s->held, (s->held_count - 1) * sizeof *held);
	s->held = held;
	s->held_room = room;
}

static void add_held(struct feed *f, const struct taken_lock *t)
{
	struct thread_state *s = f->s;
	if (s->held_count == HELD_MOST) {
		f->m->lock_pairs.left_out++;
		return;
	}
	if (s->held_count > s->held_room)
		make_room(f);
	*held_at(s, s->held_count++) = (struct held_lock){ .lock = t->lock, .where = t->where, .depth = 1, .shared = t->shared, .full = t->full };
}

static uint32_t find_held(struct thread_state *s, uint32_t lock)
{
	uint32_t i = s->held_count;
	while (i && held_at(s, i - 1)->lock != lock)
		i--;
	return i - 1;  /* UINT32_MAX: none */
}

static void drop_held(struct thread_state *s, uint32_t i)
{
	for (s->held_count--; i < s->held_count; i++)
		*held_at(s, i) = *held_at(s, i + 1);
}

/* Some threads give back what others have taken. */
void lock_pairs_left(struct feed *f, uint32_t lock)
{
	uint32_t owner = f->m->locks.v.v[lock].state->owner, i = find_held(f->s, lock);
	struct thread_state *s = f->s;
	if (i == UINT32_MAX && owner != THREAD_NONE && owner != f->thread) {
		s = f->m->private->states.v[owner];
		i = s ? find_held(s, lock) : UINT32_MAX;
	}
	if (i != UINT32_MAX && --held_at(s, i)->depth == 0)
		drop_held(s, i);
}

/* Somebody else has taken it since, long ago: its release was not seen. */
static int is_stale(const struct feed *f, const struct held_lock *h)
{
	const struct lock_state *s = f->m->locks.v.v[h->lock].state;
	return !h->shared && s->owner != THREAD_NONE && s->owner != f->thread && s->hold.from + STALE_NS < f->e->ns;
}

/* ---- pairs ---- */

static uint32_t life_of(const struct lock_pairs_private *p, uint32_t lock)
{
	return lock < p->lives.n ? p->lives.v[lock] : 0;
}

void lock_pairs_made(struct feed *f, uint32_t lock)
{
	struct lock_pairs_private *p = private_of(f->m);
	uint32_t owner = f->m->locks.v.v[lock].state->owner;
	struct thread_state *s = owner != THREAD_NONE ? f->m->private->states.v[owner] : NULL;
	uint32_t i = s ? find_held(s, lock) : UINT32_MAX;
	if (i != UINT32_MAX)
		drop_held(s, i);
	vec_ensure(&p->lives, lock);
	p->lives.v[lock]++;
}

static uint64_t pair_key(uint32_t first, int first_shared, uint32_t second, int second_shared)
{
	return ((uint64_t)first << 1 | (unsigned)first_shared) << 32 | second << 1 | (unsigned)second_shared;
}

static uint32_t site_of(struct feed *f, uint32_t where, int full)
{
	return full ? feed_stack(f, where) : stacks_site(&f->m->stacks, f->scope, where, f->e->ticks);
}

/* What else the thread holds, the outermost first. Most pairs have nothing of it. */
static void note_gates(struct feed *f, struct lock_pair *pair)
{
	struct lock_pairs *all = &f->m->lock_pairs;
	pair->gate_count = 0;
	if (f->s->held_count > 1 && !pair->gates) {
		pair->gates = all->gates.n ? (uint32_t)all->gates.n : 1;  /* 0 is none */
		vec_ensure(&all->gates, pair->gates + LOCK_GATES_MOST - 1);
	}
	for (uint32_t i = 0; i < f->s->held_count && pair->gate_count < LOCK_GATES_MOST; i++) {
		const struct held_lock *h = held_at(f->s, i);
		if (h->lock != pair->first)
			all->gates.v[pair->gates + pair->gate_count++] = (struct lock_gate){ h->lock, h->shared };
	}
}

/* Only what is held each time keeps others out. */
static void keep_gates(struct feed *f, struct lock_pair *pair)
{
	struct lock_gate *g = f->m->lock_pairs.gates.v + pair->gates;
	unsigned kept = 0;
	for (unsigned i = 0; i < pair->gate_count; i++) {
		uint32_t at = find_held(f->s, g[i].lock);
		if (at != UINT32_MAX)
			g[kept++] = (struct lock_gate){ g[i].lock, g[i].shared | held_at(f->s, at)->shared };
	}
	pair->gate_count = (uint8_t)kept;
}

static void note_thread(struct feed *f, struct lock_pair *pair)
{
	struct lock_pairs *all = &f->m->lock_pairs;
	uint64_t key = (uint64_t)(uint32_t)(pair - all->v.v) << 32 | f->thread;
	pair->last_thread = f->thread;
	if (map64_get(&all->private->by_thread, key) == pair->epoch)
		return;
	map64_put(&all->private->by_thread, key, pair->epoch);
	uint32_t i = all->private->free_threads;
	if (!i) {
		vec_push(&all->threads, (struct lock_pair_thread){ 0 });
		i = (uint32_t)all->threads.n;
	} else {
		all->private->free_threads = all->threads.v[i - 1].next;
	}
	all->threads.v[i - 1] = (struct lock_pair_thread){ f->thread, pair->first_thread };
	pair->first_thread = i;
	pair->thread_count++;
}

static void forget_threads(struct lock_pairs *all, struct lock_pair *pair)
{
	while (pair->first_thread) {
		uint32_t i = pair->first_thread;
		pair->first_thread = all->threads.v[i - 1].next;
		all->threads.v[i - 1].next = all->private->free_threads;
		all->private->free_threads = i;
	}
	pair->thread_count = 0;
	pair->last_thread = THREAD_NONE;
	pair->epoch++;
}

/* The reverse order of the same lives makes both an inversion, unless readers meet readers. From then on their lives stay. */
static void meet_reverse(struct lock_pairs *all, struct lock_pair *pair)
{
	for (int mode = 0; mode < 4; mode++) {
		int first_shared = mode & 1, second_shared = mode >> 1;
		if ((first_shared && pair->second_shared) || (second_shared && pair->first_shared))
			continue;
		uint32_t i = map64_get(&all->private->by_locks, pair_key(pair->second, first_shared, pair->first, second_shared));
		struct lock_pair *r = i == MAP64_NONE ? NULL : &all->v.v[i];
		if (r && r->first_life == pair->second_life && r->second_life == pair->first_life)
			pair->inverted = r->inverted = 1;
	}
}

/* What is known of the pair is of other lives of its locks. */
static void begin_life(struct feed *f, struct lock_pair *pair, const struct held_lock *h, const struct taken_lock *t)
{
	struct lock_pairs *all = &f->m->lock_pairs;
	pair->first_life = life_of(all->private, h->lock);
	pair->second_life = life_of(all->private, t->lock);
	pair->holding_site = site_of(f, h->where, h->full);
	pair->site = site_of(f, t->where, t->full);
	pair->count = 0;
	pair->first_ns = f->e->ns;
	forget_threads(all, pair);
	note_gates(f, pair);
	meet_reverse(all, pair);
}

static struct lock_pair *pair_of(struct feed *f, const struct held_lock *h, const struct taken_lock *t)
{
	struct lock_pairs *all = &f->m->lock_pairs;
	struct lock_pairs_private *p = private_of(f->m);
	uint64_t key = pair_key(h->lock, h->shared, t->lock, t->shared);
	uint32_t i = map64_get(&p->by_locks, key);
	if (i == MAP64_NONE) {
		if (all->v.n == LOCK_PAIRS_MOST || is_stale(f, h)) {
			all->left_out += !is_stale(f, h);
			return NULL;
		}
		i = (uint32_t)all->v.n;
		map64_put(&p->by_locks, key, i);
		vec_push(&all->v, (struct lock_pair){ .first = h->lock, .second = t->lock, .first_shared = h->shared, .second_shared = t->shared });
		begin_life(f, &all->v.v[i], h, t);
	}
	return &all->v.v[i];
}

static void note_pair(struct feed *f, const struct held_lock *h, const struct taken_lock *t)
{
	struct lock_pair *pair = pair_of(f, h, t);
	const struct lock_pairs_private *p = f->m->lock_pairs.private;
	if (!pair)
		return;
	if (!pair->inverted && (pair->first_life != life_of(p, h->lock) || pair->second_life != life_of(p, t->lock)))
		begin_life(f, pair, h, t);
	if (pair->gate_count)
		keep_gates(f, pair);
	if (pair->last_thread != f->thread)
		note_thread(f, pair);
	pair->count++;
}

/* Orders count in the time and on the call paths that are asked about; of all threads, as one alone cannot hang. */
static int counts(const struct feed *f)
{
	const struct model_private *p = f->m->private;
	return f->e->ns <= p->to_ns && (!p->focus || f->count);
}

void lock_pairs_nested(struct feed *f, const struct taken_lock *t)
{
	struct thread_state *s = f->s;
	uint32_t have = find_held(s, t->lock), n = s->held_count;
	if (have != UINT32_MAX) {
		held_at(s, have)->depth++;
		return;
	}
	for (uint32_t i = n > LOOKED_AT ? n - LOOKED_AT : 0; i < n && !t->tried && counts(f); i++)
		note_pair(f, held_at(s, i), t);
	add_held(f, t);
}

/* ---- the whole ---- */

void lock_pairs_clear(struct model *m)
{
	struct lock_pairs *all = &m->lock_pairs;
	all->v.n = all->threads.n = all->gates.n = 0;
	all->left_out = 0;
	if (!all->private)
		return;
	all->private->free_threads = 0;
	map64_free(&all->private->by_locks);
	map64_free(&all->private->by_thread);
}

void lock_pairs_free(struct lock_pairs *all)
{
	vec_free(&all->v);
	vec_free(&all->threads);
	vec_free(&all->gates);
	vec_free(&all->inversions);
	vec_free(&all->orders);
	if (!all->private)
		return;
	map64_free(&all->private->by_locks);
	map64_free(&all->private->by_thread);
	vec_free(&all->private->lives);
	free(all->private);
}
