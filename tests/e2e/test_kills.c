/* SIGKILL at any moment: the dump opens, all that had happened is in it, and each thread's call in progress is known. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

enum { STORM_THREADS = 8, KILLS = 200, AT_A_TEST = 50 };

/* The target's own count, which it raises after each call; the layout is storm.c's. */
struct progress { _Alignas(64) long allocs, frees, writes, locks; };

/* `recorded` may be ahead of the target's count by the calls that had ended but were not counted yet. */
static void expect_all(const char *what, long long recorded, long done, long slack)
{
	cr_expect(recorded >= done && recorded <= done + slack, "%s: %lld recorded, %ld done", what, recorded, done);
}

static long long io_calls(json *j, const char *name)
{
	json *op = json_find(j, "io.ops", "name", name);
	return op ? json_int(op, "calls") : 0;
}

/* What all threads together had done. */
struct totals { long allocs, frees, writes, locks; };
static struct totals progress_of(const struct run *r)
{
	struct totals all = {0};
	char *path = format("%s/progress", r->work);
	if (access(path, R_OK) == 0 && file_bytes(path) == STORM_THREADS * (long long)sizeof(struct progress)) {
		struct progress *p = (struct progress *)file_text(path, NULL);
		for (int i = 0; i < STORM_THREADS; i++) {
			all.allocs += p[i].allocs;
			all.frees += p[i].frees;
			all.writes += p[i].writes;
			all.locks += p[i].locks;
		}
		free(p);
	}
	free(path);
	return all;
}

static void expect_progress(json *j, struct totals done)
{
	json *lock = json_find(j, "locks", "name", "storm_lock");
	long long of_threads = json_sum(j, "memory.sites", "calls", "pthread_create");
	cr_expect_str_eq(json_text(j, "process.end"), "killed");
	expect_all("allocs", json_int(j, "memory.alloc_calls") - of_threads, done.allocs, STORM_THREADS);
	expect_all("frees", json_int(j, "memory.free_calls"), done.frees, STORM_THREADS);
	expect_all("writes", io_calls(j, "write"), done.writes, STORM_THREADS);
	expect_all("locks", lock ? json_int(lock, "acquisitions") : 0, done.locks, STORM_THREADS);
	expect(json_int(j, "recorder.torn_records"), <=, STORM_THREADS + 1);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
}

static void kill_at(long us)
{
	struct run *r = run((struct run_how){.preload = true, .kill_after_us = us}, ARGV(target("storm"), "progress"));
	struct totals done = progress_of(r);
	cr_assert_eq(r->signal, 9);
	if (r->dump_count == 0) {  /* killed before there was a recorder */
		expect(done.allocs, ==, 0);
		run_free(r);
		return;
	}
	struct run *analyzed = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", run_dump(r)));
	if (analyzed->status == 2) {  /* killed while the header was written */
		cr_expect_eq(done.allocs, 0, "%s: unreadable after %ld allocations: %s", run_dump(r), done.allocs, analyzed->err);
	} else {
		cr_assert_eq(analyzed->status, 0, "after %ld us: status %d, %s: %s", us, analyzed->status, run_dump(r), analyzed->err);
		json *j = json_parse(analyzed->out);
		expect_progress(j, done);
		json_free(j);
	}
	run_free(analyzed);
	run_free(r);
}

/* Half of the moments fall into the first 20 ms, when the file is made and threads start. */
static void kill_at_random_moments(unsigned seed)
{
	srandom(seed);
	for (int i = 0; i < AT_A_TEST; i++)
		kill_at(i % 2 ? 1 + random() % 20000 : 20000 + random() % 150000);
}

Test(kills, at_50_random_moments)                { kill_at_random_moments(1); }
Test(kills, at_50_more)                          { kill_at_random_moments(2); }
Test(kills, at_a_third_50)                       { kill_at_random_moments(3); }
Test(kills, at_a_fourth_50_of_200_all_together)  { kill_at_random_moments(4); }
_Static_assert(KILLS == 4 * AT_A_TEST, "200 moments");

/* A child that the killed process has forked dies with it, but a moment later: until then the recording goes on. */
static json *report_of_ended(struct run *r)
{
	json *j = report(run_dump(r));
	for (int i = 0; i < 200 && !strcmp(json_text(j, "process.end"), "running"); i++) {
		json_free(j);
		usleep(10000);
		j = report(run_dump(r));
	}
	return j;
}

/* What the main thread waits in is told by name, with the call path. */
static void expect_hang(const char *where, const char *call)
{
	struct run *r = run((struct run_how){.preload = true, .kill_when_blocked = true}, ARGV(target("hangs"), where));
	cr_assert_eq(r->signal, 9);
	json *j = report_of_ended(r), *main_thread = NULL;
	cr_expect_str_eq(json_text(j, "process.end"), "killed");
	for (size_t i = 0; i < json_length(j, "summary.in_progress") && !main_thread; i++)
		if (json_int(json_at(j, "summary.in_progress", i), "tid") == json_int(j, "process.pid"))
			main_thread = json_at(j, "summary.in_progress", i);
	cr_assert(main_thread != NULL, "%s: the main thread is not among those that were blocked", where);
	cr_expect_str_eq(json_text(main_thread, "call"), call, "%s: %s", where, json_text(main_thread, "call"));
	cr_expect(json_any_contains(main_thread, "stack", "main"), "%s", where);
	json_free(j);
	run_free(r);
}

Test(kills, in_a_mutex)     { expect_hang("mutex", "pthread_mutex_lock"); }
Test(kills, in_a_rwlock)    { expect_hang("rwlock", "pthread_rwlock_wrlock"); }
Test(kills, in_a_timed_mutex) { expect_hang("timed", "pthread_mutex_timedlock"); }
Test(kills, in_a_file_lock) { expect_hang("flock", "flock"); }
Test(kills, in_a_sigwait)   { expect_hang("sigwait", "sigwait"); }
Test(kills, in_a_condition) { expect_hang("cond", "pthread_cond_wait"); }
Test(kills, in_a_barrier)   { expect_hang("barrier", "pthread_barrier_wait"); }
Test(kills, in_a_semaphore) { expect_hang("sem", "sem_wait"); }
Test(kills, in_a_read)      { expect_hang("read", "read"); }
Test(kills, in_a_poll)      { expect_hang("poll", "poll"); }
Test(kills, in_a_sleep)     { expect_hang("sleep", "sleep"); }
Test(kills, in_a_nanosleep) { expect_hang("nanosleep", "nanosleep"); }
Test(kills, in_a_join)      { expect_hang("join", "pthread_join"); }
Test(kills, in_a_wait)      { expect_hang("wait", "wait"); }
