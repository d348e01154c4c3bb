/* dumps.h - the dumps that a user means: files as they are, of a directory all that it holds. */
#ifndef HP_CMD_DUMPS_H
#define HP_CMD_DUMPS_H

#include <stddef.h>

#include "util/vec.h"

/* Paths, each the list's own. */
struct dumps { VEC_FIELDS(char *) };

/* Adds the dumps in a directory, by name: *.hpd, and *.hpd.1 and so on. Empty ones are left out with a warning. How many, or -1 with errno. */
int dumps_in(struct dumps *, const char *directory);
/* Adds what the user named; a directory without any dump ends hp-analyze with a message and status 2. */
void dumps_named(struct dumps *, char *const *paths, size_t n);
void dumps_free(struct dumps *);

#endif
