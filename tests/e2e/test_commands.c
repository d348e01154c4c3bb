/* The commands of hp-analyze, as a person uses them. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

static struct run *analyze(const char *const *argv)
{
	const char *all[24] = {analyzer()};
	for (int i = 0; argv[i] && i < 22; i++)
		all[1 + i] = argv[i];
	return run((struct run_how){0}, all);
}

static size_t lines_of(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* ---- record ---- */

Test(record, prints_what_the_program_prints_then_the_report_and_leaves_the_dump)
{
	struct run *r = analyze(ARGV("record", "-o", "here", "--", target("heap_leaks")));
	cr_expect_eq(r->status, 0, "%s", r->err);
	cr_expect(!strncmp(r->out, "leaked_bytes 9000\n", 18), "%s", r->out);
	cr_expect(strstr(r->out, "load_config") != NULL, "the report names the leak: %s", r->out);
	size_t n;
	list_files(format("%s/here", r->work), ".hpd", &n);
	expect(n, ==, 1);
	run_free(r);
}

Test(record, exits_as_the_program_did)
{
	struct run *r = analyze(ARGV("record", "-o", "d", "--", "sh", "-c", "exit 7"));
	expect(r->status, ==, 7);
	run_free(r);
	r = analyze(ARGV("record", "-o", "d", "--", "sh", "-c", "kill -TERM $$"));
	expect(r->status, ==, 128 + 15);
	run_free(r);
	r = analyze(ARGV("record", "-o", "d", "--", "/no/such/program"));
	expect(r->status, ==, 127);
	cr_expect(strstr(r->err, "/no/such/program") != NULL, "%s", r->err);
	run_free(r);
}

/* A process that is killed when its recording begins leaves a file without a first word. */
Test(report, a_directory_is_reported_on_without_its_empty_dumps)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	char zeros[8192] = "";
	file_write(format("%s/x.1.hpd", r->dumps), "", 0);
	file_write(format("%s/x.2.hpd", r->dumps), zeros, sizeof zeros);
	struct run *told = analyze(ARGV("report", r->dumps));
	cr_expect_eq(told->status, 0, "%s", told->err);
	cr_expect(strstr(told->out, "load_config") != NULL, "%s", told->out);
	cr_expect(strstr(told->err, "x.1.hpd is left out") && strstr(told->err, "x.2.hpd is left out"), "%s", told->err);
	run_free(told);
	told = analyze(ARGV("report", format("%s/x.2.hpd", r->dumps)));
	expect(told->status, ==, 2);
	cr_expect(strstr(told->err, "its process was killed when the recording began") != NULL, "%s", told->err);
	run_free(told);
	run_free(r);
}

Test(record, collects_all_processes_of_the_run)
{
	struct run *r = analyze(ARGV("record", "-o", "d", "--", target("children"), "exec", "2"));
	cr_expect_eq(r->status, 0, "%s", r->err);
	struct run *told = analyze(ARGV("report", "--json", format("%s/d", r->work)));
	cr_assert_eq(told->status, 0, "%s", told->err);
	json *j = json_parse(told->out);
	cr_expect(strstr(json_text(j, "process.exe"), "children") != NULL);
	int shells = 0;
	for (size_t i = 0; i < json_length(j, "processes"); i++)
		shells += json_any_contains(json_at(j, "processes", i), "cmdline", "exit 23");
	cr_expect_eq(shells, 2, "%d shells", shells);
	json_free(j);
	run_free(told);
	run_free(r);
}

Test(record, cuts_the_unused_tail_of_the_dump)
{
	struct run *r = analyze(ARGV("record", "-o", "d", "--", "true"));
	size_t n;
	char **dump = list_files(format("%s/d", r->work), ".hpd", &n);
	cr_assert_eq(n, 1);
	cr_expect_lt(file_bytes(dump[0]), 2 << 20, "%lld bytes", file_bytes(dump[0]));
	run_free(r);
}

Test(record, works_from_a_path_with_spaces_and_colons)
{
	struct run *made = run((struct run_how){0}, ARGV("sh", "-ec", "mkdir 'a b:c'; cp \"$1\" \"$2\" 'a b:c'", "sh", analyzer(), built("libhp.so")));
	cr_assert_eq(made->status, 0, "%s", made->err);
	struct run *r = run((struct run_how){.cwd = made->work}, ARGV("a b:c/hp-analyze", "record", "-o", "d", "--", "sh", "-c", "echo ran; true"));
	cr_expect_eq(r->status, 0, "%s", r->err);
	cr_expect_str_eq(r->err, "");
	size_t n;
	list_files(format("%s/d", made->work), ".hpd", &n);
	expect(n, >=, 1);
	run_free(r);
	run_free(made);
}

/* ---- report, info, events, tree ---- */

