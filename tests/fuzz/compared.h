/* compared.h - for the fuzzer: what `diff` and `check` make of a report. */
#ifndef HP_FUZZ_COMPARED_H
#define HP_FUZZ_COMPARED_H

#include "table/view.h"

/* Compares the run with itself: nothing may have become worse or better. */
void compare_with_itself(const struct view_input *, const struct doc *, void (*draw)(const struct doc *, int markdown));
/* Checks that ask for rows of many tables. */
void check_some(const struct view_input *, struct doc *, void (*draw)(const struct doc *, int junit));

#endif
