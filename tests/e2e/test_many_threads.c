/* A hundred thousand short threads: every event is there, and the dump stays small. */
#include <criterion/criterion.h>

#include "files.h"
#include "json.h"

Test(many_threads, every_event_of_100000_threads_within_60_MB)
{
	struct run *r = run((struct run_how){.preload = true, .seconds = 250}, ARGV(target("many_threads"), "100000"));
	cr_assert_eq(r->status, 0, "%s", r->err);
	long long disk = disk_bytes(run_dump(r));
	json *j = report(run_dump(r));
	cr_expect_lt(disk, 60000000, "%lld bytes on disk", disk);
	cr_expect_eq(json_sum(j, "memory.sites", "calls", "ten_events"), run_tally(r, "blocks"));
	cr_expect_eq(json_sum(j, "memory.sites", "leaked_blocks", "ten_events"), 0);
	cr_expect_geq(json_int(j, "memory.free_calls"), run_tally(r, "blocks"));
	cr_expect_eq(json_int(j, "process.threads"), run_tally(r, "threads") + 1);
	cr_expect_eq(json_int(j, "waits.join.calls"), run_tally(r, "threads"));
	cr_expect_eq(json_int(j, "recorder.dropped_events"), 0);
	cr_expect_eq(json_int(j, "recorder.torn_records"), 0);
	json_free(j);
	run_free(r);
}
