/*
 * Lock figures against counts that are not hp's: the program's own diary, strace's, DRD's and Helgrind's. Where times are
 * compared both look at the same run, so that a busy machine is busy for both.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

/* Two clocks read one after the other; between them the thread may lose its CPU for some ms. */
static void expect_near(const char *what, long long hp, long long own)
{
	long long apart = hp > own ? hp - own : own - hp;
	cr_expect(apart <= own / 20 + 10000000, "%s: %lld by hp, %lld by the other count", what, hp, own);
}

/* Of the calls that come at the moment in which the lock is given back, one may see it held and the other not. */
static void expect_contended(const char *what, long long hp, long long own, long long calls)
{
	long long apart = hp > own ? hp - own : own - hp;
	cr_expect(apart <= calls / 10 + 1, "%s: %lld by hp, %lld by the other count, of %lld", what, hp, own, calls);
}

static long long diary(const struct run *r, const char *side, const char *what)
{
	return run_tally(r, format("%s_%s", side, what));
}

static void compare_side(json *lock, const struct run *r, const char *side)
{
	expect(json_int(lock, "acquisitions"), ==, diary(r, side, "calls"));
	expect_contended(side, json_int(lock, "contended"), diary(r, side, "contended"), diary(r, side, "calls"));
	expect_near("waited", json_int(lock, "wait_ns"), diary(r, side, "wait_ns"));
	expect_near("held", json_int(lock, "hold_ns"), diary(r, side, "hold_ns"));
	expect_near("longest hold", json_int(lock, "max_hold_ns"), diary(r, side, "longest_hold"));
}

Test(lock_truth, a_mutex_is_as_its_users_keep_diary_of_it)
{
	struct run *r = run_recorded(ARGV(target("lock_diary"), "mutex", "4", "10", "5000"));
	json *j = report(run_dump(r));
	expect(diary(r, "write", "contended"), >, 10);
	compare_side(json_row(j, "locks", "name", "diary_mutex"), r, "write");
	json_free(j);
	run_free(r);
}

Test(lock_truth, a_spin_lock_is_as_its_users_keep_diary_of_it)
{
	struct run *r = run_recorded(ARGV(target("lock_diary"), "spin", "2", "10", "5000"));
	json *j = report(run_dump(r));
	compare_side(json_row(j, "locks", "name", "diary_spin"), r, "write");
	json_free(j);
	run_free(r);
}

Test(lock_truth, the_sides_of_a_read_write_lock_are_as_their_users_keep_diary_of_them)
{
	struct run *r = run_recorded(ARGV(target("lock_diary"), "rwlock", "4", "10", "5000"));
	json *j = report(run_dump(r)), *lock = json_row(j, "locks", "name", "diary_rwlock");
	compare_side(json_get(lock, "read"), r, "read");
	compare_side(json_get(lock, "write"), r, "write");
	json_free(j);
	run_free(r);
}

/* The times of calls that wait for a mutex: those for the end of a thread have a clock in their flags. */
static long long mutex_waits_by_strace(char *log)
{
	double seconds = 0;
	char waits_of[1 << 10][64] = {0};
	for (char *save, *line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned tid = (unsigned)atoi(line) % (1 << 10);
		const char *name = strstr(line, "FUTEX_"), *took = strrchr(line, '<');
		if (name)
			snprintf(waits_of[tid], sizeof waits_of[tid], "%.*s", (int)strcspn(name, ","), name);
		if (took && took[1] != '.' && took[1] != 'u' && !strcmp(waits_of[tid], "FUTEX_WAIT_PRIVATE"))
			seconds += atof(took + 1);
	}
	return (long long)(seconds * 1e9);
}

Test(lock_truth, time_waited_for_a_mutex_is_what_strace_saw_the_kernel_take)
{
	struct run_how how = {.preload_before = built("libhp.so")};
	struct run *r = run(how, ARGV("strace", "-f", "-T", "-e", "trace=futex", "-o", "log", target("lock_diary"), "mutex", "3", "6", "15000"));
	if (r->status != 0)
		cr_skip_test("strace can't trace here: %s", r->err);
	json *j = report(run_dump_of(r, "lock_diary")), *lock = json_row(j, "locks", "name", "diary_mutex");
	char *log = file_text(format("%s/log", r->work), NULL);
	long long by_strace = mutex_waits_by_strace(log);
	expect(by_strace, >, 100000000);
	/* The call's way to the kernel and back, which strace makes long, is in hp's figure only. */
	expect_near("waited", json_int(lock, "wait_ns"), by_strace);
	free(log);
	json_free(j);
	run_free(r);
}

