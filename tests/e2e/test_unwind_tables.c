/* Unwind tables that are elsewhere, lack something, or are damaged. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

/* Its ten allocations have this frame. */
static void expect_frame(const char *dump, const char *frame)
{
	json *j = report(dump);
	expect(json_sum(j, "memory.sites", "calls", frame), ==, 10);
	json_free(j);
}

Test(unwind_tables, may_be_in_debug_frame_alone)
{
	struct run *r = run_recorded(ARGV(target("debug_frame")));
	expect_frame(run_dump(r), "innermost");
	expect_frame(run_dump(r), "middle");
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "main"), >=, 10);
	json_free(j);
	run_free(r);
}

Test(unwind_tables, may_have_no_program_header)
{
	struct run *r = run_recorded(ARGV(target("no_frame_header")));
	expect_frame(run_dump(r), "innermost");
	expect_frame(run_dump(r), "main");
	run_free(r);
}

Test(unwind_tables, that_are_nowhere_end_the_stack_marked)
{
	struct run *made = run((struct run_how){0}, ARGV("objcopy", "--remove-section", ".debug_frame", target("debug_frame"), "app"));
	cr_assert_eq(made->status, 0, "%s", made->err);
	struct run *r = run_recorded(ARGV(format("%s/app", made->work)));
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "innermost"), ==, 10);
	expect(json_sum(j, "memory.sites", "calls", "middle"), ==, 0);
	expect(json_int(j, "recorder.unwind_cut"), >, 0);
	json_free(j);
	run_free(r);
	run_free(made);
}

/* Each of twelve sorts of damage with 250 random numbers; recorded in each mode. */
static void survives(const char *mode)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV(mode)}, ARGV(target("broken_tables"), "3000", target("plugin_deep")));
	cr_assert_eq(r->status, 0, "%s: status %d, signal %d: %s", mode, r->status, r->signal, r->err);
	json *j = report(run_dump(r));
	expect(run_tally(r, "loaded"), >, 2000);
	expect(json_sum(j, "memory.sites", "calls", "innermost"), ==, run_tally(r, "loaded"));
	expect(json_int(j, "recorder.unwind_cut"), >, 100);
	json_free(j);
	run_free(r);
}

Test(unwind_tables, that_are_damaged_end_the_stack_marked_and_never_the_program)
{
	survives("HP_STACK=dwarf");
	survives("HP_STACK=fp");
}

Test(unwind_tables, that_are_whole_go_through_a_library_whose_program_headers_were_moved)
{
	/* the first kind of damage does only that */
	struct run *r = run_recorded(ARGV(target("broken_tables"), "1", target("plugin_deep")));
	json *j = report(run_dump(r));
	for (size_t i = 0; i < json_length(j, "memory.sites"); i++) {
		json *site = json_at(j, "memory.sites", i);
		if (json_int(site, "bytes") == 100)
			cr_expect(json_any_contains(site, "stack", "main") && json_any_contains(site, "stack", "innermost"));
	}
	expect(json_sum(j, "memory.sites", "calls", "innermost"), ==, 1);
	json_free(j);
	run_free(r);
}
