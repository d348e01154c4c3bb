/* `hp-analyze diff`: what changed between runs, with known answers. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "files.h"
#include "json.h"

static struct run *analyze(const char *const *argv)
{
	const char *all[32] = {analyzer()};
	for (int i = 0; argv[i] && i < 30; i++)
		all[1 + i] = argv[i];
	return run((struct run_how){0}, all);
}

static bool contains(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* Runs that are repeats of one another. */
enum { REPEATS = 3 };
static struct run *sides[2][REPEATS];

static void record_sides(const char *const *old, const char *const *new)
{
	for (int i = 0; i < REPEATS; i++) {
		sides[0][i] = run_recorded(old);
		sides[1][i] = run_recorded(new);
	}
}

static void free_sides(void)
{
	for (int i = 0; i < REPEATS; i++) {
		run_free(sides[0][i]);
		run_free(sides[1][i]);
	}
}

/* With up to three options, which stand behind the paths. */
static struct run *diff(const char *a, const char *b, const char *c)
{
	return analyze(ARGV("diff", sides[0][0]->dumps, run_dump(sides[0][1]), run_dump(sides[0][2]), "--", sides[1][0]->dumps, run_dump(sides[1][1]), run_dump(sides[1][2]), a, b, c));
}

static json *diff_json(void)
{
	struct run *told = diff("--json", NULL, NULL);
	cr_assert_eq(told->status, 0, "%s", told->err);
	json *j = json_parse(told->out);
	run_free(told);
	return j;
}

/* The figure of a row, or of a call path through it; NULL: there is none. */
static json *figure(json *j, const char *table, const char *key, const char *name)
{
	for (size_t i = 0; i < json_length(j, "rows"); i++) {
		json *row = json_at(j, "rows", i), *f = json_maybe(json_get(row, "figures"), key);
		if (!f || strcmp(json_text(row, "table"), table))
			continue;
		if (!name || (!json_is_null(row, "name") && contains(json_text(row, "name"), name)) || (!json_is_null(row, "stack") && json_any_contains(row, "stack", name)))
			return f;
	}
	return NULL;
}

static void expect_change(json *j, const char *table, const char *key, const char *name, long long old, long long new, const char *verdict)
{
	json *f = figure(j, table, key, name);
	cr_assert(f != NULL, "%s %s %s is not told", table, key, name ? name : "");
	expect(json_int(f, "old"), ==, old);
	expect(json_int(f, "new"), ==, new);
	expect(json_int(f, "change"), ==, new - old);
	cr_expect_str_eq(json_text(f, "verdict"), verdict, "%s %s: %s", table, key, json_text(f, "verdict"));
}

Test(diff, tells_what_costs_more_and_less_exactly)
{
	record_sides(ARGV(target("costs"), "1000", "100", "10"), ARGV(target("costs"), "51000", "130", "4"));
	json *j = diff_json();
	expect_change(j, "memory", "leaked_bytes", NULL, 1000, 51000, "worse");
	expect_change(j, "memory.sites", "leaked_bytes", "load", 1000, 51000, "worse");
	expect_change(j, "memory.sites", "calls", "load", 1, 1, "same");
	expect_change(j, "functions", "calls", "step", 100, 130, "worse");
	expect_change(j, "functions", "calls", "load", 1, 1, "same");
	expect_change(j, "io.ops", "calls", "write", 10, 4, "better");
	expect_change(j, "io.files", "bytes_written", ".out", 50, 20, "better");
	cr_expect(json_int(j, "summary.worse") > 2 && json_int(j, "summary.better") > 1);
	json_free(j);
	struct run *told = diff(NULL, NULL, NULL);
	cr_expect_eq(told->status, 0, "%s", told->err);
	char *first = strstr(told->out, "Totals:"), *sites = strstr(told->out, "Memory by call path:"), *files = strstr(told->out, "Files:");
	cr_assert(first && sites && files, "%s", told->out);
	cr_expect(strstr(first, "+48.8 KiB") && strstr(first, "memory.leaked_bytes") < sites, "%s", told->out);
	cr_expect(contains(sites, "load costs.c:14 < main") && contains(files, ".out"), "%s", told->out);
	cr_expect(!contains(told->out, "\033"), "colours are for terminals");
	run_free(told);
	told = diff("--sort", "calls", NULL);
	cr_expect(contains(told->out, "step") && !contains(told->out, "leaked_bytes"), "%s", told->out);
	run_free(told);
	free_sides();
}

