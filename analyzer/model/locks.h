/*
 * locks.h - locks and other things that threads synchronise by: contract "Locks". A lock is (process, address) from its
 * definition to the next one at that address.
 */
#ifndef HP_MODEL_LOCKS_H
#define HP_MODEL_LOCKS_H

#include "util/vec.h"
#include <stdint.h>

#define LOCK_NONE UINT32_MAX

struct lock_side {
	uint64_t acquisitions, contended, try_failed, failed;  /* failed: timed out or refused */
	uint64_t wait_ns, max_wait_ns;
	uint64_t hold_ns, max_hold_ns;   /* readers summed */
};

struct lock_waiter {
	uint32_t lock, stack;
	uint32_t first_holder;           /* index into holders, LOCK_NONE: none; then holders[].next */
	uint32_t next;                   /* of the same lock, LOCK_NONE: last */
	uint64_t waits, wait_ns;
};

struct lock_holder {
	uint32_t site;                   /* stack of who held it when the wait began: all of it if known, else one frame; 0 unknown */
	uint32_t next;
	uint64_t waits, wait_ns;
};

struct lock {
	uint32_t id;                     /* what #ID means: index + 1 */
	uint32_t process;                /* index */
	uint64_t address;
	uint32_t kind;                   /* enum hp_lock_kind */
	uint32_t type;                   /* as the recorder noted it */
	uint32_t init_stack;             /* where it was initialised, 0: statically, or unseen */
	struct { uint32_t module; uint64_t offset; } place;  /* of its address, if that lies in a module */
	uint64_t first_ns, last_ns;
	struct lock_side all, read, write;   /* read and write: rwlocks only; of cond, sem, barrier, futex: waits in `all` */
	uint64_t reacquired;             /* mutexes: inside condition waits */
	uint64_t owner_changes;          /* exclusive acquisitions by another thread than the one before */
	uint64_t wakes;                  /* posts, signals, broadcasts, futex wakes */
	uint32_t first_waiter;           /* index into waiters, LOCK_NONE: none */
	uint8_t  has_hold;               /* mutex, rwlock, spin */
	struct lock_state *state;        /* private */
};

struct locks {
	VEC(struct lock) v;
	VEC(struct lock_waiter) waiters;
	VEC(struct lock_holder) holders;
	uint64_t unmatched_unlocks;      /* taken before the recording, or passed between threads unseen */
	struct locks_private *private;
};

#endif
