/* The dump file: limits of the process, what others do to the file, sandboxes, core dumps. See docs/pitfalls.md. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

static struct run *own_dump(const char *what, const char *const *env, const char *directory)
{
	return run((struct run_how){.preload = true, .env = env}, ARGV(target("own_dump"), what, directory));
}

/* The known limit of design: who may write to the file can end the program. `record --safe` is for that (test_safe). */
Test(pitfalls_h, h5_a_dump_that_is_cut_ends_the_program_as_the_docs_say)
{
	struct run *r = own_dump("cut", NULL, ".");
	expect(run_tally(r, "found"), ==, 1);
	expect(r->signal, ==, SIGBUS);
	struct run *info = run((struct run_how){0}, ARGV(analyzer(), "report", run_dump(r)));
	expect(info->status, ==, 2);
	run_free(info);
	run_free(r);
}

Test(pitfalls_h, h5_only_its_owner_may_open_a_dump)
{
	struct run *r = run_recorded(ARGV("/bin/true"));
	struct stat st;
	cr_assert_eq(stat(run_dump(r), &st), 0);
	expect(st.st_mode & 07777, ==, 0600);
	run_free(r);
}

static void expect_undisturbed(struct run *r)
{
	expect(r->status, ==, 3);
	expect(run_tally(r, "error"), ==, 0);
	cr_expect_str_eq(r->err, "");
}

Test(pitfalls_h, h5_a_dump_that_is_deleted_under_its_program)
{
	struct run *r = own_dump("delete", NULL, ".");
	expect_undisturbed(r);
	expect(r->dump_count, ==, 0);
	run_free(r);
}

Test(pitfalls_h, h5_a_dump_whose_directory_is_deleted_under_its_program)
{
	char *dir = new_directory();
	struct run *r = own_dump("remove-directory", ENV(format("HP_OUT=%s/x.hpd", dir)), dir);
	expect_undisturbed(r);
	cr_expect_neq(access(dir, F_OK), 0);
	run_free(r);
}

Test(pitfalls_h, h5_a_dump_that_is_renamed_under_its_program_is_whole)
{
	struct run *r = own_dump("rename", NULL, ".");
	expect_undisturbed(r);
	json *j = report(format("%s/renamed", r->work));
	expect(json_int(j, "memory.alloc_calls"), >=, run_tally(r, "allocs"));
	json_free(j);
	run_free(r);
}

/* As on file systems that have none: it is not among what this filter allows. */
Test(pitfalls_h, h2_a_dump_is_made_where_fallocate_is_refused)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("under_filter"), "4", target("heap_calls"), "500"));
	expect(r->status, ==, 0);
	json *j = report(run_dump_of(r, "heap_calls"));
	expect(json_int(j, "memory.alloc_calls"), ==, run_tally(r, "allocs"));
	json_free(j);
	run_free(r);
}

/* ---- limits ---- */

static void limit(int resource, rlim_t value)
{
	if (setrlimit((__rlimit_resource_t)resource, &(struct rlimit){value, value}))
		_exit(126);
}
static void three_descriptors(void)
{
	close(0);  /* one of them is what the loader opens libraries by */
	limit(RLIMIT_NOFILE, 3);
}
static void little_data(void)  { limit(RLIMIT_DATA, 8 << 20); }
static void address_space(void) { limit(RLIMIT_AS, 48 << 20); }
static void few_processes(void) { limit(RLIMIT_NPROC, 1); }

static void expect_whole_under(void (*limits)(void))
{
	struct run *usual = run((struct run_how){.in_child = limits}, ARGV(target("heap_calls"), "500"));
	struct run *r = run((struct run_how){.preload = true, .in_child = limits}, ARGV(target("heap_calls"), "500"));
	expect(r->status, ==, usual->status);
	cr_expect_str_eq(r->out, usual->out);
	cr_expect_str_eq(r->err, "");
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.alloc_calls"), ==, run_tally(r, "allocs"));
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(usual);
	run_free(r);
}

Test(pitfalls_h, h6_no_more_than_three_descriptors)    { expect_whole_under(three_descriptors); }
Test(pitfalls_h, h8_an_address_space_of_48_MiB)        { expect_whole_under(address_space); }
Test(pitfalls_h, h12_data_of_8_MiB)                    { expect_whole_under(little_data); }
Test(pitfalls_h, h12_no_further_process)               { expect_whole_under(few_processes); }

/* The program sets all limits to next to nothing after it has started. */
Test(pitfalls_h, h7_limits_that_come_after_the_start_do_not_matter)
{
	struct run *r = run_recorded(ARGV(target("limits_late"), "200000"));
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.alloc_calls"), >=, run_tally(r, "allocs"));
	expect(json_int(j, "recorder.dropped_events"), ==, 0);
	json_free(j);
	run_free(r);
}

static void no_files(void) { limit(RLIMIT_FSIZE, 0); }

