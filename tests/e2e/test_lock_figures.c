/* Locks by call site and thread, conditions, barriers, hints, names, and what programs should not do: beside their own counts. */
#include <criterion/criterion.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static struct run *recorded;

static json *figures(const char *target_name, const char *a, const char *b)
{
	recorded = run_recorded(a ? ARGV(target(target_name), a, b) : ARGV(target(target_name)));
	return report(run_dump(recorded));
}

static void done(json *j)
{
	json_free(j);
	run_free(recorded);
}

/* The sum of `key` over the rows of `list` whose call site names a function; NULL: over all. */
static long long sum_at(json *lock, const char *list, const char *key, const char *function)
{
	long long sum = 0;
	for (size_t i = 0; i < json_length(lock, list); i++) {
		json *row = json_at(lock, list, i);
		if (!function || json_any_contains(row, "site", function))
			sum += json_int(row, key);
	}
	return sum;
}

static bool has_hint(json *lock, const char *hint)
{
	json *h = json_find(lock, "hints", "hint", hint);
	return h && strlen(json_text(h, "text")) > 10;
}

static void nothing_is_negative(json *j)
{
	static const char *const keys[] = { "wait_ns", "max_wait_ns", "hold_ns", "max_hold_ns", "wait_p50_ns", "hold_p99_ns" };
	for (size_t i = 0; i < json_length(j, "locks"); i++)
		for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
			if (!json_is_null(json_at(j, "locks", i), keys[k]))
				expect(json_int(json_at(j, "locks", i), keys[k]), >=, 0);
}

Test(lock_figures, call_sites_and_threads_have_what_the_program_counted)
{
	json *j = figures("lock_shares", "4", "1000"), *lock = json_row(j, "locks", "name", "shares_lock");
	for (const char *const *site = ARGV("take_often", "take_seldom", "try_first"); *site; site++)
		cr_expect_eq(sum_at(lock, "sites", "acquisitions", *site), run_tally(recorded, *site), "%s: %lld", *site,
		             sum_at(lock, "sites", "acquisitions", *site));
	expect(json_int(lock, "try_failed"), ==, run_tally(recorded, "refused"));
	expect(json_length(lock, "threads"), ==, 4);
	for (size_t i = 0; i < json_length(lock, "threads"); i++)
		expect(json_int(json_at(lock, "threads", i), "acquisitions"), ==, run_tally(recorded, "each"));
	for (const char *const *list = ARGV("sites", "threads"); *list; list++) {
		expect(sum_at(lock, *list, "acquisitions", NULL), ==, json_int(lock, "acquisitions"));
		expect(sum_at(lock, *list, "contended", NULL), ==, json_int(lock, "contended"));
		expect(sum_at(lock, *list, "wait_ns", NULL), ==, json_int(lock, "wait_ns"));
		expect(sum_at(lock, *list, "hold_ns", NULL), ==, json_int(lock, "hold_ns"));
		expect(sum_at(lock, *list, "caused_wait_ns", NULL), <=, json_int(lock, "wait_ns"));
	}
	expect(sum_at(lock, "holders", "wait_ns", NULL), ==, json_int(lock, "wait_ns"));
	expect(json_int(lock, "waiting_most"), <=, 4);
	if (json_int(lock, "contended")) {
		expect(json_int(lock, "wait_p50_ns"), <=, json_int(lock, "wait_p99_ns"));
		expect(json_int(lock, "longest.duration_ns"), ==, json_int(lock, "max_wait_ns"));
	}
	expect(json_int(lock, "hold_p50_ns"), <=, json_int(lock, "hold_p95_ns"));
	expect(json_int(lock, "hold_p99_ns"), <=, json_int(lock, "max_hold_ns"));
	expect(json_int(lock, "longest_hold.duration_ns"), ==, json_int(lock, "max_hold_ns"));
	done(j);
}

