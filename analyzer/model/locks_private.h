/* locks_private.h - what locks.c and the lock_*.c keep while events are read. */
#ifndef HP_MODEL_LOCKS_PRIVATE_H
#define HP_MODEL_LOCKS_PRIVATE_H

#include "private.h"

enum { INTERVALS = 64, INTERVALS_MOST = 4096, QUEUE_MOST = 32 };

/* Who had a lock when, and from where: a stack's node, or (with SITE_LOW) the low 32 bits of a call site's address. */
#define SITE_LOW (1ull << 32)
struct interval { uint64_t from, to, site; uint32_t use; };

/* One thread's hold of one lock. What its thread had waited in all when it began: the waits within are those since. */
struct hold {
	uint64_t from, site;
	uint64_t waited, io, slept;
	uint32_t use;
	uint32_t cond;               /* the condition in whose wait it was retaken, LOCK_NONE: none */
	uint32_t depth;
	uint8_t  over;               /* somebody else has it since: for the waiters it ended then */
	uint8_t  outside;            /* its time does not count: options.focus */
};

/*
 * What happens to a lock's ownership, when its turn has come. ns: its event's time; start: of the wait before it.
 * waiter: who waited, or LOCK_NONE; low: the low bits of its number.
 */
enum step_kind { STEP_ACQUIRE, STEP_RETAKE, STEP_RELEASE };
struct lock_step {
	uint32_t lock, thread, use;
	uint32_t waiter;             /* of a STEP_RETAKE: the condition */
	uint32_t act;                /* of acts.h, or ACT_NONE */
	uint8_t  kind, low, count, time, full;
	uint64_t ns, start, site;
	int64_t  number;             /* set by lock_order_step */
};
struct lock_queue { unsigned n; struct lock_queue *next_free; struct lock_step v[QUEUE_MOST]; };

struct lock_state {
	uint32_t owner;              /* thread that has it exclusively, THREAD_NONE: nobody */
	uint32_t last_owner;         /* that had it last, THREAD_NONE: nobody yet */
	uint32_t scope;              /* for call sites */
	struct hold hold;            /* the owner's */
	struct interval last;        /* the last hold that ended */
	struct interval *ring;       /* those before it too, once there was contention, by their ends */
	uint32_t ring_room, ring_next;  /* a power of 2; how many there have been */
	uint64_t reader_site;        /* of the last reader */
	uint32_t reader_use;
	uint64_t max_before;         /* all.max_hold_ns before the longest hold */
	uint64_t ticks;              /* of the last event: for call sites */
	uint32_t last_waiter;        /* index, LOCK_NONE: none */
	uint32_t slot;               /* number in its scope's slots, LOCK_NONE: it has none */
	struct lock_queue_ends *ends;    /* lock_crowd.c; NULL: nobody has waited yet */
	struct cond_signals *signals;    /* lock_cond.c; conditions only, as is the next for barriers */
	struct barrier_round *round;
};

/* What a thread did with a lock at a call site: what sites and threads are made of at the end. */
struct lock_use { uint32_t lock, thread, scope; uint64_t site, ticks, last_arrivals; struct lock_figures f; };
enum { USE_CACHE = 256 };  /* 2^n */

/* The locks of a scope's table: an index means one lock after the other. */
struct lock_slot {
	uint32_t lock, def, end;          /* defs[def..end) are still to come, the first at `until` */
	uint64_t until;
	int64_t  number;                  /* of its last exclusive acquisition, counted from the process's start */
	struct lock_queue *queue;         /* NULL: nothing waits for its turn */
};
enum { SLOT_PAGES = 256, SLOTS_A_PAGE = 256 };
struct scope_locks {
	uint32_t *pages[SLOT_PAGES];      /* of an index of 16 bits: 1 + its slot, 0: it has none; NULL: no index of these has one */
	VEC(struct lock_slot) slots;
	const struct dump_lock_def *defs; /* the dump's */
	int ready;
};

struct locks_private {
	VEC(struct scope_locks) scopes;      /* by scope number */
	VEC(struct map64) by_address;        /* by process: address -> the lock there now */
	struct map64 by_origin;              /* (process, address, where initialised) -> lock */
	struct map64 holds;                  /* lock << 32 | thread -> others */
	VEC(struct hold) others;             /* readers' holds, and those of owners that seem to overlap */
	VEC(struct lock_use) uses;
	struct map64 use_of;                 /* a hash of lock, thread and site -> use */
	uint32_t use_cache[USE_CACHE];       /* the last ones, by part of that */
	struct map64 waiters;                /* lock << 32 | stack -> waiter */
	struct map64 holders;                /* waiter << 32 | site -> holder */
	struct lock_queue *free_queues;
	struct arena arena;
};

struct locks_private *locks_private(struct model *);

/* The scope of the feed, made ready. */
struct scope_locks *locks_scope(struct feed *);
/* The slot of an index; NULL: it has none yet. */
static inline struct lock_slot *scope_slot(const struct scope_locks *s, uint32_t index)
{
	const uint32_t *page = s->pages[index / SLOTS_A_PAGE % SLOT_PAGES];
	uint32_t i = page ? page[index % SLOTS_A_PAGE] : 0;
	return i ? &s->slots.v[i - 1] : NULL;
}
/* The lock that an index of the table means at the event's time; *slot, good until the next such call, tells its order. */
uint32_t locks_by_index(struct feed *, uint32_t index, struct lock_slot **slot);
/* The slot of a lock in the table of the event's scope, or NULL. */
struct lock_slot *locks_slot(struct feed *, uint32_t lock);
/* The lock at an address of the event's process, made known if it was not; of another kind than the last one there: a new one. */
uint32_t locks_by_address(struct feed *, uint64_t address, uint32_t kind);
/*
 * An initialisation at an address: another lock than what was there before, unless that came from the same place in the
 * program, so that a lock that is made and destroyed in a loop is one.
 */
