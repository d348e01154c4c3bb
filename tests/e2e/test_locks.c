/* Locks with known answers, for 1 to 64 threads. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "expect.h"
#include "json.h"

static int thread_counts[] = {1, 2, 8, 64};

ParameterizedTestParameters(locks, mutexes_and_spin_locks_are_counted_exactly)
{
	return cr_make_param_array(int, thread_counts, 4);
}

ParameterizedTest(int *threads, locks, mutexes_and_spin_locks_are_counted_exactly)
{
	struct run *r = run_recorded(ARGV(target("lock_counts"), format("%d", *threads), "500"));
	json *j = report(run_dump(r));
	for (const char *const *name = ARGV("shared_lock", "nested_lock", "spin_lock", "held_lock"); *name; name++) {
		json *lock = json_row(j, "locks", "name", *name);
		cr_expect_eq(json_int(lock, "acquisitions"), run_tally(r, *name), "%s of %d threads: %lld, not %lld", *name,
		             *threads, json_int(lock, "acquisitions"), run_tally(r, *name));
		expect(json_int(lock, "contended"), <=, json_int(lock, "acquisitions") + json_int(lock, "try_failed") + run_tally(r, "late"));
		expect(json_int(lock, "max_wait_ns"), <=, json_int(lock, "wait_ns"));
		expect(json_int(lock, "max_hold_ns"), <=, json_int(lock, "hold_ns"));
		expect(json_int(lock, "hold_ns"), >, 0);
	}
	json *held = json_row(j, "locks", "name", "held_lock");
	expect(json_int(held, "try_failed"), ==, run_tally(r, "refused"));
	expect(run_tally(r, "refused") + run_tally(r, "late"), ==, 2 * *threads);
	cr_expect_str_eq(json_text(held, "kind"), "mutex");
	cr_expect_str_eq(json_text(json_row(j, "locks", "name", "spin_lock"), "kind"), "spin");
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	if (*threads == 1)
		expect(json_int(json_row(j, "locks", "name", "nested_lock"), "contended"), ==, 0);
	json_free(j);
	run_free(r);
}

ParameterizedTestParameters(locks, readers_and_writers_are_counted_apart)
{
	return cr_make_param_array(int, thread_counts, 4);
}

ParameterizedTest(int *threads, locks, readers_and_writers_are_counted_apart)
{
	struct run *r = run_recorded(ARGV(target("rwlock_counts"), format("%d", *threads), "200"));
	json *j = report(run_dump(r));
	json *lock = json_row(j, "locks", "name", "table_lock");
	cr_expect_str_eq(json_text(lock, "kind"), "rwlock");
	expect(json_int(lock, "read.acquisitions"), ==, run_tally(r, "read"));
	expect(json_int(lock, "write.acquisitions"), ==, run_tally(r, "write"));
	expect(json_int(lock, "acquisitions"), ==, run_tally(r, "read") + run_tally(r, "write"));
	expect(json_int(lock, "try_failed"), ==, run_tally(r, "refused"));
	json_free(j);
	run_free(r);
}

Test(locks, waiting_threads_and_who_held_the_lock_are_known)
{
	struct run *r = run_recorded(ARGV(target("lock_convoy")));
	json *j = report(run_dump(r));
	json *lock = json_row(j, "locks", "name", "convoy_lock");
	expect(json_int(lock, "acquisitions"), ==, run_tally(r, "acquisitions"));
	expect(json_int(lock, "contended"), ==, run_tally(r, "contended"));
	expect(json_sum(lock, "waiters", "waits", "wait_in_line"), ==, 2);
	expect(json_sum(lock, "waiters", "wait_ns", "wait_in_line"), ==, json_int(lock, "wait_ns"));
	/* main slept for 50 ms with the lock in its hand, after both had come */
	expect(json_int(lock, "wait_ns"), >=, 2 * 50000000LL);
	expect(json_int(lock, "max_hold_ns"), >=, 50000000LL);
	expect(json_int(j, "waits.lock.calls"), ==, 2);
	expect(json_int(j, "waits.lock.time_ns"), ==, json_int(lock, "wait_ns"));
	json_free(j);
	run_free(r);
}

Test(locks, a_relock_after_a_condition_wait_is_no_acquisition)
{
	struct run *r = run_recorded(ARGV(target("wait_counts"), "4", "100"));
	json *j = report(run_dump(r));
	json *lock = json_row(j, "locks", "name", "turn_lock");
	expect(json_int(lock, "acquisitions"), ==, run_tally(r, "turn_lock"));
	expect(json_int(lock, "reacquired"), ==, run_tally(r, "cond_waits"));
	json_free(j);
	run_free(r);
}

Test(locks, the_C11_names_are_the_same_locks)
{
	struct run *r = run_recorded(ARGV(target("c11_threads")));
	json *j = report(run_dump(r));
	json *lock = json_row(j, "locks", "name", "c11_lock");
	cr_expect_str_eq(json_text(lock, "kind"), "mutex");
	expect(json_int(lock, "acquisitions"), ==, run_tally(r, "c11_lock"));
	expect(json_int(j, "waits.cond.calls"), ==, run_tally(r, "cond_waits"));
	expect(json_int(j, "waits.join.calls"), ==, 4);
	expect(json_int(j, "waits.sleep.calls"), ==, 1);
	expect(json_int(j, "process.threads"), ==, 5);
	json_free(j);
	run_free(r);
}

Test(locks, readers_that_a_waiting_writer_lets_in_have_not_waited)
{
	struct run *r = run_recorded(ARGV(target("rwlock_writer_waits")));
	json *j = report(run_dump(r));
	json *lock = json_row(j, "locks", "name", "shared_lock");
	expect(json_int(lock, "acquisitions"), ==, 52);
	expect(json_int(lock, "contended"), ==, 1);
	json_free(j);
	run_free(r);
}
