/* Where resident memory is, as `record` sees it from outside; judged by what the kernel tells the program itself. */
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"
#include "run.h"

#define MIB (1ll << 20)

static const char *const parts[] = {
	"live_heap_bytes", "slack_bytes", "free_lists_bytes", "mapped_files_bytes", "shared_bytes", "anonymous_bytes", "stacks_bytes",
	"kernel_bytes", "recorder_bytes",
};

static long long part(json *j, const char *name)
{
	char *path = format("memory.rss.%s", name);
	long long value = json_int(j, path);

	free(path);
	return value;
}

static void expect_about(const char *what, long long value, long long wanted, long long tolerance)
{
	cr_expect(llabs(value - wanted) <= tolerance, "%s: %lld is not %lld, give or take %lld", what, value, wanted, tolerance);
}

static struct run *recorded(const char *option, const char *program)
{
	struct run *r = run((struct run_how){ 0 }, ARGV(analyzer(), "record", "--no-report", "-o", "d", option, "--", target(program)));

	cr_assert_eq(r->status, 0, "%s", r->err);
	return r;
}

static json *report_of(const struct run *r)
{
	char *path = format("%s/d", r->work);
	json *j = report(path);

	free(path);
	return j;
}

static void check_parts(const char *option)
{
	struct run *r = recorded(option, "rss_parts");
	json *j = report_of(r);
	long long sum = 0, heap = 1024 * run_tally(r, "heap_kib");

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		sum += part(j, parts[i]);
	expect(sum, ==, part(j, "rss_bytes"));
	expect_about("all", part(j, "rss_bytes"), 1024 * run_tally(r, "all_kib"), 2 * MIB);
	/* half of the blocks, and of the large one what was touched */
	expect_about("live heap", part(j, "live_heap_bytes"), 8192 * 990 + 10 * MIB, MIB / 4);
	expect_about("slack", part(j, "slack_bytes"), 8192 * 10, 8192 * 2);
	expect_about("free", part(j, "free_lists_bytes"), heap - 8192 * 1008, MIB / 4);
	expect_about("anonymous", part(j, "anonymous_bytes"), 12 * MIB, MIB / 2);
	expect_about("files", part(j, "mapped_files_bytes"), 8 * MIB + MIB * 3 / 2, MIB * 3 / 2);
	expect_about("shared", part(j, "shared_bytes"), 2 * MIB, MIB / 16);
	expect_about("stacks", part(j, "stacks_bytes"), 3 * MIB, MIB / 4);
	expect(part(j, "recorder_bytes"), >, 0);
	json_free(j);
	run_free(r);
}

Test(resident, parts_add_up_and_are_those_that_the_kernel_tells_the_program)
{
	check_parts("--sample=50");
}

Test(resident, a_safe_recording_is_sampled_too)
{
	check_parts("--safe");
}

Test(resident, the_timeline_has_what_was_resident_and_what_was_mapped)
{
	struct run *r = recorded("--sample=20", "rss_parts");
	json *j = report_of(r);
	size_t last = json_length(j, "memory.timeline") - 2;

	expect(json_int(json_at(j, "memory.timeline", last), "mapped_bytes"), ==, 24 * MIB + 2 * MIB + 8 * MIB);
	expect_about("resident", json_int(json_at(j, "memory.timeline", last), "rss_bytes"), 1024 * run_tally(r, "all_kib"), 2 * MIB);
	expect(json_int(j, "memory.rss.samples"), >=, 10);
	json_free(j);
	run_free(r);
}

Test(resident, nothing_is_claimed_where_nobody_looked)
{
	struct run *r = recorded("--sample=off", "heap_calls");
	json *j = report_of(r);

	cr_expect(json_is_null(j, "memory.rss"));
	cr_expect(json_is_null(json_at(j, "memory.timeline", 0), "rss_bytes"));
	json_free(j);
	run_free(r);
}

Test(resident, whoever_started_it_a_process_can_be_watched)
{
	char *script = format("LD_PRELOAD=%s HP_OUT=w.hpd %s >told & sleep 0.5; %s ctl watch --max-rss 8MiB $!; wait; grep -h all_kib told",
	                      built("libhp.so"), target("rss_parts"), analyzer());
	struct run *r = run((struct run_how){ 0 }, ARGV("sh", "-c", script));
	char *path = format("%s/w.hpd", r->work);
	json *j;

	cr_assert_eq(r->status, 0, "%s", r->err);
	cr_expect(strstr(r->out, " samples\n"), "%s", r->out);
	cr_expect(strstr(r->err, "in memory, more than 8.00 MiB"), "%s", r->err);
	j = report(path);
	expect_about("all", part(j, "rss_bytes"), 1024 * run_tally(r, "all_kib"), 2 * MIB);
	json_free(j);
	free(path);
	free(script);
	run_free(r);
}
