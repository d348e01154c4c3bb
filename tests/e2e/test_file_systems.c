/*
 * Dumps on file systems of all kinds, full ones and strange ones: the program runs as ever, and what is lost is counted.
 * Each test has its file system for itself, in a mount namespace of its own.
 */
#include <criterion/criterion.h>
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

static char *beside;  /* where the mounted file system's parts are */

static char *mount_point(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		cr_skip_test("mounting is not allowed");
	return new_directory();
}

/* Runs a shell command with $1 the mount point, $2 a directory beside it; skips the test if it fails. */
static char *mounted_by(const char *command)
{
	char *dir = mount_point();
	beside = new_directory();
	struct run *r = run((struct run_how){0}, ARGV("sh", "-ec", command, "sh", dir, beside));
	if (r->status != 0)
		cr_skip_test("no such file system here: %s", r->err);
	run_free(r);
	chmod(dir, 0777);
	return dir;
}

static void unmount(char *dir)
{
	if (umount(dir))
		umount2(dir, MNT_DETACH);
	rmdir(dir);
	remove_tree(beside);
}

static struct run *plain(const char *rounds)
{
	return run((struct run_how){0}, ARGV(target("heap_calls"), rounds));
}

/* As without hp. The dumps are in the run's list. */
static struct run *usual_run(const char *dir, const char *rounds, const char *max_bytes)
{
	struct run *usual = plain(rounds);
	struct run *r = run((struct run_how){.preload = true,
		.env = ENV(format("HP_OUT=%s/x.hpd", dir), format("HP_MAX_BYTES=%s", max_bytes))}, ARGV(target("heap_calls"), rounds));
	expect(r->status, ==, usual->status);
	expect(r->signal, ==, 0);
	cr_expect_str_eq(r->out, usual->out);
	cr_expect_str_eq(r->err, "");
	run_free(usual);
	r->dump = list_files(dir, ".hpd", &r->dump_count);
	return r;
}

static void expect_whole(char *dir)
{
	struct run *r = usual_run(dir, "300", "64M");
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.alloc_calls"), ==, run_tally(r, "allocs"));
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
	unmount(dir);
}

static void expect_counted(char *dir, const char *max_bytes)
{
	struct run *r = usual_run(dir, "20000", max_bytes);
	json *j = report_with_status(run_dump(r), 3);
	long long all = run_tally(r, "allocs") + run_tally(r, "reallocs") + run_tally(r, "frees") + run_tally(r, "failed");
	expect(json_int(j, "recorder.events") + json_int(j, "recorder.dropped_events"), >=, all);
	expect(json_int(j, "recorder.dropped_events"), >, 1000);
	cr_expect(strstr(json_text(j, "recorder.stop_reason"), "disk full") != NULL, "%s", json_text(j, "recorder.stop_reason"));
	cr_expect_str_eq(json_text(j, "process.end"), "exit");
	json_free(j);
	run_free(r);
	unmount(dir);
}

#define LOOP(make, options) LOOP_OF("130M", make, options)
#define LOOP_OF(size, make, options) "truncate -s " size " \"$2\"/image; " make " \"$2\"/image >/dev/null 2>&1; mount -o loop" options " \"$2\"/image \"$1\"; "
/* Fills the disk, then gives some MiB back. */
#define FILL "dd if=/dev/zero of=\"$1\"/fill bs=1M 2>/dev/null || :; sync -f \"$1\"; truncate -s -1500K \"$1\"/fill; sync -f \"$1\"; "

/* From no room for the header to room for all: the disk gets full in every step of the start, and after it. */
Test(file_systems, h1_a_disk_that_is_full_at_every_stage)
{
	for (int kib = 4; kib <= 1200; kib += kib < 300 ? 32 : 150) {
		char *dir = mounted_by(format("mount -t tmpfs -o size=%dk none \"$1\"", kib));
		struct run *r = usual_run(dir, "800", "64M");
		if (r->dump_count) {
			struct run *info = run((struct run_how){0}, ARGV(analyzer(), "report", "--json", r->dump[0]));
			cr_expect(info->status == 0 || info->status == 3, "%d KiB: %s", kib, info->err);
			json *j = json_parse(info->out);
			expect(json_int(j, "recorder.events") + json_int(j, "recorder.dropped_events"), >=, run_tally(r, "allocs"));
			json_free(j);
			run_free(info);
		}
		run_free(r);
		unmount(dir);
	}
}

