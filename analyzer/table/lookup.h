/*
 * lookup.h - the figures of a document that a key means. It walks the document's tables, so that what a view shows can be
 * asked for without being named anywhere else.
 */
#ifndef HP_TABLE_LOOKUP_H
#define HP_TABLE_LOOKUP_H

#include "table/expr.h"

/* One figure. */
struct finding {
	const struct column *column;  /* NULL: how many rows `table` has */
	struct cell          cell;
	const struct table  *table;   /* that it stands in */
	const struct row    *row;
};

struct findings {
	struct finding *v;
	size_t n, cap;
	const struct column *column;  /* what was asked for; NULL: a number of rows, or not to be known as no row has such a table */
	bool     adds_up;             /* lookup_adds_up of it */
	bool     unknown;             /* there are rows, but the figure is known of none */
	size_t   without;             /* rows that have no such table as the figure would stand in */
	const struct expr_step *missing;  /* the first step that no row matched, NULL: there is none */
	const struct table     *searched; /* in which table */
};

/*
 * The two steps of it: whether there is such a key, and in which column its figures stand (NULL: it means a number of rows);
 * the table of a document that a key begins with, and its column if the members of that table are the document's.
 */
int lookup_key(const struct doc *doc, const struct expr *e, const struct column **column, struct expr_error *error);
const struct table *lookup_table(const struct doc *doc, const char *key, const struct column **column);

/* 0, or -1 when there is no such key: *error tells the keys that exist there. Free findings with findings_free. */
int  lookup(const struct doc *doc, const struct expr *e, struct findings *found, struct expr_error *error);
void findings_free(struct findings *);

/* What rows of a table are known by, or a function on their call paths, that is most like `word`; NULL: nothing is. */
const char *lookup_similar(const struct doc *, const struct table *, const char *word);

/* Whether the figures of several rows may be added up; others (a maximum, a percentile, a time, what was at points of time) stand for themselves. */
bool lookup_adds_up(const struct table *, const struct column *);

#endif
