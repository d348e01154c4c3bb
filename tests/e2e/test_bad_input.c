/* What is wrong with what the user gave, and what exists instead; over all commands. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "files.h"
#include "json.h"

static struct run *analyze(const char *const *argv)
{
	const char *all[16] = {analyzer()};
	for (int i = 0; argv[i] && i < 14; i++)
		all[1 + i] = argv[i];
	return run((struct run_how){0}, all);
}

static bool contains(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* Nothing on standard output, status 2, and all of these words in the message. */
static void expect_refused(const char *const *argv, const char *const *says)
{
	struct run *r = analyze(argv);
	cr_expect(r->status == 2 && !r->out_bytes, "%s %s: status %d, %s", argv[0], argv[1], r->status, r->out);
	for (; *says; says++)
		cr_expect(contains(r->err, *says), "%s %s does not say '%s': %s", argv[0], argv[1], *says, r->err);
	run_free(r);
}

static const char *const commands[] = {"report", "info", "tree", "events", "advise"};
enum { COMMANDS = sizeof commands / sizeof *commands };

Test(bad_input, unknown_options_are_named_with_those_that_exist)
{
	for (size_t i = 0; i < COMMANDS; i++)
		expect_refused(ARGV(commands[i], "/dev/null", "--debug-dri", "x"), ARGV("hp-analyze ", commands[i], "'--debug-dri'", "did you mean '--debug-dir'?", "--sysroot ", " --help"));
	expect_refused(ARGV("check", "x", "--juint=y"), ARGV("'--juint'", "did you mean '--junit'?", "--against"));
	expect_refused(ARGV("diff", "x", "--", "y", "-Z"), ARGV("'-Z'", "--markdown"));
	expect_refused(ARGV("export", "--formt", "x"), ARGV("'--formt'", "--to"));
	expect_refused(ARGV("record", "--saef", "--", "true"), ARGV("'--saef'", "did you mean '--safe'?", "--no-report"));
	expect_refused(ARGV("ctl", "on", "--knd", "x"), ARGV("'--knd'", "--kind"));
	expect_refused(ARGV("report", "/dev/null", "--view"), ARGV("--view", "requires an argument"));
}

/* What looks like an option may be its argument, or the program's own. */
Test(bad_input, options_of_the_recorded_program_are_its_own)
{
	struct run *r = analyze(ARGV("record", "--no-report", "-o", "--strange", "sh", "-c", "exit $1", "--frob", "7"));
	cr_expect_eq(r->status, 7, "%s", r->err);
	run_free(r);
	r = run_recorded(ARGV("true"));
	struct run *told = analyze(ARGV("report", "--js", run_dump(r), "--top=3", "--sort", "calls"));
	cr_expect_eq(told->status, 0, "%s", told->err);
	run_free(told);
	run_free(r);
}

Test(bad_input, words_that_do_not_exist_are_named_with_those_that_do)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	const char *dump = run_dump(r);
	expect_refused(ARGV("report", "--view", "memry", dump), ARGV("'memry'", "did you mean 'memory'?", "functions, locks"));
	expect_refused(ARGV("tree", "--metric", "leaked-byte", dump), ARGV("'leaked-byte'", "did you mean 'leaked-bytes'?", "alloc-calls"));
	expect_refused(ARGV("events", "--kind", "memory,loc", dump), ARGV("'loc'", "stdio", "function"));
	expect_refused(ARGV("export", "--to", "pproof", dump), ARGV("'pproof'", "did you mean 'pprof'?", "folded"));
	expect_refused(ARGV("report", "--sort", "self_n", dump), ARGV("self_n", "did you mean 'self_ns'?", "wait_ns"));
	expect_refused(ARGV("help", "evnts"), ARGV("'evnts'", "did you mean 'events'?", "report, record"));
	expect_refused(ARGV("reprot", dump), ARGV("'reprot'", "did you mean 'report'?", "where time and memory went"));
	expect_refused(ARGV("ctl", "on", "--kind", "hep", dump), ARGV("'hep'", "memory vm lock"));
	expect_refused(ARGV("ctl", "frob", dump), ARGV("'frob'", "status, on, off"));
	expect_refused(ARGV("report", "--top", "0", dump), ARGV("--top", "'0'", "from 1 on"));
	run_free(r);
}

Test(bad_input, threads_and_marks_of_the_recording_are_listed)
{
	struct run *r = run((struct run_how){.preload = true}, ARGV(target("every_hook"), "800", "hp_mark"));
	const char *dump = run_dump(r);
	json *j = report(dump);
	expect_refused(ARGV("report", "--thread", "1", dump), ARGV("--thread 1", format("%lld every_hook", json_int(json_at(j, "threads", 0), "tid"))));
	expect_refused(ARGV("events", "--from", "@momnt", dump), ARGV("'momnt'", "there are: @moment"));
	json_free(j);
	run_free(r);
}

Test(bad_input, directories_of_symbols_must_exist)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		expect_refused(ARGV(commands[i], "--debug-dir", "/no/such/place", "/dev/null"), ARGV("--debug-dir", "/no/such/place", "No such file"));
		expect_refused(ARGV(commands[i], "--sysroot", "/dev/null", "/dev/null"), ARGV("--sysroot", "/dev/null is no directory"));
	}
}

