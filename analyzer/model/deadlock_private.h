/* deadlock_private.h - the threads that were in a call at the end, and whom each waits for: deadlock*.c. */
#ifndef HP_MODEL_DEADLOCK_PRIVATE_H
#define HP_MODEL_DEADLOCK_PRIVATE_H

#include "deadlock.h"
#include "private.h"

#define WAITER_NONE UINT32_MAX

/* What may end a wait. */
enum wait_end {
	END_OWNER,    /* the threads of its edges, each of which has to do something; without edges it is not known who */
	END_ANYONE,   /* some thread of its own process, with a signal, a post, a write */
	END_CHILD,    /* the end of another process */
	END_OUTSIDE,  /* something else: time, a device, a peer */
};

struct waiter {
	uint32_t pending, thread, process;
	uint32_t lock, mutex;        /* LOCK_NONE: no lock, or one that is not known; mutex: as deadlock.h says */
	uint32_t first_edge, edges;  /* of waits.edges */
	uint32_t gone;               /* the ended thread that has the lock; THREAD_NONE */
	uint64_t start_ns;
	uint8_t  end;                /* enum wait_end */
	uint8_t  shared, timed, inherited;  /* inherited: the lock was held in its parent when that forked */
	uint8_t  deadlocked, behind; /* in or behind what can't go on */
};

/* A lock that is held at the end. */
struct open_hold { uint32_t thread, lock; uint64_t from, site; uint8_t shared; };

struct waits_at_end {
	struct model *m;
	VEC(struct waiter) v;
	uint32_t *by_thread;         /* WAITER_NONE: it is in no call */
	VEC(uint32_t) edges;         /* threads */
	VEC(struct open_hold) holds; /* by thread, then time */
	uint32_t *first_hold;        /* by thread, and one more */
	uint32_t *start, *to;        /* edges between waiters, as groups.h has them */
	uint32_t *back_start, *back; /* the same turned round */
	uint64_t looks;              /* at open files, so far */
};

/* ---- deadlock_graph.c ---- */
/* Returns 0 if nobody waits for anything that somebody else could have. */
int waits_at_end(struct waits_at_end *, struct model *);
void waits_at_end_free(struct waits_at_end *);
/* Neither ended nor in a process that has; tid 0 are those that were never seen to do anything. */
int thread_lives(const struct model *, uint32_t thread);

/* ---- deadlock_holds.c ---- */
void deadlocks_find_holds(struct waits_at_end *);
/* The thread is in a condition wait that has given this mutex up. */
int waits_gave_up(const struct waits_at_end *, uint32_t thread, const struct lock *);

/* ---- deadlock_pipe.c ---- */
/* The descriptor is one end of a pipe or pair of sockets whose other end this process alone has, as far as was recorded. */
int waits_for_own_pipe(struct waits_at_end *, uint32_t process, uint64_t fd);

/* ---- deadlock_cycles.c ---- */
void deadlocks_find_cycles(struct waits_at_end *);
/* ---- deadlock_stuck.c ---- */
void deadlocks_find_stuck(struct waits_at_end *);

/* ---- deadlock.c ---- */
/* When the process was last known to be there: of one that was killed, the last look from outside may be the latest word. */
uint64_t deadlocks_last_known(const struct model *, uint32_t process);
int deadlocks_full(const struct waits_at_end *);
struct deadlock *deadlocks_begin(struct waits_at_end *, unsigned kind, uint32_t process);
void deadlocks_add(struct waits_at_end *, uint32_t waiter, uint32_t of_thread);
/* All members are there: who waits behind them, since when all of that lasts, and how certain it is. */
void deadlocks_close(struct waits_at_end *, unsigned doubts);

#endif
