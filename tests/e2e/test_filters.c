/* Function calls that are left out: HP_FILTER and HP_MIN_NS while recording, --filter of the report. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static struct run *run_filtered(const char *setting, const char *const *argv)
{
	struct run *r = run((struct run_how){ .preload = true, .env = ENV(setting) }, argv);
	cr_assert_eq(r->dump_count, 1, "%s: %zu dumps", setting, r->dump_count);
	return r;
}

static long long calls_of(json *j, const char *function)
{
	json *row = json_find(j, "functions", "name", function);
	json *calls = row ? json_get(row, "calls") : NULL;
	return calls && !json_is_null(row, "calls") ? json_int(row, "calls") : 0;
}

static json *report_filtered(const char *dump, const char *filter)
{
	struct run *r = run((struct run_how){ .preload = false }, ARGV(analyzer(), "report", "--json", "--filter", filter, dump));
	cr_assert_eq(r->status, 0, "%s: %s", filter, r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

/* ---- uftrace is the judge ---- */

/* The number before the name in `uftrace report -f call`; 0: it has no such row. */
static long long calls_by_uftrace(const char *text, const char *function)
{
	char line[256];
	for (const char *at = text; at && *at; at = strchr(at, '\n'), at += at != NULL) {
		char name[128];
		long long calls;
		snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
		if (sscanf(line, "%lld %127s", &calls, name) == 2 && !strcmp(name, function))
			return calls;
	}
	return 0;
}

static struct run *record_with_uftrace(const char *const *options)
{
	const char *argv[24] = { "uftrace", "record", "--no-libcall", "--no-pager", "--match=glob" };
	size_t n = 5;
	struct run *r;
	for (; *options; options++)
		argv[n++] = *options;
	argv[n++] = "-d";
	argv[n++] = "uftrace.data";
	argv[n++] = target("calls");
	argv[n++] = "30";
	argv[n++] = "straight";
	argv[n] = NULL;
	r = run((struct run_how){ .preload = false }, argv);
	cr_assert_eq(r->status, 0, "%s", r->err);
	return r;
}

static const char *const functions[] = { "leaf", "branch", "recurse", "in_thread", "tally", "number_at", NULL };

/* The same filter in both languages, on record and on report. */
static void compare_with_uftrace(const char *filter, const char *const *options)
{
	struct run *u = record_with_uftrace(options);
	struct run *text = run((struct run_how){ .cwd = u->work }, ARGV("uftrace", "report", "--no-pager", "-f", "call", "-d", "uftrace.data"));
	char *setting = format("HP_FILTER=%s", filter);
	struct run *ours = run_filtered(setting, ARGV(target("calls"), "30", "straight"));
	struct run *all = run_recorded(ARGV(target("calls"), "30", "straight"));
	json *recorded = report(run_dump(ours)), *reported = report_filtered(run_dump(all), filter);
	long long kept = 0;
	for (const char *const *name = functions; *name; name++) {
		long long wanted = calls_by_uftrace(text->out, *name);
		cr_expect_eq(calls_of(recorded, *name), wanted, "HP_FILTER=%s: %s: %lld calls, uftrace has %lld", filter, *name, calls_of(recorded, *name), wanted);
		cr_expect_eq(calls_of(reported, *name), wanted, "--filter %s: %s: %lld calls, uftrace has %lld", filter, *name, calls_of(reported, *name), wanted);
		kept += wanted;
	}
	cr_expect_gt(kept, 0, "%s: uftrace kept nothing", filter);
	json_free(recorded);
	json_free(reported);
	free(setting);
	run_free(u);
	run_free(text);
	run_free(ours);
	run_free(all);
}

Test(filters, keep_the_calls_that_uftrace_keeps)
{
	static const struct { const char *filter, *options[6]; } rows[] = {
		{ "branch", { "-F", "branch" } },
		{ "rec*,in_thread", { "-F", "rec*", "-F", "in_thread" } },
		{ "!branch@notrace", { "-N", "branch" } },
		{ "branch,!leaf@notrace", { "-F", "branch", "-N", "leaf" } },
		{ "@depth=2", { "-D", "2" } },
		{ "recurse@depth=3", { "-F", "recurse@depth=3" } },
		{ "branch@depth=1", { "-F", "branch@depth=1" } },
		{ "@depth=1,recurse", { "-F", "recurse", "-D", "1" } },
	};
	if (!have_program("uftrace"))
		cr_skip_test("uftrace is not installed");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		compare_with_uftrace(rows[i].filter, rows[i].options);
}

