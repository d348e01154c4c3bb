/* What `check` is asked: expressions, and the figures of a document that their keys mean. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "table/checks.h"
#include "util/arena.h"

static struct arena arena;

static int parse(struct expr *e, const char *text)
{
	struct expr_error error;

	return expr_parse(e, &arena, text, &error);
}

/* ---- expressions ---- */

Test(expr, has_a_key_a_comparison_and_a_value)
{
	struct expr e;

	cr_assert_eq(parse(&e, "memory.sites[\"load_config\"].leaked_bytes <= 1.5KiB"), 0);
	cr_assert_eq(e.step_count, 4);
	cr_expect_str_eq(e.steps[0].name, "memory");
	cr_expect_null(e.steps[2].name);
	cr_expect_str_eq(e.steps[2].pattern, "load_config");
	cr_expect_str_eq(e.steps[3].name, "leaked_bytes");
	cr_expect_eq(e.op, EXPR_LE);
	cr_expect_eq(e.unit, UNIT_BYTES);
	cr_expect(e.number == 1536);
	cr_expect(!e.diff);
}

Test(expr, values_have_the_units_of_figures)
{
	static const struct { const char *text; long double number; enum unit unit; } values[] = {
		{ "0", 0, UNIT_NONE }, { "1.25", 1.25L, UNIT_NONE }, { "-1", -1, UNIT_NONE }, { "+7", 7, UNIT_NONE }, { "9223372036854775807", 9223372036854775807.0L, UNIT_NONE },
		{ "3B", 3, UNIT_BYTES }, { "2 KiB", 2048, UNIT_BYTES }, { "1kB", 1000, UNIT_BYTES }, { "64MiB", 67108864, UNIT_BYTES },
		{ "1MB", 1e6L, UNIT_BYTES }, { "1GiB", 1073741824, UNIT_BYTES }, { "1GB", 1e9L, UNIT_BYTES }, { "-1MiB", -1048576, UNIT_BYTES },
		{ "5ns", 5, UNIT_NS }, { "1.5us", 1500, UNIT_NS }, { "2ms", 2e6L, UNIT_NS }, { "3s", 3e9L, UNIT_NS },
		{ "5%", 5, UNIT_PERCENT }, { "+0.5 %", 0.5L, UNIT_PERCENT }, { "-10%", -10, UNIT_PERCENT },
	};
	char text[80];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct expr e;

		snprintf(text, sizeof(text), "a.b<%s ", values[i].text);
		cr_assert_eq(parse(&e, text), 0, "%s", text);
		cr_expect(e.number == values[i].number && e.unit == values[i].unit, "%s: %Lg, unit %d", text, e.number, e.unit);
	}
}

Test(expr, rows_are_chosen_by_quoted_and_bare_globs_and_by_columns)
{
	struct expr e;

	cr_assert_eq(parse(&e, "diff.locks[ kind = 'rw*' ]['a\"b\\'c'][*].wait_ns!=\"x y\""), 0);
	cr_expect(e.diff);
	cr_assert_eq(e.step_count, 5);
	cr_expect_str_eq(e.steps[1].column, "kind");
	cr_expect_str_eq(e.steps[1].pattern, "rw*");
	cr_expect_str_eq(e.steps[2].pattern, "a\"b'c");
	cr_expect_str_eq(e.steps[3].pattern, "*");
	cr_expect_str_eq(e.word, "x y");
}

Test(expr, mistakes_are_pointed_at)
{
	static const struct { const char *text; size_t at; const char *says; } mistakes[] = {
		{ "", 0, "key is missing" }, { "  ", 2, "key is missing" }, { "memory.", 7, "key is missing" }, { "<5", 0, "key begins" },
		{ "memory.peak_bytes", 17, "comparison is missing" }, { "memory.peak_bytes = 5", 18, "< <= == != >= >" },
		{ "memory.peak_bytes <", 19, "value is missing" }, { "memory.peak_bytes < 5 parsecs", 20, "KiB" }, { "a < 5MiB x", 4, "value" },
		{ "a[\"b] < 5", 2, "not closed" }, { "a[\"b\" < 5", 1, "not closed" }, { "a[] < 5", 2, "which rows" }, { "a < 99999999999999999999", 4, "value" },
		{ "a == \"b\" c", 9, "nothing may follow" }, { "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q < 1", 32, "that many" },
	};

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct expr_error error;
		struct expr e;

		cr_assert_eq(expr_parse(&e, &arena, mistakes[i].text, &error), -1, "%s", mistakes[i].text);
		cr_expect_eq(error.at, mistakes[i].at, "%s: at %zu", mistakes[i].text, error.at);
		cr_expect(strstr(error.text, mistakes[i].says), "%s: %s", mistakes[i].text, error.text);
	}
}

