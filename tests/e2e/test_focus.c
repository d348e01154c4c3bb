/* --function and --module, with --thread, --from and --to, on every view: what is counted is what the whole report has of it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static struct run *analyze(const char *const *arguments)
{
	const char *argv[16] = { analyzer() };
	for (unsigned i = 0; arguments[i] && i < 14; i++)
		argv[i + 1] = arguments[i];
	return run((struct run_how){0}, argv);
}

static json *told(const char *const *arguments)
{
	struct run *r = analyze(arguments);
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

Test(focus, memory_of_a_function_is_that_of_the_sites_on_whose_paths_it_is)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	json *all = report(run_dump(r));
	for (const char *const *name = ARGV("load_config", "open_session"); *name; name++) {
		json *j = told(ARGV("report", "--json", "--function", *name, run_dump(r)));
		long long calls = json_sum(all, "memory.sites", "calls", *name);
		cr_expect_gt(calls, 0);
		expect(json_int(j, "memory.alloc_calls") + json_int(j, "memory.realloc_calls"), ==, calls);
		expect(json_int(j, "memory.bytes_allocated"), ==, json_sum(all, "memory.sites", "bytes", *name));
		expect(json_int(j, "memory.leaked_bytes"), ==, json_sum(all, "memory.sites", "leaked_bytes", *name));
		expect(json_int(j, "memory.unknown_frees"), ==, 0);
		expect(json_int(j, "memory.free_calls"), <=, json_int(all, "memory.free_calls"));
		json_free(j);
	}
	json_free(all);
	run_free(r);
}

Test(focus, locks_waits_and_io_of_a_function_are_those_on_its_paths)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	json *all = report(run_dump(r));
	json *nap = told(ARGV("report", "--json", "--function", "long_nap", run_dump(r)));
	json *together = told(ARGV("report", "--json", "--function", "together", run_dump(r)));
	json *tree = told(ARGV("tree", "--json", "--function", "long_nap", run_dump(r)));
	expect(json_int(nap, "waits.sleep.calls"), ==, 6);
	expect(json_int(nap, "waits.barrier.calls"), ==, 0);
	expect(json_int(nap, "waits.join.calls"), ==, 0);
	expect(json_int(together, "waits.sleep.calls"), ==, 2);
	expect(json_int(together, "waits.barrier.calls"), ==, json_int(all, "waits.barrier.calls"));
	expect(json_int(nap, "waits.sleep.time_ns"), ==, json_int(json_at(tree, "callees", 0), "sleep_ns"));
	expect(json_int(json_row(nap, "functions", "name", "short_nap"), "calls"), ==, 3);
	cr_expect_null(json_find(nap, "functions", "name", "main"));
	json_free(tree);
	json_free(together);
	json_free(nap);
	json_free(all);
	run_free(r);
}

/* All of its locks are used by the program itself, and none by libc. */
Test(focus, of_a_module_everything_counts_that_goes_through_it)
{
	struct run *r = run_recorded(ARGV(target("lock_counts")));
	json *all = report(run_dump(r));
	json *own = told(ARGV("report", "--json", "--module", "lock_counts", run_dump(r)));
	json *none = told(ARGV("report", "--json", "--module", "libc*", run_dump(r)));
	cr_assert_gt(json_length(all, "locks"), 0);
	for (size_t i = 0; i < json_length(all, "locks"); i++) {
		json *lock = json_at(all, "locks", i), *same = json_row(own, "locks", "name", json_text(lock, "name"));
		cr_expect_eq(json_int(lock, "acquisitions"), json_int(same, "acquisitions"), "%s", json_text(lock, "name"));
		cr_expect_eq(json_int(lock, "contended"), json_int(same, "contended"), "%s", json_text(lock, "name"));
		if (!json_is_null(lock, "hold_ns"))
			cr_expect_eq(json_int(lock, "hold_ns"), json_int(same, "hold_ns"), "%s", json_text(lock, "name"));
	}
	for (size_t i = 0; i < json_length(none, "locks"); i++)
		expect(json_int(json_at(none, "locks", i), "acquisitions"), ==, 0);
	json_free(none);
	json_free(own);
	json_free(all);
	run_free(r);
}

static size_t lines_of(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += *text == '\n';
	return n;
}

Test(focus, events_are_those_on_the_paths)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	struct run *all = analyze(ARGV("events", "--json", "--kind", "wait", run_dump(r)));
	struct run *nap = analyze(ARGV("events", "--json", "--kind", "wait", "--function", "short_nap", run_dump(r)));
	struct run *calls = analyze(ARGV("events", "--json", "--kind", "function", "--function", "long_nap", run_dump(r)));
	cr_expect_gt(lines_of(all->out), 15);
	expect(lines_of(nap->out), ==, 4);
	expect(lines_of(calls->out), ==, 6);  /* exits are of no kind */
	run_free(calls);
	run_free(nap);
	run_free(all);
	run_free(r);
}

/* Every view takes every choice of events, and says what it was. */
Test(focus, every_view_takes_every_filter)
{
	struct run *r = run_recorded(ARGV(target("timed_calls")));
	const char *pid = format("%lld", json_int(report(run_dump(r)), "process.pid"));
	const char *const filters[][2] = { { "--from", "20%" }, { "--to", "80%" }, { "--thread", pid }, { "--function", "works" }, { "--module", "timed_*" } };
	for (unsigned f = 0; f < sizeof filters / sizeof *filters; f++) {
		for (const char *const *view = ARGV("summary", "memory", "functions", "locks", "io", "waits", "threads", "spans"); *view; view++) {
			struct run *u = analyze(ARGV("report", "--view", *view, filters[f][0], filters[f][1], run_dump(r)));
			cr_expect_eq(u->status, 0, "%s %s: %s", *view, filters[f][0], u->err);
			run_free(u);
		}
		struct run *tree = analyze(ARGV("tree", filters[f][0], filters[f][1], run_dump(r)));
		cr_expect_eq(tree->status, 0, "tree %s: %s", filters[f][0], tree->err);
		struct run *events = analyze(ARGV("events", filters[f][0], filters[f][1], run_dump(r)));
		cr_expect_eq(events->status, 0, "events %s: %s", filters[f][0], events->err);
		run_free(events);
		run_free(tree);
	}
	run_free(r);
}

Test(focus, what_no_path_goes_through_is_refused)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	for (unsigned i = 0; i < 2; i++) {
		struct run *u = analyze(ARGV("report", i ? "--module" : "--function", "nobody", run_dump(r)));
		expect(u->status, ==, 2);
		cr_expect(strstr(u->err, "nobody") != NULL, "%s", u->err);
		run_free(u);
	}
	run_free(r);
}
