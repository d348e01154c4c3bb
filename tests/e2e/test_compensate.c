/* Function times without what it cost to record them, against a program that knows how long its own work takes. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

enum { CALLS = 2000, RUNS = 5 };  /* CALLS: of small() in one of caller() */

static json *compensated(const char *dump)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", "--compensate", dump));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

static double caller_ns(json *j)
{
	return json_number(json_row(j, "functions", "name", "caller"), "p50_ns");
}

static double share_of_small(json *j)
{
	return CALLS * json_number(json_row(j, "functions", "name", "small"), "p50_ns") / caller_ns(j);
}

/* What is left of the error of the time, and of the share, when times are compensated. */
struct left { double time, share; };

static struct left one_run(void)
{
	struct run *r = run_recorded(ARGV(target("known_shares"), "300"));
	json *raw = report(run_dump(r)), *less = compensated(run_dump(r));
	double known = (double)(run_tally(r, "small_ns") + run_tally(r, "rest_ns"));
	double share = (double)run_tally(r, "small_ns") / known;
	struct left left = {
		fabs(caller_ns(less) - known) / fabs(caller_ns(raw) - known),
		fabs(share_of_small(less) - share) / fabs(share_of_small(raw) - share),
	};
	json_free(raw);
	json_free(less);
	run_free(r);
	return left;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

/* The cost is measured once, in a fraction of a millisecond: of several runs the one in the middle. */
Test(compensate, times_come_much_closer_to_what_the_work_takes)
{
	double time[RUNS], share[RUNS];
	for (unsigned i = 0; i < RUNS; i++) {
		struct left left = one_run();
		time[i] = left.time;
		share[i] = left.share;
	}
	qsort(time, RUNS, sizeof *time, by_size);
	qsort(share, RUNS, sizeof *share, by_size);
	cr_expect_lt(time[RUNS / 2], 0.5, "%.2f of the error is left: %.2f to %.2f", time[RUNS / 2], time[0], time[RUNS - 1]);
	cr_expect_lt(share[RUNS / 2], 0.5, "%.2f of the error is left: %.2f to %.2f", share[RUNS / 2], share[0], share[RUNS - 1]);
}

Test(compensate, what_was_taken_out_is_told_and_never_more_than_there_was)
{
	struct run *r = run_recorded(ARGV(target("calls"), "300"));
	json *raw = report(run_dump(r)), *less = compensated(run_dump(r));
	cr_expect(json_is_null(raw, "recorder.compensated"));
	expect(json_int(less, "recorder.compensated.taken_ns"), >, 0);
	expect(json_int(less, "recorder.compensated.uncertainty_ns"), >=, 0);
	expect(json_number(less, "recorder.hooks.function.ns_inside"), <=, json_number(less, "recorder.hooks.function.ns_per_event"));
	for (size_t i = 0; i < json_length(less, "functions"); i++) {
		json *f = json_at(less, "functions", i), *was = json_row(raw, "functions", "name", json_text(f, "name"));
		expect(json_int(f, "self_ns"), >=, 0);
		expect(json_int(f, "total_ns"), >=, json_int(f, "self_ns"));
		expect(json_int(f, "total_ns"), <, json_int(was, "total_ns"));
		expect(json_int(f, "calls"), ==, json_int(was, "calls"));
	}
	json_free(raw);
	json_free(less);
	run_free(r);
}

Test(compensate, the_text_says_so_and_by_how_much)
{
	struct run *r = run_recorded(ARGV(target("calls"), "300"));
	const char *const commands[][4] = { { "report" }, { "report", "--view", "functions" }, { "tree" } };
	for (unsigned i = 0; i < 3; i++) {
		const char *argv[8] = { analyzer() };
		unsigned n = 1;
		for (unsigned k = 0; commands[i][k]; k++)
			argv[n++] = commands[i][k];
		argv[n++] = run_dump(r);
		struct run *plain = run((struct run_how){0}, argv);
		argv[n++] = "--compensate";
		struct run *told = run((struct run_how){0}, argv);
		cr_expect_eq(told->status, 0);
		cr_expect(strstr(told->out, "of the recorder's own cost taken out") != NULL, "%s", told->out);
		cr_expect(strstr(plain->out, "taken out") == NULL, "%s", plain->out);
		run_free(plain);
		run_free(told);
	}
	run_free(r);
}

/* A forked child that goes on in a dump of its own has its parent's figures there. */
Test(compensate, the_dump_of_a_forked_child_carries_the_costs_too)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("moving_child")));
	cr_assert_geq(r->dump_count, 2);
	for (size_t i = 0; i < r->dump_count; i++) {
		json *j = report(r->dump[i]);
		cr_expect(!json_is_null(j, "recorder.hooks.memory.ns_per_event"), "%s", r->dump[i]);
		json_free(j);
	}
	run_free(r);
}
