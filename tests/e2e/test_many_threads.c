/* A hundred thousand short threads: every event is there, and the dump stays small. */
#include <criterion/criterion.h>

#include "expect.h"
#include "files.h"
#include "json.h"

Test(many_threads, every_event_of_100000_threads_within_60_MB)
{
	struct run *r = run((struct run_how){.preload = true, .seconds = 250}, ARGV(target("many_threads"), "100000"));
	cr_assert_eq(r->status, 0, "%s", r->err);
	long long disk = disk_bytes(run_dump(r));
	json *j = report(run_dump(r));
	cr_expect_lt(disk, 60000000, "%lld bytes on disk", disk);
	expect(json_sum(j, "memory.sites", "calls", "ten_events"), ==, run_tally(r, "blocks"));
	expect(json_sum(j, "memory.sites", "leaked_blocks", "ten_events"), ==, 0);
	expect(json_int(j, "memory.free_calls"), >=, run_tally(r, "blocks"));
	expect(json_int(j, "process.threads"), ==, run_tally(r, "threads") + 1);
	expect(json_int(j, "waits.join.calls"), ==, run_tally(r, "threads"));
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	expect(json_int(j, "recorder.torn_records"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(many_threads, waves_of_a_thousand_at_once_reuse_the_memory_of_those_before)
{
	struct run *r = run_recorded(ARGV(target("thread_waves")));
	expect(run_tally(r, "grew_kib"), <, 16 << 10);
	run_free(r);
}

Test(many_threads, those_first_met_in_a_destructor_end_like_others)
{
	struct run *r = run_recorded(ARGV(target("thread_keys_late"), "3000", "1"));
	expect(r->peak_kib, <, 20000);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "in_destructor"), ==, 3000);
	json_free(j);
	run_free(r);
}

Test(many_threads, what_they_do_after_their_end_is_counted_when_there_is_no_room)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_MAX_BYTES=256K")}, ARGV(target("thread_keys_late"), "3000", "4", "first"));
	cr_assert_eq(r->status, 0);
	json *j = report_with_status(run_dump(r), 3);
	expect(json_int(j, "recorder.events") + json_int(j, "recorder.dropped_events"), >=, 3000 * 12);
	json_free(j);
	run_free(r);
}

Test(many_threads, functions_that_their_last_destructors_call_do_no_harm)
{
	struct run *r = run_recorded(ARGV(target("late_functions")));
	expect(run_tally(r, "in_destructor"), ==, 4);
	json *j = report(run_dump(r));
	expect(json_int(json_row(j, "functions", "name", "in_destructor"), "calls"), <=, 4);  /* none after the thread's end */
	json_free(j);
	run_free(r);
}
