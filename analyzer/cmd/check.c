/* check: whether a run cost what it may. */
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/draw.h"
#include "cmd/expressions.h"
#include "cmd/mistake.h"
#include "cmd/runs.h"
#include "table/checks.h"
#include "util/err.h"
#include "util/fmt.h"
#include "util/text.h"

enum { KEY_AGAINST = OPTIONS_KEY_FREE, KEY_FILE, KEY_JUNIT };

struct arguments {
	struct options     common;
	struct expressions expressions;
	struct runs        against;
	VEC(char *)        olds;
	const char        *junit;
	bool               verbose;
};

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT: options_init(state, &a->common); return 0;
	case KEY_AGAINST:   vec_push(&a->olds, text); return 0;
	case KEY_FILE:      expressions_read(&a->expressions, text); return 0;
	case KEY_JUNIT:     a->junit = text; return 0;
	case 'v':           a->verbose = true; return 0;
	default:            return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "against", KEY_AGAINST, "OLD", 0, "What `diff.` compares with: a dump, a directory; several are repeats, of which the middle counts", 0 },
	{ "file", KEY_FILE, "FILE", 0, "Read expressions from FILE, one a line; # begins a comment", 0 },
	{ "junit", KEY_JUNIT, "FILE", 0, "Write the results to FILE as JUnit XML", 0 },
	{ "verbose", 'v', NULL, 0, "Show what passed, too", 0 },
	{ 0 },
};
static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_MARKDOWN, OPTIONS_WRITE, OPTIONS_SELECT, OPTIONS_TIMES, OPTIONS_MEMORY, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	rows, parse, "DUMP|DIR EXPR...",
	"Whether a run cost what it may: exit status 0 if all holds, 1 if not."
	"\v"
	"An expression is KEY OP VALUE, in quotes for the shell. KEY is any key of `report --json`; OP one of < <= == != >= >; VALUE a number, with "
	"B KiB MiB GiB kB MB GB, ns us ms s or %, a \"text\", true, false or null.\n"
	"\n"
	"  memory.peak_bytes <= 64MiB\n"
	"  memory.sites[\"load_config\"].leaked_bytes == 0\n"
	"  functions[\"parse\"].calls == 10\n"
	"  io.ops[\"read\"].calls < 100\n"
	"  io.files[\"/tmp/*\"].bytes_written == 0\n"
	"  locks[\"cache_lock\"].wait_ns < 5ms\n"
	"  waits.lock.time_ns < 20ms\n"
	"  threads[\"worker*\"].cpu_ns < 2s\n"
	"  process.exit_status == 0\n"
	"  diff.memory.peak_bytes < +5%   (or +1MiB; with --against OLD)\n"
	"\n"
	"In brackets stands which rows of a list are meant: a glob over their name or path, over any function on their call path (memory.sites: "
	"what is allocated in load_config and below it), COLUMN=\"GLOB\" for another column, * for all. Counts, bytes and times of several rows are "
	"added up; of a maximum, a percentile or the like each row must hold. What does not occur counts 0. A figure that is not known (null) fails "
	"the check. An unknown key is an error (2); checks that hold of a dump with losses end with 3.",
	children, NULL, NULL,
};

/* ---- judging ---- */

struct checks { VEC_FIELDS(struct check) };

static int say_where(const struct expr *e, const struct expr_error *error)
{
	mistake_show("check", e->from, e->text, error->at, error->end, error->text);
	return CMD_UNUSABLE;
}

/* All expressions are looked at, so that all mistakes are told at once. */
static int judge_all(struct checks *checks, const struct input *in, int (*judge)(struct check *, const struct view_input *, const struct doc *, struct expr_error *), bool diffs_only)
{
	int status = CMD_DONE;

	for (size_t i = 0; i < checks->n; i++) {
		struct expr_error error = { 0 };
		struct check *c = &checks->v[i];

		if (diffs_only && !c->expr->diff)
			continue;
		if (judge(c, &in->view, &in->doc, &error))
			status = say_where(c->expr, &error);
	}
	return status;
}

static int read_olds(const struct arguments *a, struct checks *checks)
{
	int status = CMD_DONE;

	for (size_t i = 0; i < a->against.n && !status; i++) {
		struct input in;

		status = runs_report(&a->against.v[i], &a->common, expressions_want, &a->expressions, &in);
		if (!status)
			status = judge_all(checks, &in, check_old, true);
		if (!status)
			input_warn(&in);
		input_close(&in);
	}
	return status;
}

/* ---- what came out ---- */

static size_t failures(const struct checks *checks)
{
	size_t n = 0;

	for (size_t i = 0; i < checks->n; i++)
		n += !checks->v[i].passed;
	return n;
}

