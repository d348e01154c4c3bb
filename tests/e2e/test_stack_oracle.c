/* HP_STACK=check: every stack that is taken is compared with libunwind's own full unwind of the same moment. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static json *info_of(const char *dump)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "info", "--json", dump));
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

/*
 * Where libunwind is known to be mistaken or to know more, see docs/decisions.md: in the epilogue of a function that aligned its stack it
 * takes rbp from where it is no more; it looks for a return address in registers, as at the ends of longjmp and of libgcc's throw.
 */
static bool is_known(json *row)
{
	static const char *const in_registers[] = { "__longjmp (", "_Unwind_RaiseException (", "_Unwind_Resume (" };
	for (size_t i = 0; i < sizeof in_registers / sizeof *in_registers; i++)
		if (!strncmp(json_text(row, "after"), in_registers[i], strlen(in_registers[i])) && strstr(json_text(row, "after"), "[interrupted]"))
			return true;
	return json_any_contains(row, "stack", "realigned_with_alloca") && !json_any_contains(row, "stack", "[cut");
}

/* How many stacks of a dump were compared; all of them were the same. */
static long long agreed(const char *dump)
{
	json *j = info_of(dump), *d = json_at(j, "dumps", 0);
	long long checked = json_int(d, "stacks_checked"), rows = (long long)json_length(j, "stack_differences");
	expect(json_length(j, "options"), ==, 0);  /* libunwind is there */
	for (long long i = 0; i < rows; i++) {
		json *row = json_at(j, "stack_differences", (size_t)i);
		cr_expect(is_known(row), "%s: frame %lld, after %s: %s, libunwind: %s", dump, json_int(row, "frame"),
				json_text(row, "after"), json_text(row, "ours"), json_text(row, "libunwind"));
	}
	if (!rows)
		expect(json_int(d, "stacks_different"), ==, 0);
	json_free(j);
	return checked;
}

/* Runs it, and wants as many compared stacks in all of its dumps. */
static void agrees_on(const char *hooks, const char *const *argv, long long least)
{
	long long sum = 0;
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_STACK=check", "PYTHONMALLOC=malloc", hooks)}, argv);
	cr_expect_eq(r->status, 0, "%s: %s", argv[0], r->err);
	for (size_t i = 0; i < r->dump_count; i++)
		sum += agreed(r->dump[i]);
	cr_expect(sum >= least, "%s: only %lld stacks", argv[0], sum);
	run_free(r);
}

static void agrees(const char *const *argv, long long least)
{
	agrees_on("HP_HOOKS=function,memory,vm,lock,wait,io,stdio,thread,span", argv, least);
}

/* ---- instruction by instruction through code of all kinds ---- */

static void steps_agree(const char *name) { agrees_on("HP_HOOKS=io", ARGV(target(name)), 5000); }

Test(stack_oracle, at_each_instruction_of_code_without_optimisation) { steps_agree("unwind_o0"); }
Test(stack_oracle, at_each_instruction_of_code_without_frame_pointers) { steps_agree("unwind_o2"); }
Test(stack_oracle, at_each_instruction_of_code_with_frame_pointers) { steps_agree("unwind_o2fp"); }
Test(stack_oracle, at_each_instruction_of_small_code) { steps_agree("unwind_os"); }
Test(stack_oracle, at_each_instruction_of_code_that_aligns_its_stack) { steps_agree("unwind_realign"); }

Test(stack_oracle, at_each_instruction_with_handlers_on_a_stack_of_their_own)
{
	agrees_on("HP_HOOKS=io", ARGV(target("unwind_o0"), "alternate"), 5000);
	agrees_on("HP_HOOKS=io", ARGV(target("unwind_o2"), "alternate"), 5000);
}

Test(stack_oracle, at_each_instruction_of_exceptions) { agrees_on("HP_HOOKS=io", ARGV(target("unwind_cxx_steps")), 20000); }

/* ---- targets ---- */

Test(stack_oracle, through_exceptions) { agrees(ARGV(target("unwind_cxx")), 300); }
Test(stack_oracle, on_coroutines) { agrees(ARGV(target("fibers")), 1000); }
Test(stack_oracle, in_signal_handlers) { agrees(ARGV(target("handlers"), "storm", "300"), 1000); }
Test(stack_oracle, of_threads) { agrees(ARGV(target("many_threads"), "3000"), 15000); }
Test(stack_oracle, in_libraries_that_come_and_go) { agrees(ARGV(target("plugin_host"), target("plugin")), 100); }

Test(stack_oracle, in_libraries_that_take_each_others_place)
{
	agrees(ARGV(target("plugin_turns"), "20", target("plugin_first"), target("plugin_other")), 300);
}

