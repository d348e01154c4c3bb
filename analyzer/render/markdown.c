/*
 * Documents as GitHub's Markdown: a heading and a table each; what a program chose stands in code spans, so that nothing in
 * it is a link, a mention or a tag.
 */
#include "render/render.h"

#include <stdlib.h>
#include <string.h>

#include "render/cell.h"
#include "render/pen.h"
#include "table/table.h"
#include "util/fmt.h"
#include "util/text.h"

enum { ROWS_OPEN = 12, ROOM = 120 };

/* Text outside of code spans: every character that could mean something is made to mean itself. */
static void put_plain(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '@' || *text == '<' || *text == '>' || *text == '&')
			fprintf(out, "&#%d;", *text);
		else {
			if (strchr("\\`*_[]|~#", *text))
				putc('\\', out);
			putc(*text, out);
		}
	}
}

static void put_escaped(FILE *out, const char *text)
{
	char *shown = text_escaped(text);

	put_plain(out, shown);
	free(shown);
}

static size_t longest_run(const char *text, char c)
{
	size_t longest = 0, n = 0;

	for (; *text; text++) {
		n = *text == c ? n + 1 : 0;
		longest = n > longest ? n : longest;
	}
	return longest;
}

/* A code span in a table's cell: as many backticks as are not in it; a bar is escaped even there. */
static void put_code(FILE *out, const char *text)
{
	size_t ticks = longest_run(text, '`') + 1;
	bool padded = text[0] == '`' || (text[0] && text[strlen(text) - 1] == '`');

	if (!text[0])
		return;
	for (size_t i = 0; i < ticks; i++)
		putc('`', out);
	fputs(padded ? " " : "", out);
	for (; *text; text++) {
		if (*text == '|')
			putc('\\', out);
		putc(*text, out);
	}
	fputs(padded ? " " : "", out);
	for (size_t i = 0; i < ticks; i++)
		putc('`', out);
}

static bool is_code(const struct column *column, const struct cell *c)
{
	return (c->type == CELL_NAME || c->type == CELL_NAMES || c->type == CELL_STACK) && !(column->flags & (COLUMN_RIGHT | COLUMN_WORDS));
}

static void put_cell(struct pen *p, const struct table *t, size_t column, const struct cell *c);

/* What is one thing in a cell stands there in a line. */
static void put_inner(struct pen *p, const struct table *t)
{
	for (size_t c = 0; t->row_count && c < t->column_count; c++) {
		if (!pen_shows(t, c))
			continue;
		put_cell(p, t, c, &t->rows[0].cells[c]);
		putc(' ', p->to->out);
	}
}

static bool holds_objects(const struct table *t, size_t column)
{
	for (size_t r = 0; r < t->row_count; r++) {
		const struct cell *c = &t->rows[r].cells[column];

		if (c->type == CELL_TABLE)
			return c->table->shape == TABLE_OBJECT && !(t->columns[column].flags & COLUMN_DATA);
	}
	return false;
}

static bool shows(const struct table *t, size_t column)
{
	return pen_shows(t, column) || holds_objects(t, column);
}

static void put_cell(struct pen *p, const struct table *t, size_t column, const struct cell *c)
{
	const char *text;

	if (c->type == CELL_TABLE) {
		put_inner(p, c->table);
		return;
	}
	text = pen_cell(p, t, column, c, ROOM);
	if (is_code(&t->columns[column], c))
		put_code(p->to->out, text);
	else if (c->type != CELL_NULL)
		put_plain(p->to->out, text);
}

static bool is_right(const struct table *t, size_t column)
{
	for (size_t r = 0; r < t->row_count; r++)
		if (!cell_is_number(&t->rows[r].cells[column]) && t->rows[r].cells[column].type != CELL_NULL)
			return (t->columns[column].flags & COLUMN_RIGHT) != 0;
	return true;
}

static void put_titles(struct pen *p, const struct table *t)
{
	for (size_t c = 0; c < t->column_count; c++) {
		if (!shows(t, c))
			continue;
		fputs("| ", p->to->out);
		put_escaped(p->to->out, t->columns[c].title);
		putc(' ', p->to->out);
	}
	fputs("|\n", p->to->out);
	for (size_t c = 0; c < t->column_count; c++)
		if (shows(t, c))
			fputs(is_right(t, c) ? "| --: " : "| --- ", p->to->out);
	fputs("|\n", p->to->out);
}

static void put_rows(struct pen *p, const struct table *t)
{
	put_titles(p, t);
	for (size_t r = 0; r < t->row_count; r++) {
		for (size_t c = 0; c < t->column_count; c++) {
			if (!shows(t, c))
				continue;
			fputs("| ", p->to->out);
			put_cell(p, t, c, &t->rows[r].cells[c]);
			putc(' ', p->to->out);
		}
		fputs("|\n", p->to->out);
	}
	if (t->cut)
		fprintf(p->to->out, "\n*... and %s more*\n", fmt_count(t->cut).s);
}

static void put_pairs(struct pen *p, const struct table *t)
{
	const struct cell *cells = t->rows[0].cells;

	for (size_t c = 0; c < t->column_count; c++) {
		if (!pen_shows(t, c))
			continue;
		fputs("- ", p->to->out);
		put_escaped(p->to->out, t->columns[c].title);
		putc(' ', p->to->out);
		put_cell(p, t, c, &cells[c]);
		putc('\n', p->to->out);
	}
}

static void put_note(struct pen *p, const struct table *t)
{
	if (t->note) {
		fputs(": ", p->to->out);
		put_escaped(p->to->out, t->note);
	}
}

static void put_table(struct pen *p, const struct table *t);

static void put_object(struct pen *p, const struct table *t)
{
	if (!t->row_count)
		return;
	put_pairs(p, t);
	for (size_t c = 0; c < t->column_count; c++) {
		const struct cell *cell = &t->rows[0].cells[c];

		if (cell->type == CELL_TABLE && !(t->columns[c].flags & COLUMN_DATA) && cell->table->row_count)
			put_table(p, cell->table);
	}
}

/* Long ones are folded away behind their heading: a comment should not hide what it comments on. */
static void put_folded(struct pen *p, const struct table *t)
{
	fputs("<details><summary>", p->to->out);
	put_escaped(p->to->out, t->title ? t->title : "more");
	put_note(p, t);
	fputs("</summary>\n\n", p->to->out);
	put_rows(p, t);
	fputs("\n</details>\n", p->to->out);
}

static void put_heading(struct pen *p, const struct table *t)
{
	bool small = t->brief || t->shape == TABLE_OBJECT;

	if (!t->title)
		return;
	fputs(small ? "**" : "### ", p->to->out);
	put_escaped(p->to->out, t->title);
	fputs(small ? "**" : "", p->to->out);
	put_note(p, t);
	fputs(small && !t->brief ? "\n" : "\n\n", p->to->out);
}

static void put_table(struct pen *p, const struct table *t)
{
	if (t->shape != TABLE_OBJECT && !t->brief && t->row_count > ROWS_OPEN) {
		put_folded(p, t);
		putc('\n', p->to->out);
		return;
	}
	put_heading(p, t);
	if (t->brief || !t->row_count)
		return;
	if (t->shape == TABLE_OBJECT)
		put_object(p, t);
	else
		put_rows(p, t);
	putc('\n', p->to->out);
}

static void document(const struct render *to, const struct doc *doc)
{
	struct pen p = { .to = to, .doc = doc };

	for (size_t i = 0; i < doc->table_count; i++)
		put_table(&p, doc->tables[i]);
	buf_free(&p.scratch);
}

const struct renderer render_markdown = { .name = "markdown", .document = document };
