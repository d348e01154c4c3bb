/* Section E of docs/pitfalls.md: fork, vfork, clone, exec and spawn; and the life cycle of what confines itself. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"
#include "same.h"

/* Of all dumps of that program together. */
static json *report_of(const struct run *r, const char *program)
{
	const char *argv[64] = { analyzer(), "report", "--json" };
	size_t n = 3;
	for (size_t i = 0; i < r->dump_count && n < 63; i++)
		if (strstr(strrchr(r->dump[i], '/'), program))
			argv[n++] = r->dump[i];
	struct run *told = run((struct run_how){0}, argv);
	cr_assert(told->status == 0 || told->status == 3, "%s", told->err);
	json *j = json_parse(told->out);
	run_free(told);
	return j;
}

static struct run *run_child_odd(const char *how, const char *blocks)
{
	return run_same((struct run_how){.seconds = 60}, ARGV(target("child_odd"), how, blocks));
}

static void expect_whole(json *j)
{
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	expect(json_int(j, "recorder.unknown_ids"), ==, 0);
}

Test(pitfalls_e, e2_vfork_children_killed_in_a_storm_leave_their_parent_whole)
{
	struct run *r = run_child_odd("vfork", "0");
	json *j = report_of(r, "child_odd");
	expect(run_tally(r, "killed"), ==, 20);
	expect_whole(j);
	cr_expect_null(json_find(j, "io.ops", "name", "close"), "what a vfork child does is not its parent's");
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e3_e4_copies_of_a_process_are_told_from_those_that_share_its_memory)
{
	struct run *r = run_child_odd("clones", "0");
	json *j = report_of(r, "child_odd");
	expect_whole(j);
	expect(json_length(j, "processes"), ==, 6);
	expect(json_int(json_at(j, "processes", 0), "alloc_calls"), ==, 60);  /* its own are those with CLONE_VM */
	expect(json_sum(j, "memory.sites", "calls", "in_child"), ==, 5 * 30 + 60);
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e5_forks_while_threads_work_and_hold_locks)
{
	struct run *r = run_child_odd("storm", "0");
	json *j = report_of(r, "child_odd");
	expect(run_tally(r, "sum"), ==, 40);
	expect_whole(j);
	expect(json_length(j, "processes"), ==, 41);
	expect(json_sum(j, "memory.sites", "calls", "in_child"), ==, 40 * 25);
	expect(json_sum(j, "memory.sites", "calls", "in_parent"), ==, 40 * 5);
	for (size_t i = 1; i < json_length(j, "processes"); i++)
		cr_expect_str_neq(json_text(json_at(j, "processes", i), "end"), "killed");
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e6_a_program_that_is_left_out_forks_as_ever)
{
	const char *const *argv = ARGV(target("child_odd"), "storm");
	struct run *plain = run((struct run_how){0}, argv);
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_EXE=another*")}, argv);
	expect(r->status, ==, plain->status);
	cr_expect_str_eq(r->out, plain->out);
	expect(r->dump_count, ==, 0);
	run_free(plain);
	run_free(r);
}

Test(pitfalls_e, e7_handlers_of_fork_are_recorded_in_parent_and_child)
{
	struct run *r = run_child_odd("atfork", "0");
	json *j = report_of(r, "child_odd");
	expect_whole(j);
	expect(json_sum(j, "memory.sites", "calls", "prepare"), ==, 2 * 3);
	expect(json_sum(j, "memory.sites", "calls", "parents"), ==, 2 * 3);
	expect(json_sum(j, "memory.sites", "calls", "children"), ==, 2 * 3 * (1 + 10));
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e8_a_child_has_its_own_pid_and_name)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("child_odd"), "renamed"));
	json *j = report_of(r, "child_odd");
	json *child = json_at(j, "processes", 1), *thread = json_find(j, "threads", "name", "renamed");
	expect(json_int(child, "pid"), ==, run_tally(r, "pid"));
	expect(json_int(child, "ppid"), ==, json_int(json_at(j, "processes", 0), "pid"));
	cr_assert(thread, "no thread of that name");
	expect(json_int(thread, "tid"), ==, run_tally(r, "pid"));
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e9_a_child_that_may_open_nothing_goes_on_in_its_parents_dump)
{
	if (geteuid() != 0)
		cr_skip_test("only root may call chroot");
	struct run *r = run_child_odd("chroot", "20000");
	json *j = report(run_dump(r));
	expect_whole(j);
	expect(json_sum(j, "memory.sites", "calls", "in_child"), ==, 20003);
	expect(json_sum(j, "memory.sites", "calls", "in_parent"), ==, 200);
	json_free(j);
	run_free(r);
}

