#include <string.h>

#include "render/cell.h"
#include "render/pen.h"
#include "table/table.h"
#include "util/fmt.h"
#include "util/text.h"

enum { COLUMNS_MOST = 40, NAME_MOST = 36, LAST_LEAST = 24, GAP = 2, TREE_INDENT = 2, TREE_NAME_LEAST = 24, UNDER_MOST = 3, UNDER_INDENT = 4 };

/* How one table is laid out. */
struct layout {
	const struct table *table;
	size_t   indent, columns;  /* columns: the visible ones */
	size_t   at[COLUMNS_MOST], width[COLUMNS_MOST];
	bool     right[COLUMNS_MOST];
	size_t   room;             /* of the last column */
	uint64_t told;             /* by column: the titles of the tables under rows were drawn once */
};

static bool is_number_column(const struct table *table, size_t column)
{
	for (size_t r = 0; r < table->row_count; r++) {
		enum cell_type type = table->rows[r].cells[column].type;

		if (type == CELL_NAME || type == CELL_NAMES || type == CELL_STACK || type == CELL_BOOL)
			return false;
	}
	return true;
}

static size_t most_of(const struct table *table, size_t column)
{
	return table->columns[column].most ? table->columns[column].most : NAME_MOST;
}

static size_t widest(struct pen *p, const struct table *table, size_t column)
{
	size_t width = text_width(table->columns[column].title);

	if (width < table->columns[column].least)
		width = table->columns[column].least;
	for (size_t r = 0; r < table->row_count; r++) {
		size_t w = text_width(pen_cell(p, table, column, &table->rows[r].cells[column], most_of(table, column)));

		width = w > width ? w : width;
	}
	return width;
}

/* Takes the rightmost column away that may go; false: there is none. */
static bool drop_extra(struct layout *l, size_t *used)
{
	for (size_t i = l->columns - 1; i-- > 0;) {
		if (!(l->table->columns[l->at[i]].flags & COLUMN_EXTRA))
			continue;
		*used -= l->width[i] + GAP;
		l->columns--;
		for (; i < l->columns; i++) {
			l->at[i] = l->at[i + 1];
			l->width[i] = l->width[i + 1];
			l->right[i] = l->right[i + 1];
		}
		return true;
	}
	return false;
}

static void lay_out(struct pen *p, struct layout *l, const struct table *table, size_t indent)
{
	size_t used = indent;

	*l = (struct layout){ .table = table, .indent = indent };
	for (size_t c = 0; c < table->column_count && l->columns < COLUMNS_MOST; c++) {
		if (!pen_shows(table, c))
			continue;
		l->at[l->columns] = c;
		l->right[l->columns++] = (table->columns[c].flags & COLUMN_RIGHT) || is_number_column(table, c);
	}
	for (size_t i = 0; i + 1 < l->columns; i++) {
		l->width[i] = widest(p, table, l->at[i]);
		used += l->width[i] + GAP;
	}
	while (l->columns && used + LAST_LEAST > p->to->width && drop_extra(l, &used))
		;
	l->room = used + LAST_LEAST < p->to->width ? p->to->width - used : LAST_LEAST;
	if (l->columns && l->right[l->columns - 1])
		l->width[l->columns - 1] = widest(p, table, l->at[l->columns - 1]);
}

static void put(const struct pen *p, const struct layout *l, size_t i, const char *text)
{
	size_t width = text_width(text), pad = l->width[i] > width ? l->width[i] - width : 0;
	bool last = i + 1 == l->columns;

	if (l->right[i])
		pen_blanks(p, pad);
	fputs(text, p->to->out);
	if (!last)
		pen_blanks(p, GAP + (l->right[i] ? 0 : pad));
}

static bool has_titles(const struct layout *l)
{
	for (size_t i = 0; i < l->columns; i++)
		if (l->table->columns[l->at[i]].title[0])
			return true;
	return false;
}

