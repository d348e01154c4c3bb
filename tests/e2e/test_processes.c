/* Children: forked, forked and executed, forked twice, by vfork, posix_spawn, system and a raw system call. */
#include <criterion/criterion.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static struct run *run_children(const char *how, const char *children, const char *blocks, int statuses)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("children"), how, children, blocks));
	cr_assert_eq(r->status, 0, "%s: status %d, signal %d: %s", how, r->status, r->signal, r->err);
	expect(run_tally(r, "statuses"), ==, statuses);
	expect(run_tally(r, "parent_blocks"), ==, 200);
	cr_assert_geq(r->dump_count, 1);
	return r;
}

/* Of all dumps together: the run's processes and what they allocated by now. */
static json *report_run(struct run *r)
{
	struct run *told = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", r->dumps));
	cr_assert_eq(told->status, 0, "%s", told->err);
	json *j = json_parse(told->out);
	run_free(told);
	return j;
}

static void expect_fork(const char *how, int children, int blocks, int in_all)
{
	struct run *r = run_children(how, format("%d", children), format("%d", blocks), 21 * children);
	json *j = report_run(r);
	cr_expect_eq(json_sum(j, "memory.sites", "calls", "in_parent"), 200, "%s", how);
	cr_expect_eq(json_sum(j, "memory.sites", "calls", "in_child"), in_all, "%s: %lld", how, json_sum(j, "memory.sites", "calls", "in_child"));
	cr_expect_eq((int)json_length(j, "processes"), children * (strcmp(how, "double") ? 1 : 2) + 1, "%s", how);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	for (size_t i = 0; i < json_length(j, "processes"); i++)
		cr_expect_str_eq(json_text(json_at(j, "processes", i), "end"), "exit", "%s", how);
	json_free(j);
	run_free(r);
}

Test(processes, a_forked_child_is_a_process_of_its_own)           { expect_fork("fork", 1, 50, 50); }
Test(processes, ten_forked_children_do_not_disturb_each_other)    { expect_fork("fork", 10, 50, 500); }
Test(processes, a_child_of_a_raw_system_call_is_seen)             { expect_fork("raw", 3, 50, 150); }
Test(processes, a_child_of_a_child_is_seen)                       { expect_fork("double", 1, 50, 150); }
Test(processes, a_long_lived_child_loses_nothing)                 { expect_fork("fork", 2, 100000, 200000); }

/* Other threads go on while memory is copied, and signals interrupt it. */
Test(processes, a_child_frees_what_other_threads_got_during_the_fork)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("forks_amid_allocations"), "20"));
	expect(run_tally(r, "children"), ==, 20);
	json *j = report(run_dump(r));
	expect((int)json_length(j, "processes"), ==, 21);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	expect(json_int(j, "memory.lost_frees"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(processes, a_child_that_gets_a_dump_of_its_own_keeps_its_stacks_apart)
{
	for (int early = 0; early < 4; early++) {
		struct run *r = run((struct run_how){.preload = true}, ARGV(target("moving_child"), format("%d", early)));
		cr_assert_eq(r->status, 0);
		expect(r->dump_count, ==, 2);
		json *j = report_run(r);
		expect(json_sum(j, "memory.sites", "calls", "at_first"), ==, early);
		expect(json_sum(j, "memory.sites", "calls", "meanwhile"), ==, 200);
		expect(json_sum(j, "memory.sites", "calls", "at_last"), ==, 300);
		json_free(j);
		run_free(r);
	}
}

/* Read alone, the parent's dump tells that the child has another; and together with that, how the child really ended. */
Test(processes, a_child_that_went_on_in_a_dump_of_its_own_was_not_killed)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("moving_child")));
	expect(r->dump_count, ==, 2);
	json *together = report_run(r);
	for (size_t i = 0; i < 2; i++)
		cr_expect_str_eq(json_text(json_at(together, "processes", i), "end"), "exit");
	int moved = 0;
	for (size_t i = 0; i < r->dump_count; i++) {
		json *alone = report(r->dump[i]);
		cr_expect_str_eq(json_text(alone, "process.end"), "exit", "%s", r->dump[i]);
		for (size_t k = 1; json_maybe(alone, "processes") && k < json_length(alone, "processes"); k++) {
			cr_expect_str_eq(json_text(json_at(alone, "processes", k), "end"), "moved");
			moved++;
		}
		json_free(alone);
	}
	cr_expect_eq(moved, 1);
	json_free(together);
	run_free(r);
}

/* A dump's records of locks say all that there is to know: what its last acquisition was stands in the parent's. */
Test(processes, a_mutex_held_while_the_child_goes_on_in_a_dump_of_its_own_is_unlocked_there)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("moves_with_lock")));
	expect(r->dump_count, ==, 2);
	long long events = 0;
	for (size_t i = 0; i < r->dump_count; i++) {
		json *j = report(r->dump[i]);
		events += json_int(j, "recorder.hooks.lock.events");
		json_free(j);
	}
	expect(events, ==, 2);
	run_free(r);
}

