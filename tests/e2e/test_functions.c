/* Function profiles and call trees: against uftrace and gprof, and for programs whose answers are known. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "files.h"
#include "json.h"

static struct run *analyze(const char *const *arguments)
{
	const char *argv[16] = { analyzer() };
	for (unsigned i = 0; arguments[i] && i < 14; i++)
		argv[i + 1] = arguments[i];
	return run((struct run_how){0}, argv);
}

static json *told(const char *const *arguments)
{
	struct run *r = analyze(arguments);
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

/* The node at a path like "main;works;tiny"; NULL: there is none. */
static json *node_at(json *j, const char *key, const char *path)
{
	char *copy = strdup(path);
	json *at = j;
	for (char *name = strtok(copy, ";"); name && at; name = strtok(NULL, ";"), key = "children")
		at = json_find(at, key, "name", name);
	free(copy);
	return at;
}

/* ---- uftrace ---- */

static char *uftrace_data(const struct run *r, const char *program)
{
	char *data = format("%s/uftrace.data", r->work);
	struct run *recorded = run((struct run_how){0}, ARGV("uftrace", "record", "--no-libcall", "--no-event", "--no-pager", "-d", data, program));
	cr_assert_eq(recorded->status, 0, "%s", recorded->err);
	run_free(recorded);
	return data;
}

/* "77.632 ms", in ns; 0: no such time. */
static double duration(const char **at)
{
	static const struct { const char *name; double ns; } units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	char unit[4], *end;
	double value = strtod(*at, &end);
	int length = 0;
	if (sscanf(end, " %3s%n", unit, &length) != 1)
		return 0;
	*at = end + length;
	for (unsigned i = 0; i < 4; i++)
		if (!strcmp(unit, units[i].name))
			return value * units[i].ns;
	return 0;
}

/* A line of `uftrace report -f total,self,call`. */
static int read_line(const char *line, const char *function, double *total, double *self, long long *calls)
{
	char name[128];
	*total = duration(&line);
	*self = duration(&line);
	return sscanf(line, "%lld %127s", calls, name) == 2 && !strcmp(name, function);
}