Test(lock_figures, the_longest_wait_has_both_stacks)
{
	json *j = figures("lock_habits", "sleeps", NULL), *lock = json_row(j, "locks", "name", "habit_lock");
	expect(json_int(lock, "contended"), ==, 6);
	expect(json_int(lock, "waiting_most"), ==, 2);
	cr_expect(json_any_contains(lock, "longest.stack", "lock_once"));
	cr_expect(json_any_contains(lock, "longest.owner_stack", "sleeps"));
	expect(sum_at(lock, "holders", "waits", "main"), >=, 1);  /* an unlock that saw waiters: its whole stack is known */
	cr_expect_neq(json_int(lock, "longest.tid"), json_int(lock, "longest.owner_tid"));
	expect(json_int(lock, "held_sleep_ns"), >=, 3 * 40000000LL);
	expect(json_int(lock, "held_sleep_ns"), <=, json_int(lock, "hold_ns"));
	cr_expect(has_hint(lock, "long hold"));
	cr_expect(has_hint(lock, "blocked holder"));
	done(j);
}

Test(lock_figures, a_conditions_signals_are_told_by_what_became_of_them)
{
	json *j = figures("cond_counts", NULL, NULL), *turn = json_row(j, "locks", "name", "turn_cond"), *crowd = json_row(j, "locks", "name", "crowd_cond");
	expect(json_int(turn, "cond.signals"), ==, run_tally(recorded, "signals"));
	expect(json_int(turn, "cond.lost"), ==, run_tally(recorded, "lost"));
	expect(json_int(turn, "cond.woken") + json_int(turn, "cond.spurious"), ==, json_int(turn, "contended") - run_tally(recorded, "timeouts"));
	expect(json_int(turn, "cond.timeouts"), ==, run_tally(recorded, "timeouts"));
	expect(json_int(turn, "cond.under_mutex"), ==, run_tally(recorded, "under_mutex"));
	cr_expect_str_eq(json_text(turn, "cond.mutex"), "turn_lock");
	expect(json_int(turn, "cond.wake_p50_ns"), >, 0);
	expect(json_int(crowd, "cond.broadcasts"), ==, run_tally(recorded, "broadcasts"));
	expect(json_int(crowd, "cond.broadcast_woken"), ==, run_tally(recorded, "broadcasts") * run_tally(recorded, "crowd"));
	expect(json_int(crowd, "cond.lost"), ==, 0);
	expect(json_int(crowd, "waiting_most"), ==, run_tally(recorded, "crowd"));
	done(j);
}

Test(lock_figures, who_comes_last_to_a_barrier_is_known)
{
	json *j = figures("lock_habits", "late", NULL), *lock = json_row(j, "locks", "name", "habit_barrier");
	expect(json_int(lock, "barrier.rounds"), ==, 10);
	expect(json_int(lock, "barrier.parties"), ==, 3);
	expect(json_int(lock, "barrier.last_rounds"), >=, 8);
	expect(json_int(lock, "barrier.spread_ns"), >=, 8 * 10000000LL);
	expect(json_int(lock, "barrier.spread_ns"), <=, json_int(lock, "wait_ns"));
	cr_expect(has_hint(lock, "uneven arrival"));
	done(j);
}

Test(lock_figures, habits_have_their_hints)
{
	json *j = figures("lock_habits", "one_way", NULL);
	cr_expect(has_hint(json_row(j, "locks", "name", "write_only"), "never read"));
	cr_expect(has_hint(json_row(j, "locks", "name", "read_only"), "never written"));
	expect(json_int(json_row(j, "locks", "name", "read_only"), "read.hold_p50_ns"), >, 0);
	cr_expect(json_is_null(json_row(j, "locks", "name", "read_only"), "write.hold_p50_ns"));
	done(j);
	j = figures("lock_habits", "alone", NULL);
	cr_expect(has_hint(json_row(j, "locks", "name", "habit_lock"), "one thread"));
	done(j);
	j = figures("lock_habits", "polls", NULL);
	cr_expect(has_hint(json_row(j, "locks", "name", "habit_cond"), "polled"));
	done(j);
	j = figures("lock_habits", "under_lock", NULL);
	cr_expect(has_hint(json_row(j, "locks", "name", "habit_cond"), "signal under lock"));
	done(j);
}

Test(lock_figures, a_hint_stands_under_its_lock_in_the_text)
{
	recorded = run_recorded(ARGV(target("lock_habits"), "sleeps"));
	struct run *text = run((struct run_how){0}, ARGV(analyzer(), "report", "--view", "locks", run_dump(recorded)));
	const char *lock = strstr(text->out, "habit_lock"), *hint = lock ? strstr(lock, "long hold") : NULL;
	cr_expect(hint && strstr(hint, "sleeps (lock_habits.c:"), "%s", text->out);
	cr_expect(hint && strstr(hint, "waiting in"), "%s", text->out);
	run_free(text);
	run_free(recorded);
}

