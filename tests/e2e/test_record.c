/* What `record` does beyond running a program: directories, environment, signals, and programs that cannot be recorded. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "run.h"

/* `record ARGS...` in a new directory, with `env` on top of the test's. */
static struct run *record_with(const char *const *env, const char *const *args)
{
	const char *all[24] = { analyzer(), "record", "--no-report" };

	for (int i = 0; args[i] && i < 20; i++)
		all[3 + i] = args[i];
	return run((struct run_how){ .env = env }, all);
}

static struct run *record(const char *const *args)
{
	return record_with(NULL, args);
}

static size_t dumps_in_folder(const struct run *r, const char *folder)
{
	char *path = format("%s/%s", r->work, folder);
	size_t n = 0;

	if (access(path, F_OK) == 0)
		list_files(path, ".hpd", &n);
	free(path);
	return n;
}

/* Runs a shell script with the analyzer as $A; its output. */
static struct run *script(const char *text)
{
	char *variable = format("A=%s", analyzer());

	return run((struct run_how){ .env = ENV(variable) }, ARGV("sh", "-c", text));
}

/* ---- where the dumps go ---- */

Test(record, its_default_directory_has_the_name_and_pid_of_the_program)
{
	struct run *r = record(ARGV("--", "sh", "-c", "ls -d hp.sh.$$"));

	cr_expect_eq(r->status, 0, "%s", r->err);
	cr_expect(!strncmp(r->out, "hp.sh.", 6), "%s", r->out);
	cr_expect_str_eq(r->err, "");
	run_free(r);
}

/* As in containers: each has the same few pids. */
Test(record, a_pid_that_comes_again_gets_another_directory)
{
	struct run *r = script("unshare -pf true || exit 77; for i in 1 2; do unshare -pf $A record --no-report -- true; done; ls -d hp.true.*");

	if (r->status == 77)
		cr_skip_test("needs the right to make a pid namespace");
	cr_expect_str_eq(r->out, "hp.true.2\nhp.true.2.1\n", "%s%s", r->out, r->err);
	run_free(r);
}

Test(record, a_directory_may_have_any_name)
{
	struct run *r = record(ARGV("-o", "100 % %p:x", "--", "true"));

	cr_expect_eq(r->status, 0, "%s", r->err);
	cr_expect_eq(dumps_in_folder(r, "100 % %p:x"), 1);
	run_free(r);
}

Test(record, two_runs_are_not_mixed_in_one_directory)
{
	struct run *r = script("$A record --no-report -o d -- true; $A record --no-report -o d -- touch started; echo $?; ls started");

	cr_expect_str_eq(r->out, "2\n");
	cr_expect(strstr(r->err, "another run") != NULL, "%s", r->err);
	run_free(r);
}

Test(record, a_directory_that_cannot_be_made_stops_it_before_the_program_runs)
{
	struct run *r = script("echo > file; $A record --no-report -o file -- touch started; echo $?; "
	                       "$A record --no-report -o no/such/place -- touch started; echo $?; ls started");

	cr_expect_str_eq(r->out, "127\n127\n");
	cr_expect(strstr(r->err, "Not a directory") && strstr(r->err, "No such file"), "%s", r->err);
	run_free(r);
}

Test(record, a_program_that_cannot_be_started_leaves_nothing_behind)
{
	struct run *r = script("echo text > plain; $A record -- ./plain; echo $?; $A record -- ./none; echo $?; ls -d hp.*");

	cr_expect_str_eq(r->out, "127\n127\n");
	run_free(r);
}

Test(record, works_from_an_installed_tree)
{
	char *text = format("mkdir -p u/bin u/lib && cp $A u/bin/ && cp '%s' u/lib/ && u/bin/hp-analyze record --no-report -o d -- true && ls d | wc -l; "
	                    "rm u/lib/libhp.so; u/bin/hp-analyze record -o e -- true; echo $?", built("libhp.so"));
	struct run *r = script(text);

	cr_expect_str_eq(r->out, "1\n127\n");
	cr_expect(strstr(r->err, "libhp.so") != NULL, "%s", r->err);
	free(text);
	run_free(r);
}

/* ---- what the program gets ---- */

