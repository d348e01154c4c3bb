/* locks.c - see locks.h. */
#include "locks.h"
#include "meta.h"
#include "state.h"
#include "sys.h"
#include <errno.h>

struct hp_lock *hp_lock_table;
static int usable;

/*
 * Before and after the record of an exclusive acquisition. A handler that jumps out in between leaves NULL: the next release
 * is a record with its lock. On which side of ours a handler's own record came can't be told: the next one is with its lock, too.
 */
HP_INLINE void about_to_take(struct hp_thread *t, const struct hp_lock *l, uint32_t sequence)
{
	HP_STORE(&t->last_lock, NULL);
	HP_STORE(&t->last_taken, hp_lock_taking((uint32_t)(l - hp_lock_table), sequence));
}

HP_INLINE void has_taken(struct hp_thread *t, struct hp_lock *l, uint32_t sequence)
{
	if (t == &hp_late)
		return;
	if (HP_RELAXED(&t->last_taken) != hp_lock_taking((uint32_t)(l - hp_lock_table), sequence))
		HP_STORE(&t->last_taken, 0);
	HP_STORE(&t->last_lock, l);
}

int hp_locks_init(void)
{
	hp_lock_table = hp_sys_anonymous(HP_LOCKS_MAX * sizeof *hp_lock_table, 1);
	usable = hp_lock_table != NULL;
	if (!usable)
		hp_lock_table = hp_sys_anonymous(HP_LOCKS_MAX * sizeof *hp_lock_table, 0);
	return hp_lock_table ? 0 : -ENOMEM;
}

static HP_COLD void define(struct hp_thread *t, struct hp_lock *l, enum hp_lock_kind kind, uint64_t address)
{
	l->kind = kind;
	struct hp_r_lock_def *r = (void *)hp_meta_open(t, HP_R_LOCK_DEF, sizeof *r / 4);
	hp_put64(r->ticks, hp_ticks());
	hp_put64(r->addr, address);
	r->init_stack = 0;
	r->pid = hp_live->pid;
	r->type = 0;
	hp_commit(&r->w, hp_word(HP_R_LOCK_DEF, kind, (unsigned)(l - hp_lock_table)));
	if (t->live)  /* else, in the child of a fork by a handler that came in the middle of this event, it is lost */
		HP_STORE(&l->key, hp_lock_key(kind, (void *)address));
}

void hp_locks_moved(struct hp_thread *t)
{
	for (unsigned i = 0; i < HP_LOCKS_MAX; i++)
		if (HP_RELAXED(&hp_lock_table[i].key))
			define(t, &hp_lock_table[i], hp_lock_table[i].kind, hp_lock_table[i].claimed);
}

/* Claims an entry in the lock's neighbourhood of the table; NULL when that is full. */
static HP_COLD struct hp_lock *claim(struct hp_thread *t, enum hp_lock_kind kind, const void *lock)
{
	uint64_t address = (uint64_t)lock;
	uint32_t i = hp_lock_home(lock);
	for (unsigned probe = 0; usable && probe < HP_LOCK_PROBES; probe++, i++) {
		struct hp_lock *l = &hp_lock_table[i & (HP_LOCKS_MAX - 1)];
		uint64_t owner = 0;
		if (HP_RELAXED(&l->claimed) == address || __atomic_compare_exchange_n(&l->claimed, &owner, address, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED) || owner == address) {
			if (HP_LOAD(&l->key) != hp_lock_key(kind, lock))
				define(t, l, kind, address);
			return l;
		}
	}
	return NULL;
}

/* The lock's entry, defined in the dump; NULL: none is free. Cost: a multiplication and a cache line, mostly. */
HP_INLINE struct hp_lock *find(struct hp_thread *t, enum hp_lock_kind kind, const void *lock)
{
	struct hp_lock *l = &hp_lock_table[hp_lock_home(lock)];
	return HP_LIKELY(HP_LOAD(&l->key) == hp_lock_key(kind, lock)) ? l : claim(t, kind, lock);
}

/* A record of a lock outside the table. */
static HP_COLD void wide(struct hp_thread *t, unsigned stands_for, unsigned kind, uint64_t address, uint64_t now, uint32_t where, uint64_t start)
{
	struct hp_r_lock_x *r = (void *)hp_open(t, now, HP_R_LOCK_X, sizeof *r / 4);
	r->t32 = (uint32_t)now;
	hp_put64(r->addr, address);
	r->where = where;
	hp_put64(r->start, start);
	r->seq = 0;
	hp_commit(&r->w, hp_word(HP_R_LOCK_X, stands_for, kind));
}

HP_INLINE void put_short(struct hp_thread *t, unsigned record, unsigned seq, struct hp_lock *l, unsigned flags, uint64_t now, uint32_t where)
{
	uint32_t *r = hp_open(t, now, record, 3);
	r[1] = (uint32_t)now;
	r[2] = where;
	hp_commit(r, hp_word(record, seq & 0xff, (unsigned)(l - hp_lock_table) | flags));
}

