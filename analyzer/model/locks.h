/*
 * locks.h - locks and other things that threads synchronise by: contract "Locks". A lock is (process, address) from its
 * definition to the next one at that address.
 */
#ifndef HP_MODEL_LOCKS_H
#define HP_MODEL_LOCKS_H

#include "lock_times.h"
#include "util/vec.h"
#include <stdint.h>

#define LOCK_NONE UINT32_MAX

struct lock_side {
	uint64_t acquisitions, contended, try_failed, failed;  /* failed: timed out or refused */
	uint64_t wait_ns, max_wait_ns;
	uint64_t hold_ns, max_hold_ns;   /* readers summed */
	struct lock_times waits, holds;  /* of those that ended where times are counted; of an rwlock's `all` only at the end */
};

/* The share of a call site, or of a thread. */
struct lock_figures {
	uint64_t acquisitions, contended;
	uint64_t wait_ns, max_wait_ns;
	uint64_t hold_ns, max_hold_ns;
	uint64_t caused_waits, caused_ns;  /* of others, which began while it was held */
};
/* Where it is acquired: the call's own frame, whether more of the stack is known or not. */
struct lock_site {
	uint32_t stack;                  /* of one frame; 0 unknown */
	uint32_t next;                   /* of the same lock, LOCK_NONE: last */
	struct lock_figures f;
};
struct lock_user {
	uint32_t thread, next;
	struct lock_figures f;
	uint64_t last_arrivals;          /* barriers: rounds in which it came last */
};
/* lock_holder, turned round: what all waits together owe to a place. */
struct lock_blocker {
	uint32_t site, next;             /* as lock_holder's */
	uint64_t waits, wait_ns;
};

/* The longest wait. owner: THREAD_NONE, and owner_site 0, if not known. end_ns 0: there was none. */
struct lock_longest { uint64_t start_ns, end_ns; uint32_t thread, stack, owner, owner_site; };

/* How many threads waited for it at once, as seen at the ends of waits: most when one of the queue leaves. */
struct lock_crowd {
	uint64_t most;
	uint64_t ends, others;           /* ends of waits; threads that waited on, summed over those: others / ends is the average queue */
};

/* A condition. A signal is lost if nobody waited; a wait is spurious if nobody signalled. */
struct lock_cond {
	uint32_t mutex;                  /* that its waiters gave up last, LOCK_NONE: not known */
	uint64_t signals, broadcasts;
	uint64_t lost, woken, broadcast_woken, broadcast_one;  /* woken: by whichever; broadcast_one: those for which just one waited */
	uint64_t spurious, timeouts;
	uint64_t rewaits;                /* woken, and back within LOCK_REWAIT_NS without giving the mutex up: woken in vain */
	uint64_t under_mutex;            /* signals and broadcasts by who held the mutex then */
	struct lock_times latency;       /* from a signal to the return of the wait that it ended */
	uint8_t  unsure;                 /* waits outlasted what is remembered of signals: lost and spurious are not known */
};

/* A barrier, round by round: from the first to the last who came. */
struct lock_barrier { uint64_t rounds, count, spread_ns, max_spread_ns; struct lock_times spreads; };

enum { LOCK_REWAIT_NS = 20000 };

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
	uint64_t foreign_unlocks;        /* by a thread that did not hold it: the owner's hold ended there */
	uint64_t abandoned;              /* holds whose thread ended, or whose lock was destroyed or made anew */
	uint64_t held_waiting_ns, held_io_ns, held_sleep_ns;  /* of the holds: in waits of any class; of that in I/O, and asleep */
	uint32_t first_waiter;           /* index into waiters, LOCK_NONE: none */
	uint32_t first_site, first_user, first_blocker;  /* LOCK_NONE: none; known at the end */
	struct lock_longest longest;
	struct lock_longest longest_hold;  /* thread and owner the same; stack: the unlock's or the acquiring call's */
	struct lock_crowd crowd;
	struct lock_cond *cond;          /* conditions only */
	struct lock_barrier *barrier;    /* barriers only */
	uint8_t  has_hold;               /* mutex, rwlock, spin */
	struct lock_state *state;        /* private */
};

struct locks {
	VEC(struct lock) v;
	VEC(struct lock_waiter) waiters;
	VEC(struct lock_holder) holders;
	VEC(struct lock_site) sites;
	VEC(struct lock_user) users;
	VEC(struct lock_blocker) blockers;
	uint64_t unmatched_unlocks;      /* taken before the recording, or passed between threads unseen */
	struct locks_private *private;
};

#endif
