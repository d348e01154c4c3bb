/*
 * lock_words.h - is a lock held, seen without trying it: glibc's object layouts (nptl, <bits/struct_mutex.h>,
 * <bits/struct_rwlock.h>; unchanged since 2.25). One relaxed load before the real call; a wrong guess costs a stamp, never
 * correctness. An extra trylock instead would change what error-checking, robust and adaptive mutexes do.
 */
#ifndef HP_LOCK_WORDS_H
#define HP_LOCK_WORDS_H

#include "libc_types.h"

enum { HP_MUTEX_TYPE = 3 };
#define HP_FUTEX_WAITERS 0x80000000u

/* Would a lock call wait? Not when it is free, and not when a recursive or error-checking one is ours already. */
HP_INLINE int hp_mutex_held(const pthread_mutex_t *m, uint32_t tid)
{
	if (HP_LIKELY(!HP_RELAXED(&m->__data.__lock)))
		return 0;
	int type = m->__data.__kind & HP_MUTEX_TYPE;
	return !((type == PTHREAD_MUTEX_RECURSIVE_NP || type == PTHREAD_MUTEX_ERRORCHECK_NP) && (uint32_t)HP_RELAXED(&m->__data.__owner) == tid);
}

/* Does somebody wait for it? The word is 2, or a priority-inheriting or robust one has the kernel's waiters bit. */
HP_INLINE int hp_mutex_waited(const pthread_mutex_t *m)
{
	uint32_t word = (uint32_t)HP_RELAXED(&m->__data.__lock);
	return word == 2 || (word & HP_FUTEX_WAITERS && word != HP_FUTEX_WAITERS);
}

enum { HP_RW_WRITE_PHASE = 1, HP_RW_WRITE_LOCKED = 2, HP_RW_READERS = 8 };

HP_INLINE int hp_rwlock_held(const pthread_rwlock_t *l, int shared)
{
	uint32_t word = (uint32_t)HP_RELAXED(&l->__data.__readers);
	/* A writer that waits for readers has set its bit, and lets more of them in, unless the lock prefers writers. */
	if (shared)
		return word & HP_RW_WRITE_LOCKED && (word & HP_RW_WRITE_PHASE ||
			(l->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP && word >= HP_RW_READERS));
	return word & HP_RW_WRITE_LOCKED || word >= HP_RW_READERS;
}

/* Readers wait (bit 2 of the word), or writers do. */
HP_INLINE int hp_rwlock_waited(const pthread_rwlock_t *l)
{
	return HP_RELAXED(&l->__data.__readers) & 4 || HP_RELAXED(&l->__data.__writers) > 0;
}

HP_INLINE int hp_spin_held(const pthread_spinlock_t *l)
{
#if defined(__x86_64__)
	return HP_RELAXED(l) <= 0;  /* 1: free */
#else
	return HP_RELAXED(l) != 0;
#endif
}

#endif
