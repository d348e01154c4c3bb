/*
 * What the CPU's files say in assembler, in C: in builds by -fsanitize=thread, which sees no memory access of assembler.
 * The clock is whatever the build has for one.
 * They are ThreadSanitizer's own, and those of tests/schedule/. libhp.so is never built so.
 */
#ifndef HP_ARCH_VISIBLE_H
#define HP_ARCH_VISIBLE_H

__extension__ typedef unsigned __int128 hp_two_words;

extern HP_HIDDEN uint64_t hp_clock_slow(void);
static inline uint64_t hp_hardware_ticks(void) { return hp_clock_slow(); }

static inline char *hp_xadd(char **p, uintptr_t n)
{
	return __atomic_fetch_add(p, n, __ATOMIC_RELAXED);
}

static inline int hp_take_back(char **p, char *from, char *to)
{
	return __atomic_compare_exchange_n(p, &from, to, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

static inline void hp_store_pair(char **pair, char *first, char *second)
{
	__atomic_store_n((hp_two_words *)(void *)pair, (hp_two_words)(uintptr_t)second << 64 | (uintptr_t)first, __ATOMIC_RELAXED);
}

static inline int hp_install_pair(uint64_t pair[2], uint64_t first, uint64_t second)
{
	hp_two_words none = 0;
	return __atomic_compare_exchange_n((hp_two_words *)(void *)pair, &none, (hp_two_words)second << 64 | first, 0,
		__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

#endif
