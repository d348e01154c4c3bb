/* The critical path of programs with a planted delay: the blame is where it was planted, and has the share that was planned. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "files.h"
#include "json.h"

static json *path_with(const char *dump, const char *const *more)
{
	const char *all[16] = {analyzer(), "path", "--json", dump};
	for (int i = 0; more && more[i] && i < 11; i++)
		all[4 + i] = more[i];
	struct run *r = run((struct run_how){0}, all);
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

static json *path_of(const struct run *r)
{
	return path_with(run_dump(r), NULL);
}

/* Time of the path's calls of a kind (NULL: any) in a function (NULL: any). */
static long long called(json *j, const char *kind, const char *function)
{
	long long sum = 0;
	for (size_t i = 0; i < json_length(j, "waits"); i++) {
		json *w = json_at(j, "waits", i);
		int is_in = !function || (!json_is_null(w, "function") && !strcmp(json_text(w, "function"), function));
		if (is_in && (!kind || !strcmp(json_text(w, "kind"), kind)))
			sum += json_int(w, "time_ns");
	}
	return sum;
}

static long long worked(json *j, const char *function)
{
	json *f = json_find(j, "functions", "name", function);
	return f ? json_int(f, "work_on_path_ns") : 0;
}

/* In percent of the path. */
static long long share(json *j, long long ns)
{
	return ns * 100 / json_int(j, "path.duration_ns");
}

/* The segments follow one another over the whole window, and each figure is theirs. */
static void expect_whole(json *j)
{
	static const char *const kinds[][2] = {{"work", "path.work_ns"}, {"io", "path.io_ns"}, {"sleep", "path.sleep_ns"}, {"wait", "path.wait_ns"},
		{"hand-over", "path.hand_over_ns"}, {"start", "path.start_ns"}, {"external", "path.external_ns"}, {"outside", "path.outside_ns"}};
	long long at = json_int(j, "path.from_ns"), sums[8] = {0}, all = 0;
	for (size_t i = 0; i < json_length(j, "segments"); i++) {
		json *s = json_at(j, "segments", i);
		expect(json_int(s, "start_ns"), ==, at);
		at = json_int(s, "end_ns");
		for (unsigned k = 0; k < 8; k++)
			if (!strcmp(json_text(s, "kind"), kinds[k][0]))
				sums[k] += at - json_int(s, "start_ns");
	}
	expect(at, ==, json_int(j, "path.to_ns"));
	for (unsigned k = 0; k < 8; k++) {
		expect(json_int(j, kinds[k][1]), ==, sums[k]);
		all += sums[k];
	}
	expect(all, ==, json_int(j, "path.duration_ns"));
	expect(json_int(j, "path.unmatched_acts"), ==, 0);
}

static struct run *recorded_plan(const char *plan, const char *delay_us)
{
	return run_recorded(ARGV(target(plan), delay_us));
}

