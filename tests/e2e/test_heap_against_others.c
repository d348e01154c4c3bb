/*
 * The heap's figures against tools that give the same: DHAT and massif (peak, its parts, leaks), memcheck (blocks in use at the
 * end), heaptrack (calls, temporary blocks), LeakSanitizer (leaks and suppressions), valgrind's clean-up of libc (what glibc keeps).
 * DHAT's own maxima of a program point ("mb") are not compared: 3.19 notes them only while the whole heap is at a new peak.
 * heaptrack's bytes have its own libstdc++'s emergency pool in them.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "files.h"
#include "json.h"

/* valgrind's launchers are recorded too, if libhp.so is preloaded: so the tools run without. */
static char *output_of(const char *tool, const char *option, const char *file, const char *const *argv)
{
	struct run *r = run((struct run_how){0}, ARGV("valgrind", tool, option, format("%s=%s", !strcmp(tool, "--tool=dhat") ? "--dhat-out-file" : "--massif-out-file", file), argv[0], argv[1], argv[2]));
	cr_assert_eq(r->status, 0, "%s", r->err);
	run_free(r);
	return file_text(file, NULL);
}

/* The sum of a figure over DHAT's program points that have a frame in the function. */
static long long dhat_sum(json *d, const char *figure, const char *function)
{
	long long sum = 0;
	for (size_t i = 0; i < json_length(d, "pps"); i++) {
		json *p = json_at(d, "pps", i);
		bool is_there = false;
		for (size_t k = 0; k < json_length(p, "fs"); k++)
			is_there |= strstr(json_text(json_at(d, "ftbl", (size_t)json_int(json_at(p, "fs", k), NULL)), NULL), function) != NULL;
		sum += is_there ? json_int(p, figure) : 0;
	}
	return sum;
}

Test(heap_against_others, dhat_has_the_same_shares_of_the_peak_leaks_and_calls)
{
	static const char *const functions[] = { "first_phase", "second_phase", "churn", "hoard", "drip", "main" };
	struct run *r = run_recorded(ARGV(target("heap_habits")));
	char *text = output_of("--tool=dhat", "-q", format("%s/dhat.out", r->work), ARGV(target("heap_habits"), NULL));
	json *j = report(run_dump(r)), *d = json_parse(text);
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		const char *f = functions[i];
		cr_expect_eq(json_sum(j, "memory.sites", "peak_bytes", f), dhat_sum(d, "gb", f), "%s at the peak", f);
		cr_expect_eq(json_sum(j, "memory.sites", "peak_blocks", f), dhat_sum(d, "gbk", f), "%s at the peak", f);
		cr_expect_eq(json_sum(j, "memory.sites", "leaked_bytes", f), dhat_sum(d, "eb", f), "%s at the end", f);
		cr_expect_eq(json_sum(j, "memory.sites", "calls", f), dhat_sum(d, "tbk", f), "%s calls", f);
	}
	json_free(d);
	json_free(j);
	free(text);
	run_free(r);
}

/* "mem_heap_B=" of the snapshot that massif calls the peak. */
static long long massif_peak(const char *text)
{
	const char *end = strstr(text, "heap_tree=peak"), *at = text, *next;
	cr_assert(end, "massif found no peak");
	while ((next = strstr(at + 1, "mem_heap_B=")) && next < end)
		at = next;
	return atoll(at + strlen("mem_heap_B="));
}

#define SQL "CREATE TABLE t (a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) " \
	"INSERT INTO t SELECT i, hex(i) FROM n; CREATE INDEX x ON t (b); SELECT count(*) FROM t a JOIN t b ON a.b = b.b"

static void expect_peak_of_massif(const char *const *argv)
{
	struct run *r = run_recorded(argv);
	char *text = output_of("--tool=massif", "--peak-inaccuracy=0", format("%s/massif.out", r->work), argv);
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.peak_bytes"), ==, massif_peak(text));
	json_free(j);
	free(text);
	run_free(r);
}

