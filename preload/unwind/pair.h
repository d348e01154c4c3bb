/*
 * pair.h - small caches that all threads read and write without locks. An entry is two words, of which the first is
 * mixed with the second: who meets halves of two writers' entries sees a key that nobody looks for.
 */
#ifndef HP_UNWIND_PAIR_H
#define HP_UNWIND_PAIR_H

#include "preload.h"

/* For slow paths here, in place of HP_COLD: gcc 12 takes a caller for cold when it inlines such calls, hot path and all. */

struct hp_pair { uint64_t mixed, value; };
enum { HP_PAIR_WAYS = 4 };
/* One cache line. Zeroed: empty. */
struct hp_pair_set { struct hp_pair way[HP_PAIR_WAYS]; } __attribute__((aligned(64)));

HP_INLINE uint64_t hp_mix(uint64_t v) { return v * 0x9e3779b97f4a7c15ull; }

/* 1: found. */
HP_INLINE int hp_pair_find(struct hp_pair_set *s, uint64_t key, uint64_t *value)
{
	for (unsigned i = 0; i < HP_PAIR_WAYS; i++) {
		*value = HP_RELAXED(&s->way[i].value);
		if (HP_LIKELY((HP_RELAXED(&s->way[i].mixed) ^ hp_mix(*value)) == key))
			return 1;
	}
	return 0;
}

/* In place of any other, when the set is full. */
static inline void hp_pair_keep(struct hp_pair_set *s, uint64_t key, uint64_t value)
{
	unsigned victim = hp_mix(key) >> 40 & (HP_PAIR_WAYS - 1);
	for (unsigned i = HP_PAIR_WAYS; i-- > 0;)
		if (!HP_RELAXED(&s->way[i].mixed))
			victim = i;
	__atomic_store_n(&s->way[victim].value, value, __ATOMIC_RELAXED);
	__atomic_store_n(&s->way[victim].mixed, key ^ hp_mix(value), __ATOMIC_RELAXED);
}

#endif
