/* Function calls of instrumented programs. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static const char *const counted[] = {"leaf", "branch", "recurse", "dive", "jump_out", NULL};

Test(calls, every_call_of_an_instrumented_program_is_counted)
{
	struct run *r = run_recorded(ARGV(target("calls"), "300"));
	json *j = report(run_dump(r));
	for (const char *const *name = counted; *name; name++) {
		json *function = json_row(j, "functions", "name", *name);
		cr_expect_eq(json_int(function, "calls"), run_tally(r, *name), "%s", *name);
		cr_expect_leq(json_int(function, "self_ns"), json_int(function, "total_ns"), "%s", *name);
		if (strcmp(*name, "dive"))  /* of which no call was completed */
			cr_expect_geq(json_int(function, "max_ns"), json_int(function, "min_ns"), "%s", *name);
	}
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(calls, calls_cut_by_longjmp_are_open_and_their_callers_are_not)
{
	struct run *r = run_recorded(ARGV(target("calls"), "50"));
	json *j = report(run_dump(r));
	expect(json_int(json_row(j, "functions", "name", "dive"), "open_calls"), ==, run_tally(r, "dive"));
	expect(json_int(json_row(j, "functions", "name", "jump_out"), "open_calls"), ==, 0);
	expect(json_int(json_row(j, "functions", "name", "leaf"), "open_calls"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(calls, functions_inlined_into_others_do_not_end_them)
{
	struct run *r = run_recorded(ARGV(target("inlined_calls"), "100"));
	json *j = report(run_dump(r));
	for (const char *const *name = (const char *const[]){"outer", "inner", "innermost", NULL}; *name; name++) {
		json *function = json_row(j, "functions", "name", *name);
		cr_expect_eq(json_int(function, "calls"), run_tally(r, *name), "%s", *name);
		cr_expect_eq(json_int(function, "open_calls"), 0, "%s", *name);
	}
	/* all sleeping is done below outer, a hundred times 100 us at least */
	expect(json_int(json_row(j, "functions", "name", "outer"), "total_ns"), >=, 100LL * 100000);
	json_free(j);
	run_free(r);
}

Test(calls, the_source_line_of_a_function_is_known)
{
	struct run *r = run_recorded(ARGV(target("calls"), "1"));
	json *j = report(run_dump(r));
	json *leaf = json_row(j, "functions", "name", "leaf");
	cr_expect(strstr(json_text(leaf, "file"), "calls.c") != NULL);
	expect(json_int(leaf, "line"), >, 1);
	cr_expect(strstr(json_text(leaf, "module"), "calls") != NULL);
	json_free(j);
	run_free(r);
}

Test(calls, exceptions_and_C_plus_plus_names_come_out_right)
{
	struct run *r = run_recorded(ARGV(target("cxx")));
	json *j = report(run_dump(r));
	json *fail = json_row(j, "functions", "name", "shop::fail(int)");
	expect(json_int(fail, "calls"), ==, 40);
	json *made = json_row(j, "functions", "name", "shop::Order* shop::make_one<shop::Order>()");
	expect(json_int(made, "calls"), ==, 41);
	expect(json_int(made, "open_calls"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(calls, fibers_on_one_thread_are_kept_apart)
{
	struct run *r = run_recorded(ARGV(target("fibers")));
	json *j = report(run_dump(r));
	json *inner = json_row(j, "functions", "name", "in_fiber"), *outer = json_row(j, "functions", "name", "fiber_main");
	expect(json_int(inner, "calls"), ==, run_tally(r, "in_fiber"));
	expect(json_int(outer, "calls"), ==, run_tally(r, "fiber_main"));
	json_free(j);
	run_free(r);
}

Test(calls, a_function_of_a_library_that_took_anothers_place_is_told_from_the_others)
{
	struct run *r = run_recorded(ARGV(target("swap_host"), target("swap_first"), target("swap_second")));
	json *j = report(run_dump(r));
	for (const char *const *name = ARGV("first_work", "second_work"); *name; name++)
		cr_expect_eq(json_int(json_row(j, "functions", "name", *name), "calls"), run_tally(r, *name), "%s (%s)", *name,
		             run_tally(r, "same_place") ? "at the same place" : "at different places");
	json_free(j);
	run_free(r);
}

/* The last rounds of destructors come after the recorder's own. */
Test(calls, after_a_threads_last_event_do_no_harm)
{
	struct run *r = run_recorded(ARGV(target("late_calls")));
	json *j = report(run_dump(r));
	expect(run_tally(r, "calls"), ==, 20 * (1 + run_tally(r, "rounds")));
	expect(json_int(json_row(j, "functions", "name", "called"), "calls"), >=, 20);
	json_free(j);
	run_free(r);
}

/* The number in the "calls" column of `uftrace report -f call`. */
static long long calls_by_uftrace(const char *text, const char *function)
{
	char *copy = strdup(text);
	long long calls = -1;
	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
		char name[256];
		long long number;
		if (sscanf(line, "%lld %255s", &number, name) == 2 && !strcmp(name, function))
			calls = number;
	}
	free(copy);
	return calls;
}

Test(calls, counts_equal_those_of_uftrace)
{
	if (!have_program("uftrace"))
		cr_skip_test("uftrace is not installed");
	struct run *r = run_recorded(ARGV(target("calls"), "300", "straight"));
	json *j = report(run_dump(r));
	char *data = format("%s/uftrace.data", r->work);
	struct run *recorded = run((struct run_how){0},
		ARGV("uftrace", "record", "--no-libcall", "--no-pager", "-d", data, target("calls"), "300", "straight"));
	cr_assert_eq(recorded->status, 0, "%s", recorded->err);
	struct run *told = run((struct run_how){0}, ARGV("uftrace", "report", "--no-pager", "--color=no", "-f", "call", "-d", data));
	cr_assert_eq(told->status, 0, "%s", told->err);
	/* uftrace keeps calls that longjmp has left on its stack until that is full: "straight" has none. */
	for (const char *const *name = ARGV("leaf", "branch", "recurse"); *name; name++) {
		long long calls = calls_by_uftrace(told->out, *name);
		cr_expect_eq(json_int(json_row(j, "functions", "name", *name), "calls"), calls, "%s: uftrace saw %lld", *name, calls);
	}
	run_free(told);
	run_free(recorded);
	json_free(j);
	run_free(r);
}
