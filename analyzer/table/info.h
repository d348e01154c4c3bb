/* info.h - what is known of the dumps themselves, beside the figures. */
#ifndef HP_TABLE_INFO_H
#define HP_TABLE_INFO_H

#include "table/view.h"

/* What the recorder says of itself, in full (recorder.c). */
struct table *recorder_table(const struct view_input *);
/* A line each (recorder.c). */
void recorder_blind_spots(const struct view_input *, struct doc *);

/*
 * What makes figures too low: losses, and damage with the place of the first of it; NULL: nothing does (recorder.c).
 */
const char *recorder_losses(const struct view_input *);

/* What recording cost, by kind of event and in all: a line, if it is known (recorder.c). */
void recorder_cost(const struct view_input *, struct doc *);
/* How far function times are compensated; NULL: they are not (recorder.c). */
const char *recorder_compensation(const struct view_input *);

/* Files, options that were not understood, chunks, losses, damage, clocks: a table each, a row for each of each dump. */
void info_add(const struct view_input *, struct doc *);

/* HP_STACK=check: where our stacks and libunwind's part, a row each (differences.c). */
struct table *differences_table(const struct view_input *);

#endif
