/* Conditions, semaphores, barriers, joins, sleeps and polls with known answers. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "expect.h"
#include "json.h"

static int thread_counts[] = {1, 2, 8, 64};

ParameterizedTestParameters(waits, conditions_semaphores_and_barriers_are_counted_exactly)
{
	return cr_make_param_array(int, thread_counts, 4);
}

ParameterizedTest(int *threads, waits, conditions_semaphores_and_barriers_are_counted_exactly)
{
	struct run *r = run_recorded(ARGV(target("wait_counts"), format("%d", *threads), "50"));
	json *j = report(run_dump(r));
	expect(json_int(j, "waits.cond.calls"), ==, run_tally(r, "cond_waits"));
	expect(json_int(j, "waits.sem.calls"), ==, run_tally(r, "sem_waits"));
	expect(json_int(j, "waits.barrier.calls"), ==, run_tally(r, "barrier_waits"));
	expect(json_int(j, "waits.join.calls"), ==, run_tally(r, "joins"));
	json *sem = json_row(j, "locks", "name", "token_sem"), *barrier = json_row(j, "locks", "name", "round_barrier");
	expect(json_int(sem, "acquisitions"), ==, run_tally(r, "sem_waits"));
	expect(json_sum(barrier, "waiters", "waits", "work"), ==, run_tally(r, "barrier_waits"));
	cr_expect_str_eq(json_text(sem, "kind"), "sem");
	cr_expect_str_eq(json_text(barrier, "kind"), "barrier");
	cr_expect(json_is_null(sem, "hold_ns") && json_is_null(barrier, "hold_ns"));
	expect(json_int(j, "process.threads"), ==, *threads + 1);
	json_free(j);
	run_free(r);
}

Test(waits, semaphores_tried_and_timed_are_told_apart)
{
	struct run *r = run_recorded(ARGV(target("sem_kinds")));
	json *j = report(run_dump(r));
	json *sem = json_row(j, "locks", "name", "local_sem");
	expect(json_int(sem, "acquisitions"), ==, run_tally(r, "taken"));
	expect(json_int(sem, "try_failed"), ==, run_tally(r, "refused"));
	expect(run_tally(r, "late"), ==, 1);
	json_free(j);
	run_free(r);
}

Test(waits, futexes_through_syscall_are_counted_and_other_numbers_pass)
{
	struct run *r = run_recorded(ARGV(target("futexes"), "1000"));
	json *j = report(run_dump(r));
	expect(run_tally(r, "pid_is_right") + run_tally(r, "fails") + run_tally(r, "maps"), ==, 3);
	json *ball = json_row(j, "locks", "name", "ball");
	cr_expect_str_eq(json_text(ball, "kind"), "futex");
	struct run *events = run((struct run_how){0}, ARGV(analyzer(), "events", "--kind", "lock", "--json", run_dump(r)));
	long long waits = 0, wakes = 0;
	for (char *line = strtok(events->out, "\n"); line; line = strtok(NULL, "\n")) {
		waits += strstr(line, "\"futex_wait\"") != NULL;
		wakes += strstr(line, "\"futex_wake\"") != NULL;
	}
	expect(waits, ==, run_tally(r, "waits"));
	expect(wakes, ==, run_tally(r, "wakes"));
	run_free(events);
	json_free(j);
	run_free(r);
}

Test(waits, time_asleep_is_no_less_than_was_asked_for)
{
	struct run *r = run_recorded(ARGV("sleep", "0.2"));
	json *j = report(run_dump(r));
	expect(json_int(j, "waits.sleep.calls"), ==, 1);
	expect(json_int(j, "waits.sleep.time_ns"), >=, 200000000LL);
	expect(json_int(j, "process.duration_ns"), >=, json_int(j, "waits.sleep.time_ns"));
	expect(json_sum(j, "threads", "sleep_ns", NULL), ==, json_int(j, "waits.sleep.time_ns"));
	json_free(j);
	run_free(r);
}