Test(heap_against_others, massif_has_the_same_peak)
{
	expect_peak_of_massif(ARGV(target("heap_habits"), NULL, NULL));
	expect_peak_of_massif(ARGV(target("heap_peak"), "malloc", NULL));
	expect_peak_of_massif(ARGV("sqlite3", ":memory:", SQL));
}

/* "5,717 bytes in 16 blocks" */
static long long number(const char **at)
{
	long long n = 0;
	for (*at += strcspn(*at, "0123456789"); (**at >= '0' && **at <= '9') || **at == ','; (*at)++)
		n = **at == ',' ? n : n * 10 + **at - '0';
	return n;
}

struct in_use { long long bytes, blocks; };

static struct in_use in_use(const char *freeres, const char *const *argv, const char *const *env)
{
	struct run *r = run((struct run_how){.env = env}, ARGV("valgrind", freeres, "--run-cxx-freeres=no", "--leak-check=no", argv[0], argv[1], argv[2], argv[3], argv[4]));
	const char *at = strstr(r->err, "in use at exit:");
	cr_assert(at, "%s", r->err);
	struct in_use u = {.bytes = number(&at)};
	u.blocks = number(&at);
	run_free(r);
	return u;
}

static void expect_left(const char *const *argv, const char *const *env)
{
	struct in_use left = in_use("--run-libc-freeres=no", argv, env);
	struct run *r = run((struct run_how){.preload = true, .env = env}, argv);
	json *j = report(run_dump(r));
	cr_expect_eq(json_int(j, "memory.leaked_bytes") + json_int(j, "memory.suppressed_bytes"), left.bytes, "%s", argv[0]);
	cr_expect_eq(json_int(j, "memory.leaked_blocks") + json_int(j, "memory.suppressed_blocks"), left.blocks, "%s", argv[0]);
	json_free(j);
	run_free(r);
}

Test(heap_against_others, memcheck_has_the_same_blocks_in_use_at_the_end_of_real_programs)
{
	expect_left(ARGV("sqlite3", ":memory:", SQL, NULL, NULL), NULL);
	expect_left(ARGV("/usr/bin/python3", "-I", "-S", "-c", "print(sum(len(str(i)) for i in range(1000)))"), ENV("PYTHONMALLOC=malloc", "PYTHONHASHSEED=0"));
}

/* "calls to allocation functions: 851 (3039/s)" */
static long long heaptracks(const char *text, const char *what)
{
	const char *at = strstr(text, what);
	cr_assert(at, "heaptrack_print says nothing of %s", what);
	return atoll(at + strlen(what));
}

Test(heap_against_others, heaptrack_counts_the_same_calls_and_temporary_blocks)
{
	struct run *r = run_recorded(ARGV(target("heap_habits")));
	struct run *made = run((struct run_how){0}, ARGV("heaptrack", "-o", format("%s/recorded", r->work), target("heap_habits")));
	cr_assert_eq(made->status, 0, "%s", made->err);
	struct run *told = run((struct run_how){0}, ARGV("heaptrack_print", "-p0", "-a0", "-T0", format("%s/recorded.zst", r->work)));
	cr_assert_eq(told->status, 0, "%s", told->err);
	json *j = report(run_dump(r));
	/*
	 * Its libstdc++ sets up an emergency pool: one call. An allocation is temporary to it if the next event of all threads frees a
	 * block of the same size and place, were it an older one (3,035 of sqlite3's are, where 39 are the block itself).
	 */
	expect(json_int(j, "memory.alloc_calls") + json_int(j, "memory.realloc_calls"), ==, heaptracks(told->out, "calls to allocation functions:") - 1);
	long long temporary = heaptracks(told->out, "temporary memory allocations:");
	expect(llabs(json_int(j, "memory.temporary_calls") - temporary), <=, 4);
	expect(temporary, >=, 300);
	json_free(j);
	run_free(told);
	run_free(made);
	run_free(r);
}

