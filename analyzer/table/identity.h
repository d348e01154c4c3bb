/*
 * identity.h - what a row of a table is known by: a function by its name, a file by its path, a site by the functions on its
 * call path. For those who choose rows (check) or find the same row in another run (diff).
 */
#ifndef HP_TABLE_IDENTITY_H
#define HP_TABLE_IDENTITY_H

#include "table/table.h"

/* The column that says it; -1: rows of this table have no name, path or the like. */
int identity_column(const struct table *);

/*
 * Whether a pattern means this row: a glob over its name (of a function also without its arguments), over a path or its last
 * part, over any function of its call path; "#7" or "7" over its id, tid or pid. `column`: over that column alone; NULL: any of these.
 */
bool identity_matches(const struct doc *, const struct table *, const struct row *, const char *column, const char *pattern);

/* A glob over a name, or over a function's name without arguments. */
bool identity_name_matches(const char *name, const char *pattern);

#endif
