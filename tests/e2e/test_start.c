/* Programs and libraries that are busy before the recorder is ready. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "files.h"
#include "json.h"

static void expect_counts(struct run_how how, const char *order)
{
	how.preload = true;
	struct run *r = run(how, ARGV(target("heap_leaks")));
	cr_assert_eq(r->status, 0, "%s: %s", order, r->err);
	cr_expect_str_eq(r->err, "", "%s", order);
	json *j = report(run_dump(r));
	cr_expect_eq(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), 7000, "%s", order);
	cr_expect_eq(json_int(j, "memory.unknown_frees"), 0, "%s", order);
	json_free(j);
	run_free(r);
}

Test(start, a_library_that_allocates_in_its_constructor_before_us) { expect_counts((struct run_how){.preload_before = target("early_heap")}, "before"); }
Test(start, a_library_that_allocates_in_its_constructor_after_us)  { expect_counts((struct run_how){.preload_after = target("early_heap")}, "after"); }
Test(start, with_everything_bound_at_once) { expect_counts((struct run_how){.env = ENV("LD_BIND_NOW=1")}, "LD_BIND_NOW"); }

Test(start, what_runs_before_the_recorder_is_counted)
{
	struct run *r = run((struct run_how){.preload = true, .preload_after = target("early_heap")}, ARGV(target("heap_leaks")));
	json *j = report(run_dump(r));
	long long recorded = json_sum(j, "memory.sites", "calls", "early");
	/* malloc, realloc, free and calloc: as events, or counted as early */
	cr_expect(recorded == 3 || json_int(j, "recorder.early_events") >= 4, "%lld recorded, %lld early", recorded,
	          json_int(j, "recorder.early_events"));
	json_free(j);
	run_free(r);
}

Test(start, an_IFUNC_resolver_that_uses_the_heap)
{
	struct run *r = run_recorded(ARGV(target("ifunc")));
	expect(run_tally(r, "chosen"), ==, 7);
	json *j = report(run_dump(r));
	expect(json_int(j, "recorder.early_events"), >=, 3);
	json_free(j);
	run_free(r);
}

static void expect_early_calls(const char *what)
{
	struct run *r = run((struct run_how){.preload = true, .seconds = 20, .preload_after = target("early_calls"), .env = ENV(what)}, ARGV("true"));
	cr_expect_eq(r->status, 0, "%s: status %d, signal %d", what, r->status, r->signal);
	expect(r->dump_count, ==, 1);
	run_free(r);
}

Test(start, the_first_call_of_all_may_be_one_of_those_that_are_no_C_functions)
{
	expect_early_calls("early_calls=dlopen");
	expect_early_calls("early_calls=syscall");
}

Test(start, the_first_call_of_all_may_come_from_inside_of_libc_under_a_lock_of_its) { expect_early_calls("early_calls=atexit"); }

Test(start, the_loader_and_libc_themselves_as_programs)
{
	struct run *found = run((struct run_how){0}, ARGV("sh", "-c", "ldd /bin/sh | grep -o '/[^ ]*libc.so.6'"));
	found->out[strcspn(found->out, "\n")] = 0;
	struct run *plain = run((struct run_how){0}, ARGV(found->out)), *r = run((struct run_how){.preload = true}, ARGV(found->out));
	cr_expect_eq(r->status, plain->status, "%s: status %d, signal %d", found->out, r->status, r->signal);
	cr_expect_str_eq(r->out, plain->out);
	run_free(r);
	run_free(plain);
	struct run *listed = run((struct run_how){.preload = true, .env = ENV("LD_TRACE_LOADED_OBJECTS=1")}, ARGV("/bin/sh"));
	expect(listed->status, ==, 0);
	cr_expect_eq(listed->dump_count, 0, "a program that does not run is not recorded");
	run_free(listed);
	run_free(found);
}

Test(start, the_default_name_of_a_dump_has_program_and_pid_and_is_never_reused)
{
	struct run *r = run((struct run_how){.preload = true, .default_out = true}, ARGV("true"));
	cr_assert_eq(r->status, 0);
	const char *name = strrchr(run_dump(r), '/') + 1;
	cr_expect(!strncmp(name, "hp.true.", 8) && atoi(name + 8) > 0, "%s", name);
	run_free(r);

	r = run((struct run_how){.preload = true, .env = ENV("HP_OUT=same.hpd")}, ARGV("sh", "-c", "true; /bin/true; /bin/true; ls"));
	expect(r->status, ==, 0);
	cr_expect(strstr(r->out, "same.hpd\n") && strstr(r->out, "same.hpd.1\n") && strstr(r->out, "same.hpd.2\n"), "%s", r->out);
	run_free(r);
}

Test(start, a_directory_with_a_percent_sign_in_its_name)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_OUT=here.hpd")}, ARGV("sh", "-c", "mkdir 50%p; cd 50%p; /bin/true; ls"));
	expect(r->status, ==, 0);
	cr_expect(!strncmp(r->out, "here.hpd\n", 9), "%s", r->out);
	run_free(r);
}

Test(start, recording_can_be_limited_to_some_programs_and_kinds)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_EXE=heap_*")}, ARGV("sh", "-c", "\"$1\"; true", "sh", target("heap_leaks")));
	cr_assert_eq(r->status, 0);
	cr_expect(strstr(run_dump(r), "/heap_leaks.") != NULL, "%s", r->dump[0]);
	run_free(r);

	r = run((struct run_how){.preload = true, .env = ENV("HP_HOOKS=io,lock")}, ARGV(target("heap_leaks")));
	json *j = report(run_dump(r));
	expect(json_int(json_row(j, "io.ops", "name", "write"), "calls"), ==, 3);
	expect(json_sum(j, "memory.sizes", "calls", NULL), ==, 0);
	json_free(j);
	run_free(r);

	r = run((struct run_how){.preload = true, .env = ENV("HP_START=off")}, ARGV(target("heap_leaks")));
	j = report(run_dump(r));
	expect(json_int(j, "recorder.events"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(start, a_process_that_does_next_to_nothing_takes_next_to_no_disk)
{
	struct run *r = run_recorded(ARGV("true"));
	expect(disk_bytes(run_dump(r)), <, 256 << 10);
	run_free(r);
}