/* Pids come round: a child's dump may sort before its parent's, which itself goes on from a third. */
Test(processes, a_child_of_a_child_keeps_its_own_in_whatever_order_the_dumps_are_read)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct run *r = run_children("double", "1", "20000", 21);
	cr_assert_eq(r->dump_count, 3, "%zu", r->dump_count);
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		const int *o = orders[i];
		struct run *told = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", r->dump[o[0]], r->dump[o[1]], r->dump[o[2]]));
		cr_assert_eq(told->status, 0, "%s", told->err);
		json *j = json_parse(told->out);
		cr_assert_eq((int)json_length(j, "processes"), 3);
		for (size_t k = 0; k < 3; k++) {
			long long calls = json_int(json_at(j, "processes", k), "alloc_calls"), own = k ? (long long)k * 20000 : 200;
			cr_expect(calls >= own && calls < own + 1000, "order %zu, process %zu: %lld", i, k, calls);
		}
		json_free(j);
		run_free(told);
	}
	run_free(r);
}

Test(processes, a_child_that_disables_recording_disables_its_own)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("moving_child"), "disable"));
	cr_assert_eq(r->status, 0);
	json *j = report_run(r);
	expect(json_sum(j, "memory.sites", "calls", "in_parent"), ==, 100);
	expect(json_sum(j, "memory.sites", "calls", "at_last"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(processes, children_without_much_to_tell_leave_no_file)
{
	struct run *r = run_children("fork", "20", "5", 20 * 21);
	cr_expect_eq(r->dump_count, 1, "%zu dumps", r->dump_count);
	run_free(r);
}

/* The shell that follows has a dump of its own: it inherited LD_PRELOAD. */
static void expect_shell(const char *how, int children, int status)
{
	struct run *r = run_children(how, format("%d", children), "50", status);
	int parents = 0;
	for (size_t i = 0; i < r->dump_count; i++) {
		json *j = report(r->dump[i]);
		expect(json_int(j, "recorder.dropped_events"), ==, 0);
		if (json_sum(j, "memory.sites", "calls", "in_parent") == 200) {
			parents++;
			cr_expect_str_eq(json_text(j, "process.end"), "exit");
			expect(json_int(j, "process.exit_status"), ==, 0);
		} else {
			cr_expect(strstr(json_text(j, "process.exe"), "sh") != NULL, "%s", json_text(j, "process.exe"));
			expect(json_int(j, "process.exit_status"), ==, 23);
		}
		json_free(j);
	}
	expect(parents, ==, 1);
	cr_expect_eq(r->dump_count, 2, "%s: %zu dumps", how, r->dump_count);
	run_free(r);
}

Test(processes, fork_and_exec)  { expect_shell("exec", 1, 23); }
Test(processes, posix_spawn)    { expect_shell("spawn", 1, 23); }
Test(processes, vfork_and_exec) { expect_shell("vfork", 1, 23); }
Test(processes, system_and_the_shell_that_it_starts) { expect_shell("system", 0, 23); }

Test(processes, a_vfork_child_changes_nothing_of_its_parents_descriptors)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("vfork_files"), "kept.data"));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = report(run_dump(r));
	json *file = json_find(j, "io.files", "path", "kept.data");
	cr_assert(file, "no kept.data in the report");
	expect(json_int(file, "bytes_written"), ==, 100);
	json *null = json_find(j, "io.files", "path", "/dev/null");  /* the target's standard input may be that */
	cr_expect(!null || json_int(null, "opens") == 0, "the child's file is in its parent's report");
	json_free(j);
	run_free(r);
}

/* forkpty forks inside of libc, where no hook is: what the parent frees from then on, the child has, too. */
Test(processes, a_child_on_a_terminal_of_its_own_frees_what_its_parent_has_freed_meanwhile)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("pty_child")));
	expect(run_tally(r, "good"), ==, 5);
	json *j = report_run(r);
	expect(json_length(j, "processes"), ==, 6);
	expect(json_int(j, "memory.unknown_frees"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(processes, children_that_only_exec_or_end_have_a_row_each)
{
	struct run *r = run_recorded(ARGV(target("fork_exec")));
	json *j = report(run_dump(r));
	expect(run_tally(r, "statuses"), ==, 40 + 42);
	cr_assert_eq(json_length(j, "processes"), 4);
	cr_expect_str_eq(json_text(json_at(j, "processes", 1), "end"), "exit");
	expect(json_int(json_at(j, "processes", 1), "exit_status"), ==, 40);
	cr_expect_str_eq(json_text(json_at(j, "processes", 2), "end"), "exec");
	expect(json_int(json_at(j, "processes", 3), "exit_status"), ==, 42);
	json_free(j);
	run_free(r);
}
