/* `hp-analyze what-if` as it is used: the ranking, questions, mistakes. What its answers are worth: test_what_if_truth.c. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

/* Three threads sleep 15 ms each time they have convoy_lock, and 10 ms without it. */
static struct run *recording;

static void record(void)
{
	recording = run_recorded(ARGV(target("plan_convoy"), "15000", "sleep"));
}

static void forget(void)
{
	run_free(recording);
}

TestSuite(what_if, .init = record, .fini = forget);

static struct run *ask(const char *option, const char *first, const char *second)
{
	return run((struct run_how){0}, ARGV(analyzer(), "what-if", option, run_dump(recording), first, second));
}

static json *answers(const char *first, const char *second)
{
	struct run *r = ask("--json", first, second);
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out);
	run_free(r);
	return j;
}

Test(what_if, without_a_question_it_ranks_what_would_save_most)
{
	json *j = answers(NULL, NULL), *hold = json_row(j, "answers", "expr", "lock:convoy_lock.hold=0"), *planted = json_row(j, "answers", "expr", "sleep:planted=0");
	long long last = json_int(json_at(j, "answers", 0), "saved_ns"), actual = json_int(j, "actual_ns");
	cr_expect(json_find(j, "answers", "expr", "sleep:ordinary=0"));
	cr_expect(json_find(j, "answers", "expr", "lock:convoy_lock.contention=0"));
	for (size_t i = 0; i < json_length(j, "answers"); i++) {
		json *row = json_at(j, "answers", i);
		expect(json_int(row, "saved_ns"), <=, last);
		expect(json_int(row, "low_ns"), <=, json_int(row, "saved_ns"));
		if (!json_is_null(row, "high_ns"))  /* a busy machine may put the order of arrival out of use */
			expect(json_int(row, "high_ns"), >=, json_int(row, "saved_ns"));
		expect(json_int(row, "predicted_ns"), ==, json_int(j, "baseline_ns") - json_int(row, "saved_ns"));
		cr_expect(json_is_null(row, "refused"));
		last = json_int(row, "saved_ns");
	}
	expect(json_int(hold, "saved_ns") * 100, >, 40 * actual);      /* 15 holds, each in the others' way */
	expect(json_int(planted, "saved_ns") * 100, >, 40 * actual);
	expect(llabs(json_int(j, "baseline_ns") - actual) * 100, <, actual);
	cr_expect(json_number(j, "drift_pct") < 1 && json_number(j, "drift_pct") > -1);
	json_free(j);
}

Test(what_if, several_questions_are_one_plan_and_each_is_answered_alone)
{
	json *j = answers("sleep:planted=0", "sleep:ordinary=0.5");
	expect(json_length(j, "answers"), ==, 3);
	json *both = json_at(j, "answers", 0), *planted = json_at(j, "answers", 1), *ordinary = json_at(j, "answers", 2);
	cr_expect_str_eq(json_text(both, "expr"), "sleep:planted=0 sleep:ordinary=0.5");
	cr_expect_str_eq(json_text(planted, "expr"), "sleep:planted=0");
	expect(json_int(both, "saved_ns"), >, json_int(planted, "saved_ns"));
	expect(json_int(planted, "saved_ns"), >, json_int(ordinary, "saved_ns"));
	json_free(j);
}

Test(what_if, a_larger_factor_saves_less_and_one_saves_nothing)
{
	static const char *const questions[] = {"sleep:planted=0", "sleep:planted=0.4", "sleep:planted=0.8", "sleep:planted=1", "sleep:planted=2"};
	long long saved[5];
	for (int i = 0; i < 5; i++) {
		json *j = answers(questions[i], NULL);
		saved[i] = json_int(json_at(j, "answers", 0), "saved_ns");
		json_free(j);
		expect(saved[i], <, i ? saved[i - 1] : 1LL << 60);
	}
	expect(llabs(saved[3]), <, 1000);
	expect(saved[4], <, -10000000);
}

Test(what_if, names_are_globs_may_be_quoted_and_locks_have_numbers)
{
	static const char *const same[] = {"lock:\"convoy_lock\".hold=0", "lock:convoy*.hold=0", "lock:c?nvoy_lock.hold=0.0"};
	json *j = answers("lock:convoy_lock.hold=0", NULL);
	long long saved = json_int(json_at(j, "answers", 0), "saved_ns");
	json_free(j);
	for (int i = 0; i < 3; i++) {
		j = answers(same[i], NULL);
		expect(json_int(json_at(j, "answers", 0), "saved_ns"), ==, saved);
		json_free(j);
	}
	json *all = report(run_dump(recording));
	char *id = format("lock:#%lld.hold=0", json_int(json_row(all, "locks", "name", "convoy_lock"), "id"));
	j = answers(id, NULL);
	expect(json_int(json_at(j, "answers", 0), "saved_ns"), ==, saved);
	json_free(j);
	json_free(all);
	free(id);
}

Test(what_if, what_nobody_knows_has_a_range_from_nothing)
{
	json *j = answers("lock:convoy_lock.rw=1", NULL), *open = answers("lock:convoy_lock.contention=0", NULL);
	json *row = json_at(j, "answers", 0);
	expect(json_int(row, "low_ns"), ==, 0);
	expect(json_int(row, "saved_ns"), ==, json_int(json_at(open, "answers", 0), "saved_ns"));
	json_free(open);
	json_free(j);
}

