/* Programs that hang, killed with SIGKILL when all their threads sleep, or looked at alive: who waits for whom, and what for. */
#include <criterion/criterion.h>
#include <string.h>
#include <yajl/yajl_tree.h>

#include "expect.h"
#include "json.h"

static struct run *hang(const char *shape)
{
	struct run *r = run((struct run_how){.preload = true, .kill_when_blocked = true}, ARGV(target("deadlocks"), shape));
	cr_assert_eq(r->signal, 9);
	return r;
}

static json *only_deadlock(json *j, const char *kind, size_t members)
{
	cr_assert_eq(json_length(j, "deadlocks"), 1);
	json *d = json_at(j, "deadlocks", 0);
	cr_expect_str_eq(json_text(d, "kind"), kind);
	cr_expect_eq(json_length(d, "members"), members, "%zu members", json_length(d, "members"));
	return d;
}

static json *member_of(json *d, const struct run *r, const char *name)
{
	for (size_t i = 0; i < json_length(d, "members"); i++) {
		json *m = json_at(d, "members", i);
		if (json_int(m, "tid") == run_tally(r, name))
			return m;
	}
	cr_assert(false, "%s is no member", name);
	return NULL;
}

/* Waits for a lock that `owner` has, in `function`. */
static void expect_wait(const struct run *r, json *member, const char *lock, const char *owner, const char *function)
{
	cr_expect_str_eq(json_text(member, "waiting_for.what"), "lock");
	cr_expect_str_eq(json_text(member, "waiting_for.name"), lock);
	expect(json_int(member, "waiting_for.tid"), ==, run_tally(r, owner));
	cr_expect_str_eq(json_text(json_at(member, "stack", 0), NULL), function);
	cr_expect(json_any_contains(member, "source", "deadlocks.c:"));
}

static void expect_hold(json *member, const char *lock, const char *function)
{
	json *hold = json_row(member, "holds", "name", lock);
	cr_expect_str_eq(json_text(json_at(hold, "site", 0), NULL), function);
	cr_expect(json_any_contains(hold, "source", "deadlocks.c:"));
	expect(json_int(hold, "since_ns"), <=, json_int(member, "since_ns"));
}

static void expect_certain(json *d)
{
	cr_expect(YAJL_IS_TRUE(json_get(d, "certain")), "%s is not certain", json_text(d, "text"));
	expect(json_length(d, "doubts"), ==, 0);
}

/* alice has lock_a and waits for bob's lock_b, and so on, once round. */
static void expect_round(const struct run *r, json *d, const char *const *names, const char *const *locks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		json *m = member_of(d, r, names[i]);
		cr_expect_str_eq(json_text(m, "name"), names[i]);
		expect_wait(r, m, locks[(i + 1) % n], names[(i + 1) % n], "take_second");
		cr_expect(json_any_contains(m, "stack", "take_in_order"));
		expect(json_length(m, "holds"), ==, 1);
		expect_hold(m, locks[i], "take_in_order");
	}
	for (size_t i = 0; i < n; i++)  /* in the order in which they wait for each other */
		expect(json_int(json_at(d, "members", i), "waiting_for.tid"), ==, json_int(json_at(d, "members", (i + 1) % n), "tid"));
}

