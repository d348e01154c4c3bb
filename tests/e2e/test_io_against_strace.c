/*
 * Counts and bytes of I/O calls against `strace -f -c` on programs that do their I/O without stdio.
 *
 * What strace sees and hp does not: the calls that the loader and libc make for themselves (reading the headers of shared
 * libraries, locales, /etc/passwd) never pass through a function that could be hooked. They are the same whatever the
 * program is told to do, so each program runs twice, with little and with much to do, and the difference is compared.
 *
 * Times, and what was done to a single file, are compared in one run that both watch (strace -T -y).
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

#define TRACED "read,write,openat,close,fsync,fdatasync,pread64,pwrite64"

/* The kernel's name for a call, and hp's names for the functions that end in it. */
static const struct { const char *call, *op[2]; int has_bytes; } pairs[] = {
	{"read", {"read"}, 1}, {"write", {"write"}, 1}, {"pread64", {"pread"}, 1}, {"pwrite64", {"pwrite"}, 1},
	{"openat", {"openat", "open"}, 0}, {"close", {"close"}, 0}, {"fsync", {"fsync"}, 0}, {"fdatasync", {"fdatasync"}, 0},
};
enum { PAIRS = sizeof pairs / sizeof *pairs };
struct counts { long long calls[PAIRS], bytes[PAIRS]; };

/* The "calls" column of strace's summary, and the sum of the results in the lines before it. */
static struct counts counts_by_strace(char *log)
{
	struct counts c = {0};
	for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n")) {
		double percent, seconds;
		long long each, calls;
		char name[32], errors[32];
		int columns = sscanf(line, "%lf %lf %lld %lld %31s %31s", &percent, &seconds, &each, &calls, errors, name);
		for (int i = 0; i < PAIRS; i++) {
			if (columns >= 5 && !strcmp(columns == 5 ? errors : name, pairs[i].call)) {
				c.calls[i] = calls;
				continue;
			}
			char *start = format(" %s(", pairs[i].call), *resumed = format("<... %s resumed>", pairs[i].call);
			const char *result = strrchr(line, '=');
			if ((strstr(line, start) || strstr(line, resumed)) && result && atoll(result + 1) > 0)
				c.bytes[i] += atoll(result + 1);
			free(start);
			free(resumed);
		}
	}
	return c;
}

static struct counts counts_by_hp(const char *dump)
{
	struct counts c = {0};
	json *j = report(dump);
	for (int i = 0; i < PAIRS; i++) {
		for (int k = 0; k < 2 && pairs[i].op[k]; k++) {
			json *op = json_find(j, "io.ops", "name", pairs[i].op[k]);
			c.calls[i] += op ? json_int(op, "calls") : 0;
			c.bytes[i] += op && pairs[i].has_bytes ? json_int(op, "bytes") : 0;
		}
	}
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	return c;
}

enum { ARGUMENTS_MAX = 12 };

/* Both programs have the same start directory, made by `prepare`. */
static struct counts strace_of(const char *const *argv, const char *dir)
{
	char *log = format("%s/strace.log", dir);
	const char *all[ARGUMENTS_MAX + 8] = {"strace", "-f", "-C", "-e", "trace=" TRACED, "-o", log};
	for (int i = 0; argv[i] && i < ARGUMENTS_MAX; i++)
		all[7 + i] = argv[i];
	struct run *r = run((struct run_how){.cwd = dir}, all);
	cr_assert_eq(r->status, 0, "%s", r->err);
	char *text = file_text(log, NULL);
	struct counts c = counts_by_strace(text);
	free(text);
	remove(log);
	run_free(r);
	return c;
}

static struct counts hp_of(const char *const *argv, const char *dir)
{
	struct run *r = run((struct run_how){.preload = true, .cwd = dir}, argv);
	cr_assert_eq(r->status, 0, "%s", r->err);
	struct counts c = counts_by_hp(run_dump(r));
	run_free(r);
	return c;
}

static char *prepare(const char *script)
{
	char *dir = new_directory();
	struct run *r = run((struct run_how){.cwd = dir}, ARGV("sh", "-ec", script));
	cr_assert_eq(r->status, 0, "%s", r->err);
	run_free(r);
	return dir;
}

