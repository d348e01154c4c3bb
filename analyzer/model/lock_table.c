/* lock_table.c - which lock an index or an address means at a time. */
#include "lock_pairs_private.h"
#include "locks_private.h"

#include <stdlib.h>

#include "util/alloc.h"

struct locks_private *locks_private(struct model *m)
{
	if (!m->locks.private)
		m->locks.private = xcalloc(1, sizeof *m->locks.private);
	return m->locks.private;
}

static struct map64 *addresses(struct feed *f)
{
	struct locks_private *p = locks_private(f->m);
	vec_ensure(&p->by_address, f->process);
	return &p->by_address.v[f->process];
}

static uint32_t new_lock(struct feed *f, uint64_t address, uint32_t kind)
{
	struct model *m = f->m;
	struct lock_state *s = arena_zalloc(&locks_private(m)->arena, sizeof *s);
	uint32_t i = (uint32_t)m->locks.v.n;
	struct lock_cond *cond = NULL;
	struct lock_barrier *barrier = NULL;
	*s = (struct lock_state){ .owner = THREAD_NONE, .last_owner = THREAD_NONE, .scope = f->scope, .ticks = f->e->ticks, .slot = LOCK_NONE,
		.reader_use = LOCK_NONE };
	if (kind == HP_LOCK_KIND_COND) {
		cond = arena_zalloc(&locks_private(m)->arena, sizeof *cond);
		cond->mutex = LOCK_NONE;
	}
	if (kind == HP_LOCK_KIND_BARRIER)
		barrier = arena_zalloc(&locks_private(m)->arena, sizeof *barrier);
	struct stack_place at = stacks_place(&m->stacks, f->scope, address, 0, f->e->ticks);
	vec_push(&m->locks.v, (struct lock){
		.id = i + 1, .process = f->process, .address = address, .kind = kind, .place = { at.module, at.offset },
		.first_ns = f->e->ns, .last_ns = f->e->ns, .first_waiter = LOCK_NONE, .first_site = LOCK_NONE,
		.first_user = LOCK_NONE, .first_blocker = LOCK_NONE, .cond = cond, .barrier = barrier, .state = s,
		.has_hold = kind == HP_LOCK_KIND_MUTEX || kind == HP_LOCK_KIND_RWLOCK || kind == HP_LOCK_KIND_SPIN,
	});
	map64_put(addresses(f), address, i);
	return i;
}

uint32_t locks_known(struct feed *f, uint64_t address)
{
	return map64_get(addresses(f), address);  /* MAP64_NONE is LOCK_NONE */
}

uint32_t locks_by_address(struct feed *f, uint64_t address, uint32_t kind)
{
	uint32_t i = locks_known(f, address);
	return i != LOCK_NONE && f->m->locks.v.v[i].kind == kind ? i : new_lock(f, address, kind);
}

static uint64_t origin_key(const struct feed *f, uint64_t address, uint32_t kind, uint32_t stack)
{
	uint64_t h = address * 0x9e3779b97f4a7c15u ^ (uint64_t)stack << 32 ^ (uint64_t)kind << 24 ^ f->process;
	return h * 0xff51afd7ed558ccdu >> 1;
}

/* The lock that an address, and the table's index for it, mean from now on. */
static void make_current(struct feed *f, uint32_t lock, uint32_t before)
{
	struct lock *l = &f->m->locks.v.v[lock];
	map64_put(addresses(f), l->address, lock);
	if (before == LOCK_NONE)
		return;
	const struct lock_state *was = f->m->locks.v.v[before].state;
	if (was->slot == LOCK_NONE || was->scope != f->scope)
		return;  /* no lock of this scope's table */
	struct scope_locks *s = &locks_private(f->m)->scopes.v[f->scope];
	if (s->slots.v[was->slot].lock != before)
		return;
	l->state->slot = was->slot;
	s->slots.v[was->slot].lock = lock;
}

void locks_initialised(struct feed *f, uint64_t address, uint32_t kind, uint32_t type, uint32_t stack)
{
	struct locks_private *p = locks_private(f->m);
	uint64_t key = origin_key(f, address, kind, stack);
	uint32_t before = locks_known(f, address), lock = map64_get(&p->by_origin, key);
	if (before != LOCK_NONE && f->m->locks.v.v[before].kind != kind)
		before = LOCK_NONE;
	if (lock == MAP64_NONE) {
		lock = new_lock(f, address, kind);
		f->m->locks.v.v[lock].type = type;
		f->m->locks.v.v[lock].init_stack = stack;
		map64_put(&p->by_origin, key, lock);
	}
	lock_pairs_made(f, lock);
	holds_drop(f, lock);
	make_current(f, lock, before);
}

