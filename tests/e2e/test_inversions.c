/* Locks taken in orders that go round, in programs that did not hang; and what helgrind says of the same programs. */
#include <criterion/criterion.h>
#include <string.h>
#include <yajl/yajl_tree.h>

#include "expect.h"
#include "json.h"

static struct run *take(const char *shape, json **j)
{
	struct run *r = run_recorded(ARGV(target("inversions"), shape));
	*j = report(run_dump(r));
	expect(json_length(*j, "deadlocks"), ==, 0);
	return r;
}

static void done(struct run *r, json *j)
{
	json_free(j);
	run_free(r);
}

static json *only_inversion(json *j, bool could_hang)
{
	cr_assert_eq(json_length(j, "lock_inversions"), 1, "%zu inversions", json_length(j, "lock_inversions"));
	json *v = json_at(j, "lock_inversions", 0);
	cr_expect(could_hang ? YAJL_IS_TRUE(json_get(v, "could_hang")) : YAJL_IS_FALSE(json_get(v, "could_hang")));
	return v;
}

static json *order_of(json *v, const char *first, const char *second)
{
	json *o = json_row(v, "orders", "first", first);
	cr_expect_str_eq(json_text(o, "second"), second);
	return o;
}

static void expect_order(json *v, const char *first, const char *second, long long count)
{
	json *o = order_of(v, first, second);
	expect(json_int(o, "count"), ==, count);
	expect(json_length(o, "tids"), ==, 1);
	cr_expect(json_any_contains(o, "holding_site", "nest"));
	cr_expect(json_any_contains(o, "site", "take_inner"));
	cr_expect(json_any_contains(o, "source", "inversions.c:"));
}

Test(inversions, two_threads_that_take_two_locks_in_both_orders)
{
	json *j;
	struct run *r = take("two", &j);
	json *v = only_inversion(j, true);
	long long times = run_tally(r, "times");
	expect(json_int(v, "threads"), ==, 2);
	expect(json_length(v, "locks"), ==, 2);
	expect_order(v, "lock_a", "lock_b", times);
	expect_order(v, "lock_b", "lock_a", times);
	cr_expect(strcmp(json_text(json_at(json_at(v, "orders", 0), "tids", 0), NULL), json_text(json_at(json_at(v, "orders", 1), "tids", 0), NULL)));
	struct run *summary = run((struct run_how){0}, ARGV(analyzer(), "report", run_dump(r)));
	cr_expect(strstr(summary->out, "Lock order: 1 inversion") != NULL, "%s", summary->out);
	run_free(summary);
	done(r, j);
}

Test(inversions, three_locks_in_a_round_of_which_no_two_are_inverted)
{
	json *j;
	struct run *r = take("three", &j);
	json *v = only_inversion(j, true);
	expect(json_length(v, "orders"), ==, 3);
	expect(json_int(v, "threads"), ==, 3);
	order_of(v, "lock_a", "lock_b"), order_of(v, "lock_b", "lock_c"), order_of(v, "lock_c", "lock_a");
	done(r, j);
}

Test(inversions, one_thread_alone_cannot_hang)
{
	json *j;
	struct run *r = take("one_thread", &j);
	json *v = only_inversion(j, false);
	expect(json_int(v, "threads"), ==, 1);
	cr_expect(YAJL_IS_TRUE(json_get(v, "too_few_threads")));
	done(r, j);
}

Test(inversions, a_lock_around_both_orders_guards_them_if_it_is_there_each_time)
{
	json *j;
	struct run *r = take("gate", &j);
	cr_expect_str_eq(json_text(only_inversion(j, false), "guarded_by"), "gate");
	done(r, j);
	r = take("gate_once", &j);
	json *v = only_inversion(j, true);
	cr_expect(json_is_null(v, "guarded_by"));
	expect(json_int(order_of(v, "lock_b", "lock_a"), "count"), ==, 2 * run_tally(r, "times"));
	done(r, j);
}

Test(inversions, readers_do_not_wait_for_readers_but_writers_do)
{
	json *j;
	struct run *r = take("readers", &j);
	expect(json_length(j, "lock_inversions"), ==, 0);
	done(r, j);
	r = take("writers", &j);
	json *o = order_of(only_inversion(j, true), "rw_a", "rw_b");
	cr_expect_str_eq(json_text(o, "first_side"), "read");
	cr_expect_str_eq(json_text(o, "second_side"), "write");
	done(r, j);
}

Test(inversions, a_lock_that_was_only_tried_keeps_nobody_waiting)
{
	json *j;
	struct run *r = take("try", &j);
	expect(json_length(j, "lock_inversions"), ==, 0);
	done(r, j);
}

Test(inversions, a_condition_wait_takes_its_mutex_after_all_that_is_held)
{
	json *j;
	struct run *r = take("retake", &j);
	json *o = order_of(only_inversion(j, true), "lock_b", "lock_a");
	cr_expect(json_any_contains(o, "site", "retake"));
	done(r, j);
}

Test(inversions, memory_that_becomes_another_lock_is_another_lock)
{
	json *j;
	struct run *r = take("lives", &j);
	expect(json_length(j, "lock_inversions"), ==, 0);
	done(r, j);
}

Test(inversions, what_another_thread_has_unlocked_is_held_no_more)
{
	json *j;
	struct run *r = take("passed", &j);
	expect(json_length(j, "lock_inversions"), ==, 0);
	done(r, j);
}

/* It knows no guards, counts single threads, and takes readers and tries for more than they are: tested above. */
Test(inversions, helgrind_finds_them_in_the_same_programs)
{
	static const char *const shapes[] = { "two", "three", "one_thread", "gate", "writers", "retake", "lives", "passed" };
	if (!have_program("valgrind"))
		cr_skip_test("no valgrind");
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct run *judge = run((struct run_how){0}, ARGV("valgrind", "--tool=helgrind", target("inversions"), shapes[i]));
		json *j;
		struct run *r = take(shapes[i], &j);
		cr_expect_eq(strstr(judge->err, "lock order \"") != NULL, json_length(j, "lock_inversions") > 0, "%s: helgrind says %s", shapes[i], judge->err);
		done(r, j);
		run_free(judge);
	}
}
