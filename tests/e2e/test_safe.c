/* record --safe: dumps in memory that nobody can cut, which become files when their processes have ended. */
#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

#define RECORD(...) ARGV(analyzer(), "record", "--safe", "--no-report", "-o", "dumps", "--", __VA_ARGS__)

static char *in(const struct run *r, const char *directory) { return format("%s/%s", r->work, directory); }

/* The dumps in a directory, which must be so many. */
static char **dumps_in(const char *directory, size_t count)
{
	size_t n = 0;
	char **found = list_files(directory, ".hpd", &n);
	cr_assert_eq(n, count, "%zu dumps in %s, not %zu", n, directory, count);
	return found;
}

static void expect_allocs(const char *dump, long long least, const char *end)
{
	json *j = report(dump);
	expect(json_int(j, "memory.alloc_calls"), >=, least);
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	cr_expect_str_eq(json_text(j, "process.end"), end);
	json_free(j);
}

Test(safe, nobody_can_cut_a_dump_under_its_program)
{
	struct run *r = run((struct run_how){0}, RECORD(target("own_dump"), "cut"));
	expect(r->status, ==, 3);
	expect(run_tally(r, "found"), ==, 1);
	expect(run_tally(r, "error"), ==, EPERM);
	cr_expect_str_eq(r->err, "");
	expect_allocs(dumps_in(in(r, "dumps"), 1)[0], run_tally(r, "allocs"), "exit");
	run_free(r);
}

Test(safe, nothing_is_lost_of_a_program_that_is_killed)
{
	struct run *r = run((struct run_how){0}, RECORD(target("ends"), "kill"));
	expect(r->status, ==, 128 + SIGKILL);
	expect_allocs(dumps_in(in(r, "dumps"), 1)[0], 1000, "killed");
	run_free(r);
}

Test(safe, each_process_of_the_run_has_its_dump_and_the_report_has_them_all)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "record", "--safe", "-o", "dumps", "--",
		"sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do /bin/true; done; exec /bin/true"));
	expect(r->status, ==, 0);
	cr_expect_str_eq(r->err, "");
	cr_expect(strstr(r->out, "/bin/true") != NULL, "%s", r->out);
	dumps_in(in(r, "dumps"), 12);
	struct run *all = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", in(r, "dumps")));
	expect(all->status, ==, 0);
	run_free(all);
	run_free(r);
}

/* What `record` leaves behind writes the dump of a process that outlives the program, however that ends. */
Test(safe, a_process_that_goes_on_has_its_dump_when_it_ends)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "record", "--safe", "--no-report", "-o", "dumps", "--",
		"sh", "-c", "setsid sleep 1000 <&- >&- 2>&- & while ! pgrep -P $$ sleep >/dev/null; do :; done; echo pid $!; sleep 0.1"));
	expect(r->status, ==, 0);
	cr_expect(strstr(r->err, "go on") != NULL, "%s", r->err);
	kill((pid_t)run_tally(r, "pid"), SIGKILL);
	char *dump = format("%s/dumps/hp.sleep.%lld.hpd", r->work, run_tally(r, "pid"));
	for (int i = 0; i < 1000 && access(dump, R_OK); i++)
		usleep(10000);
	usleep(100000);
	expect_allocs(dump, 1, "killed");
	run_free(r);
}

static char *disk(const char *type, const char *options)
{
	char *dir = new_directory();
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("hp-test", dir, type, 0, options))
		cr_skip_test("mounting a file system is not allowed");
	chmod(dir, 0777);
	return dir;
}

static struct run *record_to(const char *dir, const char *temporary, const char *const *more)
{
	const char *argv[16] = { analyzer(), "record", "--safe", "-o", dir, "--" };
	for (size_t n = 6; *more; )
		argv[n++] = *more++;
	return run((struct run_how){.env = ENV(format("TMPDIR=%s", temporary))}, argv);
}

/* The directory that the message names. */
static char *told_directory(const struct run *r)
{
	const char *start = strstr(r->err, "dumps are in '");
	cr_assert(start != NULL, "%s", r->err);
	start += strlen("dumps are in '");
	return strndup(start, strcspn(start, "'"));
}

Test(safe, a_disk_that_is_full_at_the_end_is_told_and_the_dump_is_kept_elsewhere)
{
	char *dir = disk("tmpfs", "size=64k"), *temporary = new_directory(), *dumps = format("%s/dumps", dir);
	struct run *r = record_to(dumps, temporary, ARGV(target("heap_calls"), "300"));
	expect(r->status, ==, 0);
	cr_expect(strstr(r->err, "No space left") && strstr(r->err, dumps), "%s", r->err);
	cr_expect(strstr(r->out, "heap_calls: pid") != NULL, "there is a report all the same: %s", r->out);
	dumps_in(dumps, 0);
	expect_allocs(dumps_in(told_directory(r), 1)[0], run_tally(r, "allocs"), "exit");
	umount(dir);
	remove_tree(temporary);
	run_free(r);
}

Test(safe, a_dump_that_can_be_written_nowhere_is_reported_from_memory)
{
	char *dir = disk("tmpfs", "size=64k"), *dumps = format("%s/dumps", dir);
	struct run *r = record_to(dumps, dir, ARGV(target("heap_calls"), "300"));
	expect(r->status, ==, 0);
	cr_expect(strstr(r->err, "could not be written anywhere") != NULL, "%s", r->err);
	cr_expect(strstr(r->out, "heap_calls: pid") && strstr(r->out, "exited"), "%s", r->out);
	umount(dir);
	run_free(r);
}

Test(safe, a_directory_that_became_read_only_meanwhile)
{
	char *dir = disk("tmpfs", "size=10m"), *temporary = new_directory(), *dumps = format("%s/dumps", dir);
	struct run *r = record_to(dumps, temporary, ARGV("sh", "-c", "mount -o remount,ro \"$1\"", "sh", dir));
	expect(r->status, ==, 0);
	cr_expect(strstr(r->err, "Read-only file system") != NULL, "%s", r->err);
	size_t n;
	list_files(told_directory(r), ".hpd", &n);
	expect(n, >=, 1);
	umount(dir);
	remove_tree(temporary);
	run_free(r);
}

Test(safe, without_a_keeper_there_is_no_dump_and_the_program_runs)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_KEEPER=/nonexistent/keeper", "HP_VERBOSE=1")},
	                    ARGV(target("heap_calls"), "300"));
	expect(r->status, ==, 0);
	expect(r->dump_count, ==, 0);
	cr_expect(strstr(r->err, "no dump at") && strstr(r->err, "no such"), "%s", r->err);
	run_free(r);
}

/* A record that runs below a safe one keeps its dumps itself. */
Test(safe, an_inner_record_has_files_of_its_own)
{
	struct run *r = run((struct run_how){0}, RECORD(analyzer(), "record", "--no-report", "-o", "inner", "--", "/bin/true"));
	expect(r->status, ==, 0);
	dumps_in(in(r, "inner"), 1);
	run_free(r);
}