/* Counts are exact; of times, one in a hundred may look changed. */
Test(diff, the_same_program_has_not_changed)
{
	record_sides(ARGV(target("costs")), ARGV(target("costs")));
	json *j = diff_json();
	cr_expect(json_int(j, "summary.same") > 30 && json_length(j, "rows") > 10, "%lld, %zu", json_int(j, "summary.same"), json_length(j, "rows"));
	for (size_t i = 0; i < json_length(j, "rows"); i++) {
		json *row = json_at(j, "rows", i);
		for (const char *const *key = ARGV("calls", "alloc_calls", "bytes", "leaked_bytes", "bytes_written", "bytes_allocated"); *key; key++) {
			json *f = json_maybe(json_get(row, "figures"), *key);
			cr_expect(!f || !strcmp(json_text(row, "table"), "recorder") || !strcmp(json_text(f, "verdict"), "same"), "%s.%s: %s", json_text(row, "table"), *key, f ? json_text(f, "verdict") : "");
		}
	}
	json_free(j);
	free_sides();
}

/* Ten times as long is beyond any chance that a busy machine brings. */
Test(diff, times_are_told_when_they_are_beyond_chance)
{
	record_sides(ARGV("sleep", "0.03"), ARGV("sleep", "0.6"));
	json *j = diff_json(), *f = figure(j, "waits", "time_ns", "sleep");
	cr_assert(f != NULL);
	cr_expect_str_eq(json_text(f, "verdict"), "worse");
	cr_expect(json_int(f, "old_low") >= 30000000 && json_int(f, "new_low") >= 600000000);
	json_free(j);
	free_sides();
}

Test(diff, two_runs_alone_do_not_tell_what_is_chance)
{
	struct run *a = run_recorded(ARGV(target("costs"))), *b = run_recorded(ARGV(target("costs"), "9000"));
	struct run *told = analyze(ARGV("diff", run_dump(a), run_dump(b)));
	cr_expect(told->status == 0 && contains(told->out, "give three or more a side"), "%s%s", told->out, told->err);
	run_free(told);
	told = analyze(ARGV("diff", "--json", run_dump(a), run_dump(b)));
	json *j = json_parse(told->out);
	cr_expect_str_eq(json_text(figure(j, "memory", "leaked_bytes", NULL), "verdict"), "unknown");
	json_free(j);
	run_free(told);
	run_free(b);
	run_free(a);
}

/* One is built without optimization and the other with, the functions stand elsewhere in the source, and its addresses differ anyway. */
Test(diff, call_paths_are_matched_over_builds)
{
	static const char source[] = "#include <stdlib.h>\nvoid *volatile kept;\nstatic void inner(int n) { kept = malloc(n); }\nstatic void outer(int n) { inner(n); inner(n); }\n"
		"int main(int c, char **v) { outer(SIZE); return 0; }\n";
	char *dir = new_directory(), *first = format("%s/a.c", dir), *second = format("%s/b.c", dir), *moved = format("\n\n/* moved */\n%s", source);
	file_write(first, source, sizeof source - 1);
	file_write(second, moved, strlen(moved));
	struct run *built_one = run((struct run_how){0}, ARGV("gcc", "-g", "-O0", "-DSIZE=100", "-o", format("%s/one", dir), first));
	struct run *built_two = run((struct run_how){0}, ARGV("gcc", "-g", "-O2", "-DSIZE=300", "-o", format("%s/two", dir), second));
	cr_assert(built_one->status == 0 && built_two->status == 0, "%s%s", built_one->err, built_two->err);
	record_sides(ARGV(format("%s/one", dir)), ARGV(format("%s/two", dir)));
	json *j = diff_json();
	expect_change(j, "memory.sites", "leaked_bytes", "inner", 200, 600, "worse");
	cr_expect(figure(j, "memory.sites", "leaked_bytes", "outer") == figure(j, "memory.sites", "leaked_bytes", "inner"));
	cr_expect(json_any_contains(j, "summary.notes", "different programs, one and two"));
	json_free(j);
	free_sides();
	run_free(built_one);
	run_free(built_two);
	remove_tree(dir);
}

