/* What exports do with odd names, limits, parts of a recording, all sorts of dumps, and mistakes of who asks for them. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "exported.h"
#include "files.h"
#include "own_modules.h"

static const char *const formats[] = { "folded", "pprof", "perfetto", "callgrind", "speedscope", "massif", "heaptrack", "csv" };
enum { FORMATS = sizeof formats / sizeof *formats };

/* Opens an export with what is at hand for its format; the test fails if that does not like it. */
static void open_it(const char *name, const char *path)
{
	char *text = NULL;
	if (!strcmp(name, "perfetto"))
		json_free(perfetto_checked(path));
	else if (!strcmp(name, "speedscope"))
		json_free(json_parse(text = file_text(path, NULL)));
	else if (!strcmp(name, "callgrind"))
		text = opened_by(ARGV("callgrind_annotate", "--auto=no", path));
	else if (!strcmp(name, "massif"))
		text = opened_by(ARGV("ms_print", path));
	else if (!strcmp(name, "heaptrack") && have_program("heaptrack_print"))
		text = opened_by(ARGV("heaptrack_print", path));
	else if (!strcmp(name, "pprof"))
		text = opened_by(ARGV("gzip", "-t", path));
	else if (!strcmp(name, "csv"))
		text = opened_by(ARGV("/usr/bin/python3", "-c", "import csv,sys\n"
			"rows=list(csv.reader(open(sys.argv[1],newline='',encoding='utf-8'),strict=True))\n"
			"assert rows and all(len(row)==len(rows[0]) for row in rows)", path));
	free(text);
}

static void export_all(const char *dump, const char *const *more)
{
	for (size_t i = 0; i < FORMATS; i++) {
		char *path = exported(dump, formats[i], more);
		open_it(formats[i], path);
		exported_free(path);
	}
}

/* ---- names ---- */

static const char odd_source[] =
	"#include <stdlib.h>\n#include <pthread.h>\n#include <sys/prctl.h>\n#include <unistd.h>\nvoid *keep[9];\n"
	"void odd_one(int n) { keep[n] = malloc(1000 + n); usleep(1); }\nvoid odd_two(int n) { odd_one(n); }\nvoid odd_long(int n) { odd_two(n); }\n"
	"static void *thread(void *x) { prctl(PR_SET_NAME, \"t\\n\\\"\\xff;#<&\"); odd_long(5); return x; }\n"
	"int main(void) { pthread_t t; odd_long(1); pthread_create(&t, 0, thread, 0); pthread_setname_np(t, \"n\\n\\\"\\xfe;#<&\"); pthread_join(t, 0); }\n";
static const char odd_build[] =
	"gcc -D_GNU_SOURCE -O0 -finstrument-functions -c odd.c && objcopy --redefine-sym odd_one=\"$(printf 'o;d,\\nd \"1\" \\\\ \\377\\376#')\" "
	"--redefine-sym odd_two=\"$(printf '=1+2,\\r\\n<b>&\\033[31m')\" --redefine-sym odd_long=\"$(printf 'std::vector<%04096d>::push_back' 7)\" odd.o"
	" && gcc odd.o -pthread -o \"$(printf 'o\"d;d#\\tx')\"";

Test(export, names_with_newlines_quotes_wrong_bytes_and_4_kb_are_harmless_in_every_format)
{
	char *directory = new_directory(), *program = format("%s/o\"d;d#\tx", directory);
	build_with(directory, "odd.c", odd_source, odd_build);
	struct run *r = run_recorded(ARGV(program));
	export_all(run_dump(r), NULL);
	char *path = exported(run_dump(r), "folded", ARGV("--metric", "calls")), *text = file_text(path, NULL);
	size_t lines = 0;
	for (const char *c = text; *c; c++) {
		lines += *c == '\n';
		cr_assert(*c == '\n' || ((unsigned char)*c >= ' ' && (unsigned char)*c < 0x7f), "byte %d", *c);
	}
	expect(lines, ==, 8);  /* main and its three, the thread and its three */
	cr_expect(strstr(text, "o:d,\\nd \"1\" \\ \\xff\\xfe# 1\n") != NULL, "%.300s", text);
	free(text);
	exported_free(path);
	path = exported(run_dump(r), "perfetto", NULL);
	json *t = perfetto_checked(path);
	cr_expect(json_any_contains(t, "names", "\\x1b[31m"));
	json_free(t);
	exported_free(path);
	run_free(r);
	remove_tree(directory);
	free(directory), free(program);
}

