/* `hp-analyze check`: gates over the figures of a run, as a test suite uses them. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "files.h"
#include "json.h"

static struct run *analyze(const char *const *argv)
{
	const char *all[32] = {analyzer()};
	for (int i = 0; argv[i] && i < 30; i++)
		all[1 + i] = argv[i];
	return run((struct run_how){0}, all);
}

static int check(const char *dump, const char *expression)
{
	struct run *r = analyze(ARGV("check", dump, expression));
	int status = r->status;
	run_free(r);
	return status;
}

static bool contains(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

Test(check, known_costs_hold_and_one_less_does_not)
{
	struct run *heap = run_recorded(ARGV(target("heap_leaks"))), *calls = run_recorded(ARGV(target("calls"), "10")), *io = run_recorded(ARGV(target("io_counts")));
	expect(check(run_dump(heap), "memory.sites[\"load_config\"].leaked_bytes == 7000"), ==, 0);
	expect(check(run_dump(heap), "memory.sites[\"load_config\"].leaked_bytes < 7000"), ==, 1);
	expect(check(run_dump(heap), "memory.sites[\"open_*\"].leaked_blocks == 40"), ==, 0);
	expect(check(run_dump(heap), "memory.sites[\"format_line\"].leaked_bytes == 0"), ==, 0);
	expect(check(run_dump(heap), "memory.sites[\"format_line\"].temporary_calls == 500"), ==, 0);
	expect(check(run_dump(heap), "memory.leaked_bytes < 1KiB"), ==, 1);
	expect(check(run_dump(heap), "memory.timeline[*].live_bytes < 10kB"), ==, 0);  /* at each point of time, not their sum */
	expect(check(run_dump(heap), "process.exit_status == 0"), ==, 0);
	expect(check(run_dump(calls), "functions[\"leaf\"].calls == 1300"), ==, 0);
	expect(check(run_dump(calls), "functions[\"leaf\"].calls == 1299"), ==, 1);
	expect(check(run_dump(calls), "functions[\"no_such_function\"].calls == 0"), ==, 0);
	expect(check(run_dump(calls), "threads[*].function_calls > 0"), ==, 0);
	expect(check(run_dump(io), "io.ops[\"no_such_call\"].calls < 1"), ==, 0);
	run_free(io);
	run_free(calls);
	run_free(heap);
}

/* The keys, with their values, that begin with one of a report's: jq tells them. */
static char *keys_of(const char *text, const char *top, size_t *count)
{
	struct run *asked = run((struct run_how){.input = text}, ARGV("jq", "-r", "--arg", "top", top,
		"paths(type == \"number\") as $p | select($p | all(type == \"string\")) | select($p[0] == $top and ($p | last) != \"start_unix_ns\")"
		"| getpath($p) as $v | select(($v | floor) == $v) | \"\\($p | join(\".\")) == \\($v)\""));
	cr_assert_eq(asked->status, 0, "%s", asked->err);
	char *keys = strdup(asked->out);
	for (const char *c = keys; *c; c++)
		*count += *c == '\n';
	run_free(asked);
	return keys;
}

/* Whatever a report has, now or later. One part after the other, as not all is worked out when not all is asked for. */
Test(check, every_count_of_a_report_can_be_asked_for_by_its_key)
{
	struct run *r = run_recorded(ARGV(target("lock_counts")));
	struct run *told = analyze(ARGV("report", "--json", run_dump(r)));
	size_t all = 0;
	for (const char *const *top = ARGV("process", "recorder", "memory", "waits", "io"); *top; top++) {
		size_t keys = 0;
		char *text = keys_of(told->out, *top, &keys);
		struct run *checked = run((struct run_how){.input = text}, ARGV(analyzer(), "check", run_dump(r), "--file", "-", "--json"));
		cr_expect_eq(checked->status, 0, "%s%s", checked->out, checked->err);
		json *j = json_parse(checked->out);
		expect(json_int(j, "passed"), ==, keys);
		json_free(j);
		run_free(checked);
		all += keys;
	}
	cr_expect(all > 80, "%zu keys", all);
	run_free(told);
	run_free(r);
}