Test(diff, what_one_side_does_not_know_is_left_out_and_named)
{
	struct run *all = run_recorded(ARGV(target("costs"))), *plain = run_recorded(ARGV(target("heap_leaks")));
	struct run *memory = run((struct run_how){.preload = true, .env = ENV("HP_HOOKS=memory")}, ARGV(target("costs")));
	struct run *io = run((struct run_how){.preload = true, .env = ENV("HP_HOOKS=io")}, ARGV(target("costs")));
	struct run *pathless = run((struct run_how){.preload = true, .env = ENV("HP_STACK=none")}, ARGV(target("costs")));
	struct run *told = analyze(ARGV("diff", "--json", run_dump(all), run_dump(memory)));
	cr_expect_eq(told->status, 0, "%s", told->err);
	json *j = json_parse(told->out);
	cr_expect(figure(j, "memory", "leaked_bytes", NULL) && !figure(j, "io", "calls", NULL) && !figure(j, "functions", "calls", NULL));
	cr_expect(json_any_contains(j, "summary.notes", "events of kind io are not compared: the new runs were recorded without them (HP_HOOKS)"));
	json_free(j);
	run_free(told);
	told = analyze(ARGV("diff", run_dump(plain), run_dump(all)));
	cr_expect(contains(told->out, "functions are not compared: the old runs have no function calls") && contains(told->out, "different programs"), "%s", told->out);
	run_free(told);
	told = analyze(ARGV("diff", run_dump(all), run_dump(pathless)));
	cr_expect(contains(told->out, "call paths are not compared: the new runs have none (HP_STACK=none)"), "%s", told->out);
	run_free(told);
	told = analyze(ARGV("diff", run_dump(memory), run_dump(io)));
	expect(told->status, ==, 2);
	cr_expect(contains(told->err, "nothing in common") && contains(told->err, "kind memory"), "%s", told->err);
	run_free(told);
	run_free(pathless);
	run_free(io);
	run_free(memory);
	run_free(plain);
	run_free(all);
}

/* Names of files hold whatever their maker likes. The reader is GitHub's own. */
Test(diff, markdown_is_tables_to_its_reader)
{
	static const char name[] = "a|b`c`<i>@d*_[x](y)&amp;";
	struct run *made = run((struct run_how){0}, ARGV("sh", "-c", "mkdir 1 2; echo x >\"1/$0\"; seq 9999 >\"2/$0\"", name));
	cr_assert_eq(made->status, 0, "%s", made->err);
	struct run *a = run((struct run_how){.preload = true, .cwd = format("%s/1", made->work)}, ARGV("cat", name));
	struct run *b = run((struct run_how){.preload = true, .cwd = format("%s/2", made->work)}, ARGV("cat", name));
	char *file = format("%s/diff.md", made->work);
	struct run *told = analyze(ARGV("diff", run_dump(a), run_dump(b), "--markdown", "-o", file));
	cr_assert_eq(told->status, 0, "%s", told->err);
	cr_expect_eq(told->out_bytes, 0);
	run_free(told);
	if (!have_program("cmark-gfm"))
		cr_skip_test("no cmark-gfm");
	told = run((struct run_how){0}, ARGV("cmark-gfm", "-e", "table", "-e", "autolink", "--to", "html", "--unsafe", file));
	cr_expect_eq(told->status, 0, "%s", told->err);
	size_t tables = 0, cells = 0, rows = 0;
	for (const char *at = told->out; (at = strstr(at, "<t")); at++) {
		tables += !strncmp(at, "<table", 6);
		rows += !strncmp(at, "<tr>", 4);
		cells += !strncmp(at, "<td", 3) || !strncmp(at, "<th>", 4) || !strncmp(at, "<th ", 4);
	}
	cr_expect(tables >= 3 && rows > 8 && cells > 4 * rows, "%zu tables, %zu rows, %zu cells: %s", tables, rows, cells, told->out);
	cr_expect(contains(told->out, "<code>a|b`c`&lt;i&gt;@d*_[x](y)&amp;amp;</code>"), "%s", told->out);
	cr_expect(!contains(told->out, "<i>") && !contains(told->out, "<a "), "%s", told->out);
	run_free(told);
	run_free(b);
	run_free(a);
	run_free(made);
}

