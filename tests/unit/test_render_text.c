/* Documents as text. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "render/render.h"
#include "table/table.h"
#include "util/arena.h"

static struct arena arena;

static char *draw(const struct doc *doc, size_t width, bool colour)
{
	char *text = NULL;
	size_t bytes = 0;
	struct render to = { .out = open_memstream(&text, &bytes), .width = width, .colour = colour };

	render_text.document(&to, doc);
	fclose(to.out);
	return text;
}

static void expect(const struct doc *doc, size_t width, const char *wanted)
{
	char *text = draw(doc, width, false);

	cr_assert_str_eq(text, wanted, "drew:\n%s", text);
	free(text);
}

static const struct column sites[] = {
	{ "bytes", "bytes", .unit = UNIT_BYTES }, { "calls", "calls", .unit = UNIT_COUNT },
	{ "errors", "errors", UNIT_COUNT, .flags = COLUMN_SPARE }, { "id", "id", UNIT_NONE, .flags = COLUMN_DATA },
	{ "name", "where", .unit = UNIT_NONE },
};

static void add(struct table *t, uint64_t bytes, uint64_t calls, uint64_t errors, const char *name)
{
	struct cell *c = table_row(t);

	c[0] = cell_int(bytes);
	c[1] = cell_int(calls);
	c[2] = cell_int(errors);
	c[3] = cell_int(4711);
	c[4] = cell_name(name);
}

static struct doc doc_of(struct table *t)
{
	struct doc doc;

	doc_init(&doc, &arena);
	doc_add(&doc, t);
	return doc;
}

Test(text, aligns_columns_and_leaves_out_what_is_empty)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "sites", "Sites", sites);
	struct doc doc = doc_of(t);

	add(t, 12 << 20, 3, 0, "load");
	add(t, 100, 123456, 0, "main");
	expect(&doc, 80, "Sites\n"
	                 "     bytes    calls  where\n"
	                 "  12.0 MiB        3  load\n"
	                 "     100 B  123,456  main\n");
}

Test(text, shows_a_spare_column_when_a_row_has_something_in_it)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "sites", "Sites", sites);
	struct doc doc = doc_of(t);

	add(t, 0, 3, 0, "load");
	add(t, 1, 4, 2, "main");
	expect(&doc, 80, "Sites\n"
	                 "  bytes  calls  errors  where\n"
	                 "      0      3       0  load\n"
	                 "    1 B      4       2  main\n");
}

Test(text, says_none_rather_than_nothing)
{
	struct doc doc = doc_of(TABLE_NEW(&arena, TABLE_ROWS, "sites", "Sites", sites));

	expect(&doc, 80, "Sites: none\n");
}

Test(text, says_how_many_rows_were_cut_and_what_they_amount_to)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "sites", "Sites", sites);
	struct doc doc = doc_of(t);

	t->note = "2 in all";
	add(t, 1, 1, 0, "a");
	add(t, 1, 1, 0, "b");
	doc_cut(&doc, 1);
	expect(&doc, 80, "Sites: 2 in all\n"
	                 "  bytes  calls  where\n"
	                 "    1 B      1  a\n"
	                 "  ... and 1 more\n");
}

Test(text, escapes_names_and_cuts_them_in_the_middle)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "sites", "S\xc3\xbc", sites);
	struct doc doc = doc_of(t);

	add(t, 1, 1, 0, "\033[31m\xe2\x80\xae\xff");
	add(t, 1, 1, 0, "a_very_long_name_that_has_to_be_cut_somewhere_in_the_middle");
	expect(&doc, 60, "S\xc3\xbc\n"
	                 "  bytes  calls  where\n"
	                 "    1 B      1  \\x1b[31m\\u{202e}\\xff\n"
	                 "    1 B      1  a_very_long_name_tha...mewhere_in_the_middle\n");
}

static const struct column object[] = {
	{ "pid", "pid", .unit = UNIT_NONE }, { "time", "ran", .unit = UNIT_NS }, { "odd", "odd", UNIT_COUNT, .flags = COLUMN_SPARE },
	{ "cpu", "cpu", .unit = UNIT_NS }, { "sites", "sites", .unit = UNIT_NONE },
};

Test(text, draws_objects_as_pairs_with_their_tables_behind)
{
	struct table *t = TABLE_NEW(&arena, TABLE_OBJECT, "p", "Process", object), *inner = TABLE_NEW(&arena, TABLE_ROWS, "sites", "Sites", sites);
	struct cell *c = table_row(t);
	struct doc doc = doc_of(t);

	add(inner, 1, 2, 0, "x");
	c[0] = cell_int(4711);
	c[1] = cell_int(1500000000);
	c[4] = cell_table(inner);
	expect(&doc, 80, "Process\n"
	                 "  pid 4711   ran 1.50 s   cpu -\n"
	                 "\n"
	                 "Sites\n"
	                 "  bytes  calls  where\n"
	                 "    1 B      2  x\n");
}

static const struct column locks[] = {
	{ "name", "lock", .unit = UNIT_NONE }, { "waiters", "waiters", .unit = UNIT_NONE }, { "wait_ns", "waited", .unit = UNIT_NS },
};

Test(text, draws_a_table_in_a_cell_under_its_row)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "locks", "Locks", locks), *inner = TABLE_NEW(&arena, TABLE_ROWS, "w", NULL, sites);
	struct cell *c = table_row(t);
	struct doc doc = doc_of(t);

	add(inner, 1, 2, 0, "x");
	c[0] = cell_name("queue");
	c[1] = cell_table(inner);
	c[2] = cell_int(20);
	expect(&doc, 80, "Locks\n"
	                 "  lock   waited\n"
	                 "  queue   20 ns\n"
	                 "      bytes  calls  where\n"
	                 "        1 B      2  x\n");
}

static const struct column tree[] = { { "bytes", "bytes", .unit = UNIT_BYTES }, { "name", "call", UNIT_NONE, .flags = COLUMN_CODE } };

Test(text, indents_trees)
{
	struct table *t = TABLE_NEW(&arena, TABLE_TREE, "tree", "Tree", tree);
	static const char *const names[] = { "main", "f(int)", "g", "h" };
	static const uint32_t levels[] = { 0, 1, 2, 1 };
	struct doc doc = doc_of(t);

	for (size_t i = 0; i < 4; i++) {
		struct cell *c = table_tree_row(t, levels[i]);

		c[0] = cell_int(10 - i);
		c[1] = cell_name(names[i]);
	}
	expect(&doc, 80, "Tree\n"
	                 "  bytes  call\n"
	                 "   10 B  main\n"
	                 "    9 B    f\n"
	                 "    8 B      g\n"
	                 "    7 B    h\n");
}

static const struct frame *long_path(void *context, uint64_t stack, size_t *count)
{
	static const struct frame frames[] = {
		{ "innermost_function", "some_file.c", 12, FRAME_OWN }, { "caller_number_one", NULL, 0, FRAME_OWN },
		{ "caller_number_two", NULL, 0, FRAME_OWN }, { "main", NULL, 0, FRAME_OWN },
	};

	(void)context;
	(void)stack;
	*count = 4;
	return frames;
}
static const struct column paths[] = { { "bytes", "bytes", .unit = UNIT_BYTES }, { "stack", "where", .unit = UNIT_NONE } };

Test(text, breaks_call_paths_between_frames)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "sites", NULL, paths);
	struct cell *c = table_row(t);
	struct doc doc = doc_of(t);

	doc.stacks.frames = long_path;
	c[0] = cell_int(1);
	c[1] = cell_stack(1);
	expect(&doc, 60, "bytes  where\n"
	                 "  1 B  innermost_function some_file.c:12 < ..\n");
	t->lines = 3;
	expect(&doc, 60, "bytes  where\n"
	                 "  1 B  innermost_function some_file.c:12 < caller_number_one\n"
	                 "        < caller_number_two < main\n");
}

static const struct column extra[] = {
	{ "bytes", "bytes", .unit = UNIT_BYTES }, { "calls", "a long title", UNIT_COUNT, .flags = COLUMN_EXTRA },
	{ "errors", "another title", UNIT_COUNT, .flags = COLUMN_EXTRA }, { "id", "and one more", .unit = UNIT_NONE },
	{ "name", "where", .unit = UNIT_NONE },
};

Test(text, leaves_out_what_matters_least_when_the_line_is_short)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "sites", NULL, extra);
	struct doc doc = doc_of(t);

	add(t, 1, 2, 3, "load");
	expect(&doc, 90, "bytes  a long title  another title  and one more  where\n"
	                 "  1 B             2              3          4711  load\n");
	expect(&doc, 62, "bytes  a long title  and one more  where\n"
	                 "  1 B             2          4711  load\n");
	expect(&doc, 50, "bytes  and one more  where\n"
	                 "  1 B          4711  load\n");
}

static const struct column advice[] = { { "command", "", .flags = COLUMN_TEXT | COLUMN_WHOLE } };

Test(text, never_cuts_what_is_to_be_typed)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, NULL, "To see more", advice);
	struct doc doc = doc_of(t);

	table_row(t)[0] = cell_name("hp-analyze report --view memory|functions|locks|io|waits|threads /a/long/path/to/a.hpd");
	expect(&doc, 60, "To see more\n"
	                 "  hp-analyze report --view memory|functions|locks|io|waits|threads /a/long/path/to/a.hpd\n");
}

Test(text, escapes_notes_and_says_nothing_more_of_a_brief_table)
{
	struct table *t = TABLE_NEW(&arena, TABLE_OBJECT, "p", "app", object);
	struct doc doc = doc_of(t);

	table_row(t)[0] = cell_int(1);
	t->note = "went on as \033[31mx";
	t->brief = true;
	expect(&doc, 80, "app: went on as \\x1b[31mx\n");
}

Test(text, has_colours_only_where_they_are_wanted)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "sites", "Sites", sites);
	struct doc doc = doc_of(t);
	char *text;

	add(t, 1, 1, 0, "a");
	text = draw(&doc, 80, true);
	cr_assert(strstr(text, "\033[1mSites\033[0m\n"));
	free(text);
	text = draw(&doc, 80, false);
	cr_assert_not(strchr(text, '\033'));
	free(text);
}
