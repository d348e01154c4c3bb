/* left_out.h - function calls that HP_FILTER and HP_MIN_NS left out of the recording, and --filter of the report. */
#ifndef HP_TABLE_LEFT_OUT_H
#define HP_TABLE_LEFT_OUT_H

#include "table/view.h"

/* recorder.left_out[]: function by function. */
struct table *left_out_table(const struct view_input *);
/* A line each for people. Returns how many. */
enum { LEFT_OUT_LINES = 3 };
size_t left_out_lines(const struct view_input *, const char *lines[LEFT_OUT_LINES]);

#endif
