/* name_match.h - whether a function is one of those that a user means. */
#ifndef HP_TABLE_NAME_MATCH_H
#define HP_TABLE_NAME_MATCH_H

#include <stdbool.h>

/* By its whole name, by that without its arguments, or as a glob of either. */
bool name_matches(const char *pattern, const char *name);

#endif
