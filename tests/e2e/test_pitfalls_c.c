/* Section C of docs/pitfalls.md: threads, thread-local storage, the end of threads. */
#include <criterion/criterion.h>
#include <sched.h>
#include <string.h>

#include "expect.h"
#include "json.h"
#include "same.h"

static long long calls_of(json *j, const char *op)
{
	json *row = json_find(j, "io.ops", "name", op);
	return row ? json_int(row, "calls") : 0;
}

Test(pitfalls_c, c1_what_libc_frees_after_the_last_destructor)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("last_words"), "100"));
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "get_texts"), >=, 200);
	expect(json_sum(j, "memory.sites", "leaked_blocks", "get_texts"), ==, 0);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	expect(json_int(j, "process.threads"), ==, 101);
	json_free(j);
	run_free(r);
}

Test(pitfalls_c, c2_threads_that_end_without_a_word)
{
	struct run *r = run_same((struct run_how){.seconds = 20}, ARGV(target("raw_threads")));
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "in_vanishing"), ==, run_tally(r, "in_vanishing"));
	expect(json_sum(j, "memory.sites", "leaked_blocks", "in_vanishing"), ==, 0);
	expect(json_int(j, "process.threads"), ==, 4);  /* the bare one stands as the thread whose storage it had */
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(pitfalls_c, c3_threads_leave_no_mapping_behind)
{
	struct run *r = run_recorded(ARGV(target("maps_lines")));
	expect(run_tally(r, "more"), <=, 4);
	run_free(r);
}

Test(pitfalls_c, c4_threads_whose_creation_is_not_seen)
{
	struct run *r = run_same((struct run_how){.seconds = 20}, ARGV(target("thread_makers")));
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "in_timer"), ==, run_tally(r, "timers"));
	expect(json_sum(j, "memory.sites", "calls", "in_queue"), ==, run_tally(r, "queues"));
	expect(json_sum(j, "memory.sites", "calls", "in_aio"), ==, run_tally(r, "aio"));
	expect(json_sum(j, "memory.sites", "calls", "in_thrd"), ==, run_tally(r, "thrd"));
	json_free(j);
	run_free(r);
}

Test(pitfalls_c, c5_a_thread_sees_nothing_of_us)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("thread_outlook")));
	expect(run_tally(r, "called_by_libc"), ==, 1);
	expect(run_tally(r, "used"), ==, 1);
	run_free(r);
}

Test(pitfalls_c, c6_a_thread_that_a_constructor_waits_for_under_the_loaders_lock)
{
	struct run *r = run_same((struct run_how){.seconds = 20}, ARGV(target("loads"), target("thread_in_constructor")));
	expect(run_tally(r, "ready"), ==, 1);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "in_constructor"), ==, 1);
	json_free(j);
	run_free(r);
}

Test(pitfalls_c, c8_an_end_that_threads_do_not_wait_for)
{
	struct run *r = run_same((struct run_how){.seconds = 20}, ARGV(target("busy_end")));
	expect(r->status, ==, 6);
	json *j = report(run_dump(r));
	cr_expect_str_eq(json_text(j, "process.end"), "exit");
	expect(json_int(j, "process.exit_status"), ==, 6);
	expect(json_sum(j, "memory.sites", "calls", "at_end"), ==, 150);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

/* Reports on two kernel threads that share one block of thread-local storage. */
static json *report_shared(struct run_how how, struct run **run_of, int *status)
{
	how.seconds = 30;
	*run_of = run_same(how, ARGV(target("shared_tls")));
	struct run *told = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", run_dump(*run_of)));
	*status = told->status;
	cr_assert(told->status == 0 || told->status == 3, "status %d, signal %d", told->status, told->signal);
	json *j = json_parse(told->out);
	run_free(told);
	return j;
}

/* Each takes the other's words now and then; nobody may be hurt by that, and what that damages is told. */
Test(pitfalls_c, c9_two_kernel_threads_on_one_thread_local_storage)
{
	struct run *r;
	int status;
	json *j = report_shared((struct run_how){0}, &r, &status);
	expect(calls_of(j, "write"), <=, run_tally(r, "written") + 100);
	/* how many are overwritten depends on how the two meet */
	if (calls_of(j, "write") < run_tally(r, "written")) {
		expect(status, ==, 3);
		expect(json_int(j, "recorder.structure_errors"), >, 0);
	}
	json_free(j);
	run_free(r);
}

static void use_one_processor(void)
{
	cpu_set_t all, one;
	int cpu = 0;
	sched_getaffinity(0, sizeof all, &all);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof one, &one);
}

/* There, one interrupts the other as a signal handler would: between two instructions. */
Test(pitfalls_c, c9_the_same_on_one_processor_loses_nothing)
{
	struct run *r;
	int status;
	json *j = report_shared((struct run_how){.in_child = use_one_processor}, &r, &status);
	expect(status, ==, 0);
	expect(calls_of(j, "write"), >=, run_tally(r, "written"));
	expect(calls_of(j, "write"), <=, run_tally(r, "written") + 100);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(pitfalls_c, c10_coroutines_that_go_on_in_another_thread_within_a_call)
{
	struct run *r = run((struct run_how){.preload = true, .seconds = 30, .preload_after = target("moving_read")}, ARGV(target("moving_fibers"), "2000"));
	cr_assert_eq(r->status, 0, "signal %d", r->signal);
	expect(run_tally(r, "right_errno"), ==, 2000);
	json *j = report(run_dump(r));
	json *read = json_row(j, "io.ops", "name", "read");
	expect(json_int(read, "calls"), ==, run_tally(r, "reads"));
	expect(json_int(read, "errors"), ==, run_tally(r, "reads"));
	expect(calls_of(j, "close"), ==, run_tally(r, "closes"));
	/* the thread that went on with them has them */
	for (size_t i = 0; i < json_length(j, "threads"); i++)
		if (json_int(json_at(j, "threads", i), "tid") != json_int(j, "process.pid"))
			expect(json_int(json_at(j, "threads", i), "io_wait_ns"), >, 0);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(pitfalls_c, c11_threads_that_nothing_may_interrupt)
{
	struct run *r = run((struct run_how){.preload = true, .seconds = 30}, ARGV(target("realtime")));
	if (r->status == 2)
		cr_skip_test("needs the right to set real-time priorities");
	cr_assert_eq(r->status, 0);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "work"), ==, run_tally(r, "blocks"));
	json_free(j);
	run_free(r);
}

/* A process of several threads may not enter a user namespace: the recorder has none of its own. */
Test(pitfalls_c, c12_what_only_a_process_of_one_thread_may_do)
{
	expect_same((struct run_how){0}, ARGV("sh", "-c", "ls /proc/$$/task | wc -l; unshare -U sh -c 'echo inside' 2>&1; unshare -r id -u 2>&1"));
}