Test(check, a_failure_tells_what_was_measured_and_the_heaviest_call_path)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	struct run *told = analyze(ARGV("check", run_dump(r), "memory.leaked_bytes <= 1000B", "memory.failed_calls == 0"));
	expect(told->status, ==, 1);
	cr_expect(contains(told->out, "1 of 2 failed") && contains(told->out, "memory.leaked_bytes <= 1000B"), "%s", told->out);
	cr_expect(contains(told->out, "8.79 KiB") && contains(told->out, "7.81 KiB too much"), "%s", told->out);
	cr_expect(contains(told->out, "load_config heap_leaks.c:7 < main"), "%s", told->out);
	cr_expect(!contains(told->out, "failed_calls"), "what passed is not told: %s", told->out);
	run_free(told);
	told = analyze(ARGV("check", "-v", run_dump(r), "memory.failed_calls == 0"));
	cr_expect(told->status == 0 && contains(told->out, "ok") && contains(told->out, "failed_calls"), "%s", told->out);
	run_free(told);
	run_free(r);
	r = run_recorded(ARGV(target("calls")));
	told = analyze(ARGV("check", run_dump(r), "functions[\"leaf\"].calls < 5"));
	cr_expect(told->status == 1 && contains(told->out, "leaf calls.c:11 < "), "%s", told->out);
	run_free(told);
	run_free(r);
}

Test(check, what_is_unknown_fails_and_says_why)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	struct run *told = analyze(ARGV("check", run_dump(r), "functions[\"main\"].calls <= 1"));
	cr_expect(told->status == 1 && contains(told->out, "-finstrument-functions"), "%s", told->out);
	run_free(told);
	run_free(r);
	r = run((struct run_how){.preload = true, .env = ENV("HP_HOOKS=io")}, ARGV(target("heap_leaks")));
	told = analyze(ARGV("check", run_dump(r), "memory.leaked_bytes == 0", "memory.sites[*].calls == 0"));
	cr_expect(told->status == 1 && contains(told->out, "2 of 2 failed") && contains(told->out, "HP_HOOKS left events of kind memory out"), "%s", told->out);
	run_free(told);
	run_free(r);
}

Test(check, a_dump_with_losses_passes_with_3_and_fails_with_1)
{
	struct run *r = run((struct run_how){.preload = true, .env = ENV("HP_MAX_BYTES=256K")}, ARGV(target("calls"), "5000"));
	expect(check(run_dump(r), "recorder.dropped_events > 0"), ==, 3);
	expect(check(run_dump(r), "recorder.dropped_events == 0"), ==, 1);
	run_free(r);
}

Test(check, mistakes_show_their_place_and_what_exists)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	struct run *told = analyze(ARGV("check", run_dump(r), "memory.peek_bytes < 5", "waits.lok.calls == 0", "memory.peak_bytes < 1GiB"));
	expect(told->status, ==, 2);
	expect(told->out_bytes, ==, 0);
	cr_expect(contains(told->err, "  memory.peek_bytes < 5\n         ^~~~~~~~~~\n") && contains(told->err, "did you mean 'peak_bytes'?"), "%s", told->err);
	cr_expect(contains(told->err, "lock cond sem"), "all mistakes are told at once: %s", told->err);
	run_free(told);
	const char *const *const mistakes[] = {
		ARGV("check", run_dump(r)), ARGV("check", run_dump(r), "memory.peak_bytes"), ARGV("check", run_dump(r), "diff.memory.peak_bytes < 5%"),
		ARGV("check", run_dump(r), "--file", "/no/such/file"), ARGV("check", "/no/such/dump", "memory.peak_bytes < 5"), ARGV("check"),
		ARGV("check", run_dump(r), "memory.peak_bytes < 5", "--junit", "/no/such/directory/x.xml"),
		ARGV("check", run_dump(r), "diff.memory.peak_bytes < 5", "--against", "/no/such/dump"),
	};
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		told = analyze(mistakes[i]);
		cr_expect(told->status == 2 && told->err_bytes, "mistake %zu: status %d, %s", i, told->status, told->err);
		run_free(told);
	}
	told = analyze(ARGV("check", run_dump(r), "memory.sites[\"lod_config\"].leaked_bytes == 0"));
	cr_expect(told->status == 0 && contains(told->err, "does not occur; there is 'load_config'"), "%s", told->err);
	run_free(told);
	run_free(r);
}

