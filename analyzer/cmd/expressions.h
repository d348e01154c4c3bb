/* expressions.h - the expressions of a `check`: those on its command line, and those in files. */
#ifndef HP_CMD_EXPRESSIONS_H
#define HP_CMD_EXPRESSIONS_H

#include "table/expr.h"
#include "table/view.h"
#include "util/vec.h"

struct expressions {
	VEC_FIELDS(struct expr)
	size_t       mistakes;  /* that have been shown on stderr */
	struct arena arena;
};

/* `from`: "FILE:LINE", or NULL. The text must stay. */
int  expressions_add(struct expressions *, const char *text, const char *from);
/* One a line; empty lines and what follows a # outside of quotes and brackets are passed over. "-": standard input. */
void expressions_read(struct expressions *, const char *path);
/* Whether the document needs this view: for runs_report. */
bool expressions_want(const void *expressions, const struct view *);
void expressions_free(struct expressions *);

#endif