Test(path, of_a_serial_program_is_all_that_it_did)
{
	struct run *r = recorded_plan("plan_serial", "60000");  /* beside it 30 ms, six times */
	json *j = path_of(r);
	expect_whole(j);
	expect(share(j, called(j, "sleep", "planted")), >=, 50);
	expect(share(j, called(j, "sleep", "ordinary")), >=, 20);
	expect(json_int(json_row(j, "functions", "name", "planted"), "on_path_ns"), >=, called(j, "sleep", "planted"));
	expect(share(j, json_int(json_row(j, "functions", "name", "main"), "total_on_path_ns")), >=, 95);
	expect(called(j, "sleep", "planted"), >=, 6 * 60000000ll);
	expect(json_int(j, "path.thread_changes"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(path, of_a_convoy_blames_the_lock_and_what_is_done_under_it)
{
	struct run *r = recorded_plan("plan_convoy", "30000");  /* three threads, 5 rounds, each 30 ms under the lock */
	json *j = path_of(r);
	expect_whole(j);
	json *lock = json_row(j, "locks", "name", "convoy_lock");
	expect(share(j, called(j, "sleep", "planted")), >=, 75);
	expect(share(j, json_int(lock, "held_ns")), >=, 65);
	expect(json_int(lock, "hand_overs"), >=, 10);
	json_free(j);
	run_free(r);
}

/* Calls tell what was done in a function without events. */
Test(path, of_an_instrumented_program_names_the_function_that_kept_busy)
{
	struct run *r = run_recorded(ARGV(target("plan_convoy_traced"), "20000", "spin"));
	json *j = path_of(r);
	expect_whole(j);
	expect(share(j, worked(j, "planted")), >=, 50);
	expect(json_int(json_row(j, "functions", "name", "planted"), "slack_ns"), ==, 0);
	json_free(j);
	run_free(r);
}

Test(path, of_a_pipeline_stays_in_its_slow_stage)
{
	struct run *r = recorded_plan("plan_stages", "40000");  /* of 10 items; 8 ms in each stage */
	json *j = path_of(r);
	expect_whole(j);
	expect(share(j, called(j, "sleep", "planted")), >=, 65);
	expect(json_int(json_at(j, "threads", 0), "on_path_ns") * 100, >=, 75 * json_int(j, "path.duration_ns"));
	json_free(j);
	run_free(r);
}

/* The other parts could have taken as much longer as was planted in the one. */
Test(path, of_a_fan_out_goes_through_the_slow_part_and_leaves_the_others_their_slack)
{
	struct run *r = recorded_plan("plan_fan_out", "100000");
	json *j = path_of(r);
	int free_to_wait = 0;
	expect_whole(j);
	expect(share(j, called(j, "sleep", "planted")), >=, 60);
	for (size_t i = 0; i < json_length(j, "threads"); i++)
		if (!json_int(json_at(j, "threads", i), "on_path_ns"))
			free_to_wait += json_int(json_at(j, "threads", i), "slack_ns") > 60000000;
	expect(free_to_wait, ==, 9);
	json_free(j);
	run_free(r);
}

Test(path, of_a_barrier_goes_through_the_one_who_comes_late)
{
	struct run *r = recorded_plan("plan_barrier", "50000");
	json *j = path_of(r);
	expect_whole(j);
	expect(share(j, called(j, "sleep", "planted")), >=, 60);
	json_free(j);
	run_free(r);
}

Test(path, of_a_journal_names_the_file_that_the_disk_was_waited_for)
{
	struct run *r = run((struct run_how){.preload = true, .preload_after = built("targets/slow_disk")}, ARGV(target("plan_journal"), "40000"));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = path_of(r);
	expect_whole(j);
	json *first = json_at(j, "waits", 0);
	cr_expect_str_eq(json_text(first, "call"), "fsync");
	cr_expect(strstr(json_text(first, "what"), "journal") != NULL);
	expect(share(j, json_int(first, "time_ns")), >=, 50);
	json_free(j);
	run_free(r);
}

Test(path, of_a_window_is_what_lies_in_it)
{
	struct run *r = recorded_plan("plan_stages", "20000");
	json *all = path_of(r), *j = path_with(run_dump(r), ARGV("--from", "100ms", "--to", "150ms"));
	expect_whole(j);
	expect(json_int(j, "path.from_ns"), ==, 100000000);
	expect(json_int(j, "path.to_ns"), ==, 150000000);
	expect(json_int(j, "path.sleep_ns"), <=, json_int(all, "path.sleep_ns"));
	expect(share(j, json_int(j, "path.sleep_ns")), >=, 80);
	json_free(j);
	json_free(all);
	run_free(r);
}

Test(path, of_a_thread_is_what_that_one_depended_on)
{
	struct run *r = recorded_plan("plan_fan_out", "80000");
	json *all = path_of(r);
	long long tid = 0, end = json_int(all, "path.to_ns");
	for (size_t i = 0; i < json_length(all, "threads"); i++)
		if (!json_int(json_at(all, "threads", i), "on_path_ns"))
			tid = json_int(json_at(all, "threads", i), "tid");
	json *j = path_with(run_dump(r), ARGV("--thread", format("%lld", tid)));
	expect_whole(j);
	expect(json_int(j, "path.to_ns"), <, end);
	json_free(j);
	json_free(all);
	run_free(r);
}

static struct run *recorded_tree(const char *const *argv)
{
	const char *all[12] = {analyzer(), "record", "--no-report", "-o", "dumps", "--"};
	for (int i = 0; argv[i] && i < 5; i++)
		all[6 + i] = argv[i];
	struct run *r = run((struct run_how){0}, all);
	cr_assert_eq(r->status, 0, "%s", r->err);
	return r;
}

Test(path, goes_through_the_child_that_was_waited_for)
{
	struct run *r = recorded_tree(ARGV(target("plan_children"), "80000"));  /* three times; 25 ms in each child beside */
	json *j = path_with(format("%s/dumps", r->work), NULL);
	expect_whole(j);
	expect(share(j, called(j, "sleep", "planted")), >=, 55);
	json_free(j);
	run_free(r);
}

/* The first process has become another program, which is the one that the run ends with. */
Test(path, goes_on_in_the_program_that_another_one_became)
{
	struct run *r = recorded_tree(ARGV("sh", "-c", "exec sleep 0.2"));
	json *j = path_with(format("%s/dumps", r->work), NULL);
	expect_whole(j);
	expect(share(j, json_int(j, "path.sleep_ns")), >=, 60);
	json_free(j);
	run_free(r);
}

/* What is read comes when it is written, and is written when there is room. */
Test(path, of_a_shells_pipeline_is_its_slow_program)
{
	struct run *r = recorded_tree(ARGV("sh", "-c", "(sleep 0.1; echo a; sleep 0.3; echo b) | (read a; read b; sleep 0.1; echo $a $b)"));
	json *j = path_with(format("%s/dumps", r->work), NULL);
	expect_whole(j);
	expect(share(j, json_int(j, "path.sleep_ns")), >=, 70);
	json_free(j);
	run_free(r);
}

/* What a thread hangs in has no end. */
Test(path, of_a_killed_process_tells_what_it_hung_in)
{
	static const char *const hangs[][2] = {{"mutex", "pthread_mutex_lock stuck_lock in hang()"}, {"sem", "sem_wait stuck_sem in hang()"},
		{"read", "read "}, {"poll", "poll"}};
	for (size_t i = 0; i < 4; i++) {
		struct run *r = run((struct run_how){.preload = true, .kill_when_blocked = true}, ARGV(target("hangs"), hangs[i][0]));
		json *j = path_of(r);
		expect_whole(j);
		cr_expect(strstr(json_text(j, "path.in_progress"), hangs[i][1]) != NULL, "%s: %s", hangs[i][0], json_text(j, "path.in_progress"));
		json_free(j);
		run_free(r);
	}
}

/* It waits for a thread that goes on: what that one does is what counts. */
Test(path, of_a_killed_process_leads_on_to_the_thread_that_was_waited_for)
{
	struct run *r = run((struct run_how){.preload = true, .kill_after_us = 700000}, ARGV(target("plan_convoy"), "15000", "sleep", "1000"));
	json *j = path_of(r);
	expect_whole(j);
	expect(share(j, called(j, "sleep", "planted")), >=, 75);
	cr_expect(strstr(json_text(j, "path.in_progress"), "pthread_join") != NULL);
	cr_expect(json_find(j, "locks", "name", "convoy_lock") != NULL);
	json_free(j);
	run_free(r);
}

static void expect_refused(const char *const *argv, const char *says)
{
	struct run *r = run((struct run_how){0}, argv);
	expect(r->status, ==, 2);
	cr_expect(strstr(r->err, says) != NULL, "'%s' is not in: %s", says, r->err);
	run_free(r);
}

Test(path, refuses_what_it_cannot_answer)
{
	struct run *r = run_recorded(ARGV("true"));
	expect_refused(ARGV(analyzer(), "path", "--function", "main", run_dump(r)), "--function");
	expect_refused(ARGV(analyzer(), "path", "--thread", "1", run_dump(r)), "no such thread");
	expect_refused(ARGV(analyzer(), "path", "--from", "1000", run_dump(r)), "nothing was recorded in that time");
	run_free(r);
}

Test(path, says_in_words_what_it_is)
{
	struct run *r = recorded_plan("plan_convoy", "30000");
	struct run *told = run((struct run_how){0}, ARGV(analyzer(), "path", run_dump(r)));
	cr_expect_eq(told->status, 0, "%s", told->err);
	cr_expect(strstr(told->out, "sleep: nanosleep in planted()") != NULL, "%s", told->out);
	cr_expect(strstr(told->out, "somebody held convoy_lock") != NULL, "%s", told->out);
	run_free(told);
	run_free(r);
}