static void column_titles(const struct pen *p, const struct layout *l)
{
	pen_style(p, PEN_DIM);
	pen_blanks(p, l->indent);
	for (size_t i = 0; i < l->columns; i++)
		put(p, l, i, l->table->columns[l->at[i]].title);
	pen_style(p, PEN_PLAIN);
	putc('\n', p->to->out);
}

/* How much of a call path fits into `room`, cut between two frames. */
static size_t line_length(const char *path, size_t room)
{
	size_t length = 0;

	if (text_width(path) <= room)
		return strlen(path);
	for (const char *at = strstr(path, " < "); at && (size_t)(at - path) <= room; at = strstr(at + 1, " < "))
		length = (size_t)(at - path);
	return length ? length : strlen(path);
}

/* A call path on as many lines as it needs, the further ones below the first. */
static void put_path(struct pen *p, const struct layout *l, const struct cell *c)
{
	unsigned lines = l->table->lines ? l->table->lines : 1;
	size_t column = l->at[l->columns - 1];
	const char *path = pen_cell(p, l->table, column, c, l->room * lines - (lines - 1) * 8);
	size_t length = line_length(path, l->room);

	fwrite(path, 1, length, p->to->out);
	for (path += length; *path; path += length) {
		putc('\n', p->to->out);
		pen_blanks(p, p->to->width - l->room + 1);
		length = line_length(path + 1, l->room - 2) + 1;
		fwrite(path + 1, 1, length - 1, p->to->out);
	}
}

/* The beginnings of the tables in a row's cells. */
static void draw_under(struct pen *p, struct layout *l, const struct cell *cells)
{
	for (size_t c = 0; c < l->table->column_count; c++) {
		struct table part;

		if (cells[c].type != CELL_TABLE || l->table->columns[c].flags & COLUMN_DATA)
			continue;
		part = *cells[c].table;
		table_cut(&part, UNDER_MOST);
		pen_rows(p, &part, l->indent + UNDER_INDENT, !(l->told >> c % 64 & 1));
		l->told |= (uint64_t)(part.row_count > 0) << c % 64;
	}
}

static size_t tree_indent(const struct pen *p, const struct row *row)
{
	size_t most = p->to->width / 3, want = (size_t)row->level * TREE_INDENT;

	return want < most ? want : most;
}

static void draw_last(struct pen *p, const struct layout *l, const struct row *row)
{
	size_t i = l->columns - 1, indent = l->table->shape == TABLE_TREE ? tree_indent(p, row) : 0;
	const struct cell *c = &row->cells[l->at[i]];

	pen_blanks(p, indent);
	if (c->type == CELL_STACK)
		put_path(p, l, c);
	else
		put(p, l, i, pen_cell(p, l->table, l->at[i], c, l->room > indent + TREE_NAME_LEAST ? l->room - indent : TREE_NAME_LEAST));
}

static void draw_row(struct pen *p, struct layout *l, const struct row *row)
{
	pen_blanks(p, l->indent);
	for (size_t i = 0; i + 1 < l->columns; i++)
		put(p, l, i, pen_cell(p, l->table, l->at[i], &row->cells[l->at[i]], most_of(l->table, l->at[i])));
	if (l->columns)
		draw_last(p, l, row);
	putc('\n', p->to->out);
	draw_under(p, l, row->cells);
}

static void draw_cut(const struct pen *p, const struct table *table, size_t indent)
{
	if (!table->cut)
		return;
	pen_style(p, PEN_DIM);
	pen_blanks(p, indent);
	fprintf(p->to->out, "... and %s more", fmt_count(table->cut).s);
	pen_style(p, PEN_PLAIN);
	putc('\n', p->to->out);
}

void pen_rows(struct pen *p, const struct table *table, size_t indent, bool titles)
{
	struct layout l;

	if (!table->row_count)
		return;
	lay_out(p, &l, table, indent);
	if (titles && has_titles(&l))
		column_titles(p, &l);
	for (size_t r = 0; r < table->row_count; r++)
		draw_row(p, &l, &table->rows[r]);
	draw_cut(p, table, indent);
}

