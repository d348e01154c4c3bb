/* Stacks that end where nothing can be read, frame pointers that lead astray, code without unwind tables. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static const char *const ways[] = {
	"context", "thread", "alternate", "coroutine", "nowhere", "bare", "jit", "pointers", "context_pointers", NULL,
};

static struct run *in_mode(const char *mode, const char *way)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV(mode)}, ARGV(target("unwind_guards"), way));
	cr_assert_eq(r->status, 0, "%s %s: status %d, signal %d", mode, way, r->status, r->signal);
	return r;
}

/* All of the program's allocations are below this frame. */
static void all_below(const char *way, const char *frame)
{
	struct run *r = in_mode("HP_STACK=dwarf", way);
	json *j = report(run_dump(r));
	cr_expect_eq(json_sum(j, "memory.sites", "calls", frame), run_tally(r, "allocations"), "%s: %lld below %s", way,
			json_sum(j, "memory.sites", "calls", frame), frame);
	json_free(j);
	run_free(r);
}

Test(unwind_guards, stacks_between_unreadable_pages_are_followed_to_their_ends)
{
	all_below("context", "on_context");
	all_below("thread", "in_thread");
	all_below("coroutine", "coroutine");
	all_below("nowhere", "coroutine");
	all_below("alternate", "main");  /* and on, to the stack that was interrupted */
}

Test(unwind_guards, damaged_frame_pointers_end_the_stack_where_they_are_needed)
{
	all_below("pointers", "with_frame_pointer");
	all_below("pointers", "use_bad_frame_pointers");
	all_below("context_pointers", "use_bad_frame_pointers");
}

#ifdef __x86_64__
Test(unwind_guards, code_without_tables_ends_the_stack_marked)
{
	static const char *const bare[][2] = { { "bare", "use_bare_code" }, { "jit", "use_jit_code" } };
	for (size_t i = 0; i < 2; i++) {
		struct run *r = in_mode("HP_STACK=dwarf", bare[i][0]);
		json *j = report(run_dump(r));
		expect(json_sum(j, "memory.sites", "calls", "in_bare_code"), ==, run_tally(r, "allocations"));
		expect(json_sum(j, "memory.sites", "calls", bare[i][1]), ==, 0);
		expect(json_int(j, "recorder.unwind_cut"), >, 0);
		json_free(j);
		run_free(r);
	}
}
#endif

Test(unwind_guards, frame_pointers_alone_lead_to_no_fault_either)
{
	for (size_t i = 0; ways[i]; i++) {
		struct run *r = in_mode("HP_STACK=fp", ways[i]);
		json *j = report(run_dump(r));
		expect(json_sum(j, "memory.sites", "calls", "deeper"), ==, run_tally(r, "allocations"));
		json_free(j);
		run_free(r);
	}
}

Test(unwind_guards, a_memory_checker_finds_nothing)
{
	static const char *const some[] = { "context", "thread", "alternate", "nowhere", "context_pointers", NULL };
	static const char *const modes[] = { "HP_STACK=dwarf", "HP_STACK=fp" };
	for (size_t i = 0; some[i]; i++) {
		struct run *place = run((struct run_how){0}, ARGV("true"));
		struct run *r = run((struct run_how){.env = ENV(modes[i % 2], format("LD_PRELOAD=%s", built("libhp.so")),
				format("HP_OUT=%s/%%p.hpd", place->work))}, ARGV("valgrind", "-q", "--error-exitcode=9", target("unwind_guards"), some[i]));
		cr_expect_eq(r->status, 0, "%s: %s", some[i], r->err);
		expect(run_tally(r, "allocations"), >, 0);
		run_free(r);
		run_free(place);
	}
}

/* Whether the words at the ends of the stack's pages are of frames that nobody has written to depends on where the stack begins. */
Test(unwind_guards, a_memory_checker_finds_nothing_where_we_ask_about_stacks_that_were_never_written)
{
	for (int more = 0; more < 4096; more += 1000) {
		struct run *r = run((struct run_how){.env = ENV(format("LD_PRELOAD=%s", built("libhp.so")), "HP_OUT=d.hpd", format("MORE=%0*d", more + 1, 0))},
		                    ARGV("valgrind", "-q", "--error-exitcode=9", "ls", "-la", "/usr/bin"));
		cr_expect_eq(r->status, 0, "%s", r->err);
		run_free(r);
	}
}

/* Of a reservation of 16 GiB it would. */
Test(unwind_guards, a_memory_checker_has_no_warning)
{
	struct run *r = run((struct run_how){.env = ENV(format("LD_PRELOAD=%s", built("libhp.so")), "HP_OUT=d.hpd")}, ARGV("valgrind", "true"));
	cr_expect_eq(r->status, 0, "%s", r->err);
	cr_expect_not_null(strstr(r->err, "ERROR SUMMARY"));
	cr_expect_null(strstr(r->err, "Warning:"), "%s", r->err);
	run_free(r);
}

/* libunwind believes damaged return addresses; what is recorded otherwise is not changed by that. */
Test(unwind_guards, return_addresses_in_a_modules_data_do_not_make_it_another_module)
{
	struct run *r = in_mode("HP_STACK=check", "context_pointers");
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "allocate"), ==, run_tally(r, "allocations"));
	cr_expect_null(json_find(j, "modules", "path", ""));
	json_free(j);
	run_free(r);
}
