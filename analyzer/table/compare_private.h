/* compare_private.h - what the parts of compare.h share. */
#ifndef HP_TABLE_COMPARE_PRIVATE_H
#define HP_TABLE_COMPARE_PRIVATE_H

#include "table/compare.h"

/* What is known of the run that comes next (compare_runs.c). */
struct compare_run compare_facts(struct compare *, enum side, const struct view_input *);
/* What a row is called in what belongs to it. */
const char *compare_row_name(struct compare *, uint32_t row);

#endif