/* mprotect and clock_gettime, which take pages of the dump into use, are not among what it allows. */
Test(pitfalls_e, e9_a_filter_that_allows_only_the_programs_own_calls_kills_nobody)
{
	struct run *small = run_child_odd("sandbox", "500"), *large = run_child_odd("sandbox", "200000");
	json *j = report(run_dump(small));
	expect_whole(j);
	expect(json_int(j, "memory.alloc_calls"), ==, 600);
	json_free(j);
	j = report_with_status(run_dump(large), 3);
	long long recorded = json_int(j, "memory.alloc_calls");
	expect(recorded, >, 3000);
	expect(recorded + json_int(j, "recorder.dropped_events"), >=, 200100);
	cr_expect(strstr(json_text(j, "recorder.stop_reason"), "sandbox") != NULL);
	cr_expect_str_eq(json_text(j, "process.end"), "exit");
	json_free(j);
	run_free(small);
	run_free(large);
}

Test(pitfalls_e, e9_a_child_in_such_a_sandbox_stops_nobody_elses_recording)
{
	struct run *r = run_child_odd("filter", "20000");
	json *j = report_with_status(run_dump(r), 3);
	expect(json_sum(j, "memory.sites", "calls", "in_parent"), ==, 8 * 200);  /* between and after eight children */
	expect(json_sum(j, "memory.sites", "calls", "in_child"), >=, 100);
	expect(json_int(j, "recorder.dropped_events"), >, 0);
	cr_expect(json_is_null(j, "recorder.stop_reason"));
	for (size_t i = 0; i < json_length(j, "processes"); i++)
		cr_expect_str_eq(json_text(json_at(j, "processes", i), "end"), "exit");
	json_free(j);
	run_free(r);
}

/* Of filters that a program is executed under nothing is known but what they answer: the lock of the dump is not by flock. */
Test(pitfalls_e, e9_a_start_under_a_filter_that_kills_for_flock)
{
	struct run *r = run_same((struct run_how){0}, ARGV(target("under_filter"), "kill", target("heap_calls"), "300"));
	json *j = report(run_dump_of(r, "heap_calls"));
	expect_whole(j);
	expect(json_int(j, "memory.alloc_calls"), ==, run_tally(r, "allocs"));
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e9_a_start_under_a_filter_that_refuses_what_only_we_call)
{
	for (const char *const *more = ARGV("0", "1", "2", "3", "4"); *more; more++) {
		struct run *r = run_same((struct run_how){0}, ARGV(target("under_filter"), *more, target("heap_calls"), "300"));
		for (size_t i = 0; i < r->dump_count; i++)
			if (strstr(r->dump[i], "/heap_calls.")) {
				json *j = report(r->dump[i]);
				expect_whole(j);
				expect(json_int(j, "memory.alloc_calls"), ==, run_tally(r, "allocs"));
				json_free(j);
			}
		run_free(r);
	}
}

static struct run *run_exec_odd(const char *how)
{
	return run_same((struct run_how){.seconds = 60}, ARGV(target("exec_odd"), how));
}

Test(pitfalls_e, e11_every_call_of_exec_leads_to_the_next_program_under_the_same_pid)
{
	struct run *r = run_exec_odd("chain");
	size_t n, found = 0;
	char **dumps = list_files(r->dumps, "", &n);
	long long pid = 0;
	for (size_t i = 0; i < n; i++) {
		if (!strstr(dumps[i], ".hpd"))
			continue;
		found++;
		json *j = report(dumps[i]);
		cr_expect_str_eq(json_text(j, "process.end"), "exec", "%s", dumps[i]);
		pid = pid ? pid : json_int(j, "process.pid");
		expect(json_int(j, "process.pid"), ==, pid);
		json_free(j);
	}
	expect(found, ==, 10);  /* the last one is started without an environment */
	free(dumps);
	run_free(r);
}

