/*
 * compare.h - the figures of several runs, of two sides, beside each other: every figure of every table that a report has,
 * of rows that have the same name (normal.h) in other runs. The runs themselves may be gone.
 *
 *     for each run: compare_add(c, side, in, doc)     doc with the views of a report
 *     compare_pair(c)                                 call paths that differ by inlined functions only
 *     compare_values(c, row, figure, side, values)
 */
#ifndef HP_TABLE_COMPARE_H
#define HP_TABLE_COMPARE_H

#include "table/strings.h"
#include "table/view.h"

enum side { SIDE_OLD, SIDE_NEW, SIDES };

/* What is known of a run beside its figures. Texts are kept. */
struct compare_run {
	enum side   side;
	const char *given, *named, *program, *host, *end, *losses;  /* given: what the user called its side; named: its dumps; losses: NULL when it is whole */
	uint64_t    duration_ns;
	uint32_t    kinds_off;       /* HP_MEMORY.. bits that were not recorded */
	const char *filter;          /* of function calls: HP_FILTER, HP_MIN_NS; "" */
	bool        has_calls;       /* function calls: -finstrument-functions */
	bool        has_paths;       /* call paths */
	bool        has_names;       /* the program's symbols */
	uint32_t    number;          /* among the runs of its side */
};

struct compare_figure { const char *key, *title; enum unit unit; bool adds_up; };

/* A table of the report, all of one name in one: "io.files", "locks.waiters". */
struct compare_table {
	const char *path, *title;
	bool        is_whole;        /* an object: one row */
	bool        is_nested;       /* its rows belong to another table's */
	bool        has_stacks;
	VEC(struct compare_figure) figures;
	/* By run, with room for one more than there are figures: */
	VEC(uint8_t) known;          /* some row of the run has the figure; the last: the run has the table */
	VEC(double) totals;          /* over all rows */
};

/* Values are added by run; NaN: not known; a run that is not reached: the row did not occur. */
struct compare_row {
	uint32_t    table;
	const char *name, *module, *within;  /* as shown; name NULL: it has a call path, or is the whole; module NULL: none; within: the row it belongs to */
	uint32_t    stack;           /* for compare_stacks; 0: none */
	uint64_t    rough;           /* a hash of its name without places in modules: what rows in its tables go by */
	bool        paired;          /* with another call path: compare_pair */
	bool        gone;            /* into the one it was paired with */
	VEC(double) values;          /* by run, as in the table */
	VEC(uint8_t) there;          /* by run */
	bool        seen[SIDES];
};

struct compare_stack { const struct frame *frames; size_t count; };

struct compare {
	struct strings strings;
	VEC(struct compare_run)   runs;
	VEC(struct compare_table) tables;
	VEC(struct compare_row)   rows;
	VEC(struct compare_stack) stacks;
	struct map64 by_path, by_key;   /* hashes of tables' paths, of rows' keys */
};

/* `given`: the words that the user named it by, perhaps with others of its side. */
void compare_add(struct compare *, enum side, const char *given, const struct view_input *, const struct doc *);
void compare_pair(struct compare *);
void compare_free(struct compare *);

/* Where a run's value of a figure stands. Tables do not get more figures than they have in the first run. */
static inline size_t compare_place(const struct compare_table *t, size_t run, size_t figure)
{
	return run * (t->figures.n + 1) + figure;
}
/* Its name for people. */
static inline const char *compare_name(const struct compare_row *r)
{
	return r->name ? r->name : "(none)";
}
size_t compare_runs(const struct compare *, enum side);
/* The values of a side in `values`, which has room for all its runs: how many are known. What did not occur is 0. */
size_t compare_values(const struct compare *, const struct compare_row *, size_t figure, enum side, double *values);
/* The same of the sum over all rows. */
size_t compare_totals(const struct compare *, const struct compare_table *, size_t figure, enum side, double *values);

struct stack_source compare_stacks(struct compare *);

#endif
