/*
 * near.h - near records, turned into the kinds that they stand for. UNLOCK_LAST names no lock: it is the one that its thread
 * acquired last, exclusively, and has not released since; LOCK_AGAIN is of the one acquired last, released or not. So the
 * records of locks are followed for each thread.
 */
#ifndef HP_DUMP_NEAR_H
#define HP_DUMP_NEAR_H

#include "dump/record.h"

enum { NEAR_WORDS = 6, NEAR_HELD_MAX = 64 };

struct near {
	uint32_t wide[NEAR_WORDS];          /* the record that the last near one stands for */
	uint32_t held[NEAR_HELD_MAX];       /* first words of acquisitions that are not released yet, the last one last */
	unsigned count;
	uint32_t taken;                     /* first word of the last acquisition; 0: none yet */
};

/* Makes *r, a near record, the wide one; `region`: hp_header.near, t32: its time. 0: one that says nothing. */
int near_widen(struct near *, struct dump_record *r, const uint32_t region[2], uint32_t t32);
/* An acquisition or a release with its lock. */
void near_follow(struct near *, const struct dump_record *r);
/* The first word that LOCK_AGAIN stands for; `taken` is not 0. */
static inline uint32_t near_again(const struct near *n)
{
	return hp_word(HP_R_LOCK, (hp_word_sub(n->taken) + 1) & 0xff, hp_word_arg(n->taken));
}
void near_hold(struct near *, uint32_t taken);
static inline int near_follows(unsigned kind)
{
	return kind == HP_R_LOCK || kind == HP_R_LOCK_WAIT || kind == HP_R_UNLOCK || kind == HP_R_UNLOCK_WAITED;
}

#endif