void locks_initialised(struct feed *, uint64_t address, uint32_t kind, uint32_t type, uint32_t stack);
/* The lock there, or LOCK_NONE. */
uint32_t locks_known(struct feed *, uint64_t address);

/* The node of a site: who held it, or where it was acquired. */
static inline uint32_t site_node(struct model *m, const struct lock_state *s, uint64_t site)
{
	return site & SITE_LOW ? stacks_site(&m->stacks, s->scope, (uint32_t)site, s->ticks) : (uint32_t)site;
}

/* ---- lock_order.c ---- */
/* Takes the step, or keeps it until those before it have come. slot: NULL for a lock outside the table. */
void lock_order_step(struct feed *, struct lock_slot *, struct lock_step *);
/* Takes what waits for its turn with a lock; slot may be NULL. */
void lock_order_flush_lock(struct feed *, struct lock_slot *);
/* No more steps will come: takes what waits. */
void lock_order_flush(struct model *);

/* ---- holds.c ---- */
void holds_acquire(struct feed *, uint32_t lock, int shared, uint64_t ns, uint64_t site, uint32_t use);
/* A hold that begins now, and what its end adds to the figures. */
struct hold holds_begin(const struct feed *, uint64_t ns, uint64_t site, uint32_t use);
void holds_end(struct feed *, struct lock *, const struct hold *, uint64_t ns, uint64_t site, int shared);
/* full: the site is a whole stack, better than where it was taken. Returns 0 if the thread did not have it. */
int holds_release(struct feed *, uint32_t lock, uint64_t ns, uint64_t site, int full);
/* Around a condition wait: ends the hold at `start` and begins one at `end`; 0 if the thread did not have it. woken: not timed out. */
int holds_interrupt(struct feed *, uint32_t lock, uint64_t start, uint64_t end, const struct lock_step *, int woken);
/* The lock is destroyed, or made anew: who has it has it no longer. */
void holds_drop(struct feed *, uint32_t lock);
/* No more will be released: what is held in processes that run, or were killed, lasted to the end. */
void holds_finish(struct model *);

/* ---- holds_past.c ---- */
/* Makes room for so many of the last holds, a power of 2. */
void holds_remember(struct model *, struct lock_state *, uint32_t room);
/* Who had it at `ns`, when another thread's call found it held. site: 0 unknown; use: LOCK_NONE unknown. */
struct holder { uint64_t site; uint32_t use; };
struct holder holds_at(struct model *, struct lock_state *, uint32_t self, uint64_t ns);
/* The thread's hold at `start`, released meanwhile, was over then: it was in a condition wait that never returned. */
void holds_cut(struct feed *, uint32_t lock, uint64_t start);

/* ---- lock_uses.c ---- */
uint32_t lock_use_slow(struct feed *, uint32_t lock, uint64_t site, uint32_t hash);
/* The feed's thread at a lock's call site: an index into uses. */
static inline uint32_t lock_use(struct feed *f, struct locks_private *p, uint32_t lock, uint64_t site)
{
	uint32_t hash = (uint32_t)((((uint64_t)f->thread << 40 ^ (uint64_t)lock << 20 ^ site) * 0x9e3779b97f4a7c15u) >> 32);
	uint32_t i = p->use_cache[hash & (USE_CACHE - 1)];
	if (i < p->uses.n) {
		const struct lock_use *u = &p->uses.v[i];
		if (u->lock == lock && u->thread == f->thread && u->site == site && u->scope == f->scope)
			return i;
	}
	return lock_use_slow(f, lock, site, hash);
}
/* Makes sites, users and blockers of what was counted. */
void lock_uses_finish(struct model *);

/* ---- locks.c ---- */
/* The same as locks_event for an exclusive acquisition or release of a lock in the table. */
struct stretch_lock;
void locks_usual(struct feed *, const struct stretch_lock *);
/* A contended call: totals of the lock, its waiters, and the use. Returns the waiter for lock_waits_held, or LOCK_NONE. */
/* The figures' own memory. */
void locks_free_times(struct lock *);
uint32_t locks_count_wait(struct feed *, uint32_t lock, int shared, uint32_t use, uint32_t stack, uint64_t start);

/* ---- lock_waits.c ---- */
/* A wait for a lock from `start` to `end` on a call path: the number of that waiter, LOCK_NONE if it does not count. */
uint32_t lock_waits_add(struct feed *, uint32_t lock, uint32_t use, uint32_t stack, uint64_t start, uint64_t end);
/* Who held it then, when all that had it before the event's thread are known. */
void lock_waits_held(struct feed *, uint32_t lock, uint32_t waiter, uint64_t start, uint64_t end);

/* ---- lock_crowd.c ---- */
/* A wait has ended; they come in the order of their ends. */
void lock_crowd_add(struct model *, struct lock *, uint64_t start, uint64_t end);
void lock_crowd_finish(struct lock *);

/* ---- lock_sync.c, lock_cond.c, lock_barrier.c ---- */
/* Zeroes the figures, and frees what they had; what the state is stays. */
void lock_sync_clear(struct lock *);
void lock_cond_signal(struct feed *, struct lock *, int broadcast);
/* error: 0, or why it ended though nobody had signalled. */
void lock_cond_wait(struct feed *, struct lock *, uint32_t mutex, uint64_t start, int error);
void lock_cond_finish(struct model *, struct lock *);
void lock_cond_clear(struct lock *);
void lock_barrier_wait(struct feed *, struct lock *, uint32_t use, uint64_t start);
void lock_barrier_finish(struct model *, struct lock *);
void lock_barrier_clear(struct lock *);

#endif
