/* diff: what changed from some runs to others. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/draw.h"
#include "cmd/runs.h"
#include "table/diff.h"
#include "util/err.h"
#include "util/text.h"

enum { KEY_ALL = OPTIONS_KEY_FREE, ROWS_OF_TEXT = 8 };

struct arguments { struct options common; bool all; };

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	(void)text;
	switch (key) {
	case ARGP_KEY_INIT: options_init(state, &a->common); return 0;
	case KEY_ALL:       a->all = true; return 0;
	default:            return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "all", KEY_ALL, NULL, 0, "Show changes that may be chance, too", 0 },
	{ 0 },
};
static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_MARKDOWN, OPTIONS_WRITE, OPTIONS_SELECT, OPTIONS_TIMES, OPTIONS_MEMORY, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	rows, parse, "OLD NEW\nOLD... -- NEW...",
	"What changed from OLD to NEW: totals, call paths, functions, locks, files, threads."
	"\v"
	"Each path is a run: a dump, or the directory of a run. A directory of several runs is as many. Runs of one side are repeats of the same "
	"thing: they tell what is chance. With three or more a side a change is shown only if it is beyond that: the sides lie further apart than the "
	"runs of one side among themselves, so that one of a hundred figures that did not change is taken for changed. What is the same in all "
	"repeats is exact.\n"
	"\n"
	"Rows of both sides are matched by names: call paths by those of their functions, whatever their lines and addresses; files without "
	"process numbers and random parts; locks without addresses. Each is shown with the figure that changed most, or that of --sort KEY; "
	"--json has all.",
	children, NULL, NULL,
};

/* ---- which is which ---- */

/* To argp "--" ends the options; here it stands between the sides, and options may follow: no path is like this. */
static char between[] = "\x01--";

static void keep_between(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--")) {
			argv[i] = between;
			return;
		}
}

static bool is_between(const char *path)
{
	return path == between;
}

static int refuse(const char *what)
{
	err_warn("diff: %s", what);
	return CMD_UNUSABLE;
}

static int find_sides(const struct options *o, struct runs *old, struct runs *new)
{
	size_t at = 0;

	while (at < o->n_paths && !is_between(o->paths[at]))
		at++;
	if (at == o->n_paths) {
		if (o->n_paths != 2)
			return refuse(o->n_paths < 2 ? "compare with what? Give two runs: diff OLD NEW" : "which are the old runs and which the new ones? Put -- between them: diff OLD... -- NEW...");
		runs_named(old, o->paths, 1);
		runs_named(new, o->paths + 1, 1);
		return CMD_DONE;
	}
	if (!at || at + 1 == o->n_paths)
		return refuse(at ? "there is no new run behind the --" : "there is no old run in front of the --");
	runs_named(old, o->paths, at);
	runs_named(new, o->paths + at + 1, o->n_paths - at - 1);
	return CMD_DONE;
}

/* ---- reading ---- */

static bool is_wanted(const void *data, const struct view *v)
{
	(void)data;
	return !v->name || strcmp(v->name, "summary");
}

/* The worst of both: what is read of a dump with losses is compared, and said to be incomplete. */
static int add_runs(struct compare *c, enum side side, const struct runs *runs, const struct options *o)
{
	int worst = CMD_DONE;

	for (size_t i = 0; i < runs->n; i++) {
		struct input in;
		int status = runs_report(&runs->v[i], o, is_wanted, NULL, &in);

		if (!status) {
			compare_add(c, side, runs->v[i].given, &in.view, &in.doc);
			status = input_status(&in);
		}
		input_close(&in);
		if (status == CMD_UNUSABLE)
			return status;
		worst = status ? status : worst;
	}
	return worst;
}

static int read_all(struct compare *c, const struct runs *old, const struct runs *new, const struct options *o)
{
	int first = add_runs(c, SIDE_OLD, old, o), second = first == CMD_UNUSABLE ? first : add_runs(c, SIDE_NEW, new, o);

	compare_pair(c);
	return second ? second : first;
}

/* ---- showing ---- */

static int say_nothing_compares(const struct diff *d)
{
	err_warn("diff: these runs have nothing in common that could be compared%s", d->notes.n ? ":" : "");
	for (size_t i = 0; i < d->notes.n; i++)
		err_warn("diff: %s", text_shown(d->notes.v[i]));
	return CMD_UNUSABLE;
}

static int show(const struct diff *d, struct compare *c, struct arena *arena, const struct arguments *a)
{
	const struct options *o = &a->common;
	struct diff_options how = { .all = a->all, .complete = o->json, .sort = o->sort };
	const struct renderer *renderer = o->json ? &render_json : o->markdown ? &render_markdown : &render_text;
	struct doc doc;

	if (o->sort && !diff_has_figure(d, o->sort)) {
		err_warn("diff: --sort %s: no table has such a figure; the keys are those of `report --json`", text_shown(o->sort));
		return CMD_UNUSABLE;
	}
	doc_init(&doc, arena);
	doc.schema = 1;
	doc.stacks = compare_stacks(c);
	diff_tables(d, &doc, &how);
	if (o->top || !o->json)
		doc_cut(&doc, o->top ? o->top : ROWS_OF_TEXT);
	return draw_on(renderer, &doc, o->output);
}

static int compare_runs_of(const struct runs *old, const struct runs *new, const struct arguments *a)
{
	struct compare c = { .runs = { 0 } };
	struct arena arena = { 0 };
	struct diff d = { .compare = NULL };
	int status = read_all(&c, old, new, &a->common), shown;

	if (status != CMD_UNUSABLE) {
		shown = diff_make(&d, &c, &arena) ? say_nothing_compares(&d) : show(&d, &c, &arena, a);
		status = shown ? shown : status;
	}
	diff_free(&d);
	compare_free(&c);
	arena_free(&arena);
	return status;
}

int cmd_diff(int argc, char **argv)
{
	struct arguments a = { .all = false };
	struct runs old = { 0 }, new = { 0 };
	int status;

	keep_between(argc, argv);
	options_parse(&argp, argc, argv, &a);
	status = find_sides(&a.common, &old, &new);
	if (!status)
		status = compare_runs_of(&old, &new, &a);
	runs_free(&old);
	runs_free(&new);
	return status;
}