/* ---- keys ---- */

static const struct column thing_columns[] = {
	{ "name", "", .unit = UNIT_NONE }, { "id", "", .unit = UNIT_NONE }, { "kind", "", .unit = UNIT_NONE },
	{ "calls", "", .unit = UNIT_COUNT }, { "bytes", "", .unit = UNIT_BYTES }, { "max_ns", "", .unit = UNIT_NS },
	{ "drawn", "", .flags = COLUMN_TEXT }, { "parts", "", .unit = UNIT_NONE },
};
static const struct column part_columns[] = { { "path", "", .unit = UNIT_NONE }, { "bytes", "", .unit = UNIT_BYTES } };
static const struct column class_columns[] = { { "class", "", .unit = UNIT_NONE }, { "calls", "", .unit = UNIT_COUNT }, { "time_ns", "", .unit = UNIT_NS } };
static const struct column errno_columns[] = { { "name", "", .unit = UNIT_NONE }, { "count", "", .unit = UNIT_COUNT } };
static const struct column all_columns[] = {
	{ "total", "", .unit = UNIT_BYTES }, { "unknown", "", .unit = UNIT_COUNT }, { "end", "", .unit = UNIT_NONE }, { "things", "", .unit = UNIT_NONE },
	{ "errno", "", .unit = UNIT_NONE },
};

static struct table *parts(const char *path, uint64_t bytes)
{
	struct table *t = TABLE_NEW(&arena, TABLE_ROWS, "parts", NULL, part_columns);
	struct cell *c = table_row(t);

	c[0] = cell_name(path);
	c[1] = cell_int(bytes);
	return t;
}

static void thing(struct table *t, const char *name, uint64_t id, const char *kind, uint64_t calls, uint64_t bytes, struct cell max, struct table *with)
{
	struct cell *c = table_row(t);

	c[0] = cell_name(name);
	c[1] = cell_int(id);
	c[2] = cell_name(kind);
	c[3] = cell_int(calls);
	c[4] = cell_int(bytes);
	c[5] = max;
	c[7] = with ? cell_table(with) : CELL_UNKNOWN;
}

static struct table *class_table(void)
{
	struct table *t = TABLE_NEW(&arena, TABLE_MAP, "waits", NULL, class_columns);
	struct cell *c = table_row(t);

	c[0] = cell_name("lock");
	c[1] = cell_int(4);
	c[2] = cell_int(2000000);
	table_row(t)[0] = cell_name("cond");
	return t;
}

static struct doc document(void)
{
	struct doc doc;
	struct table *all = TABLE_NEW(&arena, TABLE_OBJECT, "all", NULL, all_columns), *things = TABLE_NEW(&arena, TABLE_ROWS, "things", NULL, thing_columns);
	struct table *errors = TABLE_NEW(&arena, TABLE_MAP, "errno", NULL, errno_columns);
	struct cell *c = table_row(all);

	thing(things, "parse(int, char)", 1, "mutex", 10, 100, cell_int(5), parts("/tmp/a/log", 7));
	thing(things, "ns::parse<int>(T)", 2, "mutex", 20, 200, cell_int(9), NULL);
	thing(things, "draw", 3, "spin", 5, 50, CELL_UNKNOWN, NULL);
	table_row(errors)[0] = cell_name("EAGAIN");
	errors->rows[0].cells[1] = cell_int(3);
	c[0] = cell_int(4096);
	c[2] = cell_name("exit");
	c[3] = cell_table(things);
	c[4] = cell_table(errors);
	doc_init(&doc, &arena);
	doc_add(&doc, all);
	doc_add(&doc, class_table());
	return doc;
}

/* How the check came out; -1: no such key, or no such value. */
static int check_in(const struct doc *doc, const char *text, const char **measured, struct expr_error *error)
{
	static struct model model;  /* nothing was left out of it */
	struct view_input in = { .model = &model, .arena = &arena };
	struct expr *e = arena_alloc(&arena, sizeof(*e));
	struct check c = { .expr = e };

	cr_assert_eq(expr_parse(e, &arena, text, error), 0, "%s: %s", text, error->text);
	if (check_judge(&c, &in, doc, error))
		return -1;
	*measured = c.measured;
	check_free(&c);
	return c.passed;
}

static int check(const char *text)
{
	struct doc doc = document();
	struct expr_error error;
	const char *measured;

	return check_in(&doc, text, &measured, &error);
}

