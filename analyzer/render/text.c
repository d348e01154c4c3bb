/* Documents as text: a heading a table; what stands in an object as a table is drawn after it. */
#include "render/render.h"

#include <string.h>

#include "render/pen.h"
#include "table/table.h"
#include "util/text.h"

enum { WIDTH_OF_LISTS = 200 };

static const char *shown(struct pen *p, const char *text)
{
	buf_reset(&p->scratch);
	text_escape(&p->scratch, text, strlen(text));
	return buf_text(&p->scratch);
}

static void draw_note(struct pen *p, const struct table *table)
{
	pen_style(p, table->alarm ? PEN_ALARM : PEN_PLAIN);
	fprintf(p->to->out, ": %s", shown(p, table->note));
	pen_style(p, PEN_PLAIN);
}

static void heading(struct pen *p, const struct table *table)
{
	if (!table->title)
		return;
	pen_style(p, PEN_BOLD);
	fputs(shown(p, table->title), p->to->out);  /* a program's name, it may be */
	pen_style(p, PEN_PLAIN);
	if (table->note)
		draw_note(p, table);
	if (!table->row_count && !table->note)
		fputs(": none", p->to->out);
	putc('\n', p->to->out);
}

static void draw_pair(struct pen *p, const char *title, const char *value)
{
	pen_style(p, PEN_DIM);
	fputs(title, p->to->out);
	pen_style(p, PEN_PLAIN);
	fprintf(p->to->out, "%s%s", title[0] ? " " : "", value);
}

/* The pairs of an object, as many in a line as fit. */
static void draw_pairs(struct pen *p, const struct table *table)
{
	const struct cell *cells = table->rows[0].cells;
	size_t used = 0;

	for (size_t c = 0; c < table->column_count; c++) {
		const char *title = table->columns[c].title, *value;
		size_t width;

		if (!pen_shows(table, c))
			continue;
		value = pen_cell(p, table, c, &cells[c], p->to->width - text_width(title) - 4);
		width = text_width(title) + 1 + text_width(value);
		if (used && used + 3 + width > p->to->width) {
			putc('\n', p->to->out);
			used = 0;
		}
		pen_blanks(p, used ? 3 : 2);
		used += width + (used ? 3 : 2);
		draw_pair(p, title, value);
	}
	if (used)
		putc('\n', p->to->out);
}

static void draw_table(struct pen *p, const struct table *table);

static void draw_object(struct pen *p, const struct table *table)
{
	const struct cell *cells;

	if (!table->row_count)
		return;
	cells = table->rows[0].cells;
	draw_pairs(p, table);
	for (size_t c = 0; c < table->column_count; c++) {
		if (cells[c].type != CELL_TABLE || table->columns[c].flags & COLUMN_DATA || !cells[c].table->row_count)
			continue;
		pen_gap(p);
		draw_table(p, cells[c].table);
	}
}

static void draw_table(struct pen *p, const struct table *table)
{
	heading(p, table);
	if (table->brief)
		return;
	if (table->shape == TABLE_OBJECT)
		draw_object(p, table);
	else
		pen_rows(p, table, table->title ? 2 : 0, true);
}

static void document(const struct render *to, const struct doc *doc)
{
	struct pen p = { .to = to, .doc = doc };

	for (size_t i = 0; i < doc->table_count; i++) {
		if (doc->tables[i]->title && !doc->tables[i]->tight)
			pen_gap(&p);
		draw_table(&p, doc->tables[i]);
	}
	buf_free(&p.scratch);
}

/* A list that goes to a file or another program is for searching, so its lines may be long. */
static void piece(const struct render *to, const struct doc *doc, const struct table *table, bool first)
{
	struct render wide = *to;
	struct pen p = { .to = &wide, .doc = doc };

	if (!to->terminal && wide.width < WIDTH_OF_LISTS)
		wide.width = WIDTH_OF_LISTS;
	pen_rows(&p, table, 0, first);
	buf_free(&p.scratch);
}

const struct renderer render_text = { .name = "text", .document = document, .piece = piece };