/* `must` is a call that the difference has to consist of, so that nothing is compared with nothing. */
static void expect_equal(const char *prepared_by, const char *const *little, const char *const *much, const char *must)
{
	struct counts c[2][2];
	for (int i = 0; i < 2; i++) {
		const char *const *argv = i ? much : little;
		for (int by_hp = 0; by_hp < 2; by_hp++) {
			char *dir = prepare(prepared_by);
			c[by_hp][i] = by_hp ? hp_of(argv, dir) : strace_of(argv, dir);
			remove_tree(dir);
			free(dir);
		}
	}
	for (int i = 0; i < PAIRS; i++) {
		long long calls = c[0][1].calls[i] - c[0][0].calls[i], bytes = c[0][1].bytes[i] - c[0][0].bytes[i];
		long long our_calls = c[1][1].calls[i] - c[1][0].calls[i], our_bytes = c[1][1].bytes[i] - c[1][0].bytes[i];
		cr_expect_eq(our_calls, calls, "%s: %s: %lld calls, strace saw %lld", much[0], pairs[i].call, our_calls, calls);
		if (pairs[i].has_bytes)
			cr_expect_eq(our_bytes, bytes, "%s: %s: %lld bytes, strace saw %lld", much[0], pairs[i].call, our_bytes, bytes);
		if (!strcmp(pairs[i].call, must))
			cr_expect_gt(calls, 40, "%s made no difference in %s", much[0], must);
	}
}

Test(against_strace, a_target_of_ours)
{
	expect_equal("true", ARGV(target("io_counts"), "data", "1"), ARGV(target("io_counts"), "data", "200"), "fsync");
}

Test(against_strace, dd)
{
	expect_equal("true", ARGV("dd", "if=/dev/zero", "of=out", "bs=1000", "count=0", "conv=fsync", "status=none"),
	             ARGV("dd", "if=/dev/zero", "of=out", "bs=1000", "count=500", "conv=fsync", "status=none"), "write");
}

Test(against_strace, tar)
{
	expect_equal("mkdir empty full; for i in $(seq 50); do head -c ${i}000 /dev/zero >full/$i; done",
	             ARGV("tar", "cf", "out.tar", "empty"), ARGV("tar", "cf", "out.tar", "full"), "openat");
}

Test(against_strace, xz)
{
	expect_equal("head -c 10 /dev/urandom >small; head -c 1000000 /dev/urandom >large",
	             ARGV("xz", "-1", "-T1", "small"), ARGV("xz", "-1", "-T1", "large"), "read");
}

Test(against_strace, sqlite3)
{
	expect_equal("true", ARGV("sqlite3", "shop.db", "CREATE TABLE t (a, b)"),
	             ARGV("sqlite3", "shop.db", "CREATE TABLE t (a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
	                  "WHERE i < 5000) INSERT INTO t SELECT i, i * 7919 % 5003 FROM n; CREATE INDEX x ON t (b); VACUUM"), "pwrite64");
}

Test(against_strace, python3)
{
	const char *script =
		"import os, sys\n"
		"for i in range(int(sys.argv[1])):\n"
		"    fd = os.open('data', os.O_RDWR | os.O_CREAT | os.O_TRUNC)\n"
		"    os.write(fd, b'x' * i); os.fsync(fd); os.lseek(fd, 0, 0); os.read(fd, 1000); os.close(fd)\n";
	expect_equal("true", ARGV("/usr/bin/python3", "-I", "-S", "-c", script, "1"),
	             ARGV("/usr/bin/python3", "-I", "-S", "-c", script, "101"), "fsync");
}

/* ---- one run that both watch ---- */

struct file_figures { long long reads, writes, syncs, bytes_read, bytes_written; double read_s, write_s, sync_s; };

/* "PID call(FD<PATH>, ..) = RESULT <SECONDS>", of one path, or of the descriptors that end so. */
static struct file_figures file_by_strace(char *log, const char *path)
{
	struct file_figures f = {0};
	char *wanted = format("%s>", path);
	for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n")) {
		char call[32] = "";
		const char *fd = strchr(line, '('), *end = fd ? strstr(fd, wanted) : NULL, *result = strrchr(line, '=');
		if (sscanf(line, "%*d %31[a-z0-9_]", call) != 1 || !end || strchr(fd, '<') > end || (strchr(fd, ',') && strchr(fd, ',') < end) || !result)
			continue;
		const char *seconds = strrchr(result, '<');
		double took = seconds ? atof(seconds + 1) : 0;
		long long bytes = atoll(result + 1) > 0 ? atoll(result + 1) : 0;
		if (!strcmp(call, "read") || !strcmp(call, "pread64"))
			f.reads++, f.bytes_read += bytes, f.read_s += took;
		else if (!strcmp(call, "write") || !strcmp(call, "pwrite64"))
			f.writes++, f.bytes_written += bytes, f.write_s += took;
		else if (!strcmp(call, "fsync") || !strcmp(call, "fdatasync"))
			f.syncs++, f.sync_s += took;
	}
	free(wanted);
	return f;
}

/* The row of the file whose path ends so. */
static json *row_of(json *j, const char *end)
{
	for (size_t i = 0; i < json_length(j, "io.files"); i++) {
		json *row = json_at(j, "io.files", i);
		const char *path = json_text(row, "path"), *at = strlen(path) >= strlen(end) ? path + strlen(path) - strlen(end) : "";
		if (!strcmp(at, end) && json_int(row, "calls"))
			return row;
	}
	cr_assert(false, "no file %s in the report", end);
	return NULL;
}

