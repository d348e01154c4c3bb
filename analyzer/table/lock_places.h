/* lock_places.h - for the tables of deadlocks and inversions: where a lock was taken, and by whom. */
#ifndef HP_TABLE_LOCK_PLACES_H
#define HP_TABLE_LOCK_PLACES_H

#include "table/view.h"

/* The innermost frame of the user's own: "push (queue.c:12)"; NULL: not known. */
const char *lock_place(const struct view_input *, uint32_t stack);
/* "4712 worker" */
const char *lock_thread(const struct view_input *, uint32_t thread);

/* Inversions for --view waits and JSON; a line for the summary, if there are any that could hang. */
void inversions_add(const struct view_input *, struct doc *);
void summary_inversions(const struct view_input *, struct doc *);

#endif
