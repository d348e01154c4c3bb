/* Documents as JSON, read back with yajl: structure, nulls, and names that would do harm. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_tree.h>

#include "render/render.h"
#include "table/table.h"
#include "util/arena.h"

static struct arena arena;

static char *draw(const struct doc *doc)
{
	char *text = NULL;
	size_t bytes = 0;
	struct render to = { .out = open_memstream(&text, &bytes), .width = 100 };

	render_json.document(&to, doc);
	fclose(to.out);
	return text;
}

static yajl_val read_back(const char *text)
{
	char error[200] = "";
	yajl_val v = yajl_tree_parse(text, error, sizeof(error));

	cr_assert(v, "%s\n%s", error, text);
	return v;
}

static const struct column pair[] = { { "name", "name", .unit = UNIT_NONE }, { "calls", "calls", .unit = UNIT_COUNT } };
static const struct column triple[] = {
	{ "name", "name", .unit = UNIT_NONE }, { "calls", "calls", .unit = UNIT_COUNT },
	{ "where", "where", UNIT_NONE, .flags = COLUMN_TEXT },
};

static struct table *with_row(struct table *t, const char *name, uint64_t calls)
{
	struct cell *c = table_row(t);

	c[0] = cell_name(name);
	c[1] = cell_int(calls);
	return t;
}

Test(json, draws_each_shape_as_the_contract_has_it)
{
	struct doc doc;
	char *text;

	doc_init(&doc, &arena);
	doc.schema = 1;
	doc_add(&doc, with_row(TABLE_NEW(&arena, TABLE_ROWS, "rows", "Rows", pair), "a", 1));
	doc_add(&doc, with_row(TABLE_NEW(&arena, TABLE_OBJECT, "object", "Object", pair), "b", 2));
	doc_add(&doc, with_row(TABLE_NEW(&arena, TABLE_MAP, "map", "Map", pair), "c", 3));
	doc_add(&doc, with_row(TABLE_NEW(&arena, TABLE_MAP, "deep", "Deep map", triple), "d", 4));
	doc_add(&doc, TABLE_NEW(&arena, TABLE_ROWS, "none", "None", pair));
	doc_add(&doc, with_row(TABLE_NEW(&arena, TABLE_ROWS, NULL, "Text only", pair), "x", 1));
	doc_add(&doc, with_row(TABLE_NEW(&arena, TABLE_OBJECT, NULL, "The document's own", pair), "y", 5));
	text = draw(&doc);
	cr_assert_str_eq(text, "{\"schema\":1,\"rows\":[{\"name\":\"a\",\"calls\":1}],\"object\":{\"name\":\"b\",\"calls\":2},"
	                 "\"map\":{\"c\":3},\"deep\":{\"d\":{\"calls\":4}},\"none\":[],\"name\":\"y\",\"calls\":5}\n");
	free(text);
}

static const struct column values[] = {
	{ "null", "", .unit = UNIT_NONE }, { "negative", "", .unit = UNIT_NONE }, { "real", "", .unit = UNIT_NONE },
	{ "nan", "", .unit = UNIT_NONE }, { "yes", "", .unit = UNIT_NONE }, { "words", "", .unit = UNIT_NONE },
	{ "stack", "", .unit = UNIT_NONE }, { "lines", "", UNIT_NONE, .flags = COLUMN_LINES },
};

static const struct frame *two_frames(void *context, uint64_t stack, size_t *count)
{
	static const struct frame frames[] = { { "leaf", "a.c", 12, FRAME_OWN }, { "main", NULL, 0, FRAME_OWN } };

	cr_assert_null(context);
	cr_assert_eq(stack, 9);
	*count = 2;
	return frames;
}

Test(json, draws_every_type_of_cell_and_null_for_what_is_not_known)
{
	struct table *t = TABLE_NEW(&arena, TABLE_OBJECT, "o", "O", values);
	struct cell *c = table_row(t);
	struct doc doc;
	char *text;

	doc_init(&doc, &arena);
	doc.stacks.frames = two_frames;
	doc_add(&doc, t);
	c[1] = cell_signed(-3);
	c[2] = cell_real(12.5);
	c[3] = cell_real(0.0 / 0.0);
	c[4] = cell_bool(true);
	c[5] = cell_names(&(struct names){ 2, (const char *[]){ "x", "y" } });
	c[6] = c[7] = cell_stack(9);
	text = draw(&doc);
	cr_assert_str_eq(text, "{\"o\":{\"null\":null,\"negative\":-3,\"real\":12.5,\"nan\":null,\"yes\":true,"
	                 "\"words\":[\"x\",\"y\"],\"stack\":[\"leaf\",\"main\"],\"lines\":[\"a.c:12\",null]}}\n");
	free(text);
}

/* What a name becomes in the output, and what a reader gets back. */
static void expect_string(const char *name, const char *written, const char *read)
{
	const char *path[] = { "o", "name", NULL };
	struct doc doc;
	yajl_val v;
	char *text;

	doc_init(&doc, &arena);
	doc_add(&doc, with_row(TABLE_NEW(&arena, TABLE_OBJECT, "o", "O", pair), name, 1));
	text = draw(&doc);
	cr_assert(strstr(text, written), "%s is not in %s", written, text);
	v = read_back(text);
	cr_assert_str_eq(YAJL_GET_STRING(yajl_tree_get(v, path, yajl_t_string)), read);
	yajl_tree_free(v);
	free(text);
}