Test(pitfalls_h, h7_where_no_file_may_be_written_there_is_no_dump_and_no_signal)
{
	struct run *r = run((struct run_how){.preload = true, .in_child = no_files}, ARGV("/bin/true"));
	expect(r->status, ==, 0);
	expect(r->signal, ==, 0);
	expect(r->dump_count, ==, 0);
	run_free(r);
}

/* ---- the rest ---- */

/* A child that gets a dump of its own long after its parent has gone elsewhere: beside the parent's. */
Test(pitfalls_h, h15_a_relative_path_is_one_from_where_the_program_started)
{
	struct run *r = run((struct run_how){.preload = true, .default_out = true, .env = ENV("HP_OUT=here.hpd")},
		ARGV("/usr/bin/python3", "-Sc", "import os\nos.chdir('/')\nif os.fork(): os.wait()\nfor i in range(30000): os.getppid(), os.read(0, 0)"));
	expect(r->status, ==, 0);
	cr_expect_str_eq(r->err, "");
	cr_expect_eq(access(format("%s/here.hpd.1", r->work), R_OK), 0, "no dump of the child here");
	cr_expect_neq(access("/here.hpd", F_OK), 0);
	run_free(r);
}

Test(pitfalls_h, h16_a_link_in_the_place_of_the_dump_is_not_followed)
{
	char *dir = new_directory(), *victim = format("%s/victim", dir), *out = format("%s/x.hpd", dir);
	file_write(victim, "precious", 8);
	cr_assert_eq(symlink(victim, out), 0);
	cr_assert_eq(link(victim, format("%s.1", out)), 0);
	cr_assert_eq(symlink(format("%s/nowhere", dir), format("%s.2", out)), 0);
	struct run *r = run((struct run_how){.preload = true, .env = ENV(format("HP_OUT=%s", out))}, ARGV("/bin/true"));
	expect(r->status, ==, 0);
	cr_expect_str_eq(file_text(victim, NULL), "precious");
	cr_expect_neq(access(format("%s/nowhere", dir), F_OK), 0);
	json_free(report(format("%s.3", out)));
	run_free(r);
	remove_tree(dir);
}

Test(pitfalls_h, h17_a_dump_of_gigabytes_takes_the_disk_that_its_events_take)
{
	struct run *r = run_recorded(ARGV("/bin/true"));
	expect(file_bytes(run_dump(r)), >, 1 << 30);
	expect(disk_bytes(run_dump(r)), <, 1 << 20);
	json_free(report(run_dump(r)));  /* which cuts it */
	run_free(r);
}

static void core_dumps(void)
{
	limit(RLIMIT_CORE, 1 << 30);
	int fd = open("/proc/self/coredump_filter", O_WRONLY);
	if (fd < 0 || write(fd, "0x7f", 4) != 4)  /* shared mappings of files, too */
		_exit(126);
	close(fd);
}

/* Of a shell that aborts, the bytes of its core dump; 0: there is none. */
static long long core_bytes(struct run_how how, const char *const *argv)
{
	how.in_child = core_dumps;
	struct run *r = run(how, argv);
	size_t n = 0;
	long long bytes = 0;
	char **found = list_files(r->work, "", &n);
	for (size_t i = 0; i < n; i++)
		if (strstr(found[i], "/core"))
			bytes = file_bytes(found[i]);
	run_free(r);
	return bytes;
}

#define ABORTS "sh", "-c", "kill -ABRT $$"
static void expect_core(struct run_how how, const char *const *argv)
{
	long long usual = core_bytes((struct run_how){0}, ARGV(ABORTS));
	if (!usual)
		cr_skip_test("core dumps go elsewhere here: %s", file_text("/proc/sys/kernel/core_pattern", NULL));
	long long ours = core_bytes(how, argv);
	expect(ours, >, 0);
	expect(ours - usual, <, 8 << 20);
}

Test(pitfalls_h, h18_a_core_dump_has_nothing_of_the_dump) { expect_core((struct run_how){.preload = true}, ARGV(ABORTS)); }
Test(pitfalls_h, h18_a_core_dump_has_nothing_of_one_in_memory)
{
	expect_core((struct run_how){0}, ARGV(analyzer(), "record", "--safe", "--no-report", "-o", "dumps", "--", ABORTS));
}

/* A reader never maps the dump: what is cut while it reads is no SIGBUS. */
Test(pitfalls_h, h20_a_dump_that_is_cut_while_it_is_read)
{
	struct run *r = run_recorded(ARGV(target("heap_calls"), "20000"));
	const char *dump = run_dump(r);
	for (int i = 0; i < 20; i++) {
		char *copy = format("%s/copy.hpd", r->work), *command = format(
			"head -c 3000000 '%s' >'%s'; '%s' report '%s' >/dev/null 2>&1 & p=$!; i=0; while [ $i -lt %d ]; do i=$((i+1)); done; "
			": >'%s'; wait $p; s=$?; echo status $s; exit 0", dump, copy, analyzer(), copy, i * 500, copy);
		struct run *cut = run((struct run_how){0}, ARGV("sh", "-c", command));
		expect(run_tally(cut, "status"), <=, 3);
		run_free(cut);
	}
	run_free(r);
}
