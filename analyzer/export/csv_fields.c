/* csv_fields.c - values as fields of a line. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "export/csv.h"
#include "util/buf.h"
#include "util/text.h"

void csv_field(struct buf *line, const char *text, size_t bytes)
{
	size_t from;
	bool quote;

	from = line->n;
	text_escape(line, text, bytes);
	quote = line->n > from && strpbrk(line->s + from, "\",\r\n") != NULL;
	if (quote) {
		char *plain = strdup(line->s + from);

		line->n = from;
		buf_addc(line, '"');
		for (const char *c = plain; c && *c; c++) {
			buf_addc(line, *c);
			if (*c == '"')
				buf_addc(line, '"');
		}
		buf_addc(line, '"');
		free(plain);
	}
}

static void add_stack(struct buf *line, const struct doc *doc, const struct column *column, uint64_t id)
{
	struct buf text = { 0 };
	size_t count = 0;
	const struct frame *f = id && doc->stacks.frames ? doc->stacks.frames(doc->stacks.context, id, &count) : NULL;

	for (size_t i = count; i-- > 0;) {
		if (column->flags & COLUMN_LINES && f[i].file)
			buf_addf(&text, "%s:%" PRIu32, f[i].file, f[i].line);
		else if (!(column->flags & COLUMN_LINES))
			buf_adds(&text, f[i].name);
		buf_adds(&text, i ? ";" : "");
	}
	csv_field(line, buf_text(&text), text.n);
	buf_free(&text);
}

static void add_names(struct buf *line, const struct names *list)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < list->count; i++) {
		buf_adds(&text, i ? " " : "");
		buf_adds(&text, list->at[i]);
	}
	csv_field(line, buf_text(&text), text.n);
	buf_free(&text);
}

void csv_cell(struct buf *line, const struct doc *doc, const struct column *column, const struct cell *c)
{
	switch (c->type) {
	case CELL_NULL: case CELL_TABLE: break;
	case CELL_INT:   buf_addf(line, "%" PRId64, c->integer); break;
	case CELL_REAL:  buf_addf(line, "%.17g", c->real); break;
	case CELL_BOOL:  buf_adds(line, c->integer ? "true" : "false"); break;
	case CELL_NAME:  csv_field(line, c->name, strlen(c->name)); break;
	case CELL_NAMES: add_names(line, c->names); break;
	case CELL_STACK: add_stack(line, doc, column, c->stack); break;
	}
}