Test(record, all_programs_of_a_run_share_an_id_and_no_two_runs_do)
{
	struct run *r = script("for i in 1 2; do $A record --no-report -- sh -c 'echo $HP_RUN_ID; sh -c \"echo \\$HP_RUN_ID\"'; done");
	char *line[4], *at = r->out;

	for (int i = 0; i < 4; i++)
		line[i] = strsep(&at, "\n");
	cr_expect_eq(strlen(line[0]), 32);
	cr_expect_eq(strspn(line[0], "0123456789abcdef"), 32);
	cr_expect_str_eq(line[0], line[1]);
	cr_expect_str_eq(line[2], line[3]);
	cr_expect_str_neq(line[0], line[2]);
	run_free(r);
}

Test(record, its_report_names_the_directory_for_what_to_see_next)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "record", "-o", "d", "--", target("children"), "exec", "2"));
	cr_expect_eq(r->status, 0);
	cr_expect_gt(dumps_in_folder(r, "d"), 1);
	cr_expect(strstr(r->out, "hp-analyze waits|path|what-if d\n"), "%s", r->out);
	cr_expect(strstr(r->out, "|threads d\n"), "%s", r->out);
	run_free(r);
}

Test(record, the_user_s_own_environment_stays)
{
	struct run *r = record_with(ENV("HP_DEPTH=7", "LD_PRELOAD=libm.so.6", "HP_OUT=/nowhere/else"),
	                            ARGV("-o", "d", "--", "sh", "-c", "echo $HP_DEPTH; echo $LD_PRELOAD"));

	cr_expect_eq(r->status, 0, "%s", r->err);
	cr_expect(!strncmp(r->out, "7\n/", 3) && strstr(r->out, "libhp.so:libm.so.6\n"), "%s", r->out);
	cr_expect_geq(dumps_in_folder(r, "d"), 1);
	run_free(r);
}

Test(record, a_program_s_input_and_output_are_its_own)
{
	struct run *r = script("printf 'a\\0b' | $A record --no-report -- cat | od -c | head -1; "
	                       "$A record --no-report -- sh -c 'ls /proc/self/fd' > a; sh -c 'ls /proc/self/fd' > b; cmp a b");

	cr_expect_str_eq(r->out, "0000000   a  \\0   b\n");
	cr_expect_eq(r->status, 0, "%s", r->err);
	run_free(r);
}

/* ---- signals ---- */

Test(record, ctrl_c_is_left_to_the_program)
{
	struct run *r = record(ARGV("--", "sh", "-c", "kill -INT $PPID; kill -QUIT $PPID; exit 4"));

	cr_expect_eq(r->status, 4, "status %d, signal %d", r->status, r->signal);
	run_free(r);
	r = record(ARGV("--", "sh", "-c", "kill -INT $$; echo survived"));
	cr_expect_eq(r->status, 128 + 2);
	cr_expect_str_eq(r->out, "");
	run_free(r);
}

Test(record, a_signal_sent_to_it_reaches_the_program)
{
	struct run *r = record(ARGV("--", "sh", "-c", "trap 'echo told; exit 5' TERM; kill -TERM $PPID; while :; do sleep 0.01; done"));

	cr_expect_eq(r->status, 5, "status %d, signal %d", r->status, r->signal);
	cr_expect_str_eq(r->out, "told\n");
	run_free(r);
}

Test(record, ignored_signals_stay_ignored)
{
	struct run *r = script("trap '' HUP INT CHLD; $A record --no-report -- sh -c 'kill -HUP $$; kill -INT $$; kill -HUP $PPID; exit 6'; echo $?");

	cr_expect_str_eq(r->out, "6\n");
	run_free(r);
}

/* ---- what cannot be recorded ---- */

static void expect_unrecorded(const char *make, const char *program, int status, const char *reason)
{
	char *text = format("cat > a.c <<X\nint main(void) { return 4; }\nX\n%s && $A record -- %s; echo \"status $?\"; ls -d hp.*", make, program);
	char *wanted = format("status %d\n", status);
	struct run *r = script(text);

	cr_expect_str_eq(r->out, wanted, "%s", r->out);
	cr_expect(strstr(r->err, reason) != NULL, "%s", r->err);
	free(wanted);
	free(text);
	run_free(r);
}

Test(record, says_so_when_a_program_is_static)
{
	expect_unrecorded("cc -static -o a a.c", "./a", 4, "statically linked");
	expect_unrecorded("cc -static-pie -o a a.c", "./a", 4, "statically linked");
	expect_unrecorded("cc -static -o a a.c && printf '#!%s/a\\n' \"$PWD\" > s && chmod +x s", "./s", 4, "statically linked");
}

