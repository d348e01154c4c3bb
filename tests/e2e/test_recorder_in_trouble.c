/* What keeps the recorder from recording never keeps the program from running, and is told to who asks. */
#include <criterion/criterion.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

/* A program that makes about 5 MB of events. */
#define BUSY ARGV(target("heap_calls"), "6000")

/* The run that BUSY has without hp, in all that can be seen of it. */
static void expect_usual(struct run *r, const char *trouble)
{
	struct run *usual = run((struct run_how){0}, BUSY);
	cr_expect_eq(r->status, usual->status, "%s: status %d, signal %d", trouble, r->status, r->signal);
	cr_expect_str_eq(r->out, usual->out, "%s: %s", trouble, r->out);
	run_free(usual);
}

static void expect_no_dump_and_a_reason(const char *out)
{
	char *variable = format("HP_OUT=%s", out);
	struct run *r = run((struct run_how){.preload = true, .env = ENV(variable)}, BUSY);
	expect_usual(r, out);
	cr_expect_str_eq(r->err, "", "%s: nothing may be printed: %s", out, r->err);
	run_free(r);
	r = run((struct run_how){.preload = true, .env = ENV(variable, "HP_VERBOSE=1")}, BUSY);
	expect_usual(r, out);
	cr_expect(r->err_bytes > 0 && strchr(r->err, '\n') == r->err + r->err_bytes - 1, "%s: one line, not: %s", out, r->err);
	cr_expect(strstr(r->err, "hp") && strstr(r->err, out), "%s: %s", out, r->err);
	run_free(r);
}

Test(trouble, a_directory_that_does_not_exist)     { expect_no_dump_and_a_reason("/no/such/directory/x.hpd"); }
Test(trouble, a_directory_that_nobody_may_write)   { expect_no_dump_and_a_reason("/proc/self/x.hpd"); }
Test(trouble, a_path_through_a_file)               { expect_no_dump_and_a_reason("/etc/passwd/x.hpd"); }
Test(trouble, a_path_longer_than_any)
{
	char path[6000];
	memset(path, 'x', sizeof path);
	path[0] = '/';
	path[sizeof path - 1] = 0;
	struct run *r = run((struct run_how){.preload = true, .env = ENV(format("HP_OUT=%s", path))}, BUSY);
	expect_usual(r, "a long path");
	run_free(r);
}

Test(trouble, verbose_says_where_the_dump_is)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_VERBOSE=1")}, ARGV("true"));
	cr_expect(strstr(r->err, run_dump(r)) != NULL, "%s", r->err);
	run_free(r);

	r = run((struct run_how){.preload = true, .env = ENV("HP_OUT=same.hpd", "HP_VERBOSE=1")}, ARGV("sh", "-c", "/bin/true; true"));
	cr_expect(strstr(r->err, "/same.hpd\n") && strstr(r->err, "/same.hpd.1\n"), "%s", r->err);
	run_free(r);
}

Test(trouble, record_says_why_there_is_no_dump)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "record", "-o", "/proc/self/nothing", "--", "sh", "-c", "echo ran; exit 5"));
	cr_expect(strstr(r->err, "/proc/self/nothing") != NULL, "%s", r->err);
	cr_expect(r->status == 5 || (r->status == 127 && !strstr(r->out, "ran")), "status %d: %s", r->status, r->out);
	run_free(r);
}

/* The dump is cut short, says so, and is true as far as it goes. */
static void expect_dropped(struct run *r, const char *trouble, const char *reason)
{
	expect_usual(r, trouble);
	cr_expect_str_eq(r->err, "", "%s", r->err);
	json *j = report_with_status(run_dump(r), 3);
	cr_expect_gt(json_int(j, "recorder.dropped_events"), 1000, "%s", trouble);
	cr_expect_str_eq(json_text(j, "process.end"), "exit", "%s: %s", trouble, json_text(j, "process.end"));
	cr_expect(strstr(json_text(j, "recorder.stop_reason"), reason) != NULL, "%s: %s", trouble, json_text(j, "recorder.stop_reason"));
	expect(json_int(j, "memory.alloc_calls"), <=, run_tally(r, "allocs"));
	/* each call that is hooked is recorded or counted as dropped: allocs, reallocs, frees, failures, and the writes of the tallies */
	long long all = run_tally(r, "allocs") + run_tally(r, "reallocs") + run_tally(r, "frees") + run_tally(r, "failed");
	cr_expect_geq(json_int(j, "recorder.events") + json_int(j, "recorder.dropped_events"), all, "%s", trouble);
	json_free(j);
}

Test(trouble, a_limit_of_one_megabyte)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_MAX_BYTES=1000000")}, BUSY);
	expect_dropped(r, "HP_MAX_BYTES", "HP_MAX_BYTES");
	expect(file_bytes(run_dump(r)), <=, 1000000);
	run_free(r);
}

Test(trouble, a_limit_too_small_for_anything)
{
	for (const char *const *value = ARGV("HP_MAX_BYTES=1", "HP_MAX_BYTES=4096", "HP_MAX_BYTES=70000"); *value; value++) {
		struct run *r = run((struct run_how){.preload = true, .env = ENV(*value, "HP_VERBOSE=1")}, BUSY);
		expect_usual(r, *value);
		cr_expect(strstr(r->err, "HP_MAX_BYTES") != NULL, "%s: %s", *value, r->err);
		for (size_t i = 0; i < r->dump_count; i++)
			cr_expect_leq(file_bytes(r->dump[i]), atoll(*value + strlen("HP_MAX_BYTES=")), "%s", *value);
		run_free(r);
	}
}

