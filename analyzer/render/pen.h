/* pen.h - what the parts of the text renderer share: where they write to, styles, rows. */
#ifndef HP_RENDER_PEN_H
#define HP_RENDER_PEN_H

#include "render/render.h"
#include "util/buf.h"

struct cell;

struct pen {
	const struct render *to;
	const struct doc    *doc;
	struct buf           scratch;
	bool                 begun;    /* something was drawn */
};

#define PEN_BOLD  "1"
#define PEN_DIM   "2"
#define PEN_ALARM "1;31"
#define PEN_PLAIN "0"

/* Nothing where colours are not wanted. */
void pen_style(const struct pen *, const char *code);
void pen_blanks(const struct pen *, size_t count);
/* The text of a cell, good until the next call. */
const char *pen_cell(struct pen *, const struct table *, size_t column, const struct cell *, size_t room);
/* An empty line between two parts; none in front of the first. */
void pen_gap(struct pen *);
/* Whether a column is drawn among the others: a table in a cell is not. */
bool pen_shows(const struct table *, size_t column);

/*
 * Rows as aligned columns, the last one as wide as the line allows. A call path there may take several lines; tables in
 * a row's cells are drawn under it.
 */
void pen_rows(struct pen *, const struct table *, size_t indent, bool titles);

#endif