enum { PASSED, FAILED };
static const struct column result_columns[] = {
	[PASSED] = { "passed", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[FAILED] = { "failed", "", UNIT_COUNT, .flags = COLUMN_DATA },
};

static void add_result(struct input *in, struct doc *doc, const struct checks *checks)
{
	struct table *t = TABLE_NEW(&in->arena, TABLE_OBJECT, NULL, "Checks", result_columns);
	struct cell *c = table_row(t);
	size_t failed = failures(checks);

	c[PASSED] = cell_int(checks->n - failed);
	c[FAILED] = cell_int(failed);
	t->note = failed ? view_text(&in->view, "%s of %s failed", fmt_count(failed).s, fmt_count(checks->n).s)
	                 : view_text(&in->view, "%s passed", view_count(&in->view, checks->n, "check"));
	t->alarm = failed > 0;
	t->brief = true;
	doc_add(doc, t);
}

static struct doc new_doc(struct input *in, struct stack_source stacks)
{
	struct doc doc;

	doc_init(&doc, &in->arena);
	doc.stacks = stacks;
	return doc;
}

/* Text tells what failed; of what passed, that something is asked for that does not occur. */
static void warn_of_notes(const struct checks *checks)
{
	for (size_t i = 0; i < checks->n; i++)
		if (checks->v[i].passed && checks->v[i].note)
			err_warn("check: %s: %s", text_shown(checks->v[i].expr->text), text_shown(checks->v[i].note));
}

static int show(const struct arguments *a, struct input *in, const struct checks *checks)
{
	struct worst_stacks stacks;
	struct stack_source source = worst_stacks(&stacks, &in->view, in->doc.stacks);
	struct table *all = checks_table(&in->view, checks->v, checks->n, true);
	int status = CMD_DONE;

	if (a->junit) {
		struct doc doc = new_doc(in, source);

		doc_add(&doc, all);
		status = draw_on(&render_junit, &doc, a->junit);
	}
	in->doc = new_doc(in, source);
	in->doc.schema = 1;
	add_result(in, &in->doc, checks);
	doc_add(&in->doc, a->common.json || a->verbose ? all : checks_table(&in->view, checks->v, checks->n, false));
	if (!status)
		status = input_draw(in, &a->common, UINT64_MAX);
	if (!a->common.json && !a->verbose)
		warn_of_notes(checks);
	worst_stacks_free(&stacks);
	return status;
}

static int finish(const struct arguments *a, struct input *in, struct checks *checks)
{
	int status = judge_all(checks, in, check_judge, false);

	if (!status)
		status = show(a, in, checks);
	if (status == CMD_DAMAGED)
		input_warn(in);
	if (status == CMD_UNUSABLE)
		return status;
	return failures(checks) ? CMD_FAILED : status;
}

static int run_checks(const struct arguments *a)
{
	struct checks checks = { 0 };
	struct one_run run = { .paths = { .v = a->common.paths, .n = 1 } };
	struct input in;
	int status;

	for (size_t i = 0; i < a->expressions.n; i++)
		vec_push(&checks, (struct check){ .expr = &a->expressions.v[i] });
	status = read_olds(a, &checks);
	if (!status) {
		status = runs_report(&run, &a->common, expressions_want, &a->expressions, &in);
		if (!status)
			status = finish(a, &in, &checks);
		input_close(&in);
	}
	for (size_t i = 0; i < checks.n; i++)
		check_free(&checks.v[i]);
	vec_free(&checks);
	return status;
}

/* `diff.` needs something to compare with. */
static int check_against(const struct arguments *a)
{
	bool any = false;

	for (size_t i = 0; i < a->expressions.n; i++) {
		const struct expr *e = &a->expressions.v[i];

		any |= e->diff;
		if (!e->diff || a->olds.n)
			continue;
		mistake_show("check", e->from, e->text, strspn(e->text, " \t"), strspn(e->text, " \t") + 4, "what should be compared with? Say --against OLD");
		return CMD_UNUSABLE;
	}
	if (a->olds.n && !any)
		err_warn("check: --against is of no use: no expression begins with diff.");
	return CMD_DONE;
}

static int prepare(struct arguments *a)
{
	int status = CMD_DONE;

	for (size_t i = 1; i < a->common.n_paths; i++)
		status |= expressions_add(&a->expressions, a->common.paths[i], NULL);
	if (a->expressions.mistakes)
		return CMD_UNUSABLE;
	if (!a->expressions.n) {
		err_warn("check: which figures? Give expressions like 'memory.peak_bytes <= 64MiB'; `hp-analyze help check` tells more");
		return CMD_UNUSABLE;
	}
	status = check_against(a);
	if (!status)
		runs_named(&a->against, a->olds.v, a->olds.n);
	return status;
}

int cmd_check(int argc, char **argv)
{
	struct arguments a = { .junit = NULL };
	int status;

	options_parse(&argp, argc, argv, &a);
	status = prepare(&a);
	if (!status)
		status = run_checks(&a);
	expressions_free(&a.expressions);
	runs_free(&a.against);
	vec_free(&a.olds);
	return status;
}