/* An index's slot, made if it has none. */
static struct lock_slot *slot_of(struct scope_locks *s, uint32_t index)
{
	struct lock_slot *slot = scope_slot(s, index);
	uint32_t **page = &s->pages[index / SLOTS_A_PAGE % SLOT_PAGES];
	if (slot)
		return slot;
	if (!*page)
		*page = xcalloc(SLOTS_A_PAGE, sizeof **page);
	vec_push(&s->slots, (struct lock_slot){ .lock = LOCK_NONE, .until = UINT64_MAX });
	(*page)[index % SLOTS_A_PAGE] = (uint32_t)s->slots.n;
	return &s->slots.v[s->slots.n - 1];
}

struct scope_locks *locks_scope(struct feed *f)
{
	struct locks_private *p = locks_private(f->m);
	vec_ensure(&p->scopes, f->scope);
	struct scope_locks *s = &p->scopes.v[f->scope];
	if (s->ready)
		return s;
	const struct dump_scope *d = f->dump_thread->scope;
	s->ready = 1;
	s->defs = d->lock_defs.v;
	for (size_t i = 0; i < d->lock_defs.n; i++) {
		struct lock_slot *slot = slot_of(s, s->defs[i].index);
		if (!slot->end)
			*slot = (struct lock_slot){ .lock = LOCK_NONE, .def = (uint32_t)i, .end = (uint32_t)i };
		slot->end = (uint32_t)i + 1;
	}
	return s;
}

static void next_definition(struct feed *f, struct lock_slot *slot, const struct scope_locks *s)
{
	const struct dump_lock_def *d = &s->defs[slot->def++];
	slot->lock = locks_by_address(f, d->address, d->kind);
	struct lock *l = &f->m->locks.v.v[slot->lock];
	l->state->slot = (uint32_t)(slot - s->slots.v);
	l->state->scope = f->scope;
	l->type = l->type ? l->type : d->type;
	l->init_stack = l->init_stack ? l->init_stack : feed_stack(f, d->init_stack);
	slot->until = slot->def < slot->end ? s->defs[slot->def].ticks : UINT64_MAX;
}

static uint32_t undefined(struct feed *f, struct lock_slot *slot)
{
	unsigned kind = f->e->r.kind;
	int shared = kind == HP_R_LOCK_SH || kind == HP_R_LOCK_WAIT_SH;
	feed_unknown(f, "a lock that is not defined");
	return slot->lock = new_lock(f, 0, shared ? HP_LOCK_KIND_RWLOCK : HP_LOCK_KIND_MUTEX);
}

struct lock_slot *locks_slot(struct feed *f, uint32_t lock)
{
	const struct lock_state *l = f->m->locks.v.v[lock].state;
	return l->slot != LOCK_NONE && l->scope == f->scope ? &locks_scope(f)->slots.v[l->slot] : NULL;
}

uint32_t locks_by_index(struct feed *f, uint32_t index, struct lock_slot **which)
{
	struct scope_locks *s = locks_scope(f);
	struct lock_slot *slot = *which = slot_of(s, index);
	while (slot->def < slot->end && (slot->lock == LOCK_NONE || f->e->ticks >= slot->until))
		next_definition(f, slot, s);
	return slot->lock != LOCK_NONE ? slot->lock : undefined(f, slot);
}

void locks_free(struct locks *locks)
{
	struct locks_private *p = locks->private;
	for (size_t i = 0; i < locks->v.n; i++)
		locks_free_times(&locks->v.v[i]);
	vec_free(&locks->v);
	vec_free(&locks->waiters);
	vec_free(&locks->holders);
	vec_free(&locks->sites);
	vec_free(&locks->users);
	vec_free(&locks->blockers);
	if (!p)
		return;
	for (size_t i = 0; i < p->scopes.n; i++) {
		for (unsigned k = 0; k < SLOT_PAGES; k++)
			free(p->scopes.v[i].pages[k]);
		vec_free(&p->scopes.v[i].slots);
	}
	for (size_t i = 0; i < p->by_address.n; i++)
		map64_free(&p->by_address.v[i]);
	vec_free(&p->scopes);
	vec_free(&p->by_address);
	vec_free(&p->others);
	vec_free(&p->uses);
	map64_free(&p->use_of);
	map64_free(&p->by_origin);
	map64_free(&p->holds);
	map64_free(&p->waiters);
	map64_free(&p->holders);
	arena_free(&p->arena);
	free(p);
}
