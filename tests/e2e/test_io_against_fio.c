/* Latencies of pread and pwrite beside those that fio measures of its own calls, in the same run. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

/* What stands behind a key, after some others in this order. fio's percentiles have points in their keys. */
static double after(const char *text, const char *const *keys)
{
	for (; *keys; keys++) {
		char *key = format("\"%s\" :", *keys);
		text = strstr(text, key);
		cr_assert(text, "fio does not tell %s", key);
		text += strlen(key);
		free(key);
	}
	return atof(text);
}

static void expect_near(const char *what, double ours, double theirs, double factor)
{
	cr_expect(ours <= theirs * factor && ours >= theirs / factor, "%s: %.0f ns, by fio %.0f ns", what, ours, theirs);
}

static void compare(const char *told, const char *way, json *op)
{
	expect(json_int(op, "calls"), ==, (long long)after(told, ARGV(way, "total_ios")));
	expect(json_int(op, "bytes"), ==, (long long)after(told, ARGV(way, "io_bytes")));
	expect(json_int(op, "calls"), >, 300);
	expect_near("half below", json_number(op, "p50_ns"), after(told, ARGV(way, "clat_ns", "percentile", "50.000000")), 1.2);
	expect_near("95 % below", json_number(op, "p95_ns"), after(told, ARGV(way, "clat_ns", "percentile", "95.000000")), 1.3);
	expect_near("99 % below", json_number(op, "p99_ns"), after(told, ARGV(way, "clat_ns", "percentile", "99.000000")), 1.5);
	expect_near("on average", json_number(op, "time_ns") / json_number(op, "calls"), after(told, ARGV(way, "clat_ns", "mean")), 1.2);
}

/* Blocks that are large enough for what lies between fio's stamps and ours to be little beside them. */
Test(against_fio, percentiles_of_reads_and_writes)
{
	if (!have_program("fio"))
		cr_skip_test("fio is not installed");
	struct run *r = run((struct run_how){ .preload = true }, ARGV("fio", "--name=t", "--filename=data", "--size=16M", "--bs=128k", "--rw=randrw",
	                    "--ioengine=psync", "--thread", "--output-format=json", "--output=told.json", "--loops=10", "--percentile_list=50:95:99",
	                    "--randseed=1", "--fallocate=none"));
	cr_assert_eq(r->status, 0, "%s", r->err);
	char *path = format("%s/told.json", r->work), *told = file_text(path, NULL);
	json *j = report(run_dump_of(r, "fio"));
	compare(told, "read", json_row(j, "io.ops", "name", "pread"));
	compare(told, "write", json_row(j, "io.ops", "name", "pwrite"));
	json_free(j);
	free(path), free(told);
	run_free(r);
}