Test(report, fits_one_screen_and_names_what_matters)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks"))), *told = analyze(ARGV("report", run_dump(r)));
	cr_expect_eq(told->status, 0, "%s", told->err);
	cr_expect_leq(lines_of(told->out), 60, "%zu lines", lines_of(told->out));
	cr_expect(strstr(told->out, "load_config") && strstr(told->out, "hp-analyze"), "%s", told->out);
	cr_expect(strchr(told->out, '\033') == NULL, "colours are for terminals");
	run_free(told);
	run_free(r);
}

Test(report, views_and_top)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	for (const char *const *view = ARGV("summary", "memory", "functions", "locks", "io", "waits", "threads", "spans"); *view; view++) {
		struct run *told = analyze(ARGV("report", "--view", *view, run_dump(r)));
		cr_expect_eq(told->status, 0, "%s: %s", *view, told->err);
		run_free(told);
	}
	struct run *told = analyze(ARGV("report", "--json", "--top", "1", run_dump(r)));
	json *j = json_parse(told->out);
	expect((int)json_length(j, "memory.sites"), ==, 1);
	json_free(j);
	run_free(told);
	run_free(r);
}

Test(report, dumps_of_different_runs_are_refused_together)
{
	struct run *a = run_recorded(ARGV("true")), *b = run_recorded(ARGV("true"));
	struct run *told = analyze(ARGV("report", run_dump(a), run_dump(b)));
	cr_expect_eq(told->status, 2, "status %d", told->status);
	cr_expect(strstr(told->err, run_dump(b)) || strstr(told->err, run_dump(a)), "%s", told->err);
	run_free(told);
	run_free(b);
	run_free(a);
}

Test(report, hostile_names_are_escaped)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV("cat", "\033]0;title\007\n\"<b>"));
	cr_assert_eq(r->status, 1);
	for (const char *const *view = ARGV("summary", "io"); *view; view++) {
		struct run *told = analyze(ARGV("report", "--view", *view, run_dump(r)));
		cr_expect(strchr(told->out, '\033') == NULL && strchr(told->out, '\007') == NULL, "%s", *view);
		run_free(told);
	}
	json *j = report(run_dump(r));
	cr_expect_str_eq(json_text(json_at(j, "process.cmdline", 1), NULL), "\033]0;title\007\n\"<b>");
	json_free(j);
	run_free(r);
}

Test(info, tells_the_header_modules_threads_and_losses)
{
	struct run *r = run_recorded(ARGV(target("lock_counts"), "3", "10")), *told = analyze(ARGV("info", run_dump(r)));
	cr_expect_eq(told->status, 0, "%s", told->err);
	for (const char *const *word = ARGV("lock_counts", "libc.so", "ersion", "hread", "hunk", "ropped"); *word; word++)
		cr_expect(strstr(told->out, *word) != NULL, "info says nothing about %s:\n%s", *word, told->out);
	run_free(told);
	run_free(r);
}

Test(events, are_in_the_order_of_time_and_all_there)
{
	struct run *r = run_recorded(ARGV(target("lock_counts"), "4", "200"));
	json *j = report(run_dump(r));
	struct run *told = analyze(ARGV("events", "--json", run_dump(r)));
	cr_assert_eq(told->status, 0, "%s", told->err);
	long long last = 0, n = 0, disorder = 0;
	for (char *line = strtok(told->out, "\n"); line; line = strtok(NULL, "\n"), n++) {
		json *event = json_parse(line);
		long long now = json_int(event, "time_ns");
		disorder += now < last;
		last = now;
		json_free(event);
	}
	cr_expect_eq(disorder, 0, "%lld events come before an earlier one", disorder);
	expect(n, >=, json_int(j, "recorder.events"));
	json_free(j);
	run_free(told);
	run_free(r);
}

Test(events, have_a_thread_and_a_call_path)
{
	struct run *r = run_recorded(ARGV(target("io_counts"), "data", "3"));
	struct run *told = analyze(ARGV("events", "--json", "--kind", "io", run_dump(r)));
	long long reads = 0;
	for (char *line = strtok(told->out, "\n"); line; line = strtok(NULL, "\n")) {
		json *event = json_parse(line);
		cr_expect(json_any_contains(event, "stack", "main"), "%s", line);
		expect(json_int(event, "tid"), >, 0);
		reads += !strcmp(json_text(event, "name"), "read");
		json_free(event);
	}
	expect(reads, ==, run_tally(r, "read"));
	run_free(told);
	run_free(r);
}

static size_t events_with(const char *dump, const char *option, const char *value)
{
	struct run *told = analyze(ARGV("events", "--json", option, value, dump));
	cr_assert_eq(told->status, 0, "%s", told->err);
	size_t n = lines_of(told->out);
	run_free(told);
	return n;
}

