/* The table model: rows, figures taken from structs, order, cutting. */
#include <criterion/criterion.h>

#include "table/table.h"
#include "util/arena.h"

struct figures { uint64_t calls; uint32_t bytes; uint8_t odd; };

static const struct column columns[] = {
	{ "name", "name", .unit = UNIT_NONE },
	{ "calls", "calls", UNIT_COUNT, FROM(struct figures, calls) },
	{ "bytes", "bytes", UNIT_BYTES, FROM(struct figures, bytes) },
	{ "odd", "odd", UNIT_NONE, FROM(struct figures, odd) },
};
enum { NAME, CALLS, BYTES, ODD };

static struct arena arena;

static struct table *three_rows(void)
{
	static const struct { const char *name; struct figures f; } rows[] = {
		{ "b", { 10, 1, 0 } }, { "a", { 30, 1, 1 } }, { "c", { 20, 9, 2 } },
	};
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "things", "Things", columns);

	for (size_t i = 0; i < 3; i++) {
		struct cell *c = table_row(t);

		table_fill(t, c, &rows[i].f);
		c[NAME] = cell_name(rows[i].name);
	}
	return t;
}

static const char *name_of(const struct table *t, size_t row)
{
	return t->rows[row].cells[NAME].name;
}

Test(table, fills_cells_from_fields_of_any_width)
{
	struct table *t = three_rows();
	const struct cell *c = t->rows[1].cells;

	cr_assert_eq(c[CALLS].integer, 30);
	cr_assert_eq(c[BYTES].integer, 1);
	cr_assert_eq(c[ODD].integer, 1);
	cr_assert_str_eq(c[NAME].name, "a", "a column without a field is left to the view");
}

Test(table, sorts_numbers_with_the_largest_first)
{
	struct table *t = three_rows();

	cr_assert_eq(table_sort(t, "calls"), 0);
	cr_assert_str_eq(name_of(t, 0), "a");
	cr_assert_str_eq(name_of(t, 1), "c");
	cr_assert_str_eq(name_of(t, 2), "b");
}

Test(table, sorts_names_alphabetically)
{
	struct table *t = three_rows();

	cr_assert_eq(table_sort(t, "name"), 0);
	cr_assert_str_eq(name_of(t, 0), "a");
	cr_assert_str_eq(name_of(t, 2), "c");
}

Test(table, keeps_rows_that_are_equal_in_their_order)
{
	struct table *t = three_rows();

	table_sort(t, "bytes");
	cr_assert_str_eq(name_of(t, 0), "c");
	cr_assert_str_eq(name_of(t, 1), "b");
	cr_assert_str_eq(name_of(t, 2), "a");
}

Test(table, sorts_what_is_not_known_behind_everything_else)
{
	struct table *t = three_rows();

	t->rows[1].cells[CALLS] = (struct cell){ CELL_NULL, { 0 } };
	t->rows[0].cells[CALLS] = cell_signed(-5);
	table_sort(t, "calls");
	cr_assert_str_eq(name_of(t, 0), "c");
	cr_assert_str_eq(name_of(t, 2), "a");
}

Test(table, refuses_to_sort_by_a_column_it_does_not_have)
{
	struct table *t = three_rows();

	cr_assert_eq(table_sort(t, "weight"), -1);
	cr_assert_str_eq(name_of(t, 0), "b");
}

Test(table, counts_the_rows_that_were_cut)
{
	struct table *t = three_rows();

	table_cut(t, 2);
	cr_assert_eq(t->row_count, 2);
	cr_assert_eq(t->cut, 1);
	table_cut(t, 5);
	cr_assert_eq(t->row_count, 2);
}

Test(table, keeps_pointers_to_cells_while_it_grows)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "things", "Things", columns);
	struct cell *first = table_row(t);

	for (unsigned i = 0; i < 1000; i++)
		table_row(t)[CALLS] = cell_int(i);
	first[CALLS] = cell_int(7);
	cr_assert_eq(t->rows[0].cells[CALLS].integer, 7);
	cr_assert_eq(t->rows[1000].cells[CALLS].integer, 999);
}

static const struct column object_columns[] = { { "things", "things", .unit = UNIT_NONE } };

Test(table, sorts_and_cuts_the_tables_in_a_documents_objects)
{
	struct table *object = TABLE_NEW(&arena, TABLE_OBJECT, "all", "All", object_columns), *t = three_rows();
	struct doc doc;

	doc_init(&doc, &arena);
	doc_add(&doc, object);
	table_row(object)[0] = cell_table(t);
	cr_assert_eq(doc_sort(&doc, "calls"), 1);
	cr_assert_eq(doc_sort(&doc, "weight"), 0);
	doc_cut(&doc, 1);
	cr_assert_eq(t->row_count, 1);
	cr_assert_str_eq(name_of(t, 0), "a");
}

static const struct column picked_columns[] = {
	{ "bytes", "bytes", .unit = UNIT_BYTES }, { "name", "name", .unit = UNIT_NONE }, { "absent", "absent", .unit = UNIT_NONE },
};

Test(table, picks_cells_by_their_keys)
{
	struct table *t = table_pick(three_rows(), picked_columns, 3, 2);

	cr_assert_eq(t->row_count, 2);
	cr_assert_str_eq(t->rows[1].cells[1].name, "a");
	cr_assert_eq(t->rows[1].cells[0].integer, 1);
	cr_assert_eq(t->rows[1].cells[2].type, CELL_NULL);
}

Test(table, tells_which_cells_show_nothing)
{
	struct cell zero = cell_int(0), one = cell_int(1), nameless = cell_name(""), unknown = cell_name(NULL);
	struct cell empty = cell_table(TABLE_NEW(&arena, TABLE_ROWS, "x", "X", columns));

	cr_assert(cell_is_empty(&zero) && cell_is_empty(&nameless) && cell_is_empty(&unknown) && cell_is_empty(&empty));
	cr_assert_not(cell_is_empty(&one));
}

Test(table, has_no_share_of_nothing)
{
	cr_assert_eq(cell_share(1, 0).type, CELL_NULL);
	cr_assert_float_eq(cell_share(1, 4).real, 25.0, 1e-9);
}
