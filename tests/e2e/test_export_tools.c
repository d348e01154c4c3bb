/* Each export is opened by the tool that it is for, and what that tool makes of it is what the report says. */
#include <criterion/criterion.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "exported.h"

static long long sum_of(json *j, const char *path, const char *key)
{
	long long sum = 0;
	for (size_t i = 0; i < json_length(j, path); i++)
		sum += json_int(json_at(j, path, i), key);
	return sum;
}

/* ---- folded ---- */

/* flamegraph.pl takes /^(.*)\s+?(\d+(?:\.\d*)?)$/, and splits the first part at semicolons. */
static long long folded_sum(const char *text, const char *metric)
{
	regex_t line;
	long long sum = 0;
	cr_assert_eq(regcomp(&line, "^[^;]+(;[^;]+)* ([0-9]+)$", REG_EXTENDED), 0);
	char *copy = strdup(text);
	for (char *rest, *l = strtok_r(copy, "\n", &rest); l; l = strtok_r(NULL, "\n", &rest)) {
		regmatch_t part[3];
		cr_assert_eq(regexec(&line, l, 3, part, 0), 0, "%s: '%s' is no line of folded stacks", metric, l);
		sum += atoll(l + part[2].rm_so);
	}
	regfree(&line);
	free(copy);
	return sum;
}

static long long folded(const char *dump, const char *metric)
{
	char *path = exported(dump, "folded", ARGV("--metric", metric)), *text = file_text(path, NULL);
	long long sum = folded_sum(text, metric);
	free(text);
	exported_free(path);
	return sum;
}

Test(export_tools, folded_stacks_keep_to_flamegraphs_rules_and_sum_to_the_reports_memory)
{
	struct run *r = run_recorded(ARGV(target("heap_peak"), "threads"));
	json *j = report(run_dump(r));
	expect(folded(run_dump(r), "alloc_calls"), ==, json_int(j, "memory.alloc_calls") + json_int(j, "memory.realloc_calls"));
	expect(folded(run_dump(r), "alloc-bytes"), ==, json_int(j, "memory.bytes_allocated"));
	expect(folded(run_dump(r), "peak_bytes"), ==, json_int(j, "memory.peak_bytes"));
	expect(folded(run_dump(r), "leaked_bytes"), ==, json_int(j, "memory.leaked_bytes"));
	expect(folded(run_dump(r), "temporary_calls"), ==, json_int(j, "memory.temporary_calls"));
	json_free(j);
	run_free(r);
}

Test(export_tools, folded_stacks_sum_to_the_reports_function_times_waits_and_io)
{
	struct run *r = run_recorded(ARGV(target("calls"))), *s = run_recorded(ARGV(target("wait_counts"))), *t = run_recorded(ARGV(target("io_counts")));
	json *j = report(run_dump(r));
	expect(folded(run_dump(r), "self_ns"), ==, sum_of(j, "functions", "self_ns"));
	expect(folded(run_dump(r), "time_ns"), ==, sum_of(j, "functions", "self_ns"));
	expect(folded(run_dump(r), "calls"), ==, sum_of(j, "functions", "calls"));
	json_free(j);
	j = report(run_dump(s));
	static const char *const waits[][2] = { { "lock", "lock_wait_ns" }, { "cond", "cond_wait_ns" }, { "sem", "sem_wait_ns" },
		{ "barrier", "barrier_wait_ns" }, { "join", "join_wait_ns" }, { "poll", "poll_wait_ns" }, { "sleep", "sleep_ns" }, { "child", "child_wait_ns" } };
	long long all = 0;
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		char *key = format("waits.%s.time_ns", waits[i][0]);
		all += json_int(j, key);
		cr_expect_eq(folded(run_dump(s), waits[i][1]), json_int(j, key), "%s", waits[i][1]);
		free(key);
	}
	cr_expect(all > 0);
	expect(folded(run_dump(s), "wait_ns"), ==, all);
	json_free(j);
	j = report(run_dump(t));
	expect(folded(run_dump(t), "io_ns"), ==, json_int(j, "io.time_ns"));
	expect(folded(run_dump(t), "io_bytes"), ==, json_int(j, "io.bytes_read") + json_int(j, "io.bytes_written"));
	json_free(j);
	run_free(r), run_free(s), run_free(t);
}

/* ---- pprof ---- */

/* The sum of a column of `pprof -raw`; its types are named in the line behind "Samples:". */
static long long raw_sum(const char *raw, const char *type)
{
	const char *at = strstr(raw, "Samples:\n"), *end;
	cr_assert(at != NULL, "%s", raw);
	at += strlen("Samples:\n");
	int column = 0;
	long long sum = 0;
	for (end = strchr(at, '\n'); strncmp(at, type, strlen(type)) || at[strlen(type)] != '/'; column++) {
		at = strchr(at, ' ');
		cr_assert(at && at < end, "no type %s", type);
		at++;
	}
	for (const char *line = end + 1; strncmp(line, "Locations", 9); line = strchr(line, '\n') + 1) {
		const char *cell = line;
		for (int i = 0; i < column; i++)
			strtoll(cell, (char **)&cell, 10);
		sum += strtoll(cell, NULL, 10);
	}
	return sum;
}