Test(record, says_so_when_a_program_has_other_rights)
{
	if (geteuid() != 0)
		cr_skip_test("needs root");
	expect_unrecorded("cc -o a a.c && chown 12345 a && chmod 4755 a", "./a", 4, "other rights");
}

Test(record, says_so_when_nothing_was_recorded)
{
	struct run *r = record_with(ENV("HP_EXE=another*"), ARGV("--", "true"));

	cr_expect_eq(r->status, 0);
	cr_expect(strstr(r->err, "nothing was recorded") && strstr(r->err, "HP_EXE"), "%s", r->err);
	run_free(r);
}

Test(record, a_program_with_address_sanitizer_runs_and_its_allocations_are_recorded)
{
	struct run *r = script("cat > a.c <<X\n#include <stdlib.h>\nint main(void) { void *volatile p; for (int i = 0; i < 500; i++) free(p = malloc(100)); "
	                       "return 4; }\nX\ngcc -fsanitize=address -o a a.c && $A record --no-report -o d -- ./a; echo $?; ls d | wc -l; "
	                       "$A events d | grep -c malloc");

	cr_expect(!strncmp(r->out, "4\n1\n", 4) && atoi(r->out + 4) >= 500, "%s%s", r->out, r->err);
	run_free(r);
}

Test(record, a_program_with_thread_sanitizer_runs_as_ever_and_is_said_to_be_unrecorded)
{
	expect_unrecorded("gcc -fsanitize=thread -o a a.c", "./a", 4, "ThreadSanitizer");
}

/* ---- trim and ctl ---- */

Test(trim, cuts_ended_dumps_and_leaves_running_ones_alone)
{
	char *text = format("export HP_OUT=$PWD/x.hpd LD_PRELOAD='%s'; sleep 100 & unset LD_PRELOAD; "
	                    "while ! [ -s x.hpd ]; do :; done; $A trim x.hpd; echo $?; before=$(stat -c %%s x.hpd); "
	                    "kill -9 $!; wait $! 2>/dev/null; $A trim x.hpd >/dev/null; echo $?; [ $(stat -c %%s x.hpd) -lt $before ] && echo less; "
	                    "$A info x.hpd >/dev/null; echo $?", built("libhp.so"));
	struct run *r = script(text);

	cr_expect_str_eq(r->out, "2\n0\nless\n0\n", "%s%s", r->out, r->err);
	cr_expect(strstr(r->err, "still being recorded") != NULL, "%s", r->err);
	free(text);
	run_free(r);
}

Test(ctl, switches_a_running_program_and_refuses_an_ended_one)
{
	char *text = format("export HP_OUT=$PWD/x.hpd LD_PRELOAD='%s'; sleep 100 & unset LD_PRELOAD; "
	                    "while ! [ -s x.hpd ]; do :; done; for w in status off status on status; do $A ctl $w x.hpd; done; "
	                    "$A ctl on --kind memory,io x.hpd; $A ctl status x.hpd; kill -9 $!; wait $! 2>/dev/null; "
	                    "$A ctl status x.hpd; $A ctl off x.hpd; echo $?", built("libhp.so"));
	struct run *r = script(text);
	const char *const wanted[] = { "running, on: memory", "running, off", "running, on: memory", "running, on: memory io", "ended", "2" };
	char *at = r->out;

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		char *line = strsep(&at, "\n");

		cr_assert(line && strstr(line, wanted[i]), "'%s' instead of '%s'", line ? line : "nothing", wanted[i]);
	}
	free(text);
	run_free(r);
}

/* ---- the front door ---- */

Test(usage, a_mistyped_command_is_told_which_there_are)
{
	struct run *r = script("$A reprot; echo $?; $A; echo $?; $A --version; $A help record | head -1; $A help nothing; echo $?; $A report --top 0 x; echo $?");

	cr_expect(!strncmp(r->out, "2\n2\nhp-analyze ", 15), "%s", r->out);
	cr_expect(strstr(r->out, "Usage: hp-analyze record") != NULL, "%s", r->out);
	cr_expect(strstr(r->out, "\n2\n2\n") != NULL, "%s", r->out);
	cr_expect(strstr(r->err, "reprot") && strstr(r->err, "report"), "%s", r->err);
	run_free(r);
}

Test(usage, output_that_cannot_be_written_is_an_error)
{
	struct run *r = script("$A help > /dev/full; echo $?");

	cr_expect_str_eq(r->out, "2\n", "%s", r->out);
	run_free(r);
}