static void expect_like_uftrace(json *j, const char *text, const char *function)
{
	json *f = json_row(j, "functions", "name", function);
	double total = 0, self = 0, ours = json_number(f, "total_ns"), own = json_number(f, "self_ns");
	long long calls = -1;
	int found = 0;
	for (const char *line = text; !found && line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		found = read_line(line, function, &total, &self, &calls);
	cr_assert(found, "uftrace says nothing of %s", function);
	cr_expect_eq(json_int(f, "calls"), calls, "%s: uftrace saw %lld calls", function, calls);
	cr_expect(ours < total * 1.6 && total < ours * 1.6, "%s took %g ns in all, uftrace says %g", function, ours, total);
	if (self > 20e6)
		cr_expect(own < self * 1.6 && self < own * 1.6, "%s took %g ns itself, uftrace says %g", function, own, self);
}

Test(functions, total_and_self_time_and_calls_are_those_of_uftrace_with_recursion_too)
{
	if (!have_program("uftrace"))
		cr_skip_test("uftrace is not installed");
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *j = report(run_dump(r));
	char *data = uftrace_data(r, target("timed_calls"));
	struct run *u = run((struct run_how){0}, ARGV("uftrace", "report", "--no-pager", "--color=no", "-f", "total,self,call", "-d", data));
	for (const char *const *f = ARGV("main", "works", "long_nap", "short_nap", "counts_down", "ping", "pong", "together"); *f; f++)
		expect_like_uftrace(j, u->out, *f);
	run_free(u);
	json_free(j);
	run_free(r);
}

Test(functions, every_call_path_of_uftrace_is_in_the_tree)
{
	if (!have_program("uftrace"))
		cr_skip_test("uftrace is not installed");
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *j = told(ARGV("tree", "--json", run_dump(r)));
	char *data = uftrace_data(r, target("timed_calls"));
	struct run *u = run((struct run_how){0}, ARGV("uftrace", "dump", "--flame-graph", "-d", data));
	int paths = 0;
	for (char *line = u->out, *end; line && (end = strchr(line, '\n')); line = end + 1, paths++) {
		*end = '\0';
		if (strrchr(line, ' '))
			*strrchr(line, ' ') = '\0';
		json *n = node_at(j, "tree", line);
		cr_expect(n && !json_is_null(n, "calls"), "there is no %s", line);
	}
	cr_expect_gt(paths, 10);
	run_free(u);
	json_free(j);
	run_free(r);
}

/* ---- gprof ---- */

/* Of a line of `gprof -q` above that of the function itself: "1/4  main [14]". */
static void expect_caller(json *callers, const char *function, const char *line)
{
	char name[128];
	long long calls, all;
	double self, children;
	if (sscanf(line, "%lf %lf %lld/%lld %127s", &self, &children, &calls, &all, name) != 5)
		return;
	json *n = json_find(callers, "children", "name", name);
	cr_assert(n != NULL, "%s is not said to be called by %s", function, name);
	cr_expect_eq(json_int(n, "calls"), calls, "%s by %s: gprof saw %lld calls", function, name, calls);
	cr_expect_eq(json_int(callers, "calls"), all, "%s: gprof saw %lld calls", function, all);
}

/* The block that has the line "[5]  0.0  0.00  0.00  4  short_nap [5]": lines above it are the callers. */
static int check_block(json *j, const char *function, char *block)
{
	char *lines[64], *own = NULL;
	unsigned n = 0;
	for (char *line = strtok(block, "\n"); line && n < 64; line = strtok(NULL, "\n"))
		lines[n++] = line;
	for (unsigned i = 0; i < n; i++)
		if (lines[i][0] == '[' && strstr(lines[i], format(" %s [", function)))
			own = lines[i];
	for (unsigned i = 0; own && lines[i] != own; i++)
		expect_caller(json_at(j, "callers", 0), function, lines[i]);
	return own != NULL;
}

Test(functions, callers_and_how_often_they_called_are_those_of_gprof)
{
	if (!have_program("gprof"))
		cr_skip_test("gprof is not installed");
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	struct run *p = run((struct run_how){ .env = ENV("GMON_OUT_PREFIX=calls") }, ARGV(target("timed_calls_gprof")));
	char **written = list_files(p->work, "", &(size_t){0}), *found = NULL;  /* calls.PID */
	for (; !found && *written; written++)
		found = strstr(*written, "/calls.");
	cr_assert(found != NULL, "gprof's data is not there");
	struct run *g = run((struct run_how){0}, ARGV("gprof", "-b", "-q", target("timed_calls_gprof"), written[-1]));
	cr_assert_eq(g->status, 0, "%s", g->err);
	for (const char *const *f = ARGV("short_nap", "long_nap", "tiny", "works"); *f; f++) {
		json *j = told(ARGV("tree", "--json", "--function", *f, run_dump(r)));
		char *text = strdup(g->out), *end;
		int blocks = 0;
		for (char *block = text; block; block = end ? end + 1 : NULL) {
			end = strstr(block, "-----\n");
			if (end)
				*end = '\0';
			blocks += check_block(j, *f, block);
		}
		cr_expect_eq(blocks, 1, "gprof says nothing of %s: %s", *f, g->out);
		free(text);
		json_free(j);
	}
	run_free(g);
	run_free(p);
	run_free(r);
}

/* ---- where time went ---- */

Test(functions, what_slept_is_no_work_in_the_profile_nor_in_the_tree)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *j = report(run_dump(r)), *t = told(ARGV("tree", "--json", run_dump(r)));
	for (const char *const *name = ARGV("long_nap", "counts_down", "together"); *name; name++) {
		json *f = json_row(j, "functions", "name", *name);
		cr_expect(json_int(f, "sleep_ns") >= 40000000, "%s", *name);
		cr_expect(json_int(f, "running_ns") * 4 < json_int(f, "total_ns"), "%s", *name);
		cr_expect(json_int(f, "self_running_ns") * 4 < json_int(f, "self_ns"), "%s", *name);
	}
	json *all = node_at(t, "tree", "main;works;long_nap");
	/* nap is not instrumented: it is known by the stacks of its sleeps */
	json *inner = json_find(all, "children", "name", "nap");
	cr_assert(inner != NULL);
	cr_expect(json_is_null(inner, "calls"));
	expect(json_int(inner, "sleep_ns"), >=, 60000000);
	expect(json_int(inner, "self_ns"), >=, json_int(inner, "sleep_ns"));
	expect(json_int(all, "self_ns"), <, json_int(all, "time_ns") / 2);
	expect(json_int(node_at(t, "tree", "main"), "sleep_ns"), >=, 75000000 + 40000000 + 12000000 + 5000000);
	json_free(t);
	json_free(j);
	run_free(r);
}

