/* Section F of docs/pitfalls.md: signals, jumps, contexts. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"
#include "same.h"

static long long calls_of(json *j, const char *op)
{
	json *row = json_find(j, "io.ops", "name", op);
	return row ? json_int(row, "calls") : 0;
}

static void expect_whole(json *j)
{
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	expect(json_int(j, "recorder.unknown_ids"), ==, 0);
}

/* By single steps, where the CPU has a flag for it. A stride of 1 is every instruction, and takes a minute. */
#define STRIDE "9"

Test(pitfalls_f, f1_handlers_at_each_instruction_of_a_hook_lose_no_event)
{
	struct run *r = run_recorded(ARGV(target("signal_steps"), "work", STRIDE));
	json *j = report(run_dump(r));
#ifdef __x86_64__
	expect(run_tally(r, "inner"), >, 100);
#endif
	expect_whole(j);
	expect(calls_of(j, "write"), ==, run_tally(r, "writes"));
	expect(calls_of(j, "fsync"), ==, 1000);
	expect(json_int(j, "memory.alloc_calls"), >=, run_tally(r, "allocs"));  /* and stdio's */
	expect(json_int(j, "memory.alloc_calls"), <=, run_tally(r, "allocs") + 3);
	json_free(j);
	run_free(r);
}

Test(pitfalls_f, f2_jumps_out_of_a_hook_from_each_instruction_leave_it_working)
{
	struct run *r = run_recorded(ARGV(target("signal_steps"), "jump", STRIDE));
	json *j = report(run_dump(r));
#ifdef __x86_64__
	expect(run_tally(r, "jumps"), >, 100);
#endif
	expect_whole(j);
	expect(calls_of(j, "fsync"), ==, 1000);
	json_free(j);
	run_free(r);
}

Test(pitfalls_f, f2_a_jump_amid_the_registration_of_a_library_leaves_later_ones_their_names)
{
	struct run *r = run_recorded(ARGV(target("jump_from_load"), target("plugin"), "1700"));
	json *j = report(run_dump(r));
	expect_whole(j);
	expect(json_sum(j, "memory.sites", "calls", "plugin_make"), >=, 100);
	json_free(j);
	run_free(r);
}

/* Signals are never masked, and no system call is made for an event: counted by strace. */
Test(pitfalls_f, f3_hooks_make_no_system_calls_to_mask_signals)
{
	if (!have_program("strace"))
		cr_skip_test("no strace");
	char *text = format("strace -f -qq -e trace=rt_sigprocmask,rt_sigaction -o trace env LD_PRELOAD=%s HP_OUT=d.hpd %s storm 200 >/dev/null; "
	                    "grep -c rt_sigprocmask trace; grep -c rt_sigaction trace; cat trace >&2", built("libhp.so"), target("handlers"));
	struct run *r = run((struct run_how){0}, ARGV("sh", "-c", text));
	int masks = -1, actions = -1;
	sscanf(r->out, "%d %d", &masks, &actions);
	cr_expect_eq(masks, 0, "%s", r->err);
	cr_expect_eq(actions, 1, "%s", r->err);  /* the program's own */
	free(text);
	run_free(r);
}

Test(pitfalls_f, f5_a_process_finds_its_signals_timers_and_limits_as_they_were)
{
	expect_same((struct run_how){0}, ARGV(target("signal_odd"), "state"));
}

Test(pitfalls_f, f6_what_a_handler_may_call_it_may_call_under_us)
{
	struct run *r = run_same((struct run_how){.seconds = 60}, ARGV(target("signal_odd"), "safe"));
	json *j = report(run_dump(r));
	expect_whole(j);
	expect(calls_of(j, "fsync"), >=, 1300);
	json_free(j);
	run_free(r);
}

Test(pitfalls_f, f7_a_stopped_program_can_be_read_and_goes_on)
{
	char *text = format("export HP_OUT=$PWD/d.hpd; LD_PRELOAD=%s %s stop >out & while ! grep -q ready out; do :; done; kill -STOP $!; "
	                    "%s report --json d.hpd >stopped || echo unreadable; touch go; kill -CONT $!; wait $!; echo $?; "
	                    "%s report --json d.hpd >ended; grep -o '\"end\":\"[a-z]*\"' stopped ended | sort -u",
	                    built("libhp.so"), target("signal_odd"), analyzer(), analyzer());
	struct run *r = run((struct run_how){.seconds = 60}, ARGV("sh", "-c", text));
	cr_expect(!strncmp(r->out, "0\n", 2), "%s%s", r->out, r->err);
	cr_expect(strstr(r->out, "ended:\"end\":\"exit\"") && strstr(r->out, "stopped:\"end\":\"running\""), "%s", r->out);
	free(text);
	run_free(r);
}

Test(pitfalls_f, f9_handlers_on_alternate_stacks_that_change_to_a_third)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("signal_odd"), "stacks"));
	json *j = report(run_dump(r));
	expect_whole(j);
	expect(json_int(j, "memory.alloc_calls"), ==, 600);
	expect(calls_of(j, "close"), ==, 600);
	expect(json_sum(j, "memory.sites", "calls", "on_third_stack"), ==, 300);
	json_free(j);
	run_free(r);
}

/* The compiler's prologue moves to another stack where there is no room, and the caller's frame is on the one before. */
Test(pitfalls_f, f9_split_stacks)
{
	static const char script[] = "cat >s.c <<'X' && gcc -O1 -g -fno-builtin -fsplit-stack s.c -o s -pthread && ./s\n"
		"#include <stdlib.h>\n#include <stdio.h>\n#include <pthread.h>\n"
		"void *volatile kept;\n"
		"__attribute__((noinline)) int deep(int n) {\n"
		"	volatile char room[2000];\n	room[n] = 1;\n	free(kept = malloc(10));\n	return n ? deep(n - 1) + room[n] : 0;\n}\n"
		"void *run(void *a) { printf(\"%d\\n\", deep(300)); return a; }\n"
		"int main(void) { pthread_t t; pthread_create(&t, NULL, run, NULL); pthread_join(t, NULL); return 0; }\nX\n";
	struct run *made = run((struct run_how){0}, ARGV("sh", "-c", script));
	if (made->status || strcmp(made->out, "300\n"))
		cr_skip_test("no split stacks here: status %d: %s%s", made->status, made->out, made->err);
	struct run *r = run_recorded(ARGV(format("%s/s", made->work)));
	cr_expect_str_eq(r->out, made->out);
	json *j = report(run_dump(r));
	expect_whole(j);
	expect(json_sum(j, "memory.sites", "calls", "deep"), ==, 301);
	json_free(j);
	run_free(r);
	run_free(made);
}

Test(pitfalls_f, d1_threads_cancelled_asynchronously_at_any_moment_of_instrumented_functions)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("cancel_storm")));
	json *j = report(run_dump(r));
	expect_whole(j);
	expect(run_tally(r, "cancelled"), ==, 200);
	expect(json_sum(j, "memory.sites", "calls", "destroy"), ==, 200);
	json_free(j);
	run_free(r);
}
