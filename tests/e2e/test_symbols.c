/* The names of functions: in libraries that come and go, inlined ones, and with debug information kept elsewhere. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "files.h"
#include "json.h"

/* The site whose blocks have `bytes` in all. */
static json *site_of(json *j, long long bytes)
{
	for (size_t i = 0; i < json_length(j, "memory.sites"); i++)
		if (json_int(json_at(j, "memory.sites", i), "bytes") == bytes)
			return json_at(j, "memory.sites", i);
	cr_assert(false, "no site with %lld bytes", bytes);
	return NULL;
}

Test(symbols, of_a_library_that_was_loaded_and_unloaded)
{
	struct run *r = run_recorded(ARGV(target("plugin_host"), target("plugin")));
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "plugin_make"), ==, run_tally(r, "made"));
	bool listed = false;
	for (size_t i = 0; i < json_length(j, "modules"); i++)
		listed |= !strcmp(json_text(json_at(j, "modules", i), "path"), target("plugin"));
	cr_expect(listed, "the library is not among the modules");
	json_free(j);
	run_free(r);
}

/* The calls of all sites with this frame are those of the sites with that one, and as many as the program counted. */
static void comes_and_goes(const char *turns)
{
	struct run *r = run_recorded(ARGV(target("plugin_turns"), turns, target("plugin_first"), target("plugin_other")));
	json *j = report(run_dump(r));
	expect(run_tally(r, "same"), ==, atoll(turns));  /* both were loaded at the same addresses each time */
	expect(json_sum(j, "memory.sites", "calls", "first_make"), ==, run_tally(r, "of_each"));
	expect(json_sum(j, "memory.sites", "calls", "first_clear"), ==, run_tally(r, "of_each"));
	expect(json_sum(j, "memory.sites", "calls", "other_make"), ==, run_tally(r, "of_each"));
	expect(json_sum(j, "memory.sites", "calls", "other_clear"), ==, run_tally(r, "of_each"));
	json_free(j);
	run_free(r);
}

Test(symbols, of_libraries_that_are_loaded_in_turn_at_the_same_addresses)
{
	comes_and_goes("3");
}

Test(symbols, of_more_libraries_one_after_the_other_than_can_be_known_at_once)
{
	comes_and_goes("2500");
}

Test(symbols, of_libraries_that_two_threads_load_and_unload_at_the_same_time)
{
	struct run *r = run_recorded(ARGV(target("plugin_threads"), "5000", target("plugin_first"), target("plugin_other")));
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "first_make"), ==, run_tally(r, "of_each"));
	expect(json_sum(j, "memory.sites", "calls", "other_make"), ==, run_tally(r, "of_each"));
	json_free(j);
	run_free(r);
}

Test(symbols, of_inlined_functions_and_of_a_program_at_fixed_addresses)
{
	struct run *r = run_recorded(ARGV(target("inlined")));
	json *j = report(run_dump(r)), *site = site_of(j, 1234);
	cr_expect(json_any_contains(site, "stack", "inlined_part"));
	cr_expect(json_any_contains(site, "stack", "outer_part"));
	cr_expect(json_any_contains(site, "stack", "main"));
	cr_expect_not(json_any_contains(site_of(j, 1), "stack", "inlined_part"));
	json_free(j);
	run_free(r);
}

Test(symbols, from_a_separate_debug_file)
{
	struct run *made = run((struct run_how){0}, ARGV("sh", "-ec",
		"cp \"$1\" app; objcopy --only-keep-debug app app.debug; strip --strip-all app; objcopy --add-gnu-debuglink=app.debug app",
		"sh", target("heap_leaks")));
	cr_assert_eq(made->status, 0, "%s", made->err);
	struct run *r = run_recorded(ARGV(format("%s/app", made->work)));
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), ==, 7000);
	json_free(j);

	/* Without it the program still has its place in the stacks, and the report says what is missing. */
	remove(format("%s/app.debug", made->work));
	j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), ==, 0);
	expect(json_int(j, "memory.leaked_bytes"), ==, run_tally(r, "leaked_bytes"));
	json *module = json_row(j, "modules", "path", format("%s/app", made->work));
	cr_expect_str_neq(json_text(module, "symbols"), "full");
	json_free(j);
	run_free(r);
	run_free(made);
}

Test(symbols, modules_have_their_build_ids)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	json *j = report(run_dump(r));
	json *module = json_row(j, "modules", "path", target("heap_leaks"));
	struct run *notes = run((struct run_how){0}, ARGV("readelf", "-n", target("heap_leaks")));
	cr_expect(strstr(notes->out, json_text(module, "build_id")) != NULL, "%s", json_text(module, "build_id"));
	expect(strlen(json_text(module, "build_id")), >, 30);
	cr_expect_str_eq(json_text(module, "symbols"), "full");
	run_free(notes);
	json_free(j);
	run_free(r);
}

static json *report_of_leaks(const char *setting, struct run **r)
{
	*r = run((struct run_how){.preload = true, .env = ENV(setting)}, ARGV(target("heap_leaks")));
	cr_assert_eq((*r)->status, 0);
	return report(run_dump(*r));
}

Test(stacks, are_as_deep_as_HP_DEPTH_says_and_a_cut_is_told)
{
	struct run *r;
	json *j = report_of_leaks("HP_DEPTH=1", &r);
	expect(json_int(j, "memory.leaked_bytes"), ==, run_tally(r, "leaked_bytes"));
	expect(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), ==, 7000);
	expect(json_sum(j, "memory.sites", "leaked_bytes", "main"), ==, 0);
	expect(json_int(j, "recorder.unwind_cut"), >, 0);
	json_free(j);
	run_free(r);
	j = report_of_leaks("HP_DEPTH=2", &r);
	expect(json_sum(j, "memory.sites", "leaked_bytes", "main"), ==, 9000);
	json_free(j);
	run_free(r);
}

Test(stacks, can_be_left_out)
{
	struct run *r;
	json *j = report_of_leaks("HP_STACK=none", &r);
	expect(json_int(j, "memory.leaked_bytes"), ==, run_tally(r, "leaked_bytes"));
	for (size_t i = 0; i < json_length(j, "memory.sites"); i++)
		expect(json_length(json_at(j, "memory.sites", i), "stack"), ==, 0);
	json_free(j);
	run_free(r);
}
