/* diff_private.h - what the parts of diff.h share. */
#ifndef HP_TABLE_DIFF_PRIVATE_H
#define HP_TABLE_DIFF_PRIVATE_H

#include "table/diff.h"

/* Fills notes and not_compared (diff_notes.c). */
void diff_notes(struct diff *, struct arena *);
/* Whether a figure is not compared, because a side cannot know it. */
bool diff_leaves_out(const struct diff *, uint32_t table, uint32_t figure);

/* rows[]: everything (diff_figures.c). */
struct table *diff_rows(const struct diff *, struct arena *);
/* sides[], and a value with its spread: "1.02 s ±3 %" (diff_sides.c). */
struct table *diff_sides(const struct diff *, struct arena *);
const char *diff_value(struct arena *, enum unit, const struct sample *);
/* The name of what a change is of, or its call path. */
struct cell diff_subject(const struct diff *, const struct change *);

#endif
