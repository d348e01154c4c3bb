#include "render/pen.h"

#include "render/cell.h"
#include "table/table.h"

void pen_style(const struct pen *p, const char *code)
{
	if (p->to->colour)
		fprintf(p->to->out, "\033[%sm", code);
}

void pen_blanks(const struct pen *p, size_t count)
{
	fprintf(p->to->out, "%*s", (int)count, "");
}

void pen_gap(struct pen *p)
{
	if (p->begun)
		putc('\n', p->to->out);
	p->begun = true;
}

const char *pen_cell(struct pen *p, const struct table *table, size_t column, const struct cell *c, size_t room)
{
	buf_reset(&p->scratch);
	cell_text(&p->scratch, p->doc, &table->columns[column], c, room);
	return buf_text(&p->scratch);
}

static bool is_empty(const struct table *table, size_t column)
{
	for (size_t r = 0; r < table->row_count; r++)
		if (!cell_is_empty(&table->rows[r].cells[column]))
			return false;
	return true;
}

static bool holds_tables(const struct table *table, size_t column)
{
	for (size_t r = 0; r < table->row_count; r++)
		if (table->rows[r].cells[column].type == CELL_TABLE)
			return true;
	return false;
}

bool pen_shows(const struct table *table, size_t column)
{
	unsigned flags = table->columns[column].flags;

	if (flags & COLUMN_DATA || holds_tables(table, column))
		return false;
	return !(flags & COLUMN_SPARE && is_empty(table, column));
}
