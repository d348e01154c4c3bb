/* locks_private.h - the parts of the locks view: what stands in a lock's row. */
#ifndef HP_TABLE_LOCKS_PRIVATE_H
#define HP_TABLE_LOCKS_PRIVATE_H

#include "table/view.h"

/* Null when nothing was measured. */
static inline struct cell locks_quantile(const struct lock_times *t, double q)
{
	return lock_times_count(t) ? cell_int(lock_times_quantile(t, q)) : CELL_UNKNOWN;
}

/* Its acquisitions, or its waits where nothing is acquired: what an average is made over. */
static inline uint64_t locks_mean(uint64_t sum, uint64_t count)
{
	return count ? sum / count : 0;
}

/* ---- locks_lists.c ---- */
struct table *locks_waiters(const struct view_input *, const struct lock *);
struct table *locks_blockers(const struct view_input *, const struct lock *);
struct table *locks_sites(const struct view_input *, const struct lock *);
struct table *locks_threads(const struct view_input *, const struct lock *);

/* ---- locks_kinds.c: null where it does not apply ---- */
struct cell locks_longest(const struct view_input *, const struct lock_longest *, const char *key, bool has_owner);
struct cell locks_cond(const struct view_input *, const struct lock *);
struct cell locks_barrier(const struct view_input *, const struct lock *);

/* ---- locks_hints.c ---- */
struct table *locks_hints(const struct view_input *, const struct lock *);

#endif
