/* tree: what happened along the call paths. */
#include <stdlib.h>
#include <string.h>

#include "cmd/choice.h"
#include "cmd/cmd.h"
#include "cmd/input.h"
#include "table/info.h"
#include "table/tree.h"
#include "util/buf.h"
#include "util/err.h"
#include "util/text.h"

enum { KEY_METRIC = OPTIONS_KEY_FREE, KEY_DEPTH, KEY_MIN, KEY_REVERSE, KEY_PER_THREAD, KEY_PERCENTILES };

/* Every path appears as often from its end as it is deep: bottom-up, all of them are too many to be read by anything. */
#define BOTTOM_UP_LEAST 0.01

struct arguments {
	struct options common;
	struct tree_options tree;
	bool has_min;
};

/* "TEXT time, wait, ...": the caller's. */
static char *with_metrics(const char *text)
{
	struct buf list = { 0 };

	buf_adds(&list, text);
	for (const struct tree_metric *m = tree_metrics; m->name; m++)
		buf_addf(&list, "%s %s", m == tree_metrics ? "" : ",", m->name);
	return buf_steal(&list);
}

static const struct tree_metric *parse_metric(const char *name, struct argp_state *state)
{
	const struct tree_metric *m = tree_metric_find(name);

	if (!m)
		argp_error(state, "--metric: there is no '%s'%s; %s", text_shown(name), choice_like(with_metrics("there are:"), name), with_metrics("there are:"));
	return m;
}

static char *help(int key, const char *text, void *input)
{
	(void)input;
	return key == KEY_METRIC ? with_metrics(text) : (char *)(uintptr_t)text;
}

static double parse_percent(const char *text, struct argp_state *state)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || (*end && strcmp(end, "%")) || !(value >= 0 && value <= 100))
		argp_error(state, "--min-share: '%s' is no percentage", text_shown(text));
	return value;
}

static uint32_t parse_depth(const char *text, struct argp_state *state)
{
	uint64_t depth = 0;

	if (parse_count(text, UINT32_MAX, &depth))
		argp_error(state, "--depth: '%s' is not a number of levels", text_shown(text));
	return (uint32_t)depth;
}

static void parse_percentiles(struct percentiles *p, const char *text, struct argp_state *state)
{
	size_t place;

	if (percentiles_parse(p, text, &place))
		argp_error(state, PERCENTILES_REFUSED, text_shown(text + place), PERCENTILES_MOST);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:  options_init(state, &a->common); return 0;
	case KEY_METRIC:     a->tree.metric = parse_metric(text, state); return 0;
	case KEY_DEPTH:      a->tree.depth = parse_depth(text, state); return 0;
	case KEY_MIN:        a->tree.min = parse_percent(text, state); a->has_min = true; return 0;
	case KEY_REVERSE:    a->tree.reverse = true; return 0;
	case KEY_PERCENTILES: parse_percentiles(&a->tree.percentiles, text, state); return 0;
	case KEY_PER_THREAD: a->common.per_thread = 1; return 0;
	default:             return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "metric", KEY_METRIC, "METRIC", 0, "Sort by this and show shares of it, the first unless it is given:", 0 },
	{ "bottom-up", KEY_REVERSE, NULL, 0, "From the innermost functions out to their callers", 0 },
	{ "reverse", 0, NULL, OPTION_ALIAS, NULL, 0 },
	{ "per-thread", KEY_PER_THREAD, NULL, 0, "A tree for each thread", 0 },
	{ "percentiles", KEY_PERCENTILES, "P,...", 0, "Percentiles of the calls along each path, from the top down: 50,95,99.9", 0 },
	{ "depth", KEY_DEPTH, "N", 0, "Show N levels", 0 },
	{ "min-share", KEY_MIN, "PERCENT", 0, "Leave out what is less; 1, with --json 0, with --json and --bottom-up 0.01, unless it is given", 0 },
	{ "min", 0, NULL, OPTION_ALIAS | OPTION_HIDDEN, NULL, 0 },
	{ 0 },
};
static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_SELECT, OPTIONS_TIMES, OPTIONS_MEMORY, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	rows, parse, "DUMP|DIR...",
	"What happened along the call paths: function calls, time, waits, I/O and memory in one tree. Of functions that --function names: "
	"who calls them, and what they call."
	"\vWith --json each node has all figures, but those that are 0 in the whole tree: with what is below it, and \"self\" and "
	"\"self_ns\" without; \"calls\" and \"open_calls\" (cut by longjmp, an exception, the end of the thread or of the recording) "
	"are its own. Frames of code that is not instrumented appear where there were events below them.",
	children, help, NULL,
};

/* Below the tree: by how much its times are compensated. */
static void add_note(struct input *in)
{
	struct table *t = table_new(&in->arena, TABLE_OBJECT, NULL, "Compensated", NULL, 0);

	t->note = recorder_compensation(&in->view);
	doc_add(&in->doc, t);
}

static int no_function(const struct arguments *a)
{
	err_warn("--function: there is no '%s' on any call path of this recording; `report --view functions` lists them",
	         text_shown(a->tree.function));
	return CMD_UNUSABLE;
}

static int draw(struct input *in, const struct arguments *a)
{
	int status;

	in->names_all = 1;
	status = input_run(in);
	if (status)
		return status;
	in->doc.schema = 1;
	if (!tree_add(&in->view, &in->doc, &a->tree))
		return no_function(a);
	if (a->tree.metric->unit == UNIT_NS && recorder_compensation(&in->view))
		add_note(in);
	status = input_draw(in, &a->common, UINT64_MAX);
	return status == CMD_DAMAGED ? input_warn(in) : status;
}

int cmd_tree(int argc, char **argv)
{
	static const struct calls_wanted by_node = { .by_node = 1 };
	struct arguments a = { .tree.metric = tree_metrics };
	struct input in;
	int status;

	options_parse(&argp, argc, argv, &a);
	if (a.common.sort)
		err_die("tree: --sort: a tree is sorted by its --metric");
	a.tree.function = a.common.function;  /* shares are of the whole run, so it must be read as a whole */
	a.common.function = NULL;
	if (!a.has_min)
		a.tree.min = !a.common.json ? 1 : a.tree.reverse ? BOTTOM_UP_LEAST : 0;
	status = input_open(&in, &a.common, MODEL_ALL | MODEL_PATHS);
	if (!status && a.tree.percentiles.n)
		in.model->options.calls = &by_node;
	if (!status)
		status = draw(&in, &a);
	input_close(&in);
	return status;
}