Test(functions, two_threads_in_one_function_take_the_wall_clock_once)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *j = told(ARGV("report", "--json", "--parallelism", run_dump(r)));
	json *f = json_row(j, "functions", "name", "together"), *main = json_row(j, "functions", "name", "main");
	cr_expect(json_number(f, "parallelism") > 1.4 && json_number(f, "parallelism") <= 2.001, "%g", json_number(f, "parallelism"));
	expect(json_int(f, "wall_ns"), >=, 80000000);
	expect(json_int(f, "wall_ns"), <, json_int(f, "total_ns"));
	expect(json_int(main, "wall_ns"), ==, json_int(main, "total_ns"));
	json *down = json_row(j, "functions", "name", "counts_down");
	expect(json_int(down, "wall_ns"), ==, json_int(down, "total_ns"));
	json_free(j);
	run_free(r);
}

Test(functions, percentiles_are_those_that_are_asked_for)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *j = told(ARGV("report", "--json", "--percentiles", "25,50,99.9,100", run_dump(r)));
	json *f = json_row(j, "functions", "name", "tiny");
	expect(json_int(f, "min_ns"), <=, json_int(f, "p25_ns"));
	expect(json_int(f, "p25_ns"), <=, json_int(f, "p50_ns"));
	expect(json_int(f, "p50_ns"), <=, json_int(f, "p99_ns"));
	expect(json_int(f, "p100_ns"), ==, json_int(f, "max_ns"));
	cr_expect(json_int(f, "stddev_ns") <= json_int(f, "max_ns") && json_int(f, "stddev_ns") > 0);
	json_free(j);
	for (const char *const *bad = ARGV("50,", "x", "0", "101", "50;60", ""); *bad; bad++) {
		struct run *u = analyze(ARGV("report", "--percentiles", *bad, run_dump(r)));
		cr_expect_eq(u->status, 2, "%s", *bad);
		run_free(u);
	}
	run_free(r);
}

/* tiny is called from one place: there its calls are all that there are. */
Test(functions, a_tree_has_percentiles_by_path)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *t = told(ARGV("tree", "--json", "--percentiles", "50,90", run_dump(r)));
	json *j = told(ARGV("report", "--json", "--percentiles", "50,90", run_dump(r)));
	json *tiny = node_at(t, "tree", "main;works;tiny"), *all = json_row(j, "functions", "name", "tiny");
	expect(json_int(tiny, "p50_ns"), ==, json_int(all, "p50_ns"));
	expect(json_int(tiny, "p90_ns"), ==, json_int(all, "p90_ns"));
	json *first = node_at(t, "tree", "main;short_nap"), *other = node_at(t, "tree", "main;works;long_nap;short_nap");
	expect(json_int(first, "p50_ns"), ==, json_int(first, "time_ns"));
	expect(json_int(other, "p50_ns"), <=, json_int(other, "time_ns"));
	cr_expect(json_is_null(node_at(t, "tree", "main;works;long_nap;nap"), "p50_ns"));
	json_free(j);
	json_free(t);
	run_free(r);
}

static int is_sorted(json *j, const char *key)
{
	for (size_t i = 1; i < json_length(j, "functions"); i++) {
		json *a = json_at(j, "functions", i - 1), *b = json_at(j, "functions", i);
		if (json_is_null(a, key) ? !json_is_null(b, key) : !json_is_null(b, key) && json_number(a, key) < json_number(b, key))
			return 0;
	}
	return 1;
}

