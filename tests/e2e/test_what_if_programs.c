/*
 * Real programs whose bottleneck is known: it is what is named first. The disk is as slow as the library slow_disk makes it, not as
 * the machine's is.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

static json *answer(const char *command, const char *dump)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), command, "--json", dump));
	cr_assert(r->status == 0, "%s: status %d: %s", command, r->status, r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

static double percent_of_calls(json *path, const char *call)
{
	double percent = 0;
	for (size_t i = 0; i < json_length(path, "waits"); i++)
		if (!strcmp(json_text(json_at(path, "waits", i), "call"), call))
			percent += json_number(json_at(path, "waits", i), "percent");
	return percent;
}

/* The questions that would save most, within a hundredth of each other: several names of the same thing. */
static bool is_first(json *what_if, const char *text)
{
	double most = json_number(json_at(what_if, "answers", 0), "saved_ns");
	for (size_t i = 0; i < json_length(what_if, "answers"); i++) {
		json *row = json_at(what_if, "answers", i);
		if (json_number(row, "saved_ns") >= most * 0.99 && strstr(json_text(row, "expr"), text))
			return true;
	}
	return false;
}

Test(what_if_programs, threads_with_one_connection_to_a_database_wait_for_its_mutex_and_the_disk_below_it)
{
	struct run *r = run((struct run_how){.preload = true, .preload_after = target("slow_disk")}, ARGV(target("plan_database"), "8000"));
	if (r->status == 2)
		cr_skip_test("libsqlite3.so.0 is not installed");
	cr_assert(r->status == 0, "%s", r->err);
	json *j = report(run_dump(r)), *lock = json_at(j, "locks", 0);
	cr_expect(strstr(json_text(lock, "name"), "libsqlite3") != NULL, "the first lock is %s", json_text(lock, "name"));
	expect(json_int(lock, "wait_ns"), >=, json_int(j, "waits.lock.time_ns") * 95 / 100);
	json *path = answer("path", run_dump(r)), *what_if = answer("what-if", run_dump(r));
	double synced = percent_of_calls(path, "fdatasync");
	cr_expect(synced > 60, "%.1f %% of the path in fdatasync", synced);
	cr_expect(json_number(json_at(path, "locks", 0), "percent") > 40);
	cr_expect(is_first(what_if, ":fdatasync=0") || is_first(what_if, "libsqlite3"), "first: %s", json_text(json_at(what_if, "answers", 0), "expr"));
	json_free(what_if);
	json_free(path);
	json_free(j);
	run_free(r);
}

#define SERVE_AND_ASK \
	"s=$PWD/s; redis-server --port 0 --unixsocket $s --save '' --appendonly yes --appendfsync always --dir $PWD > /dev/null & " \
	"until redis-cli -s $s ping > /dev/null 2>&1; do sleep 0.02; done; " \
	"redis-benchmark -s $s -q -n 200 -t set -c 4 > /dev/null; redis-cli -s $s shutdown nosave; wait"

Test(what_if_programs, a_server_that_syncs_its_journal_for_each_request_waits_for_that)
{
	if (!have_program("redis-server") || !have_program("redis-benchmark"))
		cr_skip_test("redis is not installed");
	struct run_how how = {.preload = true, .preload_after = target("slow_disk"), .env = ENV("HP_EXE=redis-*", "SLOW_DISK_US=6000")};
	struct run *r = run(how, ARGV("sh", "-c", SERVE_AND_ASK));
	cr_assert(r->status == 0, "%s%s", r->out, r->err);
	const char *dump = run_dump_of(r, "redis-server");
	json *path = answer("path", dump), *what_if = answer("what-if", dump);
	double synced = percent_of_calls(path, "fdatasync");
	cr_expect(synced > 40, "%.1f %% of the path in fdatasync", synced);
	cr_expect(is_first(what_if, ":fdatasync=0"), "first: %s", json_text(json_at(what_if, "answers", 0), "expr"));
	json_free(what_if);
	json_free(path);
	run_free(r);
}

Test(what_if_programs, a_parallel_compressor_is_held_up_by_its_compressing_threads)
{
	if (!have_program("pigz"))
		cr_skip_test("pigz is not installed");
	struct run_how how = {.preload = true, .env = ENV("HP_EXE=pigz")};
	struct run *r = run(how, ARGV("sh", "-c", format("pigz -9 -c -p 2 < %s > out", analyzer())));
	cr_assert(r->status == 0, "%s", r->err);
	json *path = answer("path", run_dump_of(r, "pigz")), *what_if = answer("what-if", run_dump_of(r, "pigz"));
	long long by_workers = 0, duration = json_int(path, "path.duration_ns");
	for (size_t i = 0; i < json_length(path, "threads"); i++) {
		json *thread = json_at(path, "threads", i);
		by_workers += json_int(thread, "tid") != json_int(thread, "pid") ? json_int(thread, "on_path_ns") : 0;
	}
	expect(by_workers, >, duration / 2);
	expect(json_int(path, "path.work_ns"), >, duration / 2);
	expect(json_int(path, "path.io_ns"), <, duration / 5);
	cr_expect(is_first(what_if, "function:"), "first: %s", json_text(json_at(what_if, "answers", 0), "expr"));
	json_free(what_if);
	json_free(path);
	run_free(r);
}
