/*
 * acts_private.h - what acts*.c, edges*.c and channels.c share.
 *
 *     acts.c        an act of each event, in the time pass
 *     acts_locks.c  who let whom have a lock, in the order in which lock_order.c finds that it was
 *     acts_ends.c   where threads begin and end; all acts in one order
 *     edges.c       everything else that has an end to wait for, when all acts are known
 */
#ifndef HP_MODEL_ACTS_PRIVATE_H
#define HP_MODEL_ACTS_PRIVATE_H

#include "locks_private.h"

enum {
	ACTS_MOST   = 1 << 26,     /* more are left out, and counted */
	ACT_SKEW_NS = 500,         /* two cores' clocks may differ by this */
	ACT_LONG_NS = 20000,       /* without MODEL_GRAPH: I/O that took less is left away unless it is on a channel */
	ACT_WAKE_NS = 50000,       /* a futex wake is stamped after its call: so much may its waiter be ahead */
};

/* A gate that is no act yet: index into acts_private.late. */
#define ACT_LATE (1u << 31)

/* The last release of a lock's exclusive, or shared, side. act: ACT_NONE until it is one. */
struct lock_last { uint64_t ns, site; uint32_t thread, act; uint8_t outside; };
struct lock_acts {
	struct lock_last exclusive, shared;
	uint32_t acquire;            /* the last exclusive acquisition that is an act, or ACT_NONE */
};
/* An acquisition that came, by the clocks, before the release that let it. */
struct lock_want { uint32_t act, next; };

struct barrier_parties { uint32_t lock, parties; uint64_t ns; };

/* A process that could write into a channel when it ended; or did so by calls of stdio that are counted without events (buffered). */
struct counted_writer { uint32_t channel, process; int buffered; };

struct acts_private {
	uint32_t current;            /* the act that the event is; ACT_NONE: none */
	uint32_t first_threads;      /* threads that had events; those after them were only seen being created */
	VEC(uint64_t) first_ns;      /* by thread: when it was first seen, not when it was created */
	VEC(uint32_t) exits;         /* by process: the thread that ended it, plus 1 */
	VEC(struct lock_acts) locks;
	VEC(struct lock_want) wants;
	struct map64 wanted;         /* lock << 32 | thread -> index into wants */
	VEC(struct act) late;        /* acts that no event stands for, in no order */
	VEC(struct barrier_parties) parties;
	VEC(struct counted_writer) counted;
	struct map64 channels;       /* which direction of which pair, or which eventfd -> index into acts.channels */
	uint32_t *end_of, *begin_of; /* by thread: its END and BEGIN */
	uint32_t *process_end;       /* by process: the END that ended it, or ACT_NONE */
};

static inline struct act *act_at(struct model *m, uint32_t i)
{
	return i & ACT_LATE ? &m->acts.private->late.v[i & ~ACT_LATE] : &m->acts.v.v[i];
}

/* When what the gate does takes effect. */
static inline uint64_t act_gate_ns(const struct act *gate)
{
	return gate->kind == ACT_END || gate->kind == ACT_READ ? gate->end : gate->start;
}

static inline int acts_all(const struct feed *f)
{
	return (f->m->options.parts & MODEL_GRAPH) != 0;
}

/* ---- acts_kinds.c; ACT_KIND_COUNT: none ---- */
enum act_kind acts_kind_of(const struct dump_record *);
/* Of a call in progress, or one that never returned. */
enum act_kind acts_kind_of_call(unsigned op);

/* ---- acts.c ---- */
/* A new act of the feed's event; NULL: there is no room. */
struct act *acts_add(struct feed *, enum act_kind, uint64_t start);

/* ---- channels.c ---- */
struct open_file;
/* Where what a call of this class reads or writes comes from or goes to, ACT_NONE: nowhere that is known. */
uint32_t channel_of(struct feed *, const struct open_file *, unsigned hp_class);
/* The event's process has ended. */
void acts_held(struct feed *);
/* What a wait for descriptors was ended by. */
void channel_polled(struct feed *, struct act *, const struct hp_r_wait *);

/* ---- acts_locks.c ---- */
/* The event is a reader's acquisition, and this act. */
void acts_shared(struct feed *, uint32_t lock, uint32_t act);

/* ---- edges ---- */
void edges_find(struct model *);
void edges_of_processes(struct model *);
void edges_of_channels(struct model *);
/* The acts of one lock that one may wait at, in the order of their ends. */
void edges_of_cond(struct model *, const uint32_t *acts, size_t n);
void edges_of_sem(struct model *, const uint32_t *acts, size_t n);
void edges_of_barrier(struct model *, const uint32_t *acts, size_t n);
void edges_of_futex(struct model *, const uint32_t *acts, size_t n);
/* Notes the gate, unless it cannot be one. */
void edge_set(struct model *, uint32_t act, uint32_t gate);

#endif