Test(lock_figures, locks_of_cxx_are_named_by_their_variables_and_none_is_nameless)
{
	json *j = figures("lock_names", NULL, NULL);
	for (const char *const *name = ARGV("savings+0x8", "branches+0x68", "rates", "bank::vault"); *name; name++)
		cr_expect(json_find(j, "locks", "name", *name), "no lock is called %s", *name);
	long local = 0, made = 0;
	for (size_t i = 0; i < json_length(j, "locks"); i++) {
		const char *name = json_text(json_at(j, "locks", i), "name");
		cr_expect_gt(strlen(name), 0);
		local += strstr(name, "in_a_function") != NULL;
		made += strstr(name, "init@teller") != NULL;
	}
	expect(local, ==, 1);
	expect(made, ==, 1);
	expect(json_length(j, "locks"), ==, 8);
	done(j);
}

Test(lock_figures, an_unlock_by_another_thread_ends_the_hold)
{
	json *j = figures("lock_misuse", "foreign", NULL), *lock = json_row(j, "locks", "name", "odd_lock");
	expect(json_int(lock, "acquisitions"), ==, 20);
	expect(json_int(lock, "foreign_unlocks"), ==, 20);
	expect(json_int(lock, "hold_ns"), >=, 20 * 2000000LL);
	cr_expect(json_int(lock, "hold_ns") < json_int(j, "process.duration_ns") - 20 * 1000000LL, "%lld of %lld", json_int(lock, "hold_ns"),
	          json_int(j, "process.duration_ns"));
	nothing_is_negative(j);
	done(j);
}

Test(lock_figures, a_thread_that_ends_with_a_robust_mutex_had_it_until_then)
{
	json *j = figures("lock_misuse", "dead", NULL), *lock = json_row(j, "locks", "name", "odd_lock");
	expect(run_tally(recorded, "died"), ==, 20);
	expect(json_int(lock, "acquisitions"), ==, 40);
	expect(json_int(lock, "abandoned"), ==, 20);
	expect(json_int(lock, "hold_ns"), >=, 20 * 2000000LL);
	cr_expect(json_int(lock, "hold_ns") < json_int(j, "process.duration_ns") - 20 * 1000000LL);
	nothing_is_negative(j);
	done(j);
}

Test(lock_figures, memory_of_a_locked_mutex_may_become_another_one)
{
	json *j = figures("lock_misuse", "reused", NULL), *lock = json_row(j, "locks", "name", "odd_lock");
	expect(json_int(lock, "acquisitions"), ==, 20);
	expect(json_int(lock, "abandoned"), ==, 19);
	expect(json_int(lock, "hold_ns"), >=, 20 * 2000000LL);
	expect(json_int(lock, "hold_ns"), <=, json_int(j, "process.duration_ns"));
	nothing_is_negative(j);
	done(j);
	j = figures("lock_misuse", "destroyed", NULL);
	expect(json_length(j, "locks"), ==, 2);
	for (size_t i = 0; i < 2; i++)
		expect(json_int(json_at(j, "locks", i), "acquisitions"), ==, 20);
	nothing_is_negative(j);
	done(j);
}

Test(lock_figures, a_mutex_of_two_processes_is_counted_in_each)
{
	json *j = figures("lock_misuse", "shared", NULL);
	long long acquired = 0;
	for (size_t i = 0; i < json_length(j, "locks"); i++)
		acquired += json_int(json_at(j, "locks", i), "acquisitions");
	expect(acquired, ==, 40);
	nothing_is_negative(j);
	done(j);
}

Test(lock_figures, a_cancelled_condition_wait_is_no_hold)
{
	json *j = figures("lock_misuse", "cancelled", NULL), *lock = json_row(j, "locks", "name", "odd_lock");
	expect(json_int(lock, "acquisitions"), ==, 2);
	expect(json_int(lock, "hold_ns"), <, 40000000);
	expect(json_int(lock, "max_hold_ns"), <, 40000000);
	nothing_is_negative(j);
	done(j);
}
