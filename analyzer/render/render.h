/*
 * render.h - draws a document (table/table.h). A renderer knows tables and nothing of models; every name it writes is
 * made harmless and valid on the way. Nothing here fails: a write error stays in the FILE, whoever opened it looks there.
 */
#ifndef HP_RENDER_H
#define HP_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct doc;
struct table;

struct render {
	FILE  *out;
	bool   terminal;  /* a person reads along */
	bool   colour;
	size_t width;     /* columns of a line of text */
};

struct renderer {
	const char *name;
	void (*document)(const struct render *, const struct doc *);
	/*
	 * A piece of a list that is too long to be held: `first` for the first piece. JSON: an object a line. `doc` has the
	 * stack source; its tables are not drawn.
	 */
	void (*piece)(const struct render *, const struct doc *, const struct table *, bool first);
};

extern const struct renderer render_text, render_json;
/*
 * JUnit's XML of a document with a table "checks": a test case a row. Markdown as pull requests show it, tables of more than a few rows
 * folded away. Both have no pieces.
 */
extern const struct renderer render_junit, render_markdown;

/* How `out` wants it: colours and width of a terminal, NO_COLOR and COLUMNS respected; 100 columns elsewhere. */
struct render render_to(FILE *out);

#endif
