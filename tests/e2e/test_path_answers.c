/*
 * What the critical path is said to be made of, where the program's plan says what it is: the targets with planted delays.
 * All times are sleeps of tens of ms, so that a busy machine moves shares by little.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

enum { MARGIN_PCT = 12 };

/* percent: of the path, spent in calls of this kind in this function, or (NULL) on this thing. */
static struct answer { char target[24], delay_us[12], kind[12], function[12], thing[16]; int percent; } answers[] = {
	{"plan_serial", "20000", "sleep", "planted", "", 40},
	{"plan_convoy", "15000", "sleep", "planted", "", 95},
	{"plan_long_hold", "70000", "sleep", "planted", "", 46},
	{"plan_nested", "25000", "sleep", "planted", "", 73},
	{"plan_stages", "16000", "sleep", "planted", "", 60},
	{"plan_buffer", "15000", "sleep", "planted", "", 68},
	{"plan_barrier", "30000", "sleep", "planted", "", 66},
	{"plan_fan_out", "60000", "sleep", "planted", "", 63},
	{"plan_workers", "45000", "sleep", "planted", "", 72},
	{"plan_slow_writer", "40000", "sleep", "planted", "", 55},
	{"plan_branches", "30000", "sleep", "planted", "", 99},
	{"plan_branches", "10000", "sleep", "planted", "", 0},
	{"plan_journal", "20000", "io", "", "journal", 57},
};

static json *path_of(const char *dumps)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "path", "--json", dumps));
	cr_assert(r->status == 0, "%s", r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

static struct run *run_slowly(const char *program, const char *argument)
{
	struct run *r = run((struct run_how){.preload = true, .preload_after = target("slow_disk")}, ARGV(target(program), argument));
	cr_assert(r->status == 0, "%s", r->err);
	return r;
}

static bool is_text(json *row, const char *key, const char *wanted)
{
	return !wanted[0] || (!json_is_null(row, key) && !strcmp(json_text(row, key), wanted));
}

static double percent_of(json *j, const struct answer *a)
{
	double percent = 0;
	for (size_t i = 0; i < json_length(j, "waits"); i++) {
		json *row = json_at(j, "waits", i);
		if (is_text(row, "kind", a->kind) && is_text(row, "function", a->function) && is_text(row, "what", a->thing))
			percent += json_number(row, "percent");
	}
	return percent;
}

ParameterizedTestParameters(path_answers, the_end_depended_on_the_planted_delay_for_as_long_as_it_was_planned)
{
	return cr_make_param_array(struct answer, answers, sizeof answers / sizeof *answers);
}

ParameterizedTest(struct answer *a, path_answers, the_end_depended_on_the_planted_delay_for_as_long_as_it_was_planned)
{
	struct run *r = run_slowly(a->target, a->delay_us);
	json *j = path_of(r->dumps);
	double percent = percent_of(j, a);
	cr_expect(percent > a->percent - MARGIN_PCT && percent < a->percent + MARGIN_PCT, "%s %s: %.1f %% of the path, not %d", a->target, a->delay_us, percent,
	          a->percent);
	json_free(j);
	run_free(r);
}

Test(path_answers, the_chain_has_no_gap_and_ends_with_the_run)
{
	for (const char *const *program = ARGV("plan_convoy", "plan_stages", "plan_buffer", "plan_barrier", "plan_slow_writer"); *program; program++) {
		struct run *r = run_slowly(*program, "10000");
		json *path = path_of(r->dumps), *j = report(run_dump(r));
		long long at = 0;
		for (size_t i = 0; i < json_length(path, "segments"); i++) {
			json *segment = json_at(path, "segments", i);
			expect(json_int(segment, "start_ns"), ==, at);
			at = json_int(segment, "end_ns");
		}
		expect(at, ==, json_int(path, "path.duration_ns"));
		expect(at, <=, json_int(j, "process.duration_ns"));
		expect(at, >=, json_int(j, "process.duration_ns") * 99 / 100);
		json_free(path);
		json_free(j);
		run_free(r);
	}
}

Test(path_answers, who_held_a_convoys_lock_was_on_the_path_nearly_all_the_time)
{
	struct run *r = run_slowly("plan_convoy", "15000");
	json *j = path_of(r->dumps), *lock = json_row(j, "locks", "name", "convoy_lock");
	expect(json_number(lock, "percent"), >, 75);
	expect(json_int(lock, "hand_overs"), >, 10);
	json_free(j);
	run_free(r);
}

Test(path_answers, what_is_off_the_path_has_the_slack_of_the_branch_that_is_on_it)
{
	struct run *r = run_slowly("plan_branches", "10000");
	json *j = path_of(r->dumps), *row = json_row(j, "functions", "name", "slow_branch");
	expect(json_int(row, "on_path_ns"), <, json_int(j, "path.duration_ns") / 20);
	/* 18 ms against 10, ten times */
	expect(json_int(row, "slack_ns"), >, 40000000);
	expect(json_int(row, "slack_ns"), <, 120000000);
	json_free(j);
	run_free(r);
}

Test(path_answers, locks_that_are_only_tried_are_the_locks_that_they_are)
{
	struct run *r = run_recorded(ARGV(target("inversions"), "try"));
	json *j = path_of(r->dumps);  /* without a lock that nobody defined */
	expect(json_int(j, "path.unmatched_acts"), ==, 0);
	json_free(j);
	run_free(r);
}