/* strace's time is from stop to stop, ours around both stops: each takes until strace has written its line. */
static void expect_time(const char *what, double ours_s, double strace_s, long long calls)
{
	cr_expect(ours_s >= strace_s * 0.9 - 1e-6 * (double)calls && ours_s <= strace_s * 1.5 + 2e-3 * (double)calls,
	          "%s: %lld calls took %f s, by strace %f s", what, calls, ours_s, strace_s);
}

static double seconds(json *row, const char *key)
{
	json *v = json_maybe(row, key);
	return v ? json_number(row, key) / 1e9 : 0;
}

/* strace tells paths as the kernel does. */
static void expect_file_beside(void (*in_child)(void), const char *prepared_by, const char *const *argv, const char *program,
                               const char *file, const char *by_strace)
{
	char *dir = prepare(prepared_by), *log = format("%s/strace.log", dir);
	char *preload = format("LD_PRELOAD=%s", built("libhp.so")), *out = format("HP_OUT=%s/%%e.hpd", dir);
	const char *all[ARGUMENTS_MAX + 16] = {"strace", "-f", "-T", "-y", "-e", "trace=" TRACED, "-o", log, "-E", preload, "-E", out};
	for (int i = 0; argv[i] && i < ARGUMENTS_MAX; i++)
		all[12 + i] = argv[i];
	struct run *r = run((struct run_how){.cwd = dir, .in_child = in_child}, all);
	cr_assert_eq(r->status, 0, "%s", r->err);
	char *text = file_text(log, NULL), *dump = format("%s/%s.hpd", dir, program);
	struct file_figures f = file_by_strace(text, by_strace ? by_strace : file);
	json *j = report(dump), *row = row_of(j, file);
	cr_expect_gt(f.reads + f.writes, 1, "strace saw nothing of %s", file);
	expect(json_int(row, "reads"), ==, f.reads);
	expect(json_int(row, "writes"), ==, f.writes);
	expect(json_int(row, "fsync.calls"), ==, f.syncs);
	expect(json_int(row, "bytes_read"), ==, f.bytes_read);
	expect(json_int(row, "bytes_written"), ==, f.bytes_written);
	if (f.reads)
		expect_time("reads", seconds(row, "read.time_ns"), f.read_s, f.reads);
	if (f.writes)
		expect_time("writes", seconds(row, "write.time_ns"), f.write_s, f.writes);
	expect_time("syncs", seconds(row, "fsync.time_ns"), f.sync_s, f.syncs);
	json_free(j);
	run_free(r);
	remove_tree(dir);
	free(dir), free(log), free(preload), free(out), free(text), free(dump);
}

static void expect_file(const char *prepared_by, const char *const *argv, const char *program, const char *file, const char *by_strace)
{
	expect_file_beside(NULL, prepared_by, argv, program, file, by_strace);
}

Test(beside_strace, a_target_of_ours)
{
	expect_file("true", ARGV(target("io_counts"), "data", "50"), "io_counts", "data", "/data");
}

Test(beside_strace, the_file_and_the_journal_of_a_database)
{
	const char *sql = "CREATE TABLE t (a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
		"INSERT INTO t SELECT i, i * 7919 % 5003 FROM n; SELECT sum(b) FROM t; UPDATE t SET b = b + 1 WHERE a < 100";
	expect_file("true", ARGV("sqlite3", "shop.db", sql), "sqlite3", "shop.db", NULL);
	expect_file("true", ARGV("sqlite3", "shop.db", sql), "sqlite3", "shop.db-journal", NULL);
}

Test(beside_strace, an_archive)
{
	expect_file("mkdir full; for i in $(seq 30); do head -c ${i}000 /dev/zero >full/$i; done", ARGV("tar", "cf", "out.tar", "full"), "tar",
	            "out.tar", NULL);
}

Test(beside_strace, gits_index)
{
	expect_file("git init -q repo && for i in $(seq 20); do echo $i >repo/$i.txt; done", ARGV("git", "-C", "repo", "add", "."), "git",
	            ".git/index.lock", NULL);
}

static void write_slowly(void)
{
	if (fork())
		return;
	int fd = open("slow", O_WRONLY);
	for (int i = 0; i < 3; i++) {
		usleep(50000);
		if (write(fd, "line\n", 5) != 5)
			_exit(1);
	}
	_exit(0);
}

/* Reads that wait: what they take is no matter of how much a call costs. */
Test(beside_strace, reads_from_a_pipe_that_is_slow)
{
	expect_file_beside(write_slowly, "mkfifo slow", ARGV("dd", "if=slow", "of=copy", "bs=100", "status=none"), "dd", "slow", NULL);
}
