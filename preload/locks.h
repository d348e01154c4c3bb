/*
 * locks.h - the lock table, and the records of locks.
 *
 * A lock is known by its address, in a table of cache lines claimed with one compare-and-swap at its first event. The
 * entry's index stands in the short records, and its sequence number, bumped while the lock is held exclusively, orders
 * the owners exactly. A full table means wide records, ordered by time.
 */
#ifndef HP_LOCKS_H
#define HP_LOCKS_H

#include "call.h"

enum { HP_LOCKS_MAX = 16384, HP_LOCK_PROBES = 16, HP_LOCK_NONE = 0xffff };

struct hp_lock {
	_Alignas(64) uint64_t key;  /* hp_lock_key, once the lock is defined in the dump; a new kind at the address redefines it */
	uint64_t claimed;           /* the address, 0: free; never freed again */
	uint32_t sequence, kind;
};

/* Of HP_LOCKS_MAX entries; all zero, and never written to, where memory that a forked child finds wiped is not to be had. */
extern HP_HIDDEN struct hp_lock *hp_lock_table;

HP_INLINE uint64_t hp_lock_key(enum hp_lock_kind kind, const void *lock) { return (uint64_t)lock | (uint64_t)kind << 56; }
HP_INLINE uint32_t hp_lock_home(const void *lock) { return (uint32_t)(((uint64_t)lock >> 3) * 0x9e3779b97f4a7c15ull >> 50); }

/* 0, or -ENOMEM. */
HP_HIDDEN int hp_locks_init(void);
/* A forked child goes on in a dump of its own: its locks, under the same indices. After the fork the table was wiped. */
HP_HIDDEN void hp_locks_moved(struct hp_thread *t);

/* How a lock is taken: as a reader; by a call that would not have waited for ever. */
enum { HP_TAKE_SHARED = 1, HP_TAKE_TRIED = 2 };

/* An uncontended acquisition, after the real call. how: HP_TAKE_*. */
HP_HIDDEN void hp_lock_taken(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, int how, uintptr_t site);
HP_INLINE uint64_t hp_lock_taking(uint32_t index, uint32_t sequence) { return (uint64_t)(index + 1) << 32 | sequence; }

/*
 * The record of an acquisition, in 8 bytes where it is of the same lock as the stream's last one. What the last one is, is
 * noted before the room is reserved: a handler in between has reserved some itself. 0: no room, or such a handler; the
 * caller goes the long way, and what was reserved means nothing.
 */
HP_INLINE int hp_lock_put(struct hp_thread *t, uint32_t i, uint32_t sequence, uint64_t now, uint32_t site)
{
	uint32_t *r, *next = (uint32_t *)HP_LOAD(&t->cursor);
	uint64_t last = HP_RELAXED(&t->last_taken), taking = hp_lock_taking(i, sequence);
	HP_STORE(&t->last_taken, taking);
	if (last == taking - 1) {
		if (!hp_take_timed(t, now, sizeof(struct hp_r_lock_again), &r) || HP_UNLIKELY(r != next))
			return 0;
		*(uint64_t *)r = (uint64_t)site << 32 | hp_near_word(HP_R_LOCK_AGAIN, now);
		return 1;
	}
	if (!hp_take_timed(t, now, sizeof(struct hp_r_lock), &r) || HP_UNLIKELY(r != next))
		return 0;
	*(volatile uint32_t *)r = hp_word(HP_R_OPEN, HP_R_LOCK, sizeof(struct hp_r_lock) / 4);
	HP_BARRIER();
	r[1] = (uint32_t)now;
	r[2] = site;
	hp_commit(r, hp_word(HP_R_LOCK, sequence & 0xff, i));
	return 1;
}

/* The same inlined, for the hooks that are called most: exclusive, known, in its own place in the table. */
HP_INLINE void hp_lock_taken_usual(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, uintptr_t site)
{
	uint32_t i = hp_lock_home(lock);
	struct hp_lock *l = &hp_lock_table[i];
	if (HP_LIKELY(HP_RELAXED(&l->key) == hp_lock_key(kind, lock)) && hp_usual(t)) {
		uint64_t now = hp_hardware_ticks();
		HP_STORE(&t->last_lock, NULL);
		if (HP_LIKELY(hp_lock_put(t, i, l->sequence + 1, now, (uint32_t)site))) {
			l->sequence++;
			HP_STORE(&t->last_lock, l);
			return;
		}
	}
	hp_lock_taken(t, kind, lock, 0, site);
}

/* Before a call that finds the lock held: slot, stamp and stack. */
HP_HIDDEN struct hp_call hp_lock_wait_begin(enum hp_lock_kind kind, unsigned op, const void *lock, struct hp_caller caller);
/* After it. error: what the call returned; 0 and EOWNERDEAD are acquisitions. */
HP_HIDDEN void hp_lock_wait_end(struct hp_call *c, enum hp_lock_kind kind, const void *lock, int shared, int error);
/* A try that found it held. */
HP_HIDDEN void hp_lock_refused(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, uintptr_t site);
/* Before the real unlock; where: the call site. */
HP_HIDDEN void hp_lock_unlocked(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, uintptr_t site);
/* The same when somebody waits for it, so that the owner's whole stack is worth having. */
HP_HIDDEN void hp_lock_handed_over(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, uint32_t stack);

HP_INLINE void hp_lock_released(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, int waited, struct hp_caller caller)
{
	if (HP_UNLIKELY(waited))
		hp_lock_handed_over(t, kind, lock, hp_stack_id(t, caller));
	else
		hp_lock_unlocked(t, kind, lock, caller.pc);
}

/* The same inlined: of what the thread locked last. A handler that has recorded something in between may have locked something since. */
HP_INLINE void hp_lock_released_usual(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, int waited, struct hp_caller caller)
{
	uint32_t *r, *next = (uint32_t *)HP_LOAD(&t->cursor);
	struct hp_lock *l = HP_RELAXED(&t->last_lock);
	if (HP_LIKELY(l && HP_RELAXED(&l->key) == hp_lock_key(kind, lock) && !waited) && hp_usual(t)) {
		uint64_t now = hp_hardware_ticks();
		HP_STORE(&t->last_lock, NULL);
		if (hp_take_timed(t, now, sizeof *r, &r) && HP_LIKELY(r == next)) {
			*r = hp_near_word(HP_R_UNLOCK_LAST, now);
			return;
		}
	}
	hp_lock_released(t, kind, lock, waited, caller);
}

/* The mutex of a condition wait is held again: the next owner in its sequence. Its number, or 0 if it has none. */
HP_HIDDEN unsigned hp_lock_retaken(struct hp_thread *t, enum hp_lock_kind kind, const void *lock);

/* An operation without a duration (SYNC): init, destroy, signal, post. */
HP_HIDDEN void hp_sync_event(struct hp_thread *t, unsigned op, const void *object, int value, unsigned type, struct hp_caller caller);

#endif