Test(export_tools, pprof_opens_its_profile_and_sums_to_the_report)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	json *j = report(run_dump(r));
	char *path = exported(run_dump(r), "pprof", NULL);
	if (!go_program())
		cr_skip("no go");
	char *raw = opened_by(ARGV(go_program(), "tool", "pprof", "-raw", path));
	expect(raw_sum(raw, "self_ns"), ==, sum_of(j, "functions", "self_ns"));
	expect(raw_sum(raw, "calls"), ==, sum_of(j, "functions", "calls"));
	expect(raw_sum(raw, "alloc_calls"), ==, json_int(j, "memory.alloc_calls"));
	expect(raw_sum(raw, "alloc_bytes"), ==, json_int(j, "memory.bytes_allocated"));
	expect(raw_sum(raw, "peak_bytes"), ==, json_int(j, "memory.peak_bytes"));
	expect(raw_sum(raw, "join_wait_ns"), ==, json_int(j, "waits.join.time_ns"));
	expect(raw_sum(raw, "io_ns"), ==, json_int(j, "io.time_ns"));
	expect(raw_sum(raw, "io_bytes"), ==, json_int(j, "io.bytes_written") + json_int(j, "io.bytes_read"));
	cr_expect(strstr(raw, "self_ns/nanoseconds[dflt]") != NULL, "the default type");
	free(raw);
	char *top = opened_by(ARGV(go_program(), "tool", "pprof", "-top", "-sample_index=calls", path));
	json *leaf = json_row(j, "functions", "name", "leaf");
	char *wanted = format(" %lld", json_int(leaf, "calls"));
	cr_expect(strstr(top, wanted) && strstr(top, "leaf") && strstr(top, "File: calls") && strstr(top, "Build ID: "), "%s", top);
	free(wanted);
	free(top);
	json_free(j);
	exported_free(path);
	run_free(r);
}

Test(export_tools, a_profile_is_what_the_published_definition_says)
{
	struct run *r = run_recorded(ARGV(target("inlined_calls")));
	char *path = exported(run_dump(r), "pprof", NULL);
	char *proto = in_repository("analyzer/export/proto");
	if (!have_program("protoc"))
		cr_skip("no protoc");
	char *command = format("gzip -dc '%s' | protoc -I '%s' --decode perftools.profiles.Profile pprof.proto", path, proto);
	char *text = opened_by(ARGV("sh", "-c", command));
	cr_expect(strstr(text, "string_table: \"\"\n") && strstr(text, "has_inline_frames: true") && strstr(text, "mapping {"));
	cr_expect(!strstr(text, "\n1") && !strstr(text, "\n2"), "a field that the definition has not");
	free(text), free(command), free(proto);
	exported_free(path);
	run_free(r);
}

/* ---- callgrind ---- */

Test(export_tools, callgrind_annotate_has_the_reports_totals_and_inclusive_times)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	json *j = report(run_dump(r));
	char *path = exported(run_dump(r), "callgrind", NULL);
	char *text = opened_by(ARGV("callgrind_annotate", "--inclusive=yes", "--threshold=100", "--auto=no", "--show=time_ns", path));
	char total[64], *at = strstr(text, "PROGRAM TOTALS");
	cr_assert(at != NULL, "%s", text);
	while (at > text && at[-1] != '\n')
		at--;
	snprintf(total, sizeof total, "%.*s", 60, at);
	long long sum = (long long)number_behind(total, "");
	expect(sum, ==, sum_of(j, "functions", "self_ns"));
	for (size_t i = 0; i < json_length(j, "functions"); i++) {
		json *f = json_at(j, "functions", i);
		if (json_int(f, "total_ns") * 100 < sum)
			continue;
		char *label = format(":%s [", json_text(f, "name")), *line = strstr(text, label);
		cr_assert(line != NULL, "no %s in %s", label, text);
		while (line > text && line[-1] != '\n')
			line--;
		cr_expect_eq((long long)number_behind(line, ""), json_int(f, "total_ns"), "%s: %.200s", label, line);
		free(label);
	}
	free(text);
	json_free(j);
	exported_free(path);
	run_free(r);
}

/* ---- heaptrack and massif ---- */