Test(stack_oracle, on_stacks_between_unreadable_pages_and_through_code_without_tables)
{
	static const char *const ways[] = { "context", "thread", "alternate", "coroutine", "nowhere", "bare", "jit" };
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		agrees(ARGV(target("unwind_guards"), ways[i]), 200);
}

/* ---- real programs ---- */

Test(stack_oracle, of_a_database_shell)
{
	agrees(ARGV("sqlite3", ":memory:", "create table t(a, b); with recursive n(i) as (select 1 union all select i + 1 from n limit 3000) "
			"insert into t select i, i % 17 from n; create index x on t(b); select b, sum(a) from t group by b order by 2;"), 3000);
}

Test(stack_oracle, of_an_interpreter)
{
	agrees(ARGV("/usr/bin/python3", "-c", "import json, re, collections\n"
			"d = [{'k%d' % i: [i] * 5} for i in range(100)]\n"
			"print(len(re.findall('k[0-9]+', json.dumps(json.loads(json.dumps(d))))))"), 20000);
}

Test(stack_oracle, of_a_compiler)
{
	struct run *r = run((struct run_how){0}, ARGV("true"));
	char *source = format("%s/x.c", r->work);
	const char *text = "#include <stdio.h>\nint main(int n, char **v) { for (int i = 0; i < n; i++) puts(v[i]); return n; }\n";
	file_write(source, text, strlen(text));
	agrees(ARGV("gcc", "-O2", "-c", "-o", "/dev/null", source), 10000);
	run_free(r);
}

Test(stack_oracle, of_a_shell_with_pipes_and_traps)
{
	agrees(ARGV("bash", "-c", "trap 'x=$(echo trapped)' USR1; for i in 1 2 3 4 5; do kill -USR1 $$; echo $i | tr 1 2; done; "
			"f() { (($1)) && f $(($1 - 1)); }; f 50; :"), 3000);
}

Test(stack_oracle, of_small_tools)
{
	agrees(ARGV("perl", "-e", "%h = map { $_ => [1 .. 9] } 1 .. 300; print join ',', sort { $a <=> $b } keys %h"), 1000);
	agrees(ARGV("git", "init", "-q", "x"), 200);
	agrees(ARGV("jq", "-n", "[range(300) | {a: ., b: tostring}] | group_by(.b) | length"), 1000);
	agrees(ARGV("tar", "-czf", "/dev/null", "--absolute-names", target("")), 200);
}

/* ---- libunwind in use ---- */

Test(libunwind, takes_the_stacks_when_told_so)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_STACK=libunwind")}, ARGV(target("heap_leaks")));
	cr_assert_eq(r->status, 0);
	json *j = report(run_dump(r)), *info = info_of(run_dump(r));
	expect(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), ==, 7000);
	expect(json_sum(j, "memory.sites", "leaked_bytes", "main"), ==, run_tally(r, "leaked_bytes"));
	cr_expect_str_eq(json_text(json_at(info, "dumps", 0), "stack_mode"), "libunwind");
	expect(json_length(info, "options"), ==, 0);
	json_free(j);
	json_free(info);
	run_free(r);
}

Test(libunwind, is_not_called_on_by_the_program)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_STACK=libunwind")}, ARGV("bash", "-c", "ls /proc/self/fd | wc -l"));
	cr_assert_eq(r->status, 0);
	expect(atoi(r->out), ==, 4);  /* it keeps no pipe open */
	run_free(r);
}

Test(libunwind, is_left_alone_by_children_of_several_threads)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_STACK=libunwind")}, ARGV(target("forks_beside_thread")));
	cr_assert_eq(r->status, 0);
	expect(run_tally(r, "ended"), ==, 60);
	run_free(r);
}

Test(libunwind, that_is_missing_is_said_and_stacks_are_taken_all_the_same)
{
	struct run *place = run((struct run_how){0}, ARGV("true"));
	file_write(format("%s/libunwind.so.8", place->work), "", 0);  /* a library of that name that is none */
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_STACK=libunwind", "HP_VERBOSE=1",
			format("LD_LIBRARY_PATH=%s", place->work))}, ARGV(target("heap_leaks")));
	cr_assert_eq(r->status, 0);
	cr_expect(strstr(r->err, "libunwind.so.8 cannot be used"), "%s", r->err);
	json *j = report(run_dump(r)), *info = info_of(run_dump(r));
	expect(json_sum(j, "memory.sites", "leaked_bytes", "load_config"), ==, 7000);
	expect(json_length(info, "options"), ==, 1);
	json_free(j);
	json_free(info);
	run_free(r);
	run_free(place);
}
