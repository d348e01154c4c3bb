/*
 * event.h - the hot path: reserve room in the thread's chunk, and commit a record.
 *
 *     uint32_t *r = hp_open(t, now, HP_R_FREE, 3);     one xadd, one compare, one store
 *     r[1] = ...;                                      payload
 *     hp_commit(r, hp_word(HP_R_FREE, sub, arg));      the first word, last
 *
 * The pointer is always good: what cannot be recorded goes to a scratch area and is counted. Async-signal-safe: a
 * handler between any two of these instructions reserves room of its own.
 */
#ifndef HP_EVENT_H
#define HP_EVENT_H

#include "thread.h"
#include "clock.h"

/* The reservation did not fit: commit more of the chunk, or turn to a new one. Never NULL. */
HP_HIDDEN HP_COLD void *hp_reserve_slow(struct hp_thread *t, size_t bytes);
/* Room for a record right behind a TIME record, which nothing can come between. Looks whether HP_DURATION is over. */
HP_HIDDEN HP_COLD void *hp_reserve_marked(struct hp_thread *t, uint64_t now, size_t bytes);

/* A mark that asks for a TIME record before the next event, whatever its time. */
HP_INLINE uint64_t hp_far_from(uint64_t now) { return now ^ 1ull << 63; }

enum { HP_TIME_BACK = HP_TIME_QUARTER / 2 };

/* A time mark is due before a record of this time. A stamp that is a little older than the mark is fine: the reader takes
 * the nearest time. */
HP_INLINE int hp_mark_due(uint64_t mark, uint64_t now)
{
	return HP_UNLIKELY(now - mark + HP_TIME_BACK > HP_TIME_QUARTER + HP_TIME_BACK);
}

/*
 * The usual case of hp_enter, hp_ticks and hp_reserve, for hooks that cost as much as their stamp: what is not usual is
 * left to one slow function, so that nothing has to be kept over a call and the hook needs no registers of its own.
 */
HP_INLINE int hp_usual(const struct hp_thread *t)
{
	return HP_LIKELY(t && t->live && hp_clock_kind != HP_CLOCK_MONOTONIC);
}

/* Not so, too, where a signal handler has turned to another chunk since the limit was read, or this is a child that it forked. */
HP_INLINE int hp_fits(const char *limit, const char *at, size_t bytes)
{
	return HP_LIKELY((uintptr_t)limit - (uintptr_t)at - bytes < HP_CHUNK_BYTES);
}

/* 0: the end of the committed part; hp_reserve_slow goes on. */
HP_INLINE int hp_take(struct hp_thread *t, size_t bytes, void *r)
{
	/* The limit first: read after the cursor it could be that of a chunk which a signal handler has turned to since. */
	char *limit = *(char *volatile *)&t->limit;
	char *at = hp_xadd(&t->cursor, bytes);
	*(char **)r = at;
	return hp_fits(limit, at, bytes);
}

/* Room for a record whose time does not matter, or is absolute. */
HP_INLINE void *hp_take_room(struct hp_thread *t, size_t bytes)
{
	void *r;
	return hp_take(t, bytes, &r) ? r : hp_reserve_slow(t, bytes);
}

/*
 * Room for a record of this time. 0: hp_reserve_marked goes on. Should a signal handler have moved the mark since it was
 * compared, it may have moved it too far: what is reserved then stays zero, which means nothing.
 */
HP_INLINE int hp_take_timed(struct hp_thread *t, uint64_t now, size_t bytes, void *r)
{
	uint64_t mark = HP_RELAXED(&t->time_mark);
	return !hp_mark_due(mark, now) && hp_take(t, bytes, r) && HP_LIKELY(HP_RELAXED(&t->time_mark) == mark);
}

/* A record that waited for a new chunk gets a mark, too: that may have taken longer than the short times' range. */
HP_INLINE void *hp_reserve(struct hp_thread *t, uint64_t now, size_t bytes)
{
	void *r;
	return hp_take_timed(t, now, bytes, &r) ? r : hp_reserve_marked(t, now, bytes);
}

HP_INLINE uint32_t *hp_open(struct hp_thread *t, uint64_t now, unsigned kind, unsigned words)
{
	uint32_t *r = hp_reserve(t, now, words * 4);
	*(volatile uint32_t *)r = hp_word(HP_R_OPEN, kind, words);
	HP_BARRIER();
	return r;
}

HP_INLINE void hp_commit(uint32_t *r, uint32_t word)
{
	HP_STORE(r, word);
}

#endif