/* "13.85M", by powers of 1000, rounded to two digits. */
static void expect_bytes(const char *text, const char *label, long long bytes)
{
	double number = number_behind(text, label);
	const char *unit = strstr(text, label) + strlen(label);
	unit += strspn(unit, " :0123456789.");
	double scale = *unit == 'K' ? 1e3 : *unit == 'M' ? 1e6 : *unit == 'G' ? 1e9 : 1;
	cr_expect(fabs(number * scale - (double)bytes) <= 0.006 * scale, "%s %g x %g, the report has %lld", label, number, scale, bytes);
}

static void expect_heaptrack(const char *dump, long long more_temporary)
{
	json *j = report(dump);
	char *path = exported(dump, "heaptrack", NULL);
	char *text = opened_by(ARGV("heaptrack_print", "--disable-builtin-suppressions", path));
	expect((long long)number_behind(text, "calls to allocation functions:"), ==, json_int(j, "memory.alloc_calls") + json_int(j, "memory.realloc_calls"));
	long long temporary = (long long)number_behind(text, "temporary memory allocations:");
	expect(temporary, <=, json_int(j, "memory.temporary_calls"));
	expect(temporary + more_temporary, >=, json_int(j, "memory.temporary_calls"));
	expect_bytes(text, "peak heap memory consumption:", json_int(j, "memory.peak_bytes"));
	expect_bytes(text, "total memory leaked:", json_int(j, "memory.leaked_bytes") + json_int(j, "memory.suppressed_bytes"));
	free(text);
	json_free(j);
	exported_free(path);
}

Test(export_tools, heaptrack_print_has_the_reports_totals)
{
	if (!have_program("heaptrack_print"))
		cr_skip("no heaptrack");
	static const char *const hows[] = { "malloc", "realloc", "memalign" };
	for (size_t i = 0; i < 3; i++) {
		struct run *r = run_recorded(ARGV(target("heap_peak"), hows[i]));
		expect_heaptrack(run_dump(r), 0);
		run_free(r);
	}
	struct run *r = run_recorded(ARGV(target("heap_peak"), "threads")), *s = run_recorded(ARGV(target("heap_calls"), "100"));
	expect_heaptrack(run_dump(r), 2);  /* one of each other thread at the peak */
	expect_heaptrack(run_dump(s), 0);
	run_free(r), run_free(s);
}

Test(export_tools, ms_print_has_the_reports_peak_and_its_call_path)
{
	struct run *r = run_recorded(ARGV(target("heap_peak"), "malloc"));
	json *j = report(run_dump(r));
	char *path = exported(run_dump(r), "massif", NULL), *text = opened_by(ARGV("ms_print", "--threshold=0", path));
	cr_expect(strstr(text, "(peak)") != NULL);
	expect((long long)number_behind(text, "100.00% ("), ==, json_int(j, "memory.peak_bytes"));
	cr_expect(strstr(text, "reach (heap_peak.c:") && strstr(text, "main (heap_peak.c:"), "%s", text);
	free(text);
	json_free(j);
	exported_free(path);
	run_free(r);
}

/* ---- speedscope ---- */

Test(export_tools, speedscopes_importer_has_each_threads_calls_with_the_reports_times)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	json *j = report(run_dump(r));
	char *path = exported(run_dump(r), "speedscope", NULL);
	json *s = speedscope_imported(path);
	if (!s)
		cr_skip("no speedscope in build/npm");
	expect(json_length(s, NULL), ==, json_length(j, "threads"));
	for (size_t i = 0; i < json_length(j, "functions"); i++) {
		json *f = json_at(j, "functions", i);
		char *key = format("frames.%s.total", json_text(f, "name"));
		long long total = 0;
		for (size_t k = 0; k < json_length(s, NULL); k++)
			total += json_maybe(json_at(s, NULL, k), key) ? json_int(json_at(s, NULL, k), key) : 0;
		cr_expect(llabs(total - json_int(f, "total_ns")) <= json_int(f, "calls"), "%s: %lld, the report has %lld", key, total, json_int(f, "total_ns"));
		free(key);
	}
	for (size_t k = 0; k < json_length(s, NULL); k++)
		expect(json_int(json_at(s, NULL, k), "open"), ==, 0);
	json_free(s), json_free(j);
	exported_free(path);
	run_free(r);
}

Test(export_tools, speedscopes_importer_has_the_reports_sums_by_call_path)
{
	struct run *r = run_recorded(ARGV(target("heap_peak"), "calloc"));
	json *j = report(run_dump(r));
	char *path = exported(run_dump(r), "speedscope", NULL);
	json *s = speedscope_imported(path);
	if (!s)
		cr_skip("no speedscope in build/npm");
	expect(json_int(json_row(s, NULL, "name", "alloc_bytes"), "total"), ==, json_int(j, "memory.bytes_allocated"));
	expect(json_int(json_row(s, NULL, "name", "peak_bytes"), "total"), ==, json_int(j, "memory.peak_bytes"));
	expect(json_int(json_row(s, NULL, "name", "peak_bytes"), "frames.reach.total"), ==, run_tally(r, "peak"));
	json_free(s), json_free(j);
	exported_free(path);
	run_free(r);
}

