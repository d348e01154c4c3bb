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
	_Alignas(64) uint64_t address;  /* 0: free; never freed again, a new kind at the same address redefines it */
	uint32_t sequence, kind;
	uint32_t defined, reserved;
};

HP_HIDDEN void hp_locks_init(void);
/* A forked child goes on in a dump of its own: its locks, under the same indices. After the fork the table was wiped. */
HP_HIDDEN void hp_locks_moved(struct hp_thread *t);

/* An uncontended acquisition, after the real call. shared: as a reader. */
HP_HIDDEN void hp_lock_taken(struct hp_thread *t, enum hp_lock_kind kind, const void *lock, int shared, uintptr_t site);
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
/* The mutex of a condition wait is held again: the next owner in its sequence. Its number, or 0 if it has none. */
HP_HIDDEN unsigned hp_lock_retaken(struct hp_thread *t, enum hp_lock_kind kind, const void *lock);

/* An operation without a duration (SYNC): init, destroy, signal, post. */
HP_HIDDEN void hp_sync_event(struct hp_thread *t, unsigned op, const void *object, int value, unsigned type, struct hp_caller caller);

#endif