/* ---- dumps ---- */

Test(export, a_dump_without_events_is_exported_to_every_format)
{
	struct run *r = run((struct run_how){ .preload = true, .env = ENV("HP_HOOKS=span") }, ARGV("/bin/true"));
	export_all(run_dump(r), NULL);
	run_free(r);
}

Test(export, a_killed_programs_dump_is_exported_to_every_format)
{
	struct run *r = run((struct run_how){ .preload = true, .kill_when_blocked = true }, ARGV(target("hangs"), "mutex"));
	cr_assert_eq(r->signal, SIGKILL);
	export_all(run_dump(r), NULL);
	run_free(r);
}

Test(export, several_processes_are_exported_together)
{
	char *top = new_directory(), *directory = format("%s/run", top), *leaks = format("%s", target("heap_leaks"));
	char *shell = format("'%s' record -o '%s' -- sh -c '%s; (echo a) | cat; %s; cat /dev/null' >/dev/null", analyzer(), directory, leaks, leaks);
	struct run *s = run((struct run_how){ 0 }, ARGV("sh", "-c", shell));
	cr_assert_eq(s->status, 0, "%s", s->err);
	export_all(directory, NULL);
	char *path = exported(directory, "perfetto", NULL);
	struct run *t = run((struct run_how){ 0 }, ARGV(analyzer(), "report", "--json", directory));
	json *j = json_parse(t->out), *p = perfetto_checked(path);
	expect(json_int(p, "processes"), ==, json_length(j, "processes"));
	expect(json_length(j, "processes"), >, 3);
	json_free(j), json_free(p);
	exported_free(path);
	remove_tree(top);
	free(shell), free(directory), free(leaks), free(top);
	run_free(s), run_free(t);
}

Test(export, a_running_programs_dump_is_exported_to_every_format)
{
	char *directory = new_directory();
	char *script = format("HP_OUT=%s/x.hpd LD_PRELOAD=%s %s mutex >%s/out & pid=$!\n"
		"while ! grep -q ready %s/out 2>/dev/null; do sleep 0.05; done\n"
		"for f in folded pprof perfetto callgrind speedscope massif heaptrack csv; do %s export --to $f -o %s/$f %s/x.hpd || exit 9; done\n"
		"%s report --json %s/x.hpd | grep -q '\"running\"' || exit 8\nkill -9 $pid\n",
		directory, built("libhp.so"), target("hangs"), directory, directory, analyzer(), directory, directory, analyzer(), directory);
	struct run *r = run((struct run_how){ 0 }, ARGV("sh", "-c", script));
	cr_assert_eq(r->status, 0, "status %d: %s", r->status, r->err);
	for (size_t i = 0; i < FORMATS; i++) {
		char *path = format("%s/%s", directory, formats[i]);
		open_it(formats[i], path);
		free(path);
	}
	run_free(r);
	remove_tree(directory);
	free(directory), free(script);
}

/* ---- limits ---- */