/* Its -t works on the same clock; what lies around the limit is up to the run. */
Test(filters, by_duration_keep_what_takes_long)
{
	struct run *r = run_filtered("HP_MIN_NS=2ms", ARGV(target("filtered"), "2000"));
	json *j = report(run_dump(r));
	expect(calls_of(j, "slow"), ==, run_tally(r, "slow"));
	expect(calls_of(j, "small"), <=, 100);  /* each of which the machine made wait */
	expect(json_int(json_row(j, "functions", "name", "slow"), "min_ns"), >=, 2000000);
	long long small = json_int(json_row(j, "recorder.left_out", "name", "small"), "short_calls");
	expect(small + calls_of(j, "small"), ==, run_tally(r, "small"));
	expect(json_int(j, "recorder.short_calls"), >=, small);
	expect(json_int(j, "recorder.short_ns"), >, 0);
	expect(json_int(j, "recorder.min_ns"), ==, 2000000);
	expect(json_int(j, "memory.alloc_calls"), >=, 2000);  /* inside of calls that are left out */
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

/* ---- nothing is lost silently ---- */

Test(filters, count_what_they_leave_out_by_function)
{
	struct run *r = run_filtered("HP_FILTER=!small,!small_too", ARGV(target("filtered"), "1000"));
	json *j = report(run_dump(r));
	expect(calls_of(j, "small"), ==, 0);
	expect(calls_of(j, "holds"), ==, 1000);
	expect(json_int(json_row(j, "recorder.left_out", "name", "small"), "calls"), ==, 2000);
	expect(json_int(json_row(j, "recorder.left_out", "name", "small_too"), "calls"), ==, 1000);
	expect(json_int(j, "recorder.filtered_calls"), ==, 3000);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	cr_expect_str_eq(json_text(j, "recorder.filter"), "!small,!small_too");
	json_free(j);
	run_free(r);
}

Test(filters, are_exact_over_threads)
{
	struct run *r = run_filtered("HP_FILTER=!small", ARGV(target("filtered"), "3000", "threads"));
	json *j = report(run_dump(r));
	expect(calls_of(j, "holds"), ==, run_tally(r, "holds"));
	expect(calls_of(j, "small_too"), ==, run_tally(r, "holds"));
	expect(json_int(j, "recorder.filtered_calls"), ==, run_tally(r, "small"));
	json_free(j);
	run_free(r);
}

Test(filters, count_to_the_last_call_before_a_kill)
{
	struct run *r = run_filtered("HP_FILTER=!small", ARGV(target("filtered"), "700", "kill"));
	json *j = report(run_dump(r));
	cr_expect_str_eq(json_text(j, "process.end"), "killed");
	expect(json_int(j, "recorder.filtered_calls"), ==, run_tally(r, "small"));
	expect(calls_of(j, "holds"), ==, 700);
	json_free(j);
	run_free(r);
}

Test(filters, hold_in_forked_children)
{
	struct run *r = run_filtered("HP_FILTER=!small", ARGV(target("filtered"), "20", "fork"));
	json *j = report(run_dump(r));
	expect(calls_of(j, "holds"), ==, 2 * 20);
	expect(calls_of(j, "small"), ==, 0);
	expect(json_int(j, "recorder.filtered_calls"), ==, 2 * run_tally(r, "small"));
	json_free(j);
	run_free(r);
}

Test(filters, give_the_time_of_what_is_left_out_to_its_caller)
{
	struct run *r = run_filtered("HP_FILTER=!slow,!sleeps", ARGV(target("known_shares"), "1")), *all;
	run_free(r);
	all = run_recorded(ARGV(target("filtered"), "500"));
	json *whole = report(run_dump(all)), *without = report_filtered(run_dump(all), "!small");
	json *before = json_row(whole, "functions", "name", "small_too"), *after = json_row(without, "functions", "name", "small_too");
	expect(json_int(before, "self_ns"), <, json_int(before, "total_ns"));
	expect(json_int(after, "self_ns"), ==, json_int(before, "total_ns"));
	expect(json_int(after, "total_ns"), ==, json_int(before, "total_ns"));
	json_free(whole);
	json_free(without);
	run_free(all);
}

/* ---- trees stay right ---- */

static void expect_steady(const char *setting)
{
	struct run *r = run_filtered(setting, ARGV(target("filtered"), "3000", "interrupted"));
	json *j = report(run_dump(r));
	long long steady = calls_of(j, "steady");
	json *brief = json_find(j, "recorder.left_out", "name", "steady");
	steady += brief ? json_int(brief, "short_calls") : 0;
	cr_expect_eq(steady, run_tally(r, "steady"), "%s: %lld of %lld", setting, steady, run_tally(r, "steady"));
	if (json_find(j, "functions", "name", "steady"))
		cr_expect_eq(json_int(json_row(j, "functions", "name", "steady"), "open_calls"), 0, "%s: a call that was not jumped out of is open", setting);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(filters, stay_right_where_handlers_interrupt_calls_and_jump_out_of_them)
{
	expect_steady("HP_FILTER=!small");
	expect_steady("HP_FILTER=!nests,!on_tick");
	expect_steady("HP_FILTER=steady@depth=3");
	expect_steady("HP_MIN_NS=1");
	for (int i = 0; i < 10; i++)  /* once in ten times a handler jumps out of an exit whose word is not written yet */
		expect_steady("HP_MIN_NS=1us");
	expect_steady("HP_MIN_NS=100us");
}

Test(filters, stay_right_where_calls_end_without_an_exit)
{
	struct run *r = run_filtered("HP_FILTER=!throws,!jumps,!ends", ARGV(target("cut_calls")));
	json *j = report(run_dump(r));
	for (const char *const *name = ARGV("catches", "lands", "after"); *name; name++) {
		cr_expect_eq(calls_of(j, *name), run_tally(r, *name), "%s", *name);
		cr_expect_eq(json_int(json_row(j, "functions", "name", *name), "open_calls"), 0, "%s", *name);
	}
	expect(calls_of(j, "throws") + calls_of(j, "jumps") + calls_of(j, "ends"), ==, 0);
	expect(json_int(j, "recorder.filtered_calls"), ==, run_tally(r, "throws") + run_tally(r, "jumps") + run_tally(r, "ends"));
	json_free(j);
	run_free(r);
}

/* ---- names ---- */

Test(filters, know_functions_of_libraries_that_are_loaded_and_unloaded)
{
	const char *plugin = target("filtered_plugin");
	struct run *r = run_filtered("HP_FILTER=!not_exported@filtered_plugin*", ARGV(target("plugin_host"), plugin));
	json *j = report(run_dump(r));
	expect(calls_of(j, "plugin_make"), ==, run_tally(r, "made"));
	expect(calls_of(j, "not_exported"), ==, 0);
	expect(json_int(j, "recorder.filtered_calls"), ==, 2 * run_tally(r, "made"));
	json_free(j);
	run_free(r);
}

Test(filters, know_C_plus_plus_names_without_their_arguments)
{
	struct run *r = run_filtered("HP_FILTER=shop::make_one,!shop::make_one,shop::fa?l,!std::*,!operator*,!__gnu*", ARGV(target("cxx")));
	json *j = report(run_dump(r));
	expect(calls_of(j, "shop::fail(int)"), ==, 40);
	expect(json_int(json_row(j, "functions", "name", "shop::fail(int)"), "open_calls"), ==, 0);
	cr_expect_null(json_find(j, "functions", "name", "shop::Order* shop::make_one<shop::Order>()"));
	json_free(j);
	run_free(r);
}

/* ---- mistakes ---- */

Test(filters, that_cannot_be_understood_are_told_and_change_nothing)
{
	struct run *r = run((struct run_how){ .preload = true, .env = ENV("HP_FILTER=!leaf,x@dpth=3", "HP_MIN_NS=soon", "HP_VERBOSE=1") },
		ARGV(target("calls"), "10"));
	json *j = report(run_dump(r));
	expect(r->status, ==, 0);
	expect(calls_of(j, "leaf"), ==, run_tally(r, "leaf"));
	cr_expect(strstr(r->err, "at \"@dpth=3\": no such option") != NULL, "%s", r->err);
	cr_expect(json_any_contains(j, "recorder.blind_spots", "at \"@dpth=3\": no such option"));
	cr_expect(json_any_contains(j, "recorder.blind_spots", "HP_MIN_NS=soon"));
	json_free(j);
	run_free(r);
}

Test(filters, of_a_report_are_refused_with_the_place)
{
	struct run *r = run_recorded(ARGV(target("calls"), "1"));
	for (const char *const *command = ARGV("report", "tree", "events", "export"); *command; command++) {
		struct run *bad = run((struct run_how){ .preload = false }, ARGV(analyzer(), *command, "--filter", "a,b@x=1", run_dump(r)));
		cr_expect_eq(bad->status, 2, "%s exits with %d", *command, bad->status);
		cr_expect(strstr(bad->err, "  a,b@x=1\n     ^~~~\n") != NULL, "%s: %s", *command, bad->err);
		cr_expect(strstr(bad->err, "module=GLOB, depth=N and notrace") != NULL, "%s: %s", *command, bad->err);
		run_free(bad);
	}
	run_free(r);
}

Test(filters, may_stand_in_a_file)
{
	struct run *all = run_recorded(ARGV(target("calls"), "10", "straight"));
	char *path = format("%s/filter", all->work), *setting = format("HP_FILTER=@file:%s", path), *option = format("@file:%s", path);
	file_write(path, "!leaf\n!tally\n", 13);
	struct run *r = run_filtered(setting, ARGV(target("calls"), "10", "straight"));
	json *recorded = report(run_dump(r)), *reported = report_filtered(run_dump(all), option);
	expect(calls_of(recorded, "leaf") + calls_of(recorded, "tally"), ==, 0);
	expect(calls_of(recorded, "branch"), ==, 10);
	expect(calls_of(reported, "leaf") + calls_of(reported, "tally"), ==, 0);
	expect(calls_of(reported, "branch"), ==, 10);
	json_free(recorded);
	json_free(reported);
	free(path);
	free(setting);
	free(option);
	run_free(r);
	run_free(all);
}

/* ---- advice ---- */

static json *advice_on(const char *dump)
{
	struct run *r = run((struct run_how){ .preload = false }, ARGV(analyzer(), "advise", "--json", "--at-most", "100us", dump));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

Test(filters, that_are_advised_leave_out_as_many_events_as_was_said)
{
	struct run *first = run_recorded(ARGV(target("filtered"), "5000"));
	json *advice = advice_on(run_dump(first)), *before = report(run_dump(first));
	char *setting = format("HP_FILTER=%s", json_text(advice, "filter"));
	struct run *second = run_filtered(setting, ARGV(target("filtered"), "5000"));
	json *after = report(run_dump(second));
	long long said = json_int(advice, "advised_calls");
	cr_expect(strstr(setting, "!small") != NULL, "%s", setting);
	expect(said, >=, run_tally(first, "small"));
	expect(json_int(before, "recorder.events") - json_int(after, "recorder.events"), ==, said);
	expect(json_int(after, "recorder.filtered_calls"), ==, said);
	long long bytes = json_int(before, "recorder.bytes") - json_int(after, "recorder.bytes");
	expect(bytes, >, json_int(advice, "saved_bytes") * 9 / 10);
	expect(bytes, <, json_int(advice, "saved_bytes") * 11 / 10);
	expect(calls_of(after, "slow"), ==, calls_of(before, "slow"));
	json_free(advice);
	json_free(before);
	json_free(after);
	free(setting);
	run_free(first);
	run_free(second);
}

/* A C++ program is built anew with the options that are advised: gcc takes the calls out. */
Test(filters, that_are_advised_for_gcc_are_understood_by_it)
{
	static const char source[] =
		"namespace ns { template<class T> struct box { T v; __attribute__((noinline)) T get(int a) { return v + a; } };\n"
		"namespace { __attribute__((noinline)) int hidden(int x) { return x + 1; } }\n"
		"template<class T, class U> __attribute__((noinline)) T two(T a, U b) { return a + (T)b; }\n"
		"struct fun { __attribute__((noinline)) int operator()(int x) { return x * 2; } };\n"
		"__attribute__((noinline)) int kept(long n) { volatile long sum = 0; for (long i = 0; i < n; i++) sum = sum + i; return (int)sum; } }\n"
		"int main() { ns::box<long> b{1}; ns::fun f; volatile int s = 0;\n"
		"for (int i = 0; i < 1000; i++) s = s + (int)b.get(i) + ns::hidden(i) + f(i) + (int)ns::two<int, long>(i, 2);\n"
		"return ns::kept(10000000) * 0; }\n";
	if (!have_program("g++"))
		cr_skip_test("g++ is not installed");
	struct run *place = run((struct run_how){ .preload = false }, ARGV("true"));
	char *path = format("%s/a.cc", place->work), *program = format("%s/a", place->work);
	file_write(path, source, sizeof source - 1);
	struct run *build = run((struct run_how){ .preload = false }, ARGV("g++", "-finstrument-functions", "-o", program, path));
	cr_assert_eq(build->status, 0, "%s", build->err);
	struct run *first = run_recorded(ARGV(program));
	json *advice = advice_on(run_dump(first));
	struct run *again = run((struct run_how){ .preload = false }, ARGV("g++", "-finstrument-functions", json_text(advice, "gcc_functions"), "-o", program, path));
	cr_assert_eq(again->status, 0, "%s", again->err);
	struct run *second = run_recorded(ARGV(program));
	json *j = report(run_dump(second));
	expect(json_int(advice, "advised_calls"), ==, 4000);
	cr_expect_eq(json_length(j, "functions"), 2, "%s leaves %zu functions", json_text(advice, "gcc_functions"), json_length(j, "functions"));
	expect(calls_of(j, "ns::kept(long)"), ==, 1);
	json_free(j);
	json_free(advice);
	free(path);
	free(program);
	run_free(place);
	run_free(build);
	run_free(first);
	run_free(again);
	run_free(second);
}