void hp_lock_taken(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, int how, uintptr_t site)
{
	uint64_t now = hp_ticks();
	unsigned record = how & HP_TAKE_SHARED ? HP_R_LOCK_SH : HP_R_LOCK, flags = how & HP_TAKE_TRIED ? HP_LOCK_TRIED : 0;
	struct hp_lock *l = find(t, kind, lock);
	if (HP_UNLIKELY(!l)) {
		wide(t, record, kind | flags, (uint64_t)lock, now, (uint32_t)site, 0);
		return;
	}
	if (how & HP_TAKE_SHARED) {
		put_short(t, record, l->sequence, l, flags, now, (uint32_t)site);
		return;
	}
	uint32_t sequence = ++l->sequence;
	about_to_take(t, l, sequence);
	put_short(t, record, sequence, l, flags, now, (uint32_t)site);
	has_taken(t, l, sequence);
}

void hp_lock_refused(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, uintptr_t site)
{
	uint64_t now = hp_ticks();
	struct hp_lock *l = find(t, kind, lock);
	if (l)
		put_short(t, HP_R_LOCK_TRYFAIL, 0, l, 0, now, (uint32_t)site);
	else
		wide(t, HP_R_LOCK_TRYFAIL, kind, (uint64_t)lock, now, (uint32_t)site, 0);
}

HP_INLINE void released(struct hp_thread *t, unsigned record, enum hp_lock_kind kind, const void *lock, uint32_t where)
{
	struct hp_lock *l = find(t, kind, lock);
	uint64_t now = hp_ticks();
	if (HP_UNLIKELY(!l)) {
		wide(t, record, kind, (uint64_t)lock, now, where, 0);
		return;
	}
	uint32_t *r, *next = (uint32_t *)HP_LOAD(&t->cursor);
	int last = HP_RELAXED(&t->last_lock) == l;
	if (last)
		HP_STORE(&t->last_lock, NULL);
	if (last && record == HP_R_UNLOCK && hp_take_timed(t, now, sizeof *r, &r) && r == next)  /* see hp_lock_released_usual */
		*r = hp_near_word(HP_R_UNLOCK_LAST, now);
	else
		put_short(t, record, l->sequence, l, 0, now, where);
}

void hp_lock_unlocked(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, uintptr_t site)
{
	released(t, HP_R_UNLOCK, kind, lock, (uint32_t)site);
}

void hp_lock_handed_over(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, uint32_t stack)
{
	released(t, HP_R_UNLOCK_WAITED, kind, lock, stack);
}

struct hp_call hp_lock_wait_begin(enum hp_lock_kind kind, unsigned op, const void *lock, struct hp_caller caller)
{
	return hp_call_begin(HP_LOCK, op, (uint64_t)lock, 0, caller);
}

void hp_lock_wait_end(struct hp_call *c, enum hp_lock_kind kind, const void *lock, int shared, int error)
{
	struct hp_thread *t = c->t;
	if (!t || HP_UNLIKELY(!t->live))  /* so too in the child of a fork by a handler, whose wait it was not */
		return;
	uint64_t now = hp_ticks();
	int taken = error == 0 || error == EOWNERDEAD;
	unsigned record = !taken ? HP_R_LOCK_FAIL : shared ? HP_R_LOCK_WAIT_SH : HP_R_LOCK_WAIT;
	unsigned flags = taken && c->op >= HP_OP_MUTEX_TIMEDLOCK ? HP_LOCK_TRIED : 0;
	struct hp_lock *l = find(t, kind, lock);
	hp_call_clear(c);
	if (!l) {
		wide(t, record, kind | flags, (uint64_t)lock, now, c->stack, c->start);
		return;
	}
	unsigned seq = !taken ? (unsigned)error : shared ? l->sequence : ++l->sequence;
	if (taken && !shared)
		about_to_take(t, l, l->sequence);
	struct hp_r_lock_wait *r = (void *)hp_open(t, now, record, sizeof *r / 4);
	r->t32 = (uint32_t)now;
	r->stack = c->stack;
	hp_put64(r->start, c->start);
	hp_commit(&r->w, hp_word(record, seq & 0xff, (unsigned)(l - hp_lock_table) | flags));
	if (taken && !shared)
		has_taken(t, l, l->sequence);
	hp_cpu_waited(t, c->start, now);
}

unsigned hp_lock_retaken(struct hp_thread *t, enum hp_lock_kind kind, const void *lock)
{
	struct hp_lock *l = t && t->live ? find(t, kind, lock) : NULL;
	return l ? ++l->sequence & 0xff : 0;
}

void hp_sync_event(struct hp_thread *t, unsigned op, const void *object, int value, unsigned type, struct hp_caller caller)
{
	uint32_t stack = hp_stack_id(t, caller);
	uint64_t now = hp_ticks();
	struct hp_r_sync *r = (void *)hp_open(t, now, HP_R_SYNC, sizeof *r / 4);
	r->t32 = (uint32_t)now;
	hp_put64(r->object, (uint64_t)object);
	r->stack = stack;
	r->value = value;
	hp_commit(&r->w, hp_word(HP_R_SYNC, op, type));
}