Test(export, no_export_gets_larger_than_the_limit_and_each_is_still_opened)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	static const char *const limits[] = { "3000", "20k" };
	for (size_t i = 0; i < FORMATS; i++)
		for (size_t k = 0; k < 2; k++) {
			char *said, *path = exported_saying(run_dump(r), formats[i], ARGV("--max-bytes", limits[k]), &said);
			cr_expect(file_bytes(path) <= (k ? 20480 : 3000), "%s: %lld bytes", formats[i], file_bytes(path));
			if (!strcmp(formats[i], "perfetto") || !strcmp(formats[i], "speedscope"))
				cr_expect(strstr(said, "left out: ") && strstr(said, "calls shorter than"), "%s: %s", formats[i], said);
			open_it(formats[i], path);
			free(said);
			exported_free(path);
		}
	run_free(r);
}

Test(export, what_does_not_fit_is_summed_up_and_the_total_stays)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	char *said, *path = exported_saying(run_dump(r), "folded", ARGV("--metric", "calls", "--budget", "100"), &said), *text = file_text(path, NULL);
	json *j = report(run_dump(r));
	long long sum = 0, all = 0;
	for (char *rest, *l = strtok_r(text, "\n", &rest); l; l = strtok_r(NULL, "\n", &rest))
		sum += atoll(strrchr(l, ' '));
	for (size_t i = 0; i < json_length(j, "functions"); i++)
		all += json_int(json_at(j, "functions", i), "calls");
	expect(sum, ==, all);
	cr_expect(strstr(said, "together in (other)") != NULL, "%s", said);
	free(said), free(text);
	json_free(j);
	exported_free(path);
	run_free(r);
}

Test(export, a_limit_that_is_too_small_is_refused_and_leaves_what_was_there)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	char *path = format("%s/kept", r->top);
	file_write(path, "before", 6);
	struct run *s = run((struct run_how){ 0 }, ARGV(analyzer(), "export", "--to", "callgrind", "--max-bytes", "10", "-o", path, run_dump(r)));
	char *text = file_text(path, NULL);
	expect(s->status, ==, 2);
	cr_expect(strstr(s->err, "at least") != NULL, "%s", s->err);
	cr_expect_str_eq(text, "before");
	free(text), free(path);
	run_free(r), run_free(s);
}

/* ---- parts ---- */

static long long count_in_trace(const char *dump, const char *key, const char *const *more)
{
	char *path = exported(dump, "perfetto", more);
	json *t = perfetto_checked(path);
	long long n = json_maybe(t, key) ? json_int(t, key) : 0;
	json_free(t);
	exported_free(path);
	return n;
}

Test(export, short_calls_are_left_out_when_asked_for_and_longer_ones_are_all_there)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	json *j = report(run_dump(r));
	char *shortest = format("%lld", json_int(json_row(j, "functions", "name", "leaf"), "max_ns") + 1);
	expect(count_in_trace(run_dump(r), "slices.leaf.count", NULL), >, 0);
	expect(count_in_trace(run_dump(r), "slices.leaf.count", ARGV("--min-ns", shortest)), ==, 0);
	struct run *s = run_recorded(ARGV(target("lock_convoy")));  /* sleeps for 50 ms */
	expect(count_in_trace(run_dump(s), "slices.usleep.count", ARGV("--min-ns", "49ms")), ==, 1);
	expect(count_in_trace(run_dump(s), "slices.write.count", ARGV("--min-ns", "49ms")), ==, 0);
	free(shortest);
	json_free(j);
	run_free(r), run_free(s);
}

Test(export, a_time_window_cuts_slices_at_its_edges_as_the_report_does)
{
	struct run *r = run_recorded(ARGV(target("lock_convoy")));
	json *all = report(run_dump(r));
	char *from = format("%lldns", json_int(all, "process.duration_ns") / 2);
	struct run *s = run((struct run_how){ 0 }, ARGV(analyzer(), "report", "--json", "--from", from, run_dump(r)));
	json *j = json_parse(s->out);
	expect(count_in_trace(run_dump(r), "slices.lock after wait.ns", ARGV("--from", from)), ==, json_int(j, "waits.lock.time_ns"));
	expect(json_int(j, "waits.lock.time_ns"), <, json_int(all, "waits.lock.time_ns"));
	expect(count_in_trace(run_dump(r), "slices.lock after wait.ns", ARGV("--to", from)), ==,
	       json_int(all, "waits.lock.time_ns") - json_int(j, "waits.lock.time_ns"));
	free(from);
	json_free(all), json_free(j);
	run_free(r), run_free(s);
}