static void limit(int resource, rlim_t value)
{
	setrlimit((__rlimit_resource_t)resource, &(struct rlimit){value, value});
}
static void small_files(void)       { limit(RLIMIT_FSIZE, 4096); }
static void files_of_a_MiB(void)    { limit(RLIMIT_FSIZE, 1 << 20); }
static void few_descriptors(void)   { limit(RLIMIT_NOFILE, 4); }
static void little_memory(void)     { limit(RLIMIT_AS, 64 << 20); }
static void no_locked_memory(void)  { limit(RLIMIT_MEMLOCK, 0); }
static void small_stack(void)       { limit(RLIMIT_STACK, 128 << 10); }

Test(trouble, limits_on_the_process)
{
	void (*limits[])(void) = {small_files, few_descriptors, little_memory, no_locked_memory, small_stack};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		char *which = format("limit %zu", i);
		struct run *r = run((struct run_how){.preload = true, .in_child = limits[i]}, BUSY);
		expect_usual(r, which);
		cr_expect_str_eq(r->err, "", "%s: %s", which, r->err);
		run_free(r);
	}
}

Test(trouble, a_limit_on_the_size_of_files)
{
	struct run *r = run((struct run_how){.preload = true, .in_child = files_of_a_MiB}, BUSY);
	expect_dropped(r, "RLIMIT_FSIZE", "");
	expect(file_bytes(run_dump(r)), <=, 1 << 20);
	run_free(r);
}

/* A directory on a file system of its own with so many bytes, which ends with the test; NULL where that is not allowed. */
static char *small_disk(const char *size)
{
	char *dir = new_directory();
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("hp-test", dir, "tmpfs", 0, size)) {
		rmdir(dir);
		return NULL;
	}
	return dir;
}

static void expect_full_disk(const char *size, bool dump)
{
	char *dir = small_disk(size);
	if (!dir)
		cr_skip_test("mounting a small file system is not allowed");
	char *path = format("%s/full.hpd", dir);
	struct run *r = run((struct run_how){.preload = true, .env = ENV(format("HP_OUT=%s", path), "HP_MAX_BYTES=100000000")}, BUSY);
	r->dump = list_files(dir, ".hpd", &r->dump_count);
	if (dump)
		expect_dropped(r, "a full disk", "disk full");
	else
		expect_usual(r, "a disk without any room");
	cr_expect_str_eq(r->err, "");
	run_free(r);
	umount(dir);
	rmdir(dir);
}

Test(trouble, a_disk_that_gets_full)      { expect_full_disk("size=1m", true); }
Test(trouble, a_disk_with_room_for_little) { expect_full_disk("size=128k", false); }
Test(trouble, a_disk_that_is_full)        { expect_full_disk("size=4k", false); }

Test(trouble, values_that_mean_nothing)
{
	const char *const *bad = ENV("HP_DEPTH=deep", "HP_STACK=sideways", "HP_HOOKS=memory,gravity", "HP_START=perhaps",
	                             "HP_MAX_BYTES=0", "HP_DURATION=-1", "HP_FOLLOW=the-leader", "HP_VERBOSE=1");
	struct run *r = run((struct run_how){.preload = true, .env = bad}, BUSY);
	expect_usual(r, "bad values");
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.alloc_calls"), ==, run_tally(r, "allocs"));
	struct run *info = run((struct run_how){0}, ARGV(analyzer(), "info", run_dump(r)));
	for (const char *const *value = bad; strcmp(*value, "HP_VERBOSE=1"); value++) {
		char *name = strndup(*value, strcspn(*value, "="));
		cr_expect(strstr(r->err, name) != NULL, "HP_VERBOSE says nothing about %s: %s", *value, r->err);
		cr_expect(strstr(info->out, name) != NULL, "info says nothing about %s", *value);
	}
	run_free(info);
	json_free(j);
	run_free(r);
}

static void become_nobody(void)
{
	if (setgid(65534) || setuid(65534))
		_exit(126);
}

Test(trouble, another_user_in_a_directory_that_is_not_theirs)
{
	if (geteuid() != 0)
		cr_skip_test("only root can become another user");
	struct run *made = run((struct run_how){0}, ARGV("sh", "-ec", "mkdir -m 755 bin; cp \"$1\" \"$2\" bin; mkdir -m 700 private",
		"sh", built("libhp.so"), target("heap_leaks")));
	cr_assert_eq(made->status, 0, "%s", made->err);
	char *library = format("%s/bin/libhp.so", made->work);
	struct run *r = run((struct run_how){.preload_before = library, .in_child = become_nobody,
		.env = ENV(format("HP_OUT=%s/private/x.hpd", made->work), "HP_VERBOSE=1")}, ARGV(format("%s/bin/heap_leaks", made->work)));
	expect(r->status, ==, 0);
	cr_expect(strstr(r->err, "ermission") || strstr(r->err, "13"), "%s", r->err);
	run_free(r);
	run_free(made);
}