/* By address: "post_mutex_lock mutex 0x.. rc 0 owner 0" of successful calls; cond waits give it back and get it in the same way. */
enum { MUTEXES_MOST = 256 };
struct mutexes { unsigned long long address[MUTEXES_MOST]; long long calls[MUTEXES_MOST]; size_t count; };

static struct mutexes mutexes_by_drd(char *log)
{
	struct mutexes m = {0};
	for (char *save, *line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *taken = strstr(line, "post_mutex_lock"), *at = taken ? strstr(taken, "mutex 0x") : NULL;
		if (!at)
			continue;
		unsigned long long address = strtoull(at + strlen("mutex "), NULL, 16);
		size_t i = 0;
		while (i < m.count && m.address[i] != address)
			i++;
		cr_assert(i < MUTEXES_MOST);
		m.count += i == m.count;
		m.address[i] = address;
		m.calls[i]++;
	}
	return m;
}

/* Takes one mutex with so many calls out of the list. */
static bool took_out(struct mutexes *m, long long calls)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->calls[i] == calls) {
			m->calls[i] = 0;
			return true;
		}
	return false;
}

Test(lock_truth, a_database_takes_each_of_its_mutexes_as_often_as_drd_says)
{
	if (!have_program("valgrind") || !have_program("sqlite3"))
		cr_skip_test("valgrind or sqlite3 is not installed");
	const char *const sql = "create table t(a); insert into t values(1), (2); create index i on t(a); select count(*) from t;";
	struct run *traced = run((struct run_how){0}, ARGV("valgrind", "--tool=drd", "--trace-mutex=yes", "sqlite3", ":memory:", sql));
	cr_assert(traced->status == 0, "%s", traced->err);
	struct mutexes drd = mutexes_by_drd(traced->err);
	struct run *r = run_recorded(ARGV("sqlite3", ":memory:", sql));
	json *j = report(run_dump(r));
	expect(json_length(j, "locks"), >, 3);
	for (size_t i = 0; i < json_length(j, "locks"); i++) {
		json *lock = json_at(j, "locks", i);
		cr_expect(took_out(&drd, json_int(lock, "acquisitions")), "%s: %lld times by hp alone", json_text(lock, "name"), json_int(lock, "acquisitions"));
	}
	long long left = 0;
	for (size_t i = 0; i < drd.count; i++)
		left += drd.calls[i];
	expect(left, <=, 2);  /* the loader's own */
	json_free(j);
	run_free(r);
	run_free(traced);
}

/* Orders that Helgrind finds to be violated. It does not ask whether two readers, or one that only tries, could ever hang. */
static struct order { char shape[16]; bool could_hang; } orders[] = {
	{"two", true}, {"three", true}, {"one_thread", true}, {"gate", true}, {"writers", true}, {"retake", true}, {"lives", false}, {"passed", false},
};

ParameterizedTestParameters(lock_truth, orders_that_contradict_are_found_where_helgrind_finds_them)
{
	return cr_make_param_array(struct order, orders, sizeof orders / sizeof *orders);
}

ParameterizedTest(struct order *o, lock_truth, orders_that_contradict_are_found_where_helgrind_finds_them)
{
	if (!have_program("valgrind"))
		cr_skip_test("valgrind is not installed");
	struct run *traced = run((struct run_how){0}, ARGV("valgrind", "--tool=helgrind", target("inversions"), o->shape));
	bool by_helgrind = strstr(traced->err, "lock order \"") != NULL;
	cr_assert(traced->status == 0 && by_helgrind == o->could_hang, "%s: %s", o->shape, traced->err);
	struct run *r = run_recorded(ARGV(target("inversions"), o->shape));
	json *j = report(run_dump(r));
	cr_expect((json_length(j, "lock_inversions") > 0) == by_helgrind, "%s: %zu by hp", o->shape, json_length(j, "lock_inversions"));
	json_free(j);
	run_free(r);
	run_free(traced);
}