Test(functions, can_be_sorted_by_every_figure)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	for (const char *const *key = ARGV("self_ns", "self_running_ns", "total_ns", "running_ns", "calls", "open_calls", "cut_calls", "min_ns", "avg_ns",
		"stddev_ns", "p50_ns", "p95_ns", "p99_ns", "max_ns", "lock_wait_ns", "cond_wait_ns", "barrier_wait_ns", "join_wait_ns", "io_ns", "sleep_ns",
		"alloc_ns", "alloc_calls", "alloc_bytes", "alloc_bytes_total"); *key; key++) {
		json *j = told(ARGV("report", "--json", "--view", "functions", "--sort", *key, run_dump(r)));
		cr_expect(is_sorted(j, *key), "by %s", *key);
		json_free(j);
	}
	run_free(r);
}

/* ---- single calls ---- */

Test(functions, recent_and_longest_calls_are_listed_with_time_thread_and_path)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *j = told(ARGV("report", "--json", "--recent", "tiny", "--longest", "*nap", "--top", "7", run_dump(r)));
	json *all = report(run_dump(r));
	cr_assert_eq(json_length(j, "recent_calls"), 7);
	cr_assert_eq(json_length(j, "longest_calls"), 7);
	for (size_t i = 0; i < 7; i++) {
		json *c = json_at(j, "recent_calls", i), *l = json_at(j, "longest_calls", i);
		cr_expect_str_eq(json_text(c, "ended"), "returned");
		expect(json_int(c, "tid"), ==, json_int(all, "process.pid"));
		cr_expect(json_any_contains(c, "path", "tiny") && json_any_contains(c, "path", "works"));
		if (!i)
			continue;
		expect(json_int(c, "start_ns"), <, json_int(json_at(j, "recent_calls", i - 1), "start_ns"));
		expect(json_int(l, "duration_ns"), <=, json_int(json_at(j, "longest_calls", i - 1), "duration_ns"));
	}
	expect(json_int(json_at(j, "longest_calls", 0), "duration_ns"), ==, json_int(json_row(all, "functions", "name", "long_nap"), "max_ns"));
	struct run *none = analyze(ARGV("report", "--recent", "nobody", run_dump(r)));
	expect(none->status, ==, 2);
	run_free(none);
	json_free(all);
	json_free(j);
	run_free(r);
}

/* ---- calls that end without an exit ---- */

Test(functions, the_tree_is_right_after_jumps_exceptions_and_thread_ends_and_says_where_calls_were_cut)
{
	struct run *r = run_recorded(ARGV(target("cut_calls")));
	json *j = told(ARGV("tree", "--json", "--metric", "calls", run_dump(r)));
	char path[128] = "lands";
	for (int depth = 0; depth < 6; depth++) {
		json *n = node_at(j, "tree", strcat(path, ";jumps"));
		cr_assert(n != NULL, "%s", path);
		expect(json_int(n, "calls"), ==, 50);
		expect(json_int(n, "cut_calls"), ==, 50);
		expect(json_int(n, "open_calls"), ==, 50);
	}
	cr_expect_null(node_at(j, "tree", strcat(path, ";jumps")));
	for (const char *const *p = ARGV("lands;after", "catches;after"); *p; p++) {
		expect(json_int(node_at(j, "tree", *p), "calls"), ==, 50);
		expect(json_int(node_at(j, "tree", *p), "cut_calls"), ==, 0);
	}
	expect(json_int(node_at(j, "tree", "lands"), "cut_calls"), ==, 0);
	expect(json_int(node_at(j, "tree", "ends"), "calls"), ==, 10);
	struct run *text = analyze(ARGV("tree", "--metric", "calls", run_dump(r)));
	cr_expect(strstr(text->out, " cut ") != NULL, "%s", text->out);
	json *calls = told(ARGV("report", "--json", "--recent", "jumps", run_dump(r)));
	cr_expect_str_eq(json_text(json_at(calls, "recent_calls", 0), "ended"), "cut");
	json_free(calls);
	run_free(text);
	json_free(j);
	run_free(r);
}

