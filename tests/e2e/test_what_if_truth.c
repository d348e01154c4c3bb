/*
 * What-if answers against what happens: each program of tests/support/plan_shapes.def is recorded as it is, asked what a change
 * would save, and run with that change made.
 *
 * The answer is right if it is within 5 % of the run of what was really saved. Runs without hp say what that is: the shortest of some,
 * since whatever else the machine does only makes them longer. When an answer is off and runs that should take as long as each other,
 * the recorded one among them, did not do so within that tolerance either, nothing was shown, and the shape is measured again. Nor was it if
 * the machine has not two processors for two threads that are busy for a known time. What else the machine does may last longer than a
 * measurement and look the same in all its runs: an answer is wrong that is so in WRONG_MOST of them.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "json.h"

enum { RUNS = 3, TRIES = 6, WRONG_MOST = 3, TOLERANCE_PCT = 5, WORDS_MOST = 8, BUSY_FOR_US = 180000 };

struct shape { char name[32], environment[32], beside[32], with[64], without[64], expression[64]; int least; };
#define SHAPE(name, environment, beside, with, without, expression, least) {#name, environment, beside, with, without, expression, least},
static struct shape shapes[] = {
#include "plan_shapes.def"
};

/* In us. */
struct times { long long shortest, longest; };
struct asked { long long elapsed, saved, low, high; double drift; };

static struct run *start(const struct shape *s, const char *command, bool recorded)
{
	static char words[128];
	const char *argv[WORDS_MOST + 1] = {NULL};
	size_t n = 0;
	snprintf(words, sizeof words, "%s", command);
	for (char *save, *word = strtok_r(words, " ", &save); word && n < WORDS_MOST; word = strtok_r(NULL, " ", &save))
		argv[n] = n ? word : target(word), n++;
	struct run_how how = {.preload = recorded, .env = ENV(s->environment[0] ? s->environment : "HP_DEPTH=128")};
	if (s->beside[0])
		*(recorded ? &how.preload_after : &how.preload_before) = target(s->beside);
	struct run *r = run(how, argv);
	cr_assert(r->status == 0, "%s: status %d, signal %d: %s", command, r->status, r->signal, r->err);
	return r;
}

static void take_time(struct times *t, long long us)
{
	t->shortest = t->shortest == 0 || us < t->shortest ? us : t->shortest;
	t->longest = us > t->longest ? us : t->longest;
}

static void measure(struct times *t, const struct shape *s, const char *command)
{
	struct run *r = start(s, command, false);
	take_time(t, run_tally(r, "elapsed_us"));
	run_free(r);
}

static struct asked ask(const struct shape *s)
{
	struct run *r = start(s, s->with, true);
	struct run *answer = run((struct run_how){0}, ARGV(analyzer(), "what-if", "--json", r->dumps, s->expression));
	cr_assert(answer->status == 0, "what-if %s: status %d: %s", s->expression, answer->status, answer->err);
	json *j = json_parse(answer->out), *row = json_at(j, "answers", 0);
	cr_assert(json_is_null(row, "refused"), "refused: %s", answer->out);
	struct asked a = {run_tally(r, "elapsed_us"), json_int(row, "saved_ns") / 1000, json_int(row, "low_ns") / 1000, json_int(row, "high_ns") / 1000,
	                  json_number(j, "drift_pct")};
	json_free(j);
	run_free(answer);
	run_free(r);
	return a;
}

static bool machine_is_busy(void)
{
	static const struct shape probe = {"probe", "", "", "", "plan_branches 0 spin", "", 0};
	struct times t = {0};
	measure(&t, &probe, probe.without);
	return t.shortest > BUSY_FOR_US + BUSY_FOR_US * TOLERANCE_PCT / 100;
}

static long long apart(long long a, long long b)
{
	return a > b ? a - b : b - a;
}

enum verdict { RIGHT, WRONG, NOTHING_SHOWN };

static enum verdict judge(const struct shape *s, char *why, size_t room)
{
	struct times with = {0}, without = {0};
	for (int i = 0; i < RUNS; i++) {
		measure(&with, s, s->with);
		measure(&without, s, s->without);
	}
	struct asked a = ask(s);
	take_time(&with, a.elapsed);
	long long saved = with.shortest - without.shortest, tolerance = with.shortest * TOLERANCE_PCT / 100;
	bool enough = s->least == 0 || saved * 100 >= s->least * with.shortest, right = enough && apart(a.saved, saved) <= tolerance;
	if (!right && (with.longest - with.shortest > tolerance || without.longest - without.shortest > tolerance || machine_is_busy()))
		return NOTHING_SHOWN;
	cr_expect(a.low <= a.saved && a.saved <= a.high, "%lld is not from %lld to %lld", a.saved, a.low, a.high);
	cr_expect(a.drift < 2 && a.drift > -2, "%s: a drift of %.2f %%", s->name, a.drift);
	snprintf(why, room, "%s, %s: %lld of %lld us were saved, %lld predicted", s->name, s->expression, saved, with.shortest, a.saved);
	return right ? RIGHT : WRONG;
}

ParameterizedTestParameters(what_if_truth, what_an_answer_says_is_saved_is_saved)
{
	return cr_make_param_array(struct shape, shapes, sizeof shapes / sizeof *shapes);
}

ParameterizedTest(struct shape *s, what_if_truth, what_an_answer_says_is_saved_is_saved)
{
	char why[300] = "";
	int wrong = 0;
	for (int i = 0; i < TRIES && wrong < WRONG_MOST; i++) {
		enum verdict v = judge(s, why, sizeof why);
		if (v == RIGHT)
			return;
		wrong += v == WRONG;
	}
	cr_assert_lt(wrong, WRONG_MOST, "%s", why);
	cr_skip_test("%s: the machine is too busy to show anything", s->name);
}