Test(deadlocks, two_threads_with_two_locks_in_both_orders)
{
	struct run *r = hang("abba");
	json *j = report(run_dump(r)), *d = only_deadlock(j, "cycle", 2);
	expect_certain(d);
	expect_round(r, d, ARGV("alice", "bob"), ARGV("lock_a", "lock_b"), 2);
	expect(json_length(d, "behind"), ==, 1);
	expect(json_int(json_at(d, "behind", 0), "tid"), ==, run_tally(r, "main"));
	cr_expect_str_eq(json_text(json_at(d, "behind", 0), "waiting_for.what"), "thread");
	expect(json_length(j, "lock_inversions"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(deadlocks, three_threads_and_five_philosophers)
{
	struct run *r = hang("three");
	json *j = report(run_dump(r)), *d = only_deadlock(j, "cycle", 3);
	expect_round(r, d, ARGV("alice", "bob", "carol"), ARGV("lock_a", "lock_b", "lock_c"), 3);
	json_free(j);
	run_free(r);
	r = hang("philosophers");
	j = report(run_dump(r)), d = only_deadlock(j, "cycle", 5);
	expect_certain(d);
	expect_round(r, d, ARGV("seat0", "seat1", "seat2", "seat3", "seat4"),
	             ARGV("forks", "forks+0x28", "forks+0x50", "forks+0x78", "forks+0xa0"), 5);
	json_free(j);
	run_free(r);
}

Test(deadlocks, who_only_waits_for_a_member_is_behind_and_no_member)
{
	struct run *r = hang("victims");
	json *j = report(run_dump(r)), *d = only_deadlock(j, "cycle", 2);
	expect_round(r, d, ARGV("alice", "bob"), ARGV("lock_a", "lock_b"), 2);
	expect(json_length(d, "behind"), ==, 3);
	size_t victims = 0;
	for (size_t i = 0; i < 3; i++)
		victims += !strcmp(json_text(json_at(d, "behind", i), "name"), "victim");
	expect(victims, ==, 2);
	json_free(j);
	run_free(r);
}

Test(deadlocks, a_thread_that_takes_its_own_lock_again)
{
	struct run *r = hang("self");
	json *j = report(run_dump(r)), *d = only_deadlock(j, "cycle", 1), *m = member_of(d, r, "main");
	expect_certain(d);
	expect_wait(r, m, "lock_a", "main", "take_second");
	expect_hold(m, "lock_a", "in_main");
	json_free(j);
	run_free(r);
}

Test(deadlocks, readers_that_want_to_write_are_in_their_own_way)
{
	struct run *r = hang("upgrade");
	json *j = report(run_dump(r));
	cr_assert_eq(json_length(j, "deadlocks"), 2);
	for (size_t i = 0; i < 2; i++) {
		json *d = json_at(j, "deadlocks", i), *m = json_at(d, "members", 0);
		expect(json_length(d, "members"), ==, 1);
		cr_expect_str_eq(json_text(m, "waiting_for.name"), "table_lock");
		cr_expect_str_eq(json_text(m, "waiting_for.side"), "write");
		cr_expect_str_eq(json_text(json_row(m, "holds", "name", "table_lock"), "side"), "read");
		cr_expect_str_eq(json_text(json_at(m, "stack", 0), NULL), "upgrade");
	}
	json_free(j);
	run_free(r);
}

Test(deadlocks, joins_that_go_round_and_a_lock_held_while_joining)
{
	struct run *r = hang("joins");
	json *j = report(run_dump(r)), *d = only_deadlock(j, "cycle", 3);
	expect_certain(d);
	for (int i = 0; i < 3; i++) {
		json *m = member_of(d, r, format("joiner%d", i));
		cr_expect_str_eq(json_text(m, "waiting_for.what"), "thread");
		expect(json_int(m, "waiting_for.tid"), ==, run_tally(r, format("joiner%d", (i + 1) % 3)));
	}
	json_free(j);
	run_free(r);
	r = hang("join_holding");
	j = report(run_dump(r)), d = only_deadlock(j, "cycle", 2);
	expect_wait(r, member_of(d, r, "needs_a"), "lock_a", "main", "take_second");
	expect_hold(member_of(d, r, "main"), "lock_a", "in_main");
	expect(json_int(member_of(d, r, "main"), "waiting_for.tid"), ==, run_tally(r, "needs_a"));
	json_free(j);
	run_free(r);
}

Test(deadlocks, a_condition_wait_that_cannot_have_its_mutex_back)
{
	struct run *r = hang("cond");
	json *j = report(run_dump(r)), *d = only_deadlock(j, "cycle", 2), *waits = member_of(d, r, "waits");
	cr_expect_str_eq(json_text(waits, "waiting_for.mutex"), "lock_a");
	expect(json_int(waits, "waiting_for.tid"), ==, run_tally(r, "signals"));
	expect(json_length(waits, "holds"), ==, 1);  /* not the mutex, which the wait has given up */
	expect_hold(waits, "lock_b", "waits_with_b");
	expect_wait(r, member_of(d, r, "signals"), "lock_b", "waits", "take_second");
	json_free(j);
	run_free(r);
}

Test(deadlocks, a_wait_with_a_time_limit_makes_it_uncertain)
{
	struct run *r = hang("timed");
	json *j = report(run_dump(r)), *d = only_deadlock(j, "cycle", 2);
	cr_expect(YAJL_IS_FALSE(json_get(d, "certain")));
	expect(json_length(d, "doubts"), ==, 1);
	cr_expect(json_any_contains(d, "doubts", "time limit"));
	cr_expect_str_eq(json_text(member_of(d, r, "timed"), "waiting_for.call"), "pthread_mutex_timedlock");
	json_free(j);
	run_free(r);
}

Test(deadlocks, a_lock_whose_owner_has_ended)
{
	struct run *r = hang("gone");
	json *j = report(run_dump(r)), *d = only_deadlock(j, "owner_gone", 1);
	expect_wait(r, member_of(d, r, "main"), "lock_b", "dies", "take_second");
	json_free(j);
	run_free(r);
}

Test(deadlocks, nobody_is_left_to_signal_to_post_or_to_write)
{
	const char *const shapes[][3] = { { "lost_wakeup", "signal", "never_signalled" }, { "sem", "post", "never_posted" }, { "pipe", "call", NULL } };
	for (size_t i = 0; i < 3; i++) {
		struct run *r = hang(shapes[i][0]);
		json *j = report(run_dump(r)), *d = only_deadlock(j, "nobody_left", 1), *m = member_of(d, r, "main");
		cr_expect_str_eq(json_text(m, "waiting_for.what"), shapes[i][1]);
		if (shapes[i][2])
			cr_expect_str_eq(json_text(m, "waiting_for.name"), shapes[i][2]);
		expect(json_length(d, "doubts"), ==, 1);  /* a signal handler could */
		json_free(j);
		run_free(r);
	}
}

Test(deadlocks, threads_behind_one_that_waits_for_a_peer_are_held_up_by_it)
{
	struct run *r = hang("behind");
	json *j = report(run_dump(r));
	expect(json_length(j, "deadlocks"), ==, 0);
	cr_assert_eq(json_length(j, "held_up"), 1);
	json *h = json_at(j, "held_up", 0), *m = member_of(h, r, "reader");
	cr_expect_str_eq(json_text(m, "waiting_for.call"), "recv");
	expect_hold(m, "lock_a", "reader");
	expect(json_length(h, "behind"), ==, 3);
	json_free(j);
	run_free(r);
}

Test(deadlocks, a_child_waits_for_what_a_thread_of_its_parent_had_at_the_fork)
{
	struct run *r = run((struct run_how){.preload = true, .kill_when_blocked = true}, ARGV(target("deadlocks"), "fork"));
	struct run *analyzed = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", r->dumps));
	json *j = json_parse(analyzed->out), *d = only_deadlock(j, "owner_gone", 1), *m = member_of(d, r, "child");
	expect(json_int(d, "pid"), ==, run_tally(r, "child"));
	cr_expect_str_eq(json_text(m, "waiting_for.name"), "lock_a");
	cr_expect(json_is_null(m, "waiting_for.tid"));
	json_free(j);
	run_free(analyzed);
	run_free(r);
}

Test(deadlocks, a_hung_process_is_read_while_it_lives)
{
	const char *script = "LD_PRELOAD=$1 HP_OUT=live.hpd $2 abba & p=$!; i=0\n"
		"while [ $i -lt 100 ]; do sleep 0.1; $3 report --json live.hpd >live.json 2>/dev/null && grep -q '\"cycle\"' live.json && break; i=$((i+1)); done\n"
		"$3 report live.hpd; kill -9 $p; wait $p 2>/dev/null; mv live.hpd ../dumps\n";
	struct run *r = run((struct run_how){0}, ARGV("sh", "-c", script, "sh", built("libhp.so"), target("deadlocks"), analyzer()));
	char *path = format("%s/live.json", r->work);
	json *j = json_parse(file_text(path, NULL)), *d = only_deadlock(j, "cycle", 2);
	cr_expect_str_eq(json_text(j, "process.end"), "running");
	expect_certain(d);
	expect_round(r, d, ARGV("alice", "bob"), ARGV("lock_a", "lock_b"), 2);
	expect(json_int(d, "waited_ns"), >, 0);
	char *said = strstr(r->out, "DEADLOCK: 2 threads wait for each other"), *first_part = strstr(r->out, "Where the wall clock went");
	cr_expect(said && first_part && said < first_part, "people see it first: %s", r->out);
	json_free(j);
	run_free(r);
}

/* Whatever moment a program is killed at that only waits as programs do. */
Test(deadlocks, a_program_that_goes_on_has_none)
{
	for (long ms = 30; ms <= 150; ms += 20) {
		struct run *r = run((struct run_how){.preload = true, .kill_after_us = ms * 1000}, ARGV(target("wait_counts"), "8", "100000"));
		if (r->dump_count) {
			json *j = report(run_dump(r));
			for (size_t i = 0; i < json_length(j, "deadlocks"); i++)
				cr_expect(false, "after %ld ms: %s", ms, json_text(json_at(j, "deadlocks", i), "text"));
			json_free(j);
		}
		run_free(r);
	}
}