Test(events, can_be_filtered)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	json *j = report(run_dump(r));
	long long heap = json_int(j, "memory.alloc_calls") + json_int(j, "memory.free_calls");
	expect((long long)events_with(run_dump(r), "--kind", "memory"), ==, heap);
	expect((long long)events_with(run_dump(r), "--kind", "io"), ==, json_int(j, "io.calls"));
	size_t all = events_with(run_dump(r), "--from", "0");
	expect(events_with(run_dump(r), "--thread", format("%lld", json_int(j, "process.pid"))), ==, all);
	struct run *nobody = analyze(ARGV("events", "--thread", "1", run_dump(r)));
	expect(nobody->status, ==, 2);
	run_free(nobody);
	expect(events_with(run_dump(r), "--from", "1000s"), ==, 0);
	size_t half = events_with(run_dump(r), "--to", "50%");
	cr_expect(half < all);
	json_free(j);
	run_free(r);
}

Test(tree, has_every_metric)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	for (const char *const *metric = ARGV("alloc-bytes", "peak-bytes", "leaked-bytes", "alloc-calls"); *metric; metric++) {
		struct run *told = analyze(ARGV("tree", "--metric", *metric, run_dump(r)));
		cr_expect_eq(told->status, 0, "%s: %s", *metric, told->err);
		cr_expect(strstr(told->out, "main") && strstr(told->out, "load_config"), "%s: %s", *metric, told->out);
		run_free(told);
		told = analyze(ARGV("tree", "--json", "--metric", *metric, run_dump(r)));
		json *j = json_parse(told->out);
		cr_expect_str_eq(json_text(j, "metric"), *metric);
		expect((int)json_length(j, "tree"), >, 0);
		json_free(j);
		run_free(told);
	}
	for (const char *const *metric = ARGV("time", "wait", "io-time"); *metric; metric++) {
		struct run *told = analyze(ARGV("tree", "--metric", *metric, run_dump(r)));
		cr_expect_eq(told->status, 0, "%s: %s", *metric, told->err);
		run_free(told);
	}
	run_free(r);
}

Test(tree, can_be_cut_and_turned_over)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	struct run *down = analyze(ARGV("tree", "--metric", "leaked-bytes", run_dump(r)));
	struct run *up = analyze(ARGV("tree", "--metric", "leaked-bytes", "--reverse", run_dump(r)));
	struct run *shallow = analyze(ARGV("tree", "--metric", "leaked-bytes", "--depth", "1", run_dump(r)));
	struct run *large = analyze(ARGV("tree", "--metric", "leaked-bytes", "--min", "50%", run_dump(r)));
	cr_expect(strstr(down->out, "main") < strstr(down->out, "load_config"), "%s", down->out);
	cr_expect(strstr(up->out, "main") > strstr(up->out, "load_config"), "%s", up->out);
	cr_expect(strstr(shallow->out, "load_config") == NULL, "%s", shallow->out);
	cr_expect(strstr(down->out, "open_session") && !strstr(large->out, "open_session"), "%s", large->out);
	run_free(large);
	run_free(shallow);
	run_free(up);
	run_free(down);
	run_free(r);
}

/* ---- usage ---- */

Test(usage, help_and_version)
{
	for (const char *const *option = ARGV("--help", "-h", "help", "--version"); *option; option++) {
		struct run *r = analyze(ARGV(*option));
		cr_expect_eq(r->status, 0, "%s: status %d", *option, r->status);
		cr_expect(strstr(r->out, "hp-analyze") != NULL, "%s: %s", *option, r->out);
		run_free(r);
	}
	for (const char *const *command = ARGV("report", "record", "info", "events", "tree"); *command; command++) {
		struct run *r = analyze(ARGV("help", *command));
		expect(r->status, ==, 0);
		cr_expect(strstr(r->out, *command) != NULL, "%s", r->out);
		run_free(r);
	}
}

Test(usage, mistakes_exit_with_2_and_say_what_is_wrong)
{
	const char *const *const mistakes[] = {
		ARGV("report"), ARGV("frobnicate", "x.hpd"), ARGV("report", "--view", "nothing", "/dev/null"),
		ARGV("events", "--from", "yesterday", "/dev/null"), ARGV("tree", "--metric", "love", "/dev/null"), ARGV("report", "--frob"),
		ARGV("record"), ARGV("help", "frobnicate"), ARGV("events", "--kind", "gravity", "/dev/null"),
	};
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		struct run *r = analyze(mistakes[i]);
		cr_expect_eq(r->status, 2, "%s %s: status %d", mistakes[i][0], mistakes[i][1] ? mistakes[i][1] : "", r->status);
		cr_expect(r->err_bytes > 0 && r->out_bytes == 0, "%s: out: %s", mistakes[i][0], r->out);
		run_free(r);
	}
}

Test(usage, a_dump_may_be_named_without_a_command)
{
	struct run *r = run_recorded(ARGV("true")), *told = analyze(ARGV(run_dump(r)));
	cr_expect_eq(told->status, 0, "%s", told->err);
	cr_expect(strstr(told->out, "true") != NULL);
	run_free(told);
	run_free(r);
}