Test(pitfalls_e, e10_a_search_that_fails_is_no_end_of_the_program)
{
	struct run *r = run_exec_odd("search");
	json *j = report_of(r, "exec_odd");
	cr_expect_str_eq(json_text(j, "process.end"), "exec");
	struct run *events = run((struct run_how){0}, ARGV(analyzer(), "events", run_dump_of(r, "exec_odd")));
	cr_expect(strstr(events->out, "no-such-program") && strstr(events->out, "true"), "%s", events->out);
	run_free(events);
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e11_exec_with_10000_arguments)       { run_free(run_exec_odd("many")); }
Test(pitfalls_e, e11_exec_in_a_handler_amid_a_malloc) { run_free(run_exec_odd("handler")); }
Test(pitfalls_e, e11_exec_in_a_vfork_child)           { run_free(run_exec_odd("vfork")); }

Test(pitfalls_e, e12_what_spawn_and_system_do_inside_is_not_recorded)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("children"), "spawn", "3"));
	json *j = report_of(r, "children");
	cr_expect_null(json_find(j, "io.ops", "name", "close"));
	expect(json_int(j, "recorder.hooks.memory.events"), <, 250);
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e13_a_child_without_our_variable_is_in_its_parents_report_alone)
{
	for (const char *const *how = ARGV("cleared", "changed"); *how; how++) {
		struct run *r = run_exec_odd(*how);
		cr_expect_eq(r->dump_count, 1, "%s: %zu dumps", *how, r->dump_count);
		run_free(r);
	}
	struct run *r = run((struct run_how){.preload = true}, ARGV("sh", "-c", "env -i /bin/true; true"));
	expect(r->dump_count, ==, 2);  /* sh and env */
	json *j = report(run_dump_of(r, "env"));
	cr_expect_str_eq(json_text(j, "process.end"), "exec");
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e14_a_storm_of_processes_keeps_to_its_disk)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV("sh", "-c", "i=0; while [ $i -lt 60 ]; do /bin/true; (:); i=$((i+1)); done"));
	long long bytes = 0;
	expect(r->status, ==, 0);
	expect(r->dump_count, ==, 61);  /* the subshells have their rows in the shell's */
	for (size_t i = 0; i < r->dump_count; i++)
		bytes += disk_bytes(r->dump[i]);
	expect(bytes / 61, <, 128 << 10);
	run_free(r);
}

Test(pitfalls_e, e15_a_daemon_is_recorded_beside_its_parent)
{
	struct run *r = run_child_odd("daemon", "0");
	json *j = report_of(r, "child_odd");
	expect_whole(j);
	expect(json_length(j, "processes"), ==, 3);
	expect(json_sum(j, "memory.sites", "calls", "in_child"), ==, 20000);
	json_free(j);
	run_free(r);
}

Test(pitfalls_e, e16_the_same_pid_in_several_namespaces_makes_several_dumps)
{
	struct run *probe = run((struct run_how){0}, ARGV("unshare", "-pfm", "--mount-proc", "true"));
	int allowed = probe->status == 0;
	run_free(probe);
	if (!allowed)
		cr_skip_test("namespaces are not allowed");
	char *text = format("for i in 1 2 3 4 5; do unshare -pfm --mount-proc %s fork 2 5; done", target("children"));
	struct run *r = run((struct run_how){.preload = true}, ARGV("sh", "-c", text));
	size_t own = 0, n;
	cr_assert_eq(r->status, 0, "%s", r->err);
	char **dumps = list_files(r->dumps, "", &n);
	for (size_t i = 0; i < n; i++) {
		if (!strstr(dumps[i], "/children.1.hpd"))
			continue;
		own++;
		json *j = report(dumps[i]);
		expect(json_length(j, "processes"), ==, 3);
		expect(json_sum(j, "memory.sites", "calls", "in_child"), ==, 10);
		json_free(j);
	}
	free(dumps);
	expect(own, ==, 5);
	free(text);
	run_free(r);
}

/* setuid after the start: see e9; AT_SECURE, static programs and other words are told by `record`: tests/e2e/test_record.c. */
Test(pitfalls_e, e9_dup2_over_every_descriptor_hurts_nobody)
{
	expect_same((struct run_how){0}, ARGV("/usr/bin/python3", "-c",
		"import os\nn = os.open('data', os.O_RDWR | os.O_CREAT)\nfor fd in range(3, 300): os.dup2(n, fd)\n"
		"x = [bytearray(100) for _ in range(100000)]\nprint(os.fstat(n).st_size, os.lseek(200, 0, os.SEEK_END))"));
}