Test(file_systems, h1_ext4_that_gets_full)    { expect_counted(mounted_by(LOOP("mkfs.ext4 -q", "") FILL), "200M"); }
Test(file_systems, h1_xfs_that_gets_full)     { expect_counted(mounted_by(LOOP_OF("320M", "mkfs.xfs -q", "") FILL), "200M"); }
Test(file_systems, h3_btrfs_that_gets_full)   { expect_counted(mounted_by(LOOP("mkfs.btrfs -q", "") FILL), "200M"); }
Test(file_systems, h3_btrfs)                  { expect_whole(mounted_by(LOOP("mkfs.btrfs -q", ""))); }
Test(file_systems, h13_ramfs_which_knows_no_size)
{
	char *dir = mounted_by("mount -t ramfs none \"$1\"");
	struct run *r = run((struct run_how){.preload = true, .env = ENV(format("HP_OUT=%s/x.hpd", dir))}, ARGV("/bin/true"));
	expect(r->status, ==, 0);
	struct stat st;
	cr_expect_eq(stat(format("%s/x.hpd", dir), &st), 0);
	run_free(r);
	unmount(dir);
	expect_whole(mounted_by("mount -t ramfs none \"$1\""));
}
Test(file_systems, h13_a_container_s_overlay)
{
	expect_whole(mounted_by("mount -t tmpfs none \"$2\"; mkdir \"$2\"/lower \"$2\"/upper \"$2\"/work; "
		"mount -t overlay -o lowerdir=\"$2\"/lower,upperdir=\"$2\"/upper,workdir=\"$2\"/work none \"$1\""));
}

/* A quota of a copy-on-write file system: the known limit. The program may be ended by SIGBUS; record --safe is for that. */
Test(file_systems, h3_a_quota_on_btrfs_is_no_trouble_for_record_safe)
{
	char *dir = mounted_by(LOOP("mkfs.btrfs -q", "") "btrfs quota enable \"$1\"; btrfs qgroup limit 1M \"$1\"");
	struct run *usual = plain("20000");
	struct run *r = run((struct run_how){.env = ENV(format("TMPDIR=%s", usual->top))}, ARGV(analyzer(), "record", "--safe", "--no-report", "-o",
		format("%s/dumps", dir), "--", target("heap_calls"), "20000"));
	expect(r->status, ==, 0);
	cr_expect_str_eq(r->out, usual->out);
	cr_expect(strstr(r->err, "quota exceeded") && strstr(r->err, "instead of"), "%s", r->err);
	run_free(r);
	run_free(usual);
	unmount(dir);
}

static void expect_none_and_a_reason(char *dir, const char *reason)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV(format("HP_OUT=%s/x.hpd", dir), "HP_VERBOSE=1")},
	                    ARGV(target("heap_calls"), "300"));
	expect(r->status, ==, 0);
	cr_expect(strstr(r->err, "no dump at") && strstr(r->err, reason), "%s", r->err);
	size_t n;
	list_files(dir, ".hpd", &n);
	expect(n, ==, 0);
	run_free(r);
	unmount(dir);
}

Test(file_systems, h4_one_without_shared_mappings_keeps_no_dump)
{
	if (!have_program("bindfs"))
		cr_skip_test("bindfs is not installed");
	expect_none_and_a_reason(mounted_by("bindfs -o direct_io \"$2\" \"$1\""), "cannot be mapped");
}

Test(file_systems, h4_a_fuse_with_shared_mappings)
{
	if (!have_program("bindfs"))
		cr_skip_test("bindfs is not installed");
	expect_whole(mounted_by("bindfs \"$2\" \"$1\""));
}

Test(file_systems, h14_a_read_only_one) { expect_none_and_a_reason(mounted_by("mount -t tmpfs -o ro none \"$1\""), "read-only"); }

/* After an I/O error ext4 takes nothing more: as the disk were full, or the known limit. With record --safe the program is not touched. */
Test(file_systems, h19_one_that_fails_under_a_safe_recording)
{
	char *dir = mounted_by(LOOP("mkfs.ext4 -q", ""));
	struct run *r = run((struct run_how){.env = ENV(format("TMPDIR=%s", beside))}, ARGV(analyzer(), "record", "--safe", "--no-report", "-o",
		format("%s/dumps", dir), "--", target("own_dump"), "shutdown", dir));
	expect(run_tally(r, "error"), ==, 0);
	expect(r->status, ==, 3);
	cr_expect(strstr(r->err, "Input/output error") && strstr(r->err, "instead of"), "%s", r->err);
	run_free(r);
	unmount(dir);
}

Test(file_systems, h14_no_proc)
{
	char *dir = mounted_by("mount -t tmpfs none \"$1\"");
	cr_assert_eq(mount("none", "/proc", "tmpfs", 0, NULL), 0);
	struct run *r = usual_run(dir, "300", "64M");
	umount("/proc");
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.alloc_calls"), ==, run_tally(r, "allocs"));
	json_free(j);
	run_free(r);
	unmount(dir);
}