Test(check, figures_of_objects_lists_and_maps)
{
	cr_expect_eq(check("all.total == 4KiB"), 1);
	cr_expect_eq(check("all.total != 4096"), 0);
	cr_expect_eq(check("waits.lock.calls >= 4"), 1);
	cr_expect_eq(check("waits.lock.time_ns < 2ms"), 0);
	cr_expect_eq(check("waits[\"lo*\"].time_ns <= 2ms"), 1);
	cr_expect_eq(check("all.things[\"draw\"].bytes == 50"), 1);
	cr_expect_eq(check("all.things[\"#2\"].bytes == 200B"), 1);
	cr_expect_eq(check("all.things[2].bytes == 200B"), 1);
	cr_expect_eq(check("all.things == 3"), 1);
	cr_expect_eq(check("all.end == \"exit\""), 1);
	cr_expect_eq(check("all.end != \"exit\""), 0);
	cr_expect_eq(check("all.errno.EAGAIN == 3"), 1);
}

Test(check, several_rows_are_added_up_and_functions_need_no_arguments)
{
	cr_expect_eq(check("all.things[\"parse\"].calls == 10"), 1);
	cr_expect_eq(check("all.things[\"*parse\"].calls == 30"), 1);
	cr_expect_eq(check("all.things[*].bytes == 350"), 1);
	cr_expect_eq(check("all.things[kind=mutex].bytes == 300"), 1);
	cr_expect_eq(check("all.things[kind=mutex][\"ns::*\"].bytes == 200"), 1);
	cr_expect_eq(check("all.things[*].parts[\"log\"].bytes == 7"), 1);
	cr_expect_eq(check("all.things[*].parts[\"/tmp/*\"].bytes == 7"), 1);
}

Test(check, of_maxima_each_row_must_hold)
{
	cr_expect_eq(check("all.things[\"*parse\"].max_ns <= 9ns"), 1);
	cr_expect_eq(check("all.things[\"*parse\"].max_ns < 9ns"), 0);
	cr_expect_eq(check("all.things[\"*parse\"].max_ns >= 5"), 1);
	cr_expect_eq(check("all.things[\"*parse\"].max_ns == 5"), 0);
}

Test(check, what_does_not_occur_counts_nothing)
{
	cr_expect_eq(check("all.things[\"nobody\"].calls == 0"), 1);
	cr_expect_eq(check("all.things[\"nobody\"].calls > 0"), 0);
	cr_expect_eq(check("all.things[\"nobody\"].max_ns < 1ns"), 1);
	cr_expect_eq(check("all.things[\"nobody\"].parts[\"x\"].bytes == 0"), 1);
	cr_expect_eq(check("all.errno.ENOENT == 0"), 1);
}

Test(check, what_is_not_known_fails_whatever_is_asked)
{
	struct doc doc = document();
	struct expr_error error;
	const char *measured;

	for (const char *const *text = (const char *const[]){ "all.unknown < 5", "all.unknown >= 0", "all.unknown != 1", "all.things[\"draw\"].max_ns >= 0",
	     "all.things[*].max_ns >= 0", "waits.cond.calls == 0", NULL }; *text; text++) {
		cr_expect_eq(check_in(&doc, *text, &measured, &error), 0, "%s", *text);
		cr_expect(strstr(measured, "not known"), "%s: %s", *text, measured);
	}
	cr_expect_eq(check("all.unknown == null"), 1);
	cr_expect_eq(check("all.total == null"), 0);
}

Test(check, unknown_keys_are_pointed_at_with_those_that_exist)
{
	static const struct { const char *text; size_t at; const char *says; } mistakes[] = {
		{ "al.total < 5", 0, "did you mean 'all'" }, { "all.totl < 5", 4, "did you mean 'total'" }, { "all.things[*].bites < 5", 14, "name id kind calls bytes max_ns parts" },
		{ "all.things[*].drawn < 5", 14, "no key" }, { "all.things.calls < 5", 11, "list" }, { "all.things[*] < 5", 10, "which figure" }, { "all.total.x < 5", 10, "nothing follows" },
		{ "all[*].x < 5", 3, "no list" }, { "waits.lok.calls < 1", 6, "lock cond" }, { "all < 5", 0, "which figure" }, { "all.things[kin=x].calls < 1", 11, "kind" },
		{ "all.total < 5ms", 12, "in bytes" }, { "waits.lock.time_ns < 5KiB", 21, "a time" }, { "all.total < 5%", 12, "diff" }, { "all.end < 5", 10, "text" },
		{ "all.total == \"x\"", 13, "no text" }, { "all.end < \"x\"", 10, "== and !=" }, { "all.things[*].parts[*].bits < 1", 23, "path bytes" },
	};
	struct doc doc = document();

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct expr_error error;
		const char *measured;

		cr_assert_eq(check_in(&doc, mistakes[i].text, &measured, &error), -1, "%s", mistakes[i].text);
		cr_expect_eq(error.at, mistakes[i].at, "%s: at %zu", mistakes[i].text, error.at);
		cr_expect(strstr(error.text, mistakes[i].says), "%s: %s", mistakes[i].text, error.text);
	}
}

