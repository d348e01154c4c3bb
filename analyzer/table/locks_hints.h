/*
 * locks_hints.h - diagnoses of a lock, each a rule over its figures. One row here and one function make a new one; docs/locks.md
 * says which thresholds there are and why.
 */
#ifndef HP_TABLE_LOCKS_HINTS_H
#define HP_TABLE_LOCKS_HINTS_H

#include "table/locks_private.h"

#define LOCK_HINTS(X) \
	X(long_hold) X(blocked_holder) X(hot_section) X(needless_contention) X(convoy) \
	X(never_read) X(never_written) X(starved_writers) X(one_thread) \
	X(signal_under_lock) X(woken_in_vain) X(broadcast_to_one) X(lost_signals) X(polled) X(uneven_arrival) X(abandoned) X(foreign_unlocks)

/* What it is about, and its evidence; what is zero says nothing. */
struct lock_hint {
	const char *text;
	uint64_t count, of;          /* so many of so many */
	uint64_t wait_ns, hold_ns;
	uint32_t stack;              /* where; 0: nowhere in particular */
};

/* Whether it applies; then *hint is filled. */
#define X(name) bool lock_hint_##name(const struct view_input *, const struct lock *, struct lock_hint *);
LOCK_HINTS(X)
#undef X

/* Whether its waits are worth a word, beside how long the run is. */
bool lock_waits_matter(const struct view_input *, const struct lock *);

#endif
