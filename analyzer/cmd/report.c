/* report: where time and memory went. */
#include <string.h>

#include "cmd/choice.h"
#include "cmd/cmd.h"
#include "cmd/function_options.h"
#include "cmd/input.h"
#include "dump/trim.h"
#include "util/buf.h"
#include "util/text.h"

enum { FUNCTIONS_CHILD = 0, KEY_VIEW = OPTIONS_KEY_FREE, ROWS_OF_VIEW = 20, ROWS_OF_SUMMARY = 8 };

struct arguments { struct options common; struct function_options functions; const struct view *view; };

/* "TEXT memory, functions, ...": the caller's. */
static char *with_views(const char *text)
{
	struct buf list = { 0 };

	buf_adds(&list, text);
	for (size_t i = 0; views[i]; i++)
		if (views[i]->name)
			buf_addf(&list, "%s %s", list.s[list.n - 1] == ':' ? "" : ",", views[i]->name);
	return buf_steal(&list);
}

static const struct view *parse_view(const char *name, struct argp_state *state)
{
	const struct view *view = view_find(name);

	if (!view)
		argp_error(state, "--view: there is no view '%s'%s; %s", text_shown(name), choice_like(with_views("there are:"), name), with_views("there are:"));
	return view;
}

static char *help(int key, const char *text, void *input)
{
	(void)input;
	return key == KEY_VIEW ? with_views(text) : (char *)(uintptr_t)text;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		options_init(state, &a->common);
		state->child_inputs[FUNCTIONS_CHILD] = &a->functions;
		return 0;
	case KEY_VIEW: a->view = parse_view(text, state); return 0;
	default:       return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "view", KEY_VIEW, "VIEW", 0, "Show this in full:", 0 },
	{ 0 },
};
static const struct argp_child children[] = {
	[FUNCTIONS_CHILD] = OPTIONS_FUNCTIONS,
	OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_SELECT, OPTIONS_TIMES, OPTIONS_MEMORY, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 },
};
static const struct argp argp = {
	rows, parse, "DUMP|DIR...", "Where time and memory went. Without --view: a summary of one screen.", children, help, NULL,
};

/* Every report has the views without a name; then the one that was asked for, or the summary; JSON has all. */
static bool is_wanted(const struct arguments *a, const struct view *v)
{
	if (!v->name)
		return true;
	if (a->view)
		return v == a->view;
	return a->common.json || !strcmp(v->name, "summary");
}

static unsigned parts_of(const struct arguments *a)
{
	unsigned parts = 0;

	for (size_t i = 0; views[i]; i++)
		if (is_wanted(a, views[i]))
			parts |= views[i]->parts;
	return parts ? parts : MODEL_WAITS;
}

/* JSON is complete, so that it has all call paths; the functions are made from them. Not so when parts only were asked for. */
static bool shows_all(const struct arguments *a)
{
	const struct options *o = &a->common;

	if (o->function || o->module || o->filter || o->thread >= 0 || o->from.kind != PARSE_TIME_NONE || o->to.kind != PARSE_TIME_NONE)
		return false;
	return a->view ? a->view == view_find("functions") : o->json && !o->top;
}

static int report(struct input *in, const struct arguments *a)
{
	int status;

	in->names_all = shows_all(a);
	status = input_run(in);
	if (!status)
		status = function_options_check(&a->functions);
	if (status)
		return status;
	in->doc.schema = 1;
	for (size_t i = 0; views[i]; i++)
		if (is_wanted(a, views[i]))
			views[i]->add(&in->view, &in->doc);
	return input_draw(in, &a->common, a->view ? ROWS_OF_VIEW : ROWS_OF_SUMMARY);
}

/* Dumps whose process is still running keep what is reserved for them. */
static void give_back_tails(const struct dumps *dumps)
{
	for (size_t i = 0; i < dumps->n; i++)
		dump_trim(dumps->v[i], NULL, NULL);
}

int cmd_report(int argc, char **argv)
{
	struct arguments a = { .view = NULL };
	struct input in;
	int status;

	options_parse(&argp, argc, argv, &a);
	if (!a.view && function_options_given(&a.functions))
		a.view = view_find("functions");
	status = input_open(&in, &a.common, parts_of(&a));
	if (!status) {
		function_options_apply(&a.functions, &in);
		status = report(&in, &a);
	}
	give_back_tails(&in.dumps);
	input_close(&in);
	return status;
}
