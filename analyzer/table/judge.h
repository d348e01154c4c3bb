/* judge.h - whether figures are what an expression wants; for checks.c. */
#ifndef HP_TABLE_JUDGE_H
#define HP_TABLE_JUDGE_H

#include "table/checks.h"

/* All figures as one number: their sum, or the largest where they do not add up; 0 when nothing occurs; NaN: no number. */
long double judge_together(const struct findings *);
/* A number as a cell; null: it is none. */
struct cell judge_cell(long double value);
/* Sets passed, measured, value and change_pct. All figures are known; unit is set. */
void judge(struct check *, const struct view_input *, const struct findings *);

#endif
