/* The environment variables that say where, what and how long to record. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

Test(environment, the_name_of_a_dump_has_program_pid_host_time_and_percent)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_OUT=x-%e-%p-%t-%%-%h.hpd")}, ARGV("true"));
	size_t n;
	char **made = list_files(r->work, ".hpd", &n), program[16], end[256], host[128] = "";
	long long start, pid;
	cr_assert_eq(n, 1);
	int found = sscanf(strrchr(made[0], '/') + 1, "x-%15[^-]-%lld-%lld-%%-%255s", program, &pid, &start, end);
	cr_assert_eq(found, 4, "%s", made[0]);
	gethostname(host, sizeof host - 1);
	cr_expect_str_eq(program, "true");
	cr_expect_str_eq(end, format("%s.hpd", host));
	expect(start, >, 1600000000);
	expect(pid, >, 1);
	run_free(r);
}

Test(environment, children_are_left_out_when_they_are_not_followed)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_FOLLOW=none")}, ARGV(target("children"), "fork", "3", "50"));
	cr_assert_eq(r->status, 0);
	json *j = report(run_dump(r));
	expect(json_sum(j, "memory.sites", "calls", "in_parent"), ==, 200);
	expect(json_sum(j, "memory.sites", "calls", "in_child"), ==, 0);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
}

/* The program's timer alone takes 1.5 seconds. */
Test(environment, a_recording_ends_when_its_duration_is_over_and_the_program_goes_on)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_DURATION=1")}, ARGV(target("handlers"), "storm", "10000"));
	cr_assert_eq(r->status, 0);
	struct run *told = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", run_dump(r)));
	json *j = json_parse(told->out);
	cr_expect(strstr(json_text(j, "recorder.stop_reason"), "HP_DURATION") != NULL);
	cr_expect_str_eq(json_text(j, "process.end"), "exit");
	expect(json_int(j, "memory.alloc_calls"), >, 0);
	expect(json_int(j, "memory.alloc_calls"), <, run_tally(r, "allocs"));
	json_free(j);
	run_free(told);
	run_free(r);
}

/* Few events: no piece of the dump is ever full. */
Test(environment, a_recording_of_few_events_ends_in_time_as_well)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_DURATION=1")}, ARGV(target("slow_events"), "150"));
	cr_assert_eq(r->status, 0);
	json *j = report(run_dump(r));
	cr_expect(strstr(json_text(j, "recorder.stop_reason"), "HP_DURATION") != NULL);
	expect(json_int(j, "memory.alloc_calls"), >, 0);
	expect(json_int(j, "memory.alloc_calls"), <, run_tally(r, "allocs"));
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
}

/* By fork and exec, and by exec alone; the environment is inherited each time. */
static size_t dumps_of_a_shell(const char *follow)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV(follow)},
	                    ARGV("sh", "-c", format("env %s 1; %s 1; exec %s 1", target("slow_events"), target("slow_events"), target("slow_events"))));
	size_t n = r->dump_count;
	cr_assert_eq(r->status, 0, "%s", r->err);
	run_free(r);
	return n;
}

Test(environment, executed_programs_are_recorded_only_if_exec_is_followed)
{
	expect(dumps_of_a_shell("HP_FOLLOW=fork,exec"), ==, 5);  /* sh, env, and slow_events three times */
	expect(dumps_of_a_shell("HP_FOLLOW=exec"), ==, 5);
	expect(dumps_of_a_shell("HP_FOLLOW=fork"), ==, 1);
	expect(dumps_of_a_shell("HP_FOLLOW=none"), ==, 1);
}

Test(environment, a_program_that_is_left_out_says_so_if_it_is_asked_to)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_FOLLOW=fork", "HP_VERBOSE=1")}, ARGV("env", "true"));
	cr_expect(strstr(r->err, "not recorded: HP_FOLLOW") != NULL, "%s", r->err);
	expect(r->dump_count, ==, 1);
	run_free(r);
}

Test(environment, several_kinds_are_chosen_by_name)
{
	static const struct { const char *kinds; int memory, io; } choices[] = {
		{"HP_HOOKS=memory", 1, 0}, {"HP_HOOKS=io", 0, 1}, {"HP_HOOKS=io,memory", 1, 1}, {"HP_HOOKS=lock", 0, 0},
	};
	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		struct run *r = run((struct run_how){.preload = true, .env = ENV(choices[i].kinds)}, ARGV(target("heap_leaks")));
		json *j = report(run_dump(r));
		expect(json_int(j, "memory.alloc_calls"), ==, choices[i].memory ? 549 : 0);
		expect(json_int(j, "io.calls"), ==, choices[i].io ? 3 : 0);
		cr_expect_eq(json_is_null(j, "recorder.hooks.memory.events"), !choices[i].memory);
		cr_expect_eq(json_is_null(j, "recorder.hooks.io.events"), !choices[i].io);
		json_free(j);
		run_free(r);
	}
}

Test(environment, the_report_tells_what_was_not_recorded)
{
	struct run *some = run((struct run_how){.preload = true, .env = ENV("HP_HOOKS=memory,vm,lock,thread,wait,function,span")}, ARGV(target("heap_leaks")));
	struct run *all = run_recorded(ARGV(target("heap_leaks")));
	json *told = report(run_dump(some)), *nothing = report(run_dump(all));
	expect(json_length(told, "recorder.kinds_off"), ==, 2);
	cr_expect(json_any_contains(told, "recorder.kinds_off", "stdio"));
	cr_expect(json_any_contains(told, "recorder.blind_spots", "HP_HOOKS left these kinds of events out, so that nothing is known of them: io, stdio"));
	expect(json_length(nothing, "recorder.kinds_off"), ==, 0);
	for (const char *const *view = ARGV("summary", "io"); *view; view++) {
		struct run *text = run((struct run_how){0}, ARGV(analyzer(), "report", "--view", *view, run_dump(some)));
		cr_expect(strstr(text->out, "nothing is known of them: io, stdio") != NULL, "%s", text->out);
		run_free(text);
	}
	json_free(told);
	json_free(nothing);
	run_free(some);
	run_free(all);
}