Test(check, changes_are_measured_against_other_runs)
{
	struct run *old = run_recorded(ARGV(target("calls"), "10")), *older = run_recorded(ARGV(target("calls"), "10")), *new = run_recorded(ARGV(target("calls"), "20"));
	struct run *told = analyze(ARGV("check", run_dump(new), "--against", run_dump(old), "--against", older->dumps,
		"diff.functions[\"leaf\"].calls == 299", "diff.functions[\"leaf\"].calls < +24%", "diff.functions[\"branch\"].calls <= 100%"));
	expect(told->status, ==, 1);
	cr_expect(contains(told->out, "1 of 3 failed") && contains(told->out, "FAIL  diff.functions[\"leaf\"].calls == 299  +300 (+23 %), from 1,300 to 1,600"), "%s", told->out);
	run_free(told);
	told = analyze(ARGV("check", run_dump(old), "--against", run_dump(older), "diff.functions[*].calls == 0", "diff.memory.alloc_calls == 0%"));
	cr_expect_eq(told->status, 0, "%s%s", told->out, told->err);
	run_free(told);
	run_free(new);
	run_free(older);
	run_free(old);
}

Test(check, reads_expressions_from_a_file_with_comments)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	char *file = format("%s/costs", r->top);
	const char text[] = "# what it may cost\n\n  memory.leaked_bytes < 10kB   # all of it\nmemory.sites[\"#\"].calls == 0\nlocks[#1].wait_ns < 1s\n";
	file_write(file, text, sizeof text - 1);
	struct run *told = analyze(ARGV("check", "--json", run_dump(r), "--file", file, "memory.failed_calls == 0"));
	cr_expect_eq(told->status, 0, "%s%s", told->out, told->err);
	json *j = json_parse(told->out);
	expect(json_int(j, "passed"), ==, 4);
	cr_expect_str_eq(json_text(json_at(j, "checks", 0), "check"), "memory.leaked_bytes < 10kB");
	json_free(j);
	run_free(told);
	file_write(file, "memory.failed_calls == 0\nmemory.leaked_bytes\n", 45);
	told = analyze(ARGV("check", run_dump(r), "--file", file));
	cr_expect(told->status == 2 && contains(told->err, "costs:2: "), "%s", told->err);
	run_free(told);
	run_free(r);
}

/* Names that would end a tag, or that XML does not allow, come from the program. */
Test(check, writes_junit_xml_that_its_readers_take)
{
	struct run *r = run_recorded(ARGV(target("heap_leaks")));
	char *file = format("%s/junit.xml", r->top);
	struct run *told = analyze(ARGV("check", "--junit", file, run_dump(r), "memory.leaked_bytes < 1kB", "memory.failed_calls == 0",
		"memory.sites[\"<&>'\x01\xff\xef\xbf\xbf]]>\"].calls == 0"));
	expect(told->status, ==, 1);
	run_free(told);
	char *xml = file_text(file, NULL);
	cr_expect(contains(xml, "tests=\"3\" failures=\"1\"") && contains(xml, "load_config") && contains(xml, "classname=\"hp.memory\""), "%s", xml);
	if (have_program("xmllint")) {
		told = run((struct run_how){0}, ARGV("xmllint", "--noout", file));
		cr_expect_eq(told->status, 0, "%s", told->err);
		run_free(told);
	}
	told = run((struct run_how){0}, ARGV("python3", "-c", "import junitparser"));
	bool has_reader = told->status == 0;
	run_free(told);
	if (has_reader) {
		told = run((struct run_how){0}, ARGV("python3", "-c", "import junitparser, sys\nfor suite in junitparser.JUnitXml.fromfile(sys.argv[1]):\n  for case in suite: print(case.classname, "
			"case.name[:22], [type(x).__name__ for x in case.result])", file));
		cr_expect_str_eq(told->out, "hp.memory memory.leaked_bytes <  ['Failure']\nhp.memory memory.failed_calls ==  []\nhp.memory memory.sites[\"<&>'\\x01 []\n", "%s%s", told->out, told->err);
		run_free(told);
	}
	run_free(r);
}

Test(check, a_directory_of_a_run_is_checked_as_a_whole)
{
	struct run *r = analyze(ARGV("record", "--no-report", "-o", "d", "--", target("children"), "exec", "2"));
	struct run *told = analyze(ARGV("check", format("%s/d", r->work), "processes[\"*sh\"].threads == 2", "process.exit_status == 0"));
	cr_expect_eq(told->status, 0, "%s%s", told->out, told->err);
	run_free(told);
	run_free(r);
}