Test(json, keeps_dangerous_names_harmless_and_readable)
{
	expect_string("say \"hi\" \\o/", "\"say \\\"hi\\\" \\\\o/\"", "say \"hi\" \\o/");
	expect_string("\033[31mred", "\"\\u001b[31mred\"", "\033[31mred");
	expect_string("a\nb\tc", "\"a\\u000ab\\u0009c\"", "a\nb\tc");
	expect_string("\xe2\x80\xae" "gpj.exe", "\"\\u202egpj.exe\"", "\xe2\x80\xae" "gpj.exe");
	expect_string("\xf3\xa0\x80\xa1" "tag", "\"\\udb40\\udc21tag\"", "\xf3\xa0\x80\xa1" "tag");
	expect_string("gr\xc3\xbc\xc3\x9f" "e", "\"gr\xc3\xbc\xc3\x9f" "e\"", "gr\xc3\xbc\xc3\x9f" "e");
	expect_string("bad\xff\xc3(", "\"bad\\\\xff\\\\xc3(\"", "bad\\xff\\xc3(");
	expect_string("cut\xe2\x82", "\"cut\\\\xe2\\\\x82\"", "cut\\xe2\\x82");
	expect_string("surrogate\xed\xa0\x80", "\"surrogate\\\\xed\\\\xa0\\\\x80\"", "surrogate\\xed\\xa0\\x80");
}

Test(json, keeps_keys_that_a_program_chose_harmless)
{
	struct doc doc;
	char *text;

	doc_init(&doc, &arena);
	doc_add(&doc, with_row(TABLE_NEW(&arena, TABLE_MAP, "m", "M", pair), "\033[2J\xff\"", 1));
	text = draw(&doc);
	cr_assert_str_eq(text, "{\"m\":{\"\\\\x1b[2J\\\\xff\\\"\":1}}\n");
	yajl_tree_free(read_back(text));
	free(text);
}

static unsigned nesting(const char *text)
{
	unsigned depth = 0, most = 0;

	for (; *text; text++) {
		depth += *text == '{';
		most = depth > most ? depth : most;
		depth -= *text == '}';
	}
	cr_assert_eq(depth, 0);
	return most;
}

Test(json, nests_trees_deeper_than_yajl_would)
{
	struct table *t = TABLE_NEW(&arena, TABLE_TREE, "tree", "Tree", pair);
	struct doc doc;
	char *text;

	for (uint32_t i = 0; i < 1000; i++)
		table_tree_row(t, i)[1] = cell_int(i);
	table_tree_row(t, 1)[1] = cell_int(5);
	doc_init(&doc, &arena);
	doc_add(&doc, t);
	text = draw(&doc);
	cr_assert_eq(nesting(text), 1001);
	cr_assert(strstr(text, "\"calls\":999,\"children\":[]}]}]}"));
	cr_assert(strstr(text, "},{\"name\":null,\"calls\":5,\"children\":[]}]}]}\n"));
	yajl_tree_free(read_back(text));
	free(text);
}

Test(json, draws_pieces_of_a_list_as_a_line_each)
{
	struct table *t = with_row(with_row(TABLE_NEW(&arena, TABLE_ROWS, "e", "E", pair), "a", 1), "b", 2);
	char *text = NULL;
	size_t bytes = 0;
	struct render to = { .out = open_memstream(&text, &bytes), .width = 100 };
	struct doc doc;

	doc_init(&doc, &arena);
	render_json.piece(&to, &doc, t, true);
	render_json.piece(&to, &doc, t, false);
	fclose(to.out);
	cr_assert_str_eq(text, "{\"name\":\"a\",\"calls\":1}\n{\"name\":\"b\",\"calls\":2}\n"
	                 "{\"name\":\"a\",\"calls\":1}\n{\"name\":\"b\",\"calls\":2}\n");
	free(text);
}
