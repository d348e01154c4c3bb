/*
 * deadlock.h - who waited for whom at the end of a recording, and what of it can never end. Made of the calls in progress
 * (model.pending) and of who holds what; of processes that were killed or still run, as the others ended by themselves.
 *
 *     CYCLE    each member waits for something that the next one has, or for its end; the last one for the first
 *     GONE     the one member waits for a lock whose owner has ended, or was in a process that forked this one
 *     NOBODY   every thread of the process waits, and the members for a signal, a post, bytes of a pipe of its own that nobody is left to send
 *     OUTSIDE  others wait for a lock of the one member, which is in a call that something outside may end
 */
#ifndef HP_MODEL_DEADLOCK_H
#define HP_MODEL_DEADLOCK_H

#include "util/vec.h"

#include <stdint.h>

enum { DEADLOCKS_MOST = 1000 };  /* that are told */
enum deadlock_kind { DEADLOCK_CYCLE, DEADLOCK_GONE, DEADLOCK_NOBODY, DEADLOCK_OUTSIDE };

/* Why it may be none after all. */
enum {
	DOUBT_DROPPED  = 1,   /* events were lost, or the recording had been stopped */
	DOUBT_SWITCHED = 2,   /* locks were not recorded all the time */
	DOUBT_PASSED   = 4,   /* a lock of it was released by another thread than had taken it */
	DOUBT_TIMED    = 8,   /* a wait of it has a time limit: it may resolve itself */
	DOUBT_SIGNALS  = 16,  /* a signal handler, or a thread that was not seen, may end it */
	DOUBT_DAMAGED  = 32,
};

struct deadlock_hold { uint32_t lock, site; uint64_t since_ns; uint8_t shared; };

struct deadlock_member {
	uint32_t pending;            /* of model.pending: its thread, call, stack and since when */
	uint32_t lock;               /* that it waits for, or LOCK_NONE */
	uint32_t mutex;              /* of a condition wait that it cannot leave, as somebody else has this; LOCK_NONE */
	uint32_t of_thread;          /* whom for: who holds that, or who is joined; THREAD_NONE: not known */
	uint32_t first_hold, holds;  /* of deadlocks.holds: what it has, in the order in which it took it */
	uint8_t  shared;             /* as a reader */
	uint8_t  timed;
};

struct deadlock {
	uint8_t  kind;               /* enum deadlock_kind */
	uint32_t doubts;             /* DOUBT_*: none is certain */
	uint32_t process;
	uint32_t first_member, members;
	uint32_t first_behind, behind;  /* of deadlocks.behind: threads that wait for the members, or for those, and so on */
	uint32_t gone;               /* GONE: the owner that has ended; THREAD_NONE: it was its parent's */
	uint64_t waited_ns;          /* how long all of it has lasted at least; 0: not known */
};

struct deadlocks {
	VEC(struct deadlock) v;      /* in the order of the kinds */
	VEC(struct deadlock_member) members;
	VEC(struct deadlock_hold) holds;
	VEC(uint32_t) behind;        /* members, too: how they wait */
	uint8_t looked;              /* locks were read, so that there are none if there are none here */
};

#endif
