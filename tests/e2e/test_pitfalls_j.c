/* Clocks that others have changed, that differ from CPU to CPU, or that are not there. See docs/pitfalls.md. */
#include <criterion/criterion.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static const char *libfaketime(void)
{
	glob_t found;
	if (glob("/usr/lib/*/faketime/libfaketime.so.1", 0, NULL, &found) || !found.gl_pathc)
		cr_skip_test("libfaketime is not installed");
	return found.gl_pathv[0];
}

/* The program sees a clock that jumps and runs 100 times as fast; the recording is of the real one. */
static void expect_real_time(struct run_how how)
{
	how.preload = true;
	how.env = ENV("FAKETIME=@2001-01-01 00:00:00 x100", "FAKETIME_DONT_RESET=1");
	struct run *r = run(how, ARGV(target("clock_hops"), "20000"));
	expect(r->status, ==, 0);
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.alloc_calls"), >=, run_tally(r, "allocs"));
	expect(json_int(j, "process.start_unix_ns"), >, 1600000000000000000);
	/* It naps for 50 ms of real time between two looks at a clock that it believes. */
	expect(json_int(j, "process.duration_ns"), <, 40000000000);
	json_free(j);
	run_free(r);
}

Test(pitfalls_j, j2_a_library_in_front_of_us_that_changes_the_clock) { expect_real_time((struct run_how){.preload_before = libfaketime()}); }
Test(pitfalls_j, j2_a_library_behind_us_that_changes_the_clock)      { expect_real_time((struct run_how){.preload_after = libfaketime()}); }

/* On all CPUs in turn: the times of a thread's events never go back. */
Test(pitfalls_j, j1_a_thread_that_hops_from_cpu_to_cpu)
{
	struct run *r = run_recorded(ARGV(target("clock_hops"), "20000"));
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.alloc_calls"), >=, run_tally(r, "allocs"));
	expect(json_int(j, "recorder.torn_records"), ==, 0);
	json_free(j);
	struct run *events = run((struct run_how){0}, ARGV("sh", "-c",
		"\"$1\" events --kind memory \"$2\" | awk '/alloc/ { n++ } END { print \"allocs\", n }'", "sh", analyzer(), run_dump(r)));
	expect(run_tally(events, "allocs"), >=, run_tally(r, "allocs"));
	run_free(events);
	run_free(r);
}

/* The vDSO's clock has an offset there; what the report says is of that clock. */
Test(pitfalls_j, j3_in_a_time_namespace)
{
	struct run *can = run((struct run_how){0}, ARGV("unshare", "--time", "--monotonic", "1000000", "--boottime", "2000000", "/bin/true"));
	if (can->status != 0)
		cr_skip_test("time namespaces are not allowed: %s", can->err);
	run_free(can);
	struct run *r = run((struct run_how){.preload = true},
		ARGV("unshare", "--time", "--monotonic", "1000000", "--boottime", "2000000", target("clock_hops"), "20000"));
	expect(r->status, ==, 0);
	json *j = report(run_dump_of(r, "clock_hops"));
	expect(json_int(j, "memory.alloc_calls"), >=, run_tally(r, "allocs"));
	expect(json_int(j, "process.duration_ns"), <, 60000000000);
	json_free(j);
	run_free(r);
}
