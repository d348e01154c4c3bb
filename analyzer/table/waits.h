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

/* Who held things up most, in a few sentences. (waits_who.c, as is the next) */
void waits_add_words(const struct view_input *, const struct blame *, struct doc *);
/* waiters[], and for readers the largest of it. */
void waits_add_who(const struct view_input *, const struct blame *, struct doc *);
/* shares[]: what of each thread's life was what. (waits_shares.c) */
void waits_add_shares(const struct view_input *, struct doc *);
/* The locks that were waited for, in short: text only. (waits_locks.c) */
void waits_add_locks(const struct view_input *, struct doc *);

#endif
