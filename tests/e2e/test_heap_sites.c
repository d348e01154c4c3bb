/* What the report tells of each place that allocates, on a program whose habits are known; leaks and what is none. */
#include <criterion/criterion.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static json *site_of(json *j, const char *function)
{
	for (size_t i = 0; i < json_length(j, "memory.sites"); i++)
		if (!strncmp(json_text(json_at(json_at(j, "memory.sites", i), "stack", 0), NULL), function, strlen(function)))
			return json_at(j, "memory.sites", i);
	cr_assert_fail("no site in %s", function);
	return NULL;
}

Test(heap_sites, each_habit_shows_at_its_place)
{
	struct run *r = run_recorded(ARGV(target("heap_habits")));
	json *j = report(run_dump(r));
	json *first = site_of(j, "first_phase"), *second = site_of(j, "second_phase"), *drip = site_of(j, "drip"), *churn = site_of(j, "churn");
	expect(json_int(first, "own_peak_bytes"), ==, 64000);
	expect(json_int(first, "peak_bytes"), ==, 0);
	expect(json_int(first, "own_peak_time_ns"), <, json_int(second, "own_peak_time_ns"));
	expect(json_int(second, "peak_bytes"), ==, 192000);
	expect(json_int(second, "own_peak_time_ns"), ==, json_int(j, "memory.peak_time_ns"));
	expect(json_int(drip, "leaked_bytes"), ==, 40000);
	expect(json_int(drip, "growth_bytes_per_s"), >, 0);
	expect(json_int(second, "growth_bytes_per_s"), ==, 0);
	expect(json_int(site_of(j, "hoard"), "freed_at_end_bytes"), ==, 5000);
	expect(json_int(j, "memory.freed_at_end_bytes"), ==, 5000);
	expect(json_int(churn, "temporary_calls"), ==, 300);
	expect(json_int(churn, "temporary_bytes"), ==, 300 * 64);
	expect(json_int(churn, "lifetime.freed"), ==, 300);
	expect(json_int(churn, "lifetime.p50_ns"), <=, json_int(churn, "lifetime.max_ns"));
	expect(json_int(churn, "lifetime.max_ns"), <, json_int(site_of(j, "hoard"), "lifetime.min_ns"));
	expect(json_int(j, "memory.realloc_moved_calls"), ==, run_tally(r, "moved"));
	expect(json_int(j, "memory.realloc_copied_bytes"), ==, run_tally(r, "copied"));
	expect(json_int(j, "memory.realloc_longest_chain"), ==, 10);
	json_free(j);
	run_free(r);
}

Test(heap_sites, the_timeline_covers_the_run_and_has_its_peak)
{
	struct run *r = run_recorded(ARGV(target("heap_habits")));
	json *j = report(run_dump(r));
	size_t n = json_length(j, "memory.timeline");
	long long most = 0, last = 0, integral = 0;
	for (size_t i = 0; i < n; i++) {
		json *point = json_at(j, "memory.timeline", i);
		most = json_int(point, "peak_bytes") > most ? json_int(point, "peak_bytes") : most;
		last = json_int(point, "live_bytes");
		integral += json_int(point, "peak_bytes");
	}
	expect(n, >, 100);
	expect(most, ==, json_int(j, "memory.peak_bytes"));
	expect(last, ==, json_int(j, "memory.leaked_bytes") + json_int(j, "memory.suppressed_bytes"));
	/* two ways to the same: sizes times lifetimes, and the curve below its upper edge */
	double width = json_number(json_at(j, "memory.timeline", 1), "time_ns") / 1e9;
	cr_expect_lt(json_number(j, "memory.byte_seconds"), (double)integral * width);
	cr_expect_gt(json_number(j, "memory.byte_seconds"), (double)integral * width / 2);
	json_free(j);
	run_free(r);
}

Test(heap_sites, shares_of_the_peak_add_up_in_the_tree_both_ways)
{
	struct run *r = run_recorded(ARGV(target("heap_habits")));
	json *j = report(run_dump(r));
	for (int i = 0; i < 2; i++) {
		struct run *told = run((struct run_how){0}, ARGV(analyzer(), "tree", "--json", "--metric", "peak-bytes", i ? "--reverse" : "--depth=9", run_dump(r)));
		json *tree = json_parse(told->out);
		long long sum = 0;
		for (size_t k = 0; k < json_length(tree, "tree"); k++)
			sum += json_int(json_at(tree, "tree", k), "peak_bytes");
		expect(sum, ==, json_int(j, "memory.peak_bytes"));
		expect(json_int(tree, "total"), ==, json_int(j, "memory.peak_bytes"));
		json_free(tree);
		run_free(told);
	}
	json_free(j);
	run_free(r);
}

Test(heap_sites, blocks_that_another_thread_freed_are_told_with_both)
{
	struct run *r = run_recorded(ARGV(target("heap_habits"), "threads"));
	json *j = report(run_dump(r));
	long long main_thread = json_int(j, "process.pid"), passed = 0, nobody = 0;
	for (size_t i = 0; i < json_length(j, "memory.owners"); i++) {
		json *o = json_at(j, "memory.owners", i);
		if (json_is_null(o, "freed_by"))
			nobody += json_int(o, "bytes");
		else if (json_int(o, "allocated_by") != json_int(o, "freed_by")) {
			expect(json_int(o, "freed_by"), ==, main_thread);
			expect(json_int(o, "blocks"), ==, 50);
			passed += json_int(o, "bytes");
		}
	}
	expect(passed, ==, 50 * 200);
	expect(json_int(site_of(j, "make_and_pass"), "freed_by_others_calls"), ==, 50);
	expect(json_sum(j, "memory.sites", "freed_by_others_bytes", NULL), ==, 50 * 200);
	expect(nobody, ==, json_int(j, "memory.leaked_bytes") + json_int(j, "memory.suppressed_bytes"));
	json_free(j);
	run_free(r);
}

Test(heap_sites, blocks_that_a_child_inherits_are_no_leaks_of_the_child)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("fork_heap")));
	json *j = report(r->dumps);
	long long leaked[2] = { 0 };
	expect(json_length(j, "processes"), ==, 2);
	for (size_t i = 0; i < 2; i++) {
		json *p = json_at(j, "processes", i);
		leaked[json_int(p, "pid") != json_int(j, "process.pid")] = json_int(p, "leaked_bytes");
	}
	expect(leaked[0], ==, 1000);
	expect(leaked[1], ==, 77 + 5000);
	expect(json_int(j, "memory.leaked_bytes"), ==, 1000 + 77 + 5000);
	expect(json_sum(j, "memory.sites", "leaked_bytes", "in_parent"), ==, 1000);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	json_free(j);
	run_free(r);
}