/* ---- perfetto ---- */

Test(export_tools, a_perfetto_trace_is_well_nested_and_has_the_reports_calls_and_times)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	json *j = report(run_dump(r));
	char *path = exported(run_dump(r), "perfetto", NULL);
	json *t = perfetto_checked(path);
	for (size_t i = 0; i < json_length(j, "functions"); i++) {
		json *f = json_at(j, "functions", i);
		char *count = format("slices.%s.count", json_text(f, "name")), *ns = format("slices.%s.ns", json_text(f, "name"));
		cr_expect_eq(json_int(t, count), json_int(f, "calls"), "%s", count);
		if (strcmp(json_text(f, "name"), "recurse") && strcmp(json_text(f, "name"), "dive"))  /* those call themselves */
			cr_expect(llabs(json_int(t, ns) - json_int(f, "total_ns")) <= json_int(f, "calls"), "%s: %lld, %lld", ns, json_int(t, ns), json_int(f, "total_ns"));
		free(count), free(ns);
	}
	expect(json_int(t, "slices.write.ns"), ==, json_int(j, "io.time_ns"));
	expect(json_int(t, "slices.pthread_join.ns"), ==, json_int(j, "waits.join.time_ns"));
	expect(json_int(t, "live_peak"), ==, json_int(j, "memory.peak_bytes"));
	expect(json_int(t, "flows"), ==, 2);  /* it makes a thread, and waits for its end */
	json_free(t), json_free(j);
	exported_free(path);
	run_free(r);
}

Test(export_tools, a_perfetto_trace_tells_who_ended_whose_wait)
{
	struct run *r = run_recorded(ARGV(target("lock_convoy")));
	json *j = report(run_dump(r));
	char *path = exported(run_dump(r), "perfetto", NULL);
	json *t = perfetto_checked(path);
	expect(json_int(t, "slices.lock after wait.count"), ==, run_tally(r, "contended"));
	expect(json_int(t, "slices.lock after wait.ns"), ==, json_int(j, "waits.lock.time_ns"));
	expect(json_int(t, "flows"), >=, 2 + 2);  /* two threads made, two that waited; and main waited for their ends */
	cr_expect(json_any_contains(t, "names", "woken up") && json_any_contains(t, "names", "unlock"));
	cr_expect(json_any_contains(t, "texts", "convoy_lock") && json_any_contains(t, "texts", "wait_in_line"));
	json_free(t), json_free(j);
	exported_free(path);
	run_free(r);
}

Test(export_tools, a_perfetto_trace_is_what_the_published_definition_says)
{
	struct run *r = run_recorded(ARGV(target("io_counts")));
	char *path = exported(run_dump(r), "perfetto", NULL);
	char *proto = in_repository("analyzer/export/proto");
	if (!have_program("protoc"))
		cr_skip("no protoc");
	char *command = format("protoc -I '%s' --decode perfetto.protos.Trace perfetto.proto <'%s'", proto, path);
	char *text = opened_by(ARGV("sh", "-c", command));
	cr_expect(strstr(text, "clock_snapshot {") && strstr(text, "process_name: \"io_counts\"") && strstr(text, "name: \"ENOENT\""));
	free(text), free(command), free(proto);
	exported_free(path);
	run_free(r);
}

/* ---- csv ---- */

Test(export_tools, a_csv_reader_has_the_reports_rows)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	json *j = report(run_dump(r));
	char *path = exported(run_dump(r), "csv", ARGV("--view", "functions"));
	static const char read_it[] = "import csv,sys,json\n"
		"rows=list(csv.DictReader(open(sys.argv[1],newline='')))\n"
		"assert open(sys.argv[1],'rb').read().endswith(b'\\r\\n')\n"
		"print(json.dumps([{k: v for k, v in row.items()} for row in rows]))\n";
	char *text = opened_by(ARGV("/usr/bin/python3", "-c", read_it, path));
	json *rows = json_parse(text);
	expect(json_length(rows, NULL), ==, json_length(j, "functions"));
	for (size_t i = 0; i < json_length(rows, NULL); i++) {
		json *f = json_row(j, "functions", "name", json_text(json_at(rows, NULL, i), "name"));
		expect(atoll(json_text(json_at(rows, NULL, i), "calls")), ==, json_int(f, "calls"));
		expect(atoll(json_text(json_at(rows, NULL, i), "total_ns")), ==, json_int(f, "total_ns"));
	}
	json_free(rows), json_free(j);
	free(text);
	exported_free(path);
	run_free(r);
}
