#include "table/table.h"

#include <stdlib.h>
#include <string.h>

#include "util/arena.h"

void doc_init(struct doc *doc, struct arena *arena)
{
	*doc = (struct doc){ .arena = arena };
}

/* Arena memory is not given back, so room doubles: what is left behind is less than what is used. */
static void *more_room(struct arena *arena, void *old, size_t count, size_t *room, size_t bytes)
{
	void *new;

	*room = *room ? 2 * *room : 8;
	new = arena_alloc(arena, *room * bytes);
	if (count)
		memcpy(new, old, count * bytes);
	return new;
}

void doc_add(struct doc *doc, struct table *table)
{
	if (doc->table_count == doc->table_room)
		doc->tables = more_room(doc->arena, doc->tables, doc->table_count, &doc->table_room, sizeof(*doc->tables));
	doc->tables[doc->table_count++] = table;
}

struct table *table_new(struct arena *arena, enum table_shape shape, const char *key, const char *title,
                        const struct column *columns, size_t column_count)
{
	struct table *t = arena_alloc(arena, sizeof(*t));

	*t = (struct table){
		.shape = shape, .key = key, .title = title, .columns = columns, .column_count = column_count, .arena = arena,
	};
	return t;
}

struct cell *table_tree_row(struct table *t, uint32_t level)
{
	struct cell *cells = arena_zalloc(t->arena, t->column_count * sizeof(*cells));

	if (t->row_count == t->row_room)
		t->rows = more_room(t->arena, t->rows, t->row_count, &t->row_room, sizeof(*t->rows));
	t->rows[t->row_count] = (struct row){ .cells = cells, .level = level, .order = (uint32_t)t->row_count };
	t->row_count++;
	return cells;
}

struct cell *table_row(struct table *t)
{
	return table_tree_row(t, 0);
}

static uint64_t read_unsigned(const void *at, size_t bytes)
{
	union { uint8_t b; uint16_t h; uint32_t w; uint64_t q; } v;

	memcpy(&v, at, bytes);
	switch (bytes) {
	case 1:  return v.b;
	case 2:  return v.h;
	case 4:  return v.w;
	default: return v.q;
	}
}

void table_fill(const struct table *t, struct cell *cells, const void *figures)
{
	for (size_t i = 0; i < t->column_count; i++) {
		const struct column *c = &t->columns[i];

		if (c->from)
			cells[i] = cell_int(read_unsigned((const char *)figures + c->from - 1, c->width));
	}
}

int table_column(const struct table *t, const char *key)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (!strcmp(t->columns[i].key, key))
			return (int)i;
	return -1;
}

static int compare_numbers(double a, double b)
{
	return (a < b) - (a > b);
}

static double number_of(const struct cell *c)
{
	return c->type == CELL_REAL ? c->real : c->type == CELL_TABLE ? (double)c->table->row_count : (double)c->integer;
}

static int compare_cells(const struct cell *a, const struct cell *b)
{
	if (a->type == CELL_NULL || b->type == CELL_NULL)
		return (a->type == CELL_NULL) - (b->type == CELL_NULL);
	if (a->type == CELL_NAME && b->type == CELL_NAME)
		return strcmp(a->name, b->name);
	if (a->type == CELL_INT && b->type == CELL_INT)
		return (a->integer < b->integer) - (a->integer > b->integer);
	return compare_numbers(number_of(a), number_of(b));
}

static int compare_rows(const void *a, const void *b, void *column)
{
	const struct row *x = a, *y = b;
	size_t i = *(const size_t *)column;
	int order = compare_cells(&x->cells[i], &y->cells[i]);

	return order ? order : (x->order > y->order) - (x->order < y->order);
}

int table_sort(struct table *t, const char *key)
{
	int found = table_column(t, key);
	size_t column = (size_t)found;

	if (found < 0)
		return -1;
	if (t->shape == TABLE_TREE || !t->row_count)
		return 0;
	qsort_r(t->rows, t->row_count, sizeof(*t->rows), compare_rows, &column);
	for (size_t r = 0; r < t->row_count; r++)
		t->rows[r].order = (uint32_t)r;
	return 0;
}

void table_cut(struct table *t, size_t top)
{
	if ((t->shape != TABLE_ROWS && t->shape != TABLE_MAP) || t->row_count <= top)
		return;
	t->cut += t->row_count - top;
	t->row_count = top;
}

struct table *table_pick(const struct table *from, const struct column *columns, size_t column_count, size_t rows)
{
	struct table *t = table_new(from->arena, from->shape, from->key, from->title, columns, column_count);

	t->note = from->note;
	for (size_t r = 0; r < from->row_count && r < rows; r++) {
		struct cell *cells = table_tree_row(t, from->rows[r].level);

		for (size_t c = 0; c < column_count; c++) {
			int at = table_column(from, columns[c].key);

			if (at >= 0)
				cells[c] = from->rows[r].cells[at];
		}
	}
	return t;
}

/* Calls `visit` on the tables of a document and those in its objects; the sum of what it returned. */
static size_t each_table(struct doc *doc, size_t (*visit)(struct table *, const void *), const void *argument)
{
	size_t sum = 0;

	for (size_t i = 0; i < doc->table_count; i++) {
		struct table *t = doc->tables[i];

		sum += visit(t, argument);
		for (size_t c = 0; t->shape == TABLE_OBJECT && t->row_count && c < t->column_count; c++)
			if (t->rows[0].cells[c].type == CELL_TABLE)
				sum += visit(t->rows[0].cells[c].table, argument);
	}
	return sum;
}

static size_t visit_sort(struct table *t, const void *key)
{
	return t->shape != TABLE_OBJECT && table_sort(t, key) == 0;
}

static size_t visit_cut(struct table *t, const void *top)
{
	table_cut(t, *(const size_t *)top);
	return 0;
}

size_t doc_sort(struct doc *doc, const char *key)
{
	return each_table(doc, visit_sort, key);
}

void doc_cut(struct doc *doc, size_t top)
{
	each_table(doc, visit_cut, &top);
}

bool cell_is_empty(const struct cell *c)
{
	switch (c->type) {
	case CELL_NULL:  return true;
	case CELL_INT:
	case CELL_BOOL:  return c->integer == 0;
	case CELL_REAL:  return c->real == 0;
	case CELL_NAME:  return c->name[0] == '\0';
	case CELL_NAMES: return c->names->count == 0;
	case CELL_STACK: return c->stack == 0;
	case CELL_TABLE: return c->table->row_count == 0;
	}
	return true;
}

struct cell cell_share(uint64_t part, uint64_t whole)
{
	return whole ? cell_real(100.0 * (double)part / (double)whole) : CELL_UNKNOWN;
}