Test(check, changes_are_of_the_middle_of_the_old_runs)
{
	static const struct { const char *text; int passes; } changes[] = {
		{ "diff.all.total < +5%", 1 }, { "diff.all.total == 96", 1 }, { "diff.all.total <= +96B", 1 }, { "diff.all.total < 96B", 0 }, { "diff.all.total < 2%", 0 },
		{ "diff.all.total > 0", 1 }, { "diff.all.total < -1%", 0 },
	};
	static struct model model;
	struct doc doc = document();
	struct view_input in = { .model = &model, .arena = &arena };

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct expr_error error;
		struct expr e;
		struct check c = { .expr = &e };

		cr_assert_eq(expr_parse(&e, &arena, changes[i].text, &error), 0);
		vec_push(&c.old, 1);
		vec_push(&c.old, 9000);
		vec_push(&c.old, 4000);
		cr_assert_eq(check_judge(&c, &in, &doc, &error), 0);
		cr_expect_eq(c.passed, changes[i].passes, "%s: %s", changes[i].text, c.measured);
		check_free(&c);
	}
}

/* ---- anything at all ---- */

static uint64_t random_state = 88172645463325252u;
static unsigned random_below(unsigned n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % n;
}

static const char *const pieces[] = {
	"all", ".", "total", "things", "[", "]", "\"", "'", "*", "draw", "kind", "=", "mutex", "<", "<=", "==", "!=", ">", ">=", " ", "5", "%", "KiB", "ms", "-", "+", "1.5", "null", "true",
	"waits", "lock", "calls", "\\", "diff.", "#2", "\xff", "\xe2\x82\xac", "errno", "EAGAIN", "parts", "path", "max_ns", "18446744073709551616", ".", "[*]", "[\"parse\"]", "?", "[a-", "\x1b",
};

static void put_random(char *text, size_t room)
{
	size_t n = 0;

	text[0] = '\0';
	for (unsigned count = random_below(14); count; count--) {
		const char *piece = pieces[random_below(sizeof(pieces) / sizeof(pieces[0]))];

		if (n + strlen(piece) + 1 > room)
			return;
		strcpy(text + n, piece);
		n += strlen(piece);
	}
}

/* Something in place of a few characters of what is right. */
static void put_mutated(char *text, const char *right)
{
	const char *piece = pieces[random_below(sizeof(pieces) / sizeof(pieces[0]))];
	size_t length = strlen(right), at = random_below((unsigned)length + 1), over = random_below(4);

	over = over > length - at ? length - at : over;
	sprintf(text, "%.*s%s%s", (int)at, right, piece, right + at + over);
}

Test(expr, any_text_is_judged_or_pointed_at)
{
	static const char *const right[] = {
		"all.total < 4KiB", "all.things[\"draw\"].calls == 5", "waits.lock.time_ns <= 2.5ms", "all.things[kind=\"mutex\"].parts['log'].bytes > 5%", "all.end == \"exit\"",
	};
	struct doc doc = document();
	unsigned parsed = 0, judged = 0;

	for (int i = 0; i < 60000; i++) {
		char text[200];
		struct expr_error error = { .at = 0 };
		const char *measured = NULL;
		struct expr e;

		if (i % 2)
			put_random(text, sizeof(text));
		else
			put_mutated(text, right[random_below(sizeof(right) / sizeof(right[0]))]);
		if (expr_parse(&e, &arena, text, &error) == 0) {
			parsed++;
			judged += check_in(&doc, text, &measured, &error) >= 0;
		}
		if (!measured && (error.at > strlen(text) || error.end <= error.at || !error.text[0]))
			cr_assert_fail("'%s': error at %zu to %zu: '%s'", text, error.at, error.end, error.text);
		if (i % 1000 == 999) {
			arena_free(&arena);
			doc = document();
		}
	}
	cr_expect(parsed > 1000 && judged > 100, "%u parsed, %u judged", parsed, judged);
}