Test(bad_input, times_are_told_how_they_are_written)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i], "info") || !strcmp(commands[i], "advise"))
			continue;
		expect_refused(ARGV(commands[i], "--from", "yesterday", "/dev/null"), ARGV("--from", "'yesterday'", "ns, us, ms, s or %, or @MARK"));
		expect_refused(ARGV(commands[i], "--to", "101%", "/dev/null"), ARGV("--to", "'101%'"));
	}
	struct run *r = run_recorded(ARGV("true"));
	expect_refused(ARGV("report", "--from", "2s", "--to", "1s", run_dump(r)), ARGV("--to (1.00 s) is not after --from (2.00 s)"));
	run_free(r);
}

Test(bad_input, what_is_no_dump_is_refused_by_every_command)
{
	struct run *r = run((struct run_how){0}, ARGV("sh", "-c", "mkdir empty; seq 5000 >numbers; : >nothing"));
	for (size_t i = 0; i < COMMANDS; i++) {
		expect_refused(ARGV(commands[i], "/no/such/file"), ARGV("/no/such/file", "No such file"));
		expect_refused(ARGV(commands[i], format("%s/numbers", r->work)), ARGV("numbers", "not a dump of hp"));
		expect_refused(ARGV(commands[i], format("%s/empty", r->work)), ARGV("empty", "no dump in this directory"));
		expect_refused(ARGV(commands[i], format("%s/nothing", r->work)), ARGV("nothing"));
	}
	expect_refused(ARGV("check", format("%s/numbers", r->work), "io.calls < 5"), ARGV("numbers", "not a dump of hp"));
	expect_refused(ARGV("diff", format("%s/numbers", r->work), format("%s/numbers", r->work)), ARGV("numbers", "not a dump of hp"));
	expect_refused(ARGV("export", "--to", "folded", "-o", "/dev/null", format("%s/numbers", r->work)), ARGV("numbers", "not a dump of hp"));
	run_free(r);
}

Test(bad_input, dumps_that_are_not_of_one_run_are_named_and_diff_is_offered)
{
	struct run *a = run_recorded(ARGV("true")), *b = run_recorded(ARGV("true"));
	for (size_t i = 0; i < COMMANDS; i++)
		expect_refused(ARGV(commands[i], run_dump(a), run_dump(b)), ARGV(run_dump(a), run_dump(b), "not of the same run", "share no run's id", "`diff`"));
	run_free(b);
	run_free(a);
}

/* A stripped program of nobody's package; then one that is gone. */
Test(bad_input, without_symbols_counts_are_right_and_the_module_is_named_with_what_helps)
{
	struct run *made = run((struct run_how){0}, ARGV("sh", "-ec", "cp \"$0\" app; strip --strip-all app", target("heap_leaks")));
	char *app = format("%s/app", made->work);
	struct run *r = run_recorded(ARGV(app)), *told = analyze(ARGV("report", run_dump(r)));
	cr_expect(contains(told->out, "names in app: ") && contains(told->out, "build it without stripping it, or install its debug symbols, or give --debug-dir"), "%s", told->out);
	run_free(told);
	json *j = report(run_dump(r));
	expect(json_int(j, "memory.leaked_bytes"), ==, run_tally(r, "leaked_bytes"));
	expect(json_int(j, "memory.leaked_blocks"), ==, run_tally(r, "leaked_blocks"));
	json_free(j);
	unlink(app);
	j = report(run_dump(r));
	json *module = json_row(j, "modules", "path", app);
	cr_expect(contains(json_text(module, "advice"), "file not found") && contains(json_text(module, "advice"), "--sysroot"), "%s", json_text(module, "advice"));
	expect(json_int(j, "memory.leaked_bytes"), ==, run_tally(r, "leaked_bytes"));
	json_free(j);
	run_free(r);
	run_free(made);
}

/* dpkg knows whose file it is; of sqlite3 nobody installs the symbols by chance. */
Test(bad_input, the_package_with_the_symbols_of_a_library_is_named)
{
	if (!have_program("dpkg-query") || !have_program("sqlite3"))
		cr_skip_test("no dpkg-query, or no sqlite3");
	struct run *r = run_recorded(ARGV("sqlite3", ":memory:", "create table t(x); select 1"));
	json *j = report(run_dump(r));
	size_t named = 0;
	for (size_t i = 0; i < json_length(j, "modules"); i++) {
		json *m = json_at(j, "modules", i);
		if (strcmp(json_text(m, "symbols"), "dynamic"))
			continue;
		struct run *owner = run((struct run_how){0}, ARGV("sh", "-c", "dpkg-query -S \"$0\" \"/usr$0\" 2>/dev/null | sed -n '1s/[:,].*//p'", json_text(m, "path")));
		owner->out[strcspn(owner->out, "\n")] = '\0';
		if (owner->out[0]) {
			cr_expect(contains(json_text(m, "advice"), format("apt install %s-dbgsym", owner->out)), "%s: %s", json_text(m, "path"), json_text(m, "advice"));
			named++;
		}
		run_free(owner);
	}
	json_free(j);
	run_free(r);
	if (!named)
		cr_skip_test("all libraries have symbols here");
}
