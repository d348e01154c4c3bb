/* waits.h - what the parts of the view of waits have in common. */
#ifndef HP_TABLE_WAITS_H
#define HP_TABLE_WAITS_H

#include "model/blame.h"
#include "table/view.h"

/* "4712 worker" */
const char *waits_thread(const struct view_input *, uint32_t thread);

/* What sort of a wait an act is, as users know them: "lock", "cond", "read"; NULL: none. (waits_words.c) */
const char *waits_kind(unsigned act_kind);
/* What a waiter was charged with, in words: "ran, holding 'queue'"; of a wait for no thread: "asleep". */
const char *waits_reason(const struct view_input *, const struct blame_key *);
/* The lock, channel or file that it is about: of the wait for the owner, and of what the owner did; NULL: none, or not known. */
const char *waits_object(const struct view_input *, const struct blame_key *);
const char *waits_did_object(const struct view_input *, const struct blame_key *);

/* FOR_THREADS: another thread could have let the waiter go on sooner. To see another one to its end is mostly meant so. */
enum waits_sort {
	WAITS_FOR_ENDS, WAITS_FOR_THREADS, WAITS_FOR_OUTSIDE, WAITS_ASLEEP, WAITS_IN_IO, WAITS_WAKING_UP, WAITS_SORTS,
};
enum waits_sort waits_sort_of(const struct blame_key *);

/* A cell of the matrix, with what its waiter owes to its owner in all. */
struct debt { uint32_t owner, key; uint64_t ns, owner_ns; };
struct debts { VEC_FIELDS(struct debt) };
/* Works owner_ns out; the owners with most first, of each the reasons with most. */
void waits_sort_debts(struct debts *);

/* Who held things up most, in a few sentences. (waits_said.c, as are the last two) */
void waits_add_words(const struct view_input *, const struct blame *, struct doc *);
/* waiters[], and for readers the most of it. (waits_who.c) */
void waits_add_who(const struct view_input *, const struct blame *, struct doc *);
/* shares[]: what of each thread's life was what. (waits_shares.c) */
void waits_add_shares(const struct view_input *, struct doc *);
/* The locks that were waited for, in short: text only. (waits_locks.c) */
void waits_add_locks(const struct view_input *, struct doc *);

#endif
