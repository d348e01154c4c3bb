/* Section K of docs/pitfalls.md: -finstrument-functions. */
#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "json.h"
#include "same.h"

static void expect_calls(struct run *r, json *j, const char *const *names)
{
	for (const char *const *name = names; *name; name++)
		cr_expect_eq(json_int(json_row(j, "functions", "name", *name), "calls"), run_tally(r, *name), "%s", *name);
}

static void expect_open(json *j, const char *const *names, bool all)
{
	for (const char *const *name = names; *name; name++) {
		json *f = json_row(j, "functions", "name", *name);
		cr_expect_eq(json_int(f, "open_calls"), all ? json_int(f, "calls") : 0, "%s: %lld of %lld calls are open", *name,
		             json_int(f, "open_calls"), json_int(f, "calls"));
	}
}

static void expect_cut_calls(const char *program)
{
	struct run *r = run_recorded(ARGV(program));
	json *j = report(run_dump(r));
	expect_calls(r, j, ARGV("throws", "jumps", "ends", "is_cancelled", "catches", "lands", "after"));
	expect_open(j, ARGV("jumps"), true);
	expect_open(j, ARGV("catches", "lands", "after"), false);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(pitfalls_k, k1_calls_without_an_exit)
{
	expect_cut_calls(target("cut_calls"));
	if (!have_program("clang++"))
		return;
	/* whose functions have no exits on the way of an exception */
	const char *sources = format("%s/../../tests/targets", built("targets"));
	if (access(sources, R_OK))
		cr_skip_test("no sources beside the tests");
	struct run *made = run((struct run_how){0}, ARGV("sh", "-c",
		format("clang++ -g -O1 -finstrument-functions -fno-builtin -pthread -I'%s' -o a '%s/cut_calls.cc' && pwd", sources, sources)));
	cr_assert_eq(made->status, 0, "%s", made->err);
	made->out[strcspn(made->out, "\n")] = 0;
	expect_cut_calls(format("%s/a", made->out));
	run_free(made);
}

Test(pitfalls_k, k2_functions_in_handlers_vfork_children_constructors_and_at_the_end)
{
	struct run *r = run_recorded(ARGV(target("calls_anywhere")));
	json *j = report(run_dump(r));
	expect_calls(r, j, ARGV("in_constructor", "in_handler", "in_parent", "parent", "at_end"));
	expect_calls(r, j, ARGV("in_vfork_child"));  /* in the memory, and on the stack, of its parent: counted as that one's */
	expect_open(j, ARGV("in_handler", "in_parent", "parent", "in_vfork_child"), false);
	json_free(j);
	run_free(r);
}

Test(pitfalls_k, k4_millions_of_calls_are_all_there)
{
	struct run *r = run_recorded(ARGV(target("calls"), "60000", "straight"));
	json *j = report(run_dump(r));
	expect_calls(r, j, ARGV("leaf", "branch", "recurse"));
	expect(run_tally(r, "leaf"), >, 1800000);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(pitfalls_k, k5_a_program_with_call_hooks_of_its_own)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("own_call_hooks")));
	expect(run_tally(r, "entries"), ==, 100);
	json *j = report(run_dump(r));
	json *leaf = json_find(j, "functions", "name", "leaf");
	cr_expect(!leaf || json_is_null(leaf, "calls"), "hooks of ours were called");
	json_free(j);
	run_free(r);
}

Test(pitfalls_k, k6_floating_point_arithmetic_stays_the_same)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("fp_state")));
	json *j = report(run_dump(r));
	expect(json_int(json_row(j, "functions", "name", "mix"), "calls"), ==, 4 * 999);
	json_free(j);
	run_free(r);
}

Test(pitfalls_k, k7_a_stack_that_ends_in_an_instrumented_function)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("stack_overflow")));
	expect(run_tally(r, "caught"), ==, 5);
	json *j = report(run_dump(r));
	expect_calls(r, j, ARGV("after"));
	expect_open(j, ARGV("after"), false);
	expect_open(j, ARGV("dives"), true);
	json_free(j);
	run_free(r);
}

Test(pitfalls_k, k8_entries_without_exits_and_exits_without_entries)
{
	struct run *r = run_recorded(ARGV(target("entries_only")));
	json *j = report(run_dump(r));
	expect_calls(r, j, ARGV("entered", "both"));
	expect_open(j, ARGV("both"), false);
	cr_expect(!json_find(j, "functions", "name", "left"), "an exit alone is no call");
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}
