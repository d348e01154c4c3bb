/*
 * tape.h - a graph (graph.h) put into a form that is replayed many times: for each thread what it does, as a list of
 * operations; and the order in which threads take turns so that no wait comes before what ended it. Replay: replay.h.
 *
 * Every duration is what is left when the reason that was recorded is taken away: of a wait that had to wait, the time from its
 * gate to its end (the wake-up); of any other act all of it. So the unchanged program ends when the run did, but for what
 * contradicts itself in the recording: that is noted in `faults`.
 *
 * What is not of the recorded timeline alone:
 * - A lock's slot holds when it was last given back, whoever did that: an exclusive acquisition waits for that, and for all readers.
 * - A barrier's round is over when all that came to it are there, not only the one who was last in the recording.
 * - A condition wait gives its mutex up at its start, and takes it again after its signal.
 */
#ifndef HP_GRAPH_TAPE_H
#define HP_GRAPH_TAPE_H

#include "graph.h"

/*
 * Operations: a word with the operation in its low bits and a number above it, and so many words behind it.
 *     name      number      words       what it does with the thread's time t
 *     WORK      pieces      rest        adds them and the rest
 *     PART      pieces      all         adds `all`, of which the pieces are shares
 *     SPEND     class       ns          adds
 *     SPEND64   class       low, high   adds
 *     AT        -           low, high   sets
 *     BEGIN     gate        late        sets: so much after the gate
 *     GATE      gate        class late cost   later than t: the gate and `late`; else t and `cost`; both in the class
 *     SET       gate        -           the gate is open from t on
 *     TAKE(_SH) lock        late cost   like GATE, for the lock's slot
 *     GRAB(_SH) lock        -           the same, late and cost 0
 *     SEIZE(_SH) lock       -           takes it, whoever has it: so it was recorded
 *     GIVE(_SH) lock        -
 *     AGAIN     lock        gate + 1 late cost   like GATE for a signal, or none of them, and the lock
 *     COME(_1)  round       -           comes to a barrier; _1: the first of the round
 *     PASS      round       late cost   like GATE, for all of the round
 */
#define TAPE_OPS(X) X(WORK, 1) X(PART, 1) X(SPEND, 1) X(SPEND64, 2) X(AT, 2) X(BEGIN, 1) X(GATE, 3) X(SET, 0) X(TAKE, 2) X(TAKE_SH, 2) \
	X(GRAB, 0) X(GRAB_SH, 0) X(SEIZE, 0) X(SEIZE_SH, 0) X(GIVE, 0) X(GIVE_SH, 0) X(AGAIN, 3) X(COME, 0) X(COME_1, 0) X(PASS, 2)
enum tape_op {
#define X(name, words) OP_##name,
	TAPE_OPS(X)
#undef X
	OP_COUNT
};
enum { OP_BITS = 5, TAPE_NUMBERS = 1 << (32 - OP_BITS), TURN_BITS = 8, TAPE_THREADS = 1 << (32 - TURN_BITS) };

static inline unsigned tape_op(uint32_t word)    { return word & ((1u << OP_BITS) - 1); }
static inline uint32_t tape_number(uint32_t word) { return word >> OP_BITS; }

/* What takes time of its own and can be made faster or slower: calls of one operation on one file from one path; sleeps. */
struct tape_class { uint32_t object, stack; uint16_t op; uint8_t kind, channel; uint64_t calls, ns; };

struct tape_lock { uint32_t lock; uint64_t acquisitions, waits, wait_ns; };

/* What cannot be replayed as it was recorded, by kind of act: how often, by how much, and the thread that has most of it. */
struct tape_fault { uint64_t count, ns, thread_ns; uint32_t thread; };

struct tape_thread { size_t code, end; uint32_t first_work; };   /* in tape.code; in graph.work */

struct tape {
	const struct graph *graph;
	uint32_t *code;
	struct tape_thread *threads;
	uint32_t thread_count;
	VEC(uint32_t) turns;                /* thread << TURN_BITS | operations */
	uint32_t *slot_of_gate;             /* gates have slots until their last use */
	uint32_t gate_count, slot_count;
	uint32_t *round_members;            /* of barriers */
	uint32_t *round_slot;
	uint32_t round_count, round_slot_count;
	VEC(struct tape_class) classes;  /* [0]: what nothing changes */
	VEC(struct tape_lock) locks;     /* those that are taken at all */
	uint32_t *lock_number;              /* index of `locks` by lock; ACT_NONE */
	uint32_t result;                    /* the thread whose end is the run's */
	uint64_t from_ns, to_ns, end_ns;    /* end_ns: when the result did end */
	struct tape_fault faults[ACT_KIND_COUNT];
	uint64_t cut;                       /* gates that could not be kept: they form a circle */
	uint64_t acts, open_acts;
};

/* Of the time from from_ns to to_ns of the run; 0: all of it. NULL: there is nothing in it, or too much (2^24 threads, 2^27 gates). */
struct tape *tape_new(const struct graph *, uint64_t from_ns, uint64_t to_ns);
void tape_free(struct tape *);

#endif