Test(functions, coroutines_leave_a_right_tree)
{
	struct run *r = run_recorded(ARGV(target("fibers")));
	json *j = told(ARGV("tree", "--json", "--metric", "calls", run_dump(r)));
	expect(json_int(node_at(j, "tree", "fiber_main"), "calls"), ==, 2);
	expect(json_int(node_at(j, "tree", "fiber_main;in_fiber"), "calls"), ==, run_tally(r, "in_fiber"));
	cr_expect_null(node_at(j, "tree", "fiber_main;in_fiber;fiber_main"));
	cr_expect_null(node_at(j, "tree", "fiber_main;in_fiber;in_fiber"));
	json_free(j);
	run_free(r);
}

/* ---- one tree ---- */

static long long sum_of(json *j, const char *key, const char *figure)
{
	long long sum = 0;
	for (size_t i = 0; i < json_length(j, key); i++)
		sum += json_maybe(json_at(j, key, i), figure) ? json_int(json_at(j, key, i), figure) : 0;
	return sum;
}

/* Of programs with function events and without: what the tree says in all is what the report says. */
Test(functions, the_tree_has_all_costs_of_the_report)
{
	for (const char *const *name = ARGV("timed_calls", "heap_leaks", "io_counts"); *name; name++) {
		struct run *r = run_recorded(ARGV(target(*name)));
		json *j = report(run_dump(r));
		json *t = told(ARGV("tree", "--json", "--metric", "events", run_dump(r)));
		long long allocs = json_int(j, "memory.alloc_calls") + json_int(j, "memory.realloc_calls");
		cr_expect_eq(sum_of(t, "tree", "alloc_calls"), allocs, "%s: %lld of %lld allocations", *name, sum_of(t, "tree", "alloc_calls"), allocs);
		cr_expect_eq(sum_of(t, "tree", "alloc_bytes"), json_int(j, "memory.bytes_allocated"), "%s", *name);
		if (json_int(j, "memory.leaked_bytes"))
			cr_expect_eq(sum_of(t, "tree", "leaked_bytes"), json_int(j, "memory.leaked_bytes"), "%s", *name);
		cr_expect_eq(sum_of(t, "tree", "peak_bytes"), json_int(j, "memory.peak_bytes"), "%s", *name);
		if (json_int(j, "io.calls"))
			cr_expect_eq(sum_of(t, "tree", "io_calls"), json_int(j, "io.calls"), "%s", *name);
		if (json_int(j, "io.time_ns"))
			cr_expect_eq(sum_of(t, "tree", "io_ns"), json_int(j, "io.time_ns"), "%s", *name);
		json_free(t);
		json_free(j);
		run_free(r);
	}
}

Test(functions, trees_by_thread_add_up_to_the_whole)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *each = told(ARGV("tree", "--json", "--per-thread", run_dump(r))), *all = told(ARGV("tree", "--json", run_dump(r)));
	expect(json_int(each, "total"), ==, json_int(all, "total"));
	cr_assert_eq(json_length(each, "tree"), 3);
	long long calls = 0;
	for (size_t i = 0; i < 3; i++) {
		json *t = json_at(each, "tree", i), *n = json_find(t, "children", "name", "together");
		cr_expect_eq(strncmp(json_text(t, "name"), "thread ", 7), 0);
		calls += n ? json_int(n, "calls") : 0;
		json *one = told(ARGV("tree", "--json", "--thread", format("%d", atoi(json_text(t, "name") + 7)), run_dump(r)));
		expect(json_int(one, "total"), ==, json_int(t, "total"));
		json_free(one);
	}
	expect(calls, ==, 2);
	json_free(all);
	json_free(each);
	run_free(r);
}

Test(functions, a_tree_from_the_bottom_up_has_the_same_whole_and_a_functions_own_time_first)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *up = told(ARGV("tree", "--json", "--bottom-up", run_dump(r))), *j = report(run_dump(r));
	json *nap = json_find(up, "tree", "name", "nap");
	cr_assert(nap != NULL);
	expect(json_int(nap, "total"), >=, 160000000 + 127000000);
	expect(sum_of(up, "tree", "total"), >=, json_int(up, "total") / 1000 * 999);  /* what is less than a ten-thousandth is left out */
	expect(json_int(node_at(up, "tree", "nap;together"), "total"), >=, 160000000);
	json_free(j);
	json_free(up);
	run_free(r);
}