Test(diff, losses_are_told_and_end_with_3)
{
	struct run *a = run_recorded(ARGV(target("calls"), "5000"));
	struct run *b = run((struct run_how){.preload = true, .env = ENV("HP_MAX_BYTES=256K")}, ARGV(target("calls"), "5000"));
	struct run *told = analyze(ARGV("diff", run_dump(a), run_dump(b)));
	expect(told->status, ==, 3);
	cr_expect(contains(told->out, "is not complete") && contains(told->out, run_dump(b)), "%s", told->out);
	run_free(told);
	run_free(b);
	run_free(a);
}

/* Repeats may lie in one directory, each beside the others, or in one each. */
Test(diff, a_directory_may_hold_repeats)
{
	struct run *r = run((struct run_how){0}, ARGV("sh", "-c",
		"mkdir new; for i in 1 2 3; do \"$0\" record --no-report -o old$i -- \"$1\" 1000; HP_OUT=$PWD/new/%p.hpd LD_PRELOAD=$2 \"$1\" 2000; done; mkdir old; mv old1 old2 old3 old",
		analyzer(), target("costs"), built("libhp.so")));
	cr_assert_eq(r->status, 0, "%s", r->err);
	struct run *told = run((struct run_how){.cwd = r->work}, ARGV(analyzer(), "diff", "--json", "old", "new"));
	cr_assert_eq(told->status, 0, "%s", told->err);
	json *j = json_parse(told->out);
	expect(json_int(json_at(j, "sides", 0), "runs"), ==, 3);
	expect(json_int(json_at(j, "sides", 1), "runs"), ==, 3);
	expect_change(j, "memory", "leaked_bytes", NULL, 1000, 2000, "worse");
	json_free(j);
	run_free(told);
	run_free(r);
}

Test(diff, mistakes_are_refused)
{
	struct run *r = run_recorded(ARGV(target("costs")));
	const struct { const char *const *argv; const char *says; } mistakes[] = {
		{ ARGV("diff"), "which dump" }, { ARGV("diff", run_dump(r)), "diff OLD NEW" }, { ARGV("diff", run_dump(r), run_dump(r), run_dump(r)), "Put -- between" },
		{ ARGV("diff", run_dump(r), "--"), "no new run" }, { ARGV("diff", "--", run_dump(r)), "no old run" }, { ARGV("diff", run_dump(r), "/no/such/dump"), "/no/such/dump" },
		{ ARGV("diff", run_dump(r), "--", run_dump(r), "--sort", "beauty"), "beauty" }, { ARGV("diff", r->work, run_dump(r)), "no dump in this directory" },
		{ ARGV("diff", run_dump(r), run_dump(r), "-o", run_dump(r)), "this is a dump" },
	};
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		struct run *told = analyze(mistakes[i].argv);
		cr_expect(told->status == 2 && contains(told->err, mistakes[i].says), "mistake %zu: status %d, %s", i, told->status, told->err);
		run_free(told);
	}
	run_free(r);
}
