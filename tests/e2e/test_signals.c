/* Signal handlers that make recorded calls, handlers that jump out, and threads that are cancelled. */
#include <criterion/criterion.h>

#include "expect.h"
#include "json.h"

static long long calls_of(json *j, const char *op)
{
	json *row = json_find(j, "io.ops", "name", op);
	return row ? json_int(row, "calls") : 0;
}

Test(signals, handlers_that_allocate_are_counted)
{
	struct run *r = run_recorded(ARGV(target("handlers"), "raise", "1000"));
	json *j = report(run_dump(r));
	expect(run_tally(r, "handled"), ==, 1000);
	expect(json_sum(j, "memory.sites", "calls", "allocates"), ==, 1000);
	expect(json_int(j, "memory.leaked_blocks"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(signals, a_storm_of_handlers_between_allocations_loses_no_event)
{
	struct run *r = run_recorded(ARGV(target("handlers"), "storm", "3000"));
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.alloc_calls"), ==, run_tally(r, "allocs"));
	expect(json_int(j, "memory.free_calls"), ==, run_tally(r, "allocs"));
	expect(json_int(j, "memory.leaked_blocks"), ==, 0);
	expect(calls_of(j, "write"), ==, run_tally(r, "handled") + 4);  /* the handler's, and four tallies */
	expect(calls_of(j, "fsync"), ==, run_tally(r, "fsyncs"));
	json_free(j);
	run_free(r);
}

Test(signals, after_thousands_of_jumps_out_of_handlers_every_call_is_still_recorded)
{
	struct run *r = run_recorded(ARGV(target("handlers"), "jump", "3000"));
	json *j = report(run_dump(r));
	long long closes = calls_of(j, "close"), handled = run_tally(r, "handled");
	expect(calls_of(j, "fsync"), ==, run_tally(r, "fsyncs"));
	/* a jump out of close() itself leaves a call without its event, and one more or less in the program's own count */
	expect(closes, >=, run_tally(r, "closes") - handled);
	expect(closes, <=, run_tally(r, "closes") + handled);
	json_free(j);
	run_free(r);
}

Test(signals, cancelled_threads_clean_up_and_what_follows_is_recorded)
{
	struct run *r = run_recorded(ARGV(target("cancels")));
	json *j = report(run_dump(r));
	expect(run_tally(r, "cancelled"), ==, 7);
	expect(run_tally(r, "cleaned"), ==, 7);
	expect(run_tally(r, "ended"), ==, 7);
	expect(calls_of(j, "fsync"), ==, run_tally(r, "fsyncs"));
	expect(json_int(j, "process.threads"), ==, 9);
	json_free(j);
	run_free(r);
}

Test(signals, a_handler_that_forks_in_the_middle_of_a_wait_makes_no_second_wait)
{
	struct run *r = run_recorded(ARGV(target("fork_in_handler")));
	expect(run_tally(r, "timed_out"), ==, 1);
	expect(run_tally(r, "child"), ==, 0);
	json *j = report(run_dump(r));
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	expect(json_int(j, "recorder.unknown_ids"), ==, 0);
	expect(json_int(j, "recorder.hooks.lock.events"), ==, 2);  /* the lock, and the wait that failed */
	json_free(j);
	run_free(r);
}

/* Calls that a handler interrupts and jumps out of, at any instruction, end nothing around them; what is gone is open. */
static void expect_calls_that_last(const char *setting, const char *how, const char *after)
{
	struct run *r = run((struct run_how){ .preload = true, .env = ENV(setting) }, ARGV(target("function_steps"), how, after, "7"));
	json *j = report(run_dump(r));
	cr_assert_eq(r->status, 0);
	static const char *const ended[] = { "around", "behind", "in_handler", NULL };
	for (size_t i = 0; ended[i]; i++)
		cr_expect_eq(json_int(json_row(j, "functions", "name", ended[i]), "open_calls"), 0, "%s, %s, %s: %s", setting, how, after, ended[i]);
	expect(json_int(json_row(j, "functions", "name", "around"), "calls"), ==, run_tally(r, "rounds"));
	expect(json_int(json_row(j, "functions", "name", "behind"), "calls"), ==, run_tally(r, "rounds"));
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(signals, a_jump_out_of_a_function_hook_at_any_instruction_ends_no_call_around_it)
{
	expect_calls_that_last("HP_START=on", "jump", "entry");
	expect_calls_that_last("HP_START=on", "jump", "jump");
	expect_calls_that_last("HP_FILTER=!innermost", "jump", "entry");
	expect_calls_that_last("HP_MIN_NS=1", "jump", "entry");
}

Test(signals, calls_of_a_handler_at_any_instruction_of_a_function_hook_end_no_call_around_it)
{
	expect_calls_that_last("HP_START=on", "work", "jump");
	expect_calls_that_last("HP_START=on", "hop", "jump");
	expect_calls_that_last("HP_FILTER=!innermost", "hop", "entry");
	expect_calls_that_last("HP_MIN_NS=1", "hop", "entry");
}

/* A mutex that is kept has three events, the last of which is that it was taken; another one has two, and is free. */
Test(signals, a_lock_that_a_handler_takes_amid_the_release_of_another_one_is_not_released_in_its_place)
{
	struct run *r = run_recorded(ARGV(target("unlock_steps")));
	struct run *events = run((struct run_how){ .preload = false }, ARGV("sh", "-c",
		"\"$0\" events --json \"$1\" | jq -r 'select(.kind == \"lock\") | .name + \" \" + (.object | tostring)' | "
		"awk '{ n[$2]++ } $1 ~ /unlock/ { last[$2] = 1; next } { last[$2] = 0 } END { for (a in n) kept += n[a] == 3 && !last[a]; print \"kept \" kept }'",
		analyzer(), run_dump(r)));
	expect(run_tally(r, "taken"), >, 0);
	expect(run_tally(events, "kept"), ==, run_tally(r, "taken"));
	run_free(events);
	run_free(r);
}

/* The recorder needs more room for a handler's calls than for those that it interrupted, at each instruction of one. */
static void expect_calls_with_room_made_by_a_handler(const char *setting)
{
	static const char *const depths[] = { "1010", "1021", "1022", "1023" };
	const char *steps = getenv("HP_EMULATOR") ? "4" : "200";  /* without a trap flag there are but two, before and after */
	for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
		struct run *r = run((struct run_how){ .preload = true, .env = ENV(setting) }, ARGV(target("deep_in_handler"), steps, depths[i]));
		cr_assert_eq(r->status, 0, "%s: status %d, signal %d", depths[i], r->status, r->signal);
		json *j = report(run_dump(r));
		long long calls = 0, open = 0;
		for (size_t k = 0; k < json_length(j, "functions"); k++) {
			calls += json_int(json_at(j, "functions", k), "calls");
			open += json_int(json_at(j, "functions", k), "open_calls");
		}
		cr_expect(calls == run_tally(r, "calls") && open == 0, "%s: %lld calls of %lld, %lld open", depths[i], calls, run_tally(r, "calls"), open);
		json_free(j);
		run_free(r);
	}
}

Test(signals, calls_of_a_handler_that_outgrow_the_shadow_stack_at_any_instruction_of_a_function_hook_lose_none)
{
	expect_calls_with_room_made_by_a_handler("HP_START=on");
	expect_calls_with_room_made_by_a_handler("HP_FILTER=!no_such_function");
	expect_calls_with_room_made_by_a_handler("HP_MIN_NS=1");
}

/* Each child ends well, and has recorded a close() of its own. */
static void expect_children_that_go_on_with(const char *setting, const char *what, const char *how, const char *every)
{
	struct run *r = run((struct run_how){ .preload = true, .env = ENV(setting) }, ARGV(target("fork_at_each_step"), what, how, every));
	json *j = report(run_dump(r));
	cr_assert_eq(r->status, 0);
	expect(run_tally(r, "forks"), >, 0);
	expect(run_tally(r, "bad"), ==, 0);
	expect(json_length(j, "processes"), ==, run_tally(r, "forks") + 1);
	expect(calls_of(j, "close"), >=, run_tally(r, "forks"));
	expect(json_int(j, "recorder.structure_errors"), ==, 0);
	expect(json_int(j, "recorder.unknown_ids"), ==, 0);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
}

static void expect_children_that_go_on(const char *what, const char *how, const char *every)
{
	expect_children_that_go_on_with("HP_START=on", what, how, every);
}

Test(signals, a_child_forked_by_a_handler_at_any_instruction_of_a_function_hook_with_a_filter_goes_on)
{
	expect_children_that_go_on_with("HP_FILTER=!no_such_function", "function", "fork", "1");
	expect_children_that_go_on_with("HP_MIN_NS=1s", "function", "fork", "1");
}

Test(signals, a_child_forked_by_a_handler_at_any_instruction_of_a_function_hook_goes_on)
{
	expect_children_that_go_on("function", "fork", "1");
}

Test(signals, a_child_forked_by_a_handler_at_any_instruction_of_malloc_and_free_goes_on)
{
	expect_children_that_go_on("heap", "fork", "1");
	expect_children_that_go_on("heap", "syscall", "1");
}

Test(signals, a_child_forked_by_a_handler_at_any_instruction_of_realloc_goes_on)
{
	expect_children_that_go_on("realloc", "_Fork", "1");
}

Test(signals, a_child_forked_by_a_handler_at_any_instruction_of_a_lock_and_its_release_goes_on)
{
	expect_children_that_go_on("lock", "fork", "1");
}

Test(signals, a_child_forked_by_a_handler_at_any_instruction_of_read_and_write_goes_on)
{
	expect_children_that_go_on("read", "fork", "1");
	expect_children_that_go_on("read", "syscall", "3");
}

Test(signals, a_child_forked_by_a_handler_at_any_instruction_of_open_and_close_goes_on)
{
	expect_children_that_go_on("open", "_Fork", "1");
}

Test(signals, a_child_forked_by_a_handler_at_any_instruction_of_stdio_goes_on)
{
	expect_children_that_go_on("stdio", "fork", "1");
}

Test(signals, a_child_forked_by_a_handler_amid_a_threads_first_event_goes_on)
{
	expect_children_that_go_on("thread", "syscall", "31");
}