Test(functions, trees_refuse_what_they_do_not_know)
{
	struct run *r = run_recorded(ARGV(target("calls"), "1"));
	static const char *const bad[][2] = { { "--metric", "love" }, { "--function", "nobody" }, { "--depth", "deep" }, { "--min-share", "101" }, { "--sort", "calls" } };
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct run *u = analyze(ARGV("tree", bad[i][0], bad[i][1], run_dump(r)));
		cr_expect_eq(u->status, 2, "%s", bad[i][0]);
		cr_expect(u->err[0] != '\0');
		if (!i)
			cr_expect(strstr(u->err, "alloc-bytes") && strstr(u->err, "leaked-blocks"), "%s", u->err);
		run_free(u);
	}
	run_free(r);
}

/* What each function allocated itself adds up to all allocations, with function events and without. */
Test(functions, allocations_are_all_somebodys)
{
	for (const char *const *name = ARGV("heap_leaks", "heap_calls"); *name; name++) {
		struct run *r = run_recorded(ARGV(target(*name)));
		json *j = report(run_dump(r));
		expect(sum_of(j, "functions", "alloc_calls"), ==, json_int(j, "memory.alloc_calls") + json_int(j, "memory.realloc_calls"));
		expect(sum_of(j, "functions", "alloc_bytes"), ==, json_int(j, "memory.bytes_allocated"));
		json_free(j);
		run_free(r);
	}
}

Test(functions, a_call_that_has_not_returned_from_a_read_is_no_work_in_a_program_that_runs)
{
	const char *script = format("LD_PRELOAD=%s HP_OUT=blocked.hpd %s & pid=$!; sleep 1; %s report --json --view functions blocked.hpd; kill -9 $pid",
	                            built("libhp.so"), target("blocked_call"), analyzer());
	struct run *r = run((struct run_how){0}, ARGV("sh", "-c", script));
	json *j = json_parse(r->out);
	json *f = json_row(j, "functions", "name", "blocks");
	expect(json_int(f, "total_ns"), >=, 500000000);
	expect(json_int(f, "io_ns"), >=, 500000000);
	expect(json_int(f, "running_ns"), <, json_int(f, "total_ns") / 4);
	json_free(j);
	run_free(r);
}

/* ---- ltrace ---- */

/* The number in the "calls" column of `ltrace -c`. */
static long long calls_by_ltrace(const char *text, const char *function)
{
	double percent, seconds;
	long long each, calls;
	char name[128];
	for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
		if (sscanf(line, "%lf %lf %lld %lld %127s", &percent, &seconds, &each, &calls, name) == 5 && !strcmp(name, function))
			return calls;
	return -1;
}

Test(functions, calls_and_sleeps_are_as_many_as_ltrace_sees)
{
	if (!have_program("ltrace"))
		cr_skip_test("ltrace is not installed");
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	struct run *l = run((struct run_how){0}, ARGV("ltrace", "-f", "-c", "-e", "nanosleep+pthread_barrier_wait",
	                                              "-x", "short_nap+long_nap+counts_down+ping+pong+together+works", target("timed_calls")));
	json *j = report(run_dump(r)), *t = told(ARGV("tree", "--json", run_dump(r)));
	for (const char *const *f = ARGV("short_nap", "long_nap", "counts_down", "ping", "pong", "together", "works"); *f; f++)
		cr_expect_eq(json_int(json_row(j, "functions", "name", *f), "calls"), calls_by_ltrace(l->err, *f), "%s: %s", *f, l->err);
	expect(json_int(j, "waits.sleep.calls"), ==, calls_by_ltrace(l->err, "nanosleep"));
	expect(json_int(j, "waits.barrier.calls"), ==, calls_by_ltrace(l->err, "pthread_barrier_wait"));
	expect(sum_of(t, "tree", "sleep_ns"), ==, json_int(j, "waits.sleep.time_ns"));
	json_free(t);
	json_free(j);
	run_free(l);
	run_free(r);
}
