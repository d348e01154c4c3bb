/*
 * checks.h - judges expressions (expr.h) over the document of a run, and makes a table of what came out.
 *
 *     for each OLD run:  check_old(&check, in, doc, &error)     only for those that compare with it
 *     check_judge(&check, in, doc, &error)
 *     checks_table(arena, checks, n, true)
 */
#ifndef HP_TABLE_CHECKS_H
#define HP_TABLE_CHECKS_H

#include "table/worst.h"

struct check {
	const struct expr *expr;
	VEC(long double)   old;        /* of "diff.": the figure in each OLD run; NaN: not known */
	bool               passed;
	const char        *measured;   /* for people: "80.0 MiB, 16.0 MiB too much" */
	const char        *note;       /* that nothing of that name occurs, perhaps; NULL: nothing to say */
	struct cell        value, limit, change_pct;
	enum unit          unit;
	size_t             rows;       /* how many were chosen */
	struct worst       worst;
};

/* Each: 0, or -1 when there is no such key, or the value is of another unit. All texts live in in->arena. */
int  check_old(struct check *, const struct view_input *in, const struct doc *doc, struct expr_error *error);
int  check_judge(struct check *, const struct view_input *in, const struct doc *doc, struct expr_error *error);
void check_free(struct check *);

/* checks[]; without `passed` only those that failed. */
struct table *checks_table(const struct view_input *in, const struct check *checks, size_t n, bool passed);

#endif