/* "      7        140 leak_s*d" */
static void expect_suppression(json *j, const char *lsan, const char *pattern)
{
	const char *at = strstr(lsan, format(" %s\n", pattern)), *line = at;
	long long count, bytes;
	cr_assert(at, "LeakSanitizer did not use %s: %s", pattern, lsan);
	while (line > lsan && line[-1] != '\n')
		line--;
	cr_assert_eq(sscanf(line, "%lld %lld", &count, &bytes), 2);
	json *row = json_row(j, "memory.suppressions", "pattern", pattern);
	cr_expect_eq(json_int(row, "blocks"), count, "%s", pattern);
	cr_expect_eq(json_int(row, "bytes"), bytes, "%s", pattern);
}

/* One program built twice; a file, and what the program tells in __lsan_default_suppressions. */
Test(heap_against_others, leaksanitizer_suppresses_the_same_leaks_and_reports_the_same)
{
	struct run *r = run_recorded(ARGV(target("leaks_to_suppress")));
	const char *file = format("%s/suppressions", r->work), *text = "leak:leak_s*d\n  leak:^second_ \nleak:name$\nleak:of_no_use\n";
	file_write(file, text, strlen(text));
	struct run *lsan = run((struct run_how){.env = ENV(format("LSAN_OPTIONS=suppressions=%s", file))}, ARGV(target("lsan_leaks")));
	struct run *told = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", "--suppressions", file, run_dump(r)));
	cr_assert_eq(told->status, 0, "%s", told->err);
	json *j = json_parse(told->out);
	expect_suppression(j, lsan->err, "leak_s*d");
	expect_suppression(j, lsan->err, "^second_");
	expect_suppression(j, lsan->err, "name$");
	expect_suppression(j, lsan->err, "of_the_program");
	expect(json_int(json_row(j, "memory.suppressions", "pattern", "of_no_use"), "blocks"), ==, 0);
	const char *summary = strstr(lsan->err, "SUMMARY: LeakSanitizer: ");
	cr_assert(summary, "%s", lsan->err);
	expect(json_int(j, "memory.leaked_bytes"), ==, atoll(summary + strlen("SUMMARY: LeakSanitizer: ")));
	json_free(j);
	run_free(told);
	run_free(lsan);
	run_free(r);
}

Test(heap_against_others, suppressions_that_are_none_are_refused_with_their_place)
{
	struct run *r = run_recorded(ARGV(target("leaks_to_suppress")));
	const char *file = format("%s/suppressions", r->work), *text = "leak:fine\nrace:not this\n";
	file_write(file, text, strlen(text));
	struct run *told = run((struct run_how){0}, ARGV(analyzer(), "report", "--suppressions", file, run_dump(r)));
	expect(told->status, ==, 2);
	cr_expect(strstr(told->err, "suppressions:2:"), "%s", told->err);
	run_free(told);
	told = run((struct run_how){0}, ARGV(analyzer(), "report", "--suppressions", "/nonexistent", run_dump(r)));
	expect(told->status, ==, 2);
	run_free(told);
	told = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", "--suppressions", "none", run_dump(r)));
	json *j = json_parse(told->out);
	expect(json_int(j, "memory.suppressed_bytes"), ==, 0);
	expect(json_int(j, "memory.leaked_blocks"), ==, 28);
	json_free(j);
	run_free(told);
	run_free(r);
}

/* What __libc_freeres gives back is suppressed, and little more; what the program leaks is not. */
Test(heap_against_others, what_glibc_keeps_to_its_end_is_suppressed)
{
	const char *const *argv = ARGV(target("libc_keeps"), NULL, NULL, NULL, NULL);
	long long kept = in_use("--run-libc-freeres=no", argv, NULL).bytes, left = in_use("--run-libc-freeres=yes", argv, NULL).bytes;
	struct run *r = run_recorded(ARGV(target("libc_keeps")));
	json *j = report(run_dump(r));
	long long suppressed = json_int(j, "memory.suppressed_bytes"), leaked = json_int(j, "memory.leaked_bytes");
	expect(leaked, ==, json_sum(j, "memory.sites", "leaked_bytes", "own_leaks"));
	expect(json_int(j, "memory.leaked_blocks"), ==, 4);
	cr_expect_gt(kept - left, 20000, "the program does not call much");
	expect(suppressed, >=, kept - left);
	expect(leaked, <=, left);
	json_free(j);
	run_free(r);
}