Test(what_if, a_window_is_replayed_alone)
{
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "what-if", "--json", "--from", "25%", "--to", "75%", run_dump(recording), "sleep:planted=0"));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out), *whole = answers("sleep:planted=0", NULL);
	expect(json_int(j, "actual_ns") * 100, <, 55 * json_int(whole, "actual_ns"));
	expect(json_int(j, "actual_ns") * 100, >, 45 * json_int(whole, "actual_ns"));
	expect(json_int(json_at(j, "answers", 0), "saved_ns"), >, 0);
	expect(json_int(json_at(j, "answers", 0), "saved_ns"), <, json_int(json_at(whole, "answers", 0), "saved_ns"));
	json_free(whole);
	json_free(j);
	run_free(r);
}

Test(what_if, text_says_in_words_what_is_to_be_gained)
{
	struct run *r = ask("--no-cmdline", NULL, NULL), *one = ask("--no-cmdline", "lock:convoy_lock.hold=0.5", NULL);
	expect(r->status, ==, 0);
	cr_expect(strstr(r->out, "most to gain: "));
	cr_expect(strstr(r->out, "drift"));
	cr_expect(strstr(one->out, "lock:convoy_lock.hold=0.5 (saves "), "%s", one->out);
	run_free(one);
	run_free(r);
}

/* The marks stand below the part that is wrong. */
static void expect_mistake(const char *question, const char *mark, const char *said)
{
	struct run *r = ask("--json", question, NULL);
	expect(r->status, ==, 2);
	cr_expect(strstr(r->err, said), "%s: '%s' is not in: %s", question, said, r->err);
	cr_expect(strstr(r->err, mark), "%s: '%s' is not in: %s", question, mark, r->err);
	run_free(r);
}

Test(what_if, mistakes_are_shown_where_they_are_with_what_there_is)
{
	expect_mistake("lock:convoy_lok.hold=0", "\n       ^~~~~~~~~~\n", "did you mean 'convoy_lock'");
	expect_mistake("sleep:plantet=0", "\n        ^~~~~~~\n", "did you mean 'planted'");
	expect_mistake("function:no_such_function=0", "\n           ^~~", "no function is called 'no_such_function'");
	expect_mistake("io:/no/such/file=0", "\n     ^~~", "no file is called");
	expect_mistake("path:main;no_such_function=0", "\n       ^~~", "no call path goes through");
	expect_mistake("lock:convoy_lock=0", "\n       ^~~", ".hold=F");
	expect_mistake("lock:convoy_lock.hould=0", "\n                   ^~~~~\n", "did you mean 'hold'");
	expect_mistake("lock:convoy_lock.hold=fast", "\n                        ^~~~\n", "'fast' is no factor");
	expect_mistake("lock:convoy_lock.hold=-1", "^~\n", "'-1' is no factor");
	expect_mistake("lock:convoy_lock.contention=0.5", "^~~\n", "only 0");
	expect_mistake("lock:convoy_lock.split=0", "^\n", "no number of locks");
	expect_mistake("sleep:planted=", "^\n", "is no factor");
	expect_mistake("sleep:=0", "^\n", "a name is missing");
	expect_mistake("funktion:main=0", "^~~~~~~~\n", "did you mean 'function'");
	expect_mistake("cpus=0", "^\n", "no number of processors");
}

Test(what_if, a_recording_is_needed_and_options_of_parts_of_a_run_are_refused)
{
	struct run *none = run((struct run_how){0}, ARGV(analyzer(), "what-if", "sleep:planted=0"));
	struct run *thread = run((struct run_how){0}, ARGV(analyzer(), "what-if", "--function", "main", run_dump(recording)));
	expect(none->status, ==, 2);
	cr_expect(strstr(none->err, "of which recording?"));
	expect(thread->status, ==, 2);
	cr_expect(strstr(thread->err, "--function"));
	run_free(thread);
	run_free(none);
}

/* dash runs its commands by vfork, which nobody records: they begin after what it had done before. */
Test(what_if, commands_that_a_shell_runs_one_after_another_are_waited_for)
{
	struct run *made = run((struct run_how){0}, ARGV(analyzer(), "record", "--no-report", "-o", "d", "--", "dash", "-c", "sleep 0.2; sleep 0.1; cat /dev/null"));
	cr_assert_eq(made->status, 0, "%s", made->err);
	char *directory = format("%s/d", made->work);
	struct run *r = run((struct run_how){0}, ARGV(analyzer(), "what-if", "--json", directory, "sleep:*=0"));
	cr_assert_eq(r->status, 0, "%s", r->err);
	json *j = json_parse(r->out);
	expect(json_int(json_at(j, "answers", 0), "saved_ns"), >, 290000000);
	expect(llabs(json_int(j, "baseline_ns") - json_int(j, "actual_ns")) * 100, <, json_int(j, "actual_ns"));
	json_free(j);
	run_free(r);
	free(directory);
	run_free(made);
}
