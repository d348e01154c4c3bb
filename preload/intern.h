/*
 * intern.h - stacks as ids. A node is a frame and the id of its outer neighbour; ids count from 1. A node is written to
 * the dump before its id can be seen by any thread; two threads that meet the same new node at the same time may write
 * it under two ids, of which one is never used.
 *
 * No locks: an entry is put into the table whole by one instruction and never changes or leaves. All of this is in
 * memory that a forked child finds wiped.
 */
#ifndef HP_INTERN_H
#define HP_INTERN_H

#include "preload.h"
#include "unwind/pair.h"

struct hp_thread;

/* A frame as one word, never 0: its pc and HP_NODE_* flags. */
HP_INLINE uint64_t hp_frame_key(uintptr_t pc, unsigned node_flags) { return (uint64_t)node_flags << 48 | pc; }

HP_HIDDEN void hp_intern_init(void);
/* A forked child: nothing is known. */
HP_HIDDEN void hp_intern_forked(void);
/* Writes all nodes into a new dump, under the ids that they have: events under way carry them. */
HP_HIDDEN void hp_intern_moved(struct hp_thread *t);
/*
 * The code at lo..hi is gone, and what is loaded there later is other code: from now on a frame there, and all that it calls,
 * gets new ids. What was gone before stays so: one range that grows holds them all.
 */
HP_HIDDEN void hp_intern_gone(uintptr_t lo, uintptr_t hi);
/* How often that has happened: a part of every sum that stacks are found by. */
extern HP_HIDDEN uint32_t hp_intern_era;
/*
 * The id of this frame below `parent` (0: it is outermost). 0: the table is full; or the thread is not live: in the child of a fork by a
 * signal handler, an interrupted capture goes on with its parent's ids, none of which may get into the child's tables.
 */
HP_HIDDEN uint32_t hp_node(struct hp_thread *t, uint32_t parent, uint64_t key);

/*
 * A cache of whole stacks: the id of the innermost frame by a 64-bit sum over all frames (hp_frame_term) and the era. It forgets as
 * it pleases. Two stacks are taken for one if their sums are equal, one chance in 2^62 a look-up.
 */
enum { HP_MEMO_BITS = 13, HP_TERMS = 128 };
extern HP_HIDDEN uint64_t hp_terms[HP_TERMS];
extern HP_HIDDEN struct hp_pair_set *hp_memo;  /* NULL: there is none */
HP_HIDDEN void hp_memo_keep(const struct hp_thread *t, uint64_t sum, uint32_t id);

HP_INLINE uint32_t hp_memo_find(uint64_t sum)
{
	uint64_t id;
	return HP_LIKELY(hp_memo != NULL) && hp_pair_find(&hp_memo[sum >> (64 - HP_MEMO_BITS)], sum, &id) ? (uint32_t)id : 0;
}

HP_INLINE uint64_t hp_fold(uint64_t a, uint64_t b)
{
	uint64_t high, low = hp_multiply(a, b, &high);
	return low ^ high;
}

/* What a frame adds to the sum; index counts from the outermost. */
HP_INLINE uint64_t hp_frame_term(uint64_t key, uint32_t index)
{
	if (HP_UNLIKELY(index >= HP_TERMS))
		key += index / HP_TERMS * 0x9e3779b97f4a7c15ull;
	return hp_fold(key, hp_terms[index % HP_TERMS]);
}

#endif
