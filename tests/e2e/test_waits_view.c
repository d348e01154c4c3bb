/* The view of waits: who is charged with them, and what threads did, beside what the targets themselves measured. */
#include <criterion/criterion.h>

#include "expect.h"
#include "json.h"

static json *waits(struct run *r, const char *const *options)
{
	const char *argv[16] = { analyzer(), "waits", "--json", run_dump(r) };
	size_t n = 4;
	while (*options && n < 15)
		argv[n++] = *options++;
	struct run *told = run((struct run_how){0}, argv);
	cr_assert_eq(told->status, 0, "%s", told->err);
	json *j = json_parse(told->out);
	run_free(told);
	return j;
}

/* What `waiter` waited because of `owner`, by names; 0: not at all. */
static long long because_of(json *j, const char *waiter, const char *owner)
{
	json *w = json_find(j, "waiters", "name", waiter);
	json *f = w ? json_find(w, "for", "name", owner) : NULL;
	return f ? json_int(f, "wait_ns") : 0;
}

static json *main_reason(json *j, const char *waiter, const char *owner)
{
	return json_at(json_row(json_row(j, "waiters", "name", waiter), "for", "name", owner), "reasons", 0);
}

/* waiters[], their owners and the reasons all have the same sum; a life's parts are the whole of it. */
static void sums_are_right(json *j)
{
	static const char *const parts[] = { "running_ns", "runnable_ns", "unknown_ns", "lock_ns", "cond_ns", "sem_ns", "barrier_ns", "join_ns",
		"poll_ns", "sleep_ns", "child_ns", "io_ns", "stdio_ns" };
	for (size_t i = 0; i < json_length(j, "waiters"); i++) {
		json *w = json_at(j, "waiters", i);
		long long owners = 0;
		for (size_t k = 0; k < json_length(w, "for"); k++) {
			json *f = json_at(w, "for", k);
			owners += json_int(f, "wait_ns");
			expect(json_sum(f, "reasons", "wait_ns", NULL), ==, json_int(f, "wait_ns"));
		}
		expect(owners, ==, json_int(w, "wait_ns"));
	}
	for (size_t i = 0; i < json_length(j, "shares"); i++) {
		json *s = json_at(j, "shares", i);
		long long sum = 0;
		for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
			sum += json_int(s, parts[k]);
		expect(sum, ==, json_int(s, "life_ns"));
	}
}

/* Charged is what the waiter measured, but for the time that waking up took and its own clock reads. */
static void is_near(long long charged, long long measured)
{
	expect(charged, <=, measured);
	expect(charged * 10, >=, measured * 8);
}

static const struct { const char *how, *owner, *what, *did; } cases[] = {
	{ "sleep", "b", "slept", "sleep" }, { "poll", "b", "external", "poll" }, { "burn", "b", "ran", NULL }, { "chain", "c", "slept", "sleep" },
};

Test(waits_view, a_wait_is_charged_to_what_the_end_of_the_chain_did)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct run *r = run_recorded(ARGV(target("waits_chain"), cases[i].how));
		json *j = waits(r, ARGV(NULL));
		json *why = main_reason(j, "a", cases[i].owner);
		is_near(because_of(j, "a", cases[i].owner), run_tally(r, "waited_ns"));
		cr_expect_str_eq(json_text(why, "what"), cases[i].what, "%s: %s", cases[i].how, json_text(why, "what"));
		cr_expect_str_eq(json_text(why, "wait"), "lock");
		cr_expect_str_eq(json_text(why, "object"), strcmp(cases[i].how, "chain") ? "outer" : "inner");
		if (cases[i].did)
			cr_expect_str_eq(json_text(why, "did"), cases[i].did);
		sums_are_right(j);
		json_free(j);
		run_free(r);
	}
}

Test(waits_view, it_says_first_and_in_words_who_held_things_up)
{
	struct run *r = run_recorded(ARGV(target("waits_chain"), "chain"));
	struct run *told = run((struct run_how){0}, ARGV(analyzer(), "waits", run_dump(r)));
	const char *words = strstr(told->out, "Waits: threads waited "), *shares = strstr(told->out, "What threads did");
	cr_assert(words && shares && words < shares, "%s", told->out);
	const char *who = strstr(words, " because of "), *what = strstr(words, "while that slept, holding 'inner'; in nap");
	cr_expect(who && what && what < shares, "%s", told->out);
	run_free(told);
	run_free(r);
}