Test(export, one_thread_alone_is_exported)
{
	struct run *r = run_recorded(ARGV(target("calls")));
	json *j = report(run_dump(r));
	long long other = 0;
	for (size_t i = 0; i < json_length(j, "threads"); i++)
		if (json_int(json_at(j, "threads", i), "tid") != json_int(j, "process.pid"))
			other = json_int(json_at(j, "threads", i), "tid");
	char *tid = format("%lld", other);
	expect(count_in_trace(run_dump(r), "slices.in_thread.count", ARGV("--thread", tid)), ==, 1);
	expect(count_in_trace(run_dump(r), "slices.recurse.count", ARGV("--thread", tid)), ==, 0);
	free(tid);
	json_free(j);
	run_free(r);
}

/* ---- mistakes ---- */

static void expect_refused(const char *dump, const char *says, const char *const *more)
{
	const char *argv[16] = { analyzer(), "export" };
	size_t n = 2;
	for (; *more; more++)
		argv[n++] = *more;
	argv[n] = dump;
	struct run *r = run((struct run_how){ 0 }, argv);
	cr_expect_eq(r->status, 2, "status %d: %s", r->status, r->err);
	cr_expect(strstr(r->err, says) != NULL, "'%s' is not in: %s", says, r->err);
	run_free(r);
}

Test(export, mistakes_are_refused_with_a_list_of_what_there_is)
{
	struct run *r = run_recorded(ARGV("/bin/true"));
	const char *dump = run_dump(r);
	expect_refused(dump, "there are: folded, pprof, perfetto", ARGV("--to", "flame", "-o", "-"));
	expect_refused(dump, "Give --to FORMAT", ARGV("-o", "-"));
	expect_refused(dump, "where to?", ARGV("--to", "folded"));
	expect_refused(dump, "folded has no 'bytes'; there are: time_ns, self_ns", ARGV("--to", "folded", "-o", "-", "--metric", "bytes"));
	expect_refused(dump, "there is nothing to choose", ARGV("--to", "massif", "-o", "-", "--metric", "peak_bytes"));
	expect_refused(dump, "is no duration", ARGV("--to", "perfetto", "-o", "-", "--min-ns", "short"));
	expect_refused(dump, "not single calls", ARGV("--to", "folded", "-o", "-", "--min-ns", "10"));
	expect_refused(dump, "as they were recorded", ARGV("--to", "perfetto", "-o", "-", "--compensate"));
	expect_refused(dump, "is no size", ARGV("--to", "folded", "-o", "-", "--max-bytes", "much"));
	expect_refused(dump, "there are: events, process", ARGV("--to", "csv", "-o", "-", "--view", "sites"));
	expect_refused(dump, "would overwrite it", ARGV("--to", "csv", "-o", dump));
	expect_refused("/dev/null", "", ARGV("--to", "csv", "-o", "-"));
	expect_refused(dump, "No such file or directory", ARGV("--to", "csv", "-o", "/no/such/directory/file"));
	run_free(r);
}

Test(export, the_standard_output_can_be_written_to)
{
	struct run *r = run_recorded(ARGV(target("heap_peak"), "malloc"));
	struct run *s = run((struct run_how){ 0 }, ARGV(analyzer(), "export", "--to", "folded", "--metric", "peak-bytes", "-o", "-", run_dump(r)));
	char *wanted = format("main;reach %lld\n", run_tally(r, "peak"));
	cr_expect(s->status == 0 && strstr(s->out, wanted), "%s", s->out);
	free(wanted);
	run_free(r), run_free(s);
}