Test(waits_view, one_thread_s_waits_and_a_window_of_time_are_parts_of_the_whole)
{
	struct run *r = run_recorded(ARGV(target("waits_chain"), "chain"));
	json *all = waits(r, ARGV(NULL)), *half = waits(r, ARGV("--to", "50%"));
	long long tid = json_int(json_row(all, "waiters", "name", "a"), "tid");
	json *one = waits(r, ARGV("--thread", format("%lld", tid)));
	expect(json_length(one, "waiters"), ==, 1);
	expect(because_of(one, "a", "c"), ==, because_of(all, "a", "c"));
	expect(because_of(half, "a", "c"), <, because_of(all, "a", "c"));
	expect(because_of(half, "a", "c"), >, 0);
	sums_are_right(one);
	sums_are_right(half);
	json_free(all), json_free(half), json_free(one);
	run_free(r);
}

Test(waits_view, cpu_time_is_the_kernel_s_and_the_rest_of_a_life_is_told_apart)
{
	struct run *r = run_recorded(ARGV(target("burn_and_sleep"), "5", "30", "20", "3"));
	json *j = waits(r, ARGV(NULL));
	json *report_all = report(run_dump(r));
	long long used = run_tally(r, "used_ns"), lived = run_tally(r, "lived_ns"), asleep = run_tally(r, "asleep_ns");
	long long running = 0, runnable = 0, unknown = 0, slept = 0, cpu = json_sum(report_all, "threads", "cpu_ns", NULL);
	for (size_t i = 0; i < json_length(j, "shares"); i++) {
		json *s = json_at(j, "shares", i);
		if (json_int(s, "join_ns"))
			continue;
		running += json_int(s, "running_ns");
		runnable += json_int(s, "runnable_ns");
		unknown += json_int(s, "unknown_ns");
		slept += json_int(s, "sleep_ns");
	}
	expect(running, >=, used - used / 20);
	expect(running, <=, used + used / 20);
	expect(cpu, >=, running);
	expect(slept, <=, asleep);
	expect(slept, >=, asleep - asleep / 20);
	expect(runnable, >=, lived - used - asleep - lived / 10);
	expect(unknown, <=, lived / 50);
	sums_are_right(j);
	json_free(j);
	json_free(report_all);
	run_free(r);
}

Test(waits_view, of_a_process_that_was_killed_what_its_threads_were_in_counts_and_only_the_end_is_unknown)
{
	struct run *r = run((struct run_how){ .preload = true, .kill_after_us = 400000 }, ARGV(target("burn_and_sleep"), "2", "20", "5", "1000"));
	json *j = waits(r, ARGV(NULL));
	sums_are_right(j);
	expect(json_sum(j, "shares", "join_ns", NULL), >, json_sum(j, "shares", "life_ns", NULL) / 10);
	expect(json_sum(j, "shares", "running_ns", NULL), >, json_sum(j, "shares", "unknown_ns", NULL));
	json_free(j);
	run_free(r);
}

Test(waits_view, its_keys_can_be_checked)
{
	struct run *r = run_recorded(ARGV(target("waits_chain"), "sleep"));
	struct run *told = run((struct run_how){0}, ARGV(analyzer(), "check", run_dump(r), "waiters[\"a\"].wait_ns > 20ms", "waiters[\"nobody\"].wait_ns == 0",
		"shares[\"b\"].sleep_ns >= 60ms", "shares[\"b\"].lock_ns == 0", "threads[\"b\"].unknown_ns < 1s", "waits.lock.calls == 1"));
	cr_expect_eq(told->status, 0, "%s%s", told->out, told->err);
	run_free(told);
	told = run((struct run_how){0}, ARGV(analyzer(), "check", run_dump(r), "waiters[\"a\"].no_such_key == 0"));
	expect(told->status, ==, 2);
	run_free(told);
	run_free(r);
}
