/* events: what happened, in the order of time. */
#include <string.h>

#include "cmd/choice.h"
#include "cmd/cmd.h"
#include "cmd/input.h"
#include "dump/ops.h"
#include "render/render.h"
#include "table/event.h"
#include "util/buf.h"
#include "util/err.h"
#include "util/text.h"

enum { KEY_KIND = OPTIONS_KEY_FREE, ROWS_A_PIECE = 256 };

struct arguments { struct options common; unsigned kinds; };

/* Events are drawn in pieces, so that a list may be longer than memory. */
struct list {
	struct input          *in;
	const struct renderer *renderer;
	struct render          to;
	struct arena           arena;    /* of the piece */
	struct table          *table;
	unsigned kinds;
	uint64_t left;                   /* events still to be shown */
	bool     begun;
};

/* "TEXT memory, vm, ...": the caller's. */
static char *with_kinds(const char *text)
{
	struct buf list = { 0 };

	buf_adds(&list, text);
	for (unsigned bit = 0; bit < KIND_COUNT; bit++)
		buf_addf(&list, "%s %s", bit ? "," : "", kind_name(bit));
	return buf_steal(&list);
}

static char *help(int key, const char *text, void *input)
{
	(void)input;
	return key == KEY_KIND ? with_kinds(text) : (char *)(uintptr_t)text;
}

static unsigned parse_kinds(char *text, struct argp_state *state)
{
	unsigned kinds = 0;

	for (char *word = strtok(text, ","); word; word = strtok(NULL, ",")) {
		unsigned bit = 0;

		while (bit < KIND_COUNT && strcmp(kind_name(bit), word))
			bit++;
		if (bit == KIND_COUNT)
			argp_error(state, "--kind: there is no '%s'%s; %s", text_shown(word), choice_like(with_kinds("there are:"), word), with_kinds("there are:"));
		kinds |= 1u << bit;
	}
	return kinds;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT: options_init(state, &a->common); return 0;
	case KEY_KIND:      a->kinds = parse_kinds(text, state); return 0;
	default:            return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "kind", KEY_KIND, "KIND,...", 0, "Only these:", 0 },
	{ 0 },
};
static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_SELECT, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	rows, parse, "DUMP|DIR...", "What happened, in the order of time; with --json an object a line.", children, help, NULL,
};

static void flush(struct list *l)
{
	l->renderer->piece(&l->to, &l->in->doc, l->table, !l->begun);
	l->begun = true;
	arena_free(&l->arena);
	l->table = event_table(&l->arena);
}

/* Stops the stream when enough was shown, or when nobody reads on. */
static int show(void *data, const struct model_event *e)
{
	struct list *l = data;

	if (l->kinds && !(l->kinds & e->kind))
		return 0;
	event_add(&l->in->view, l->table, e);
	l->left--;
	if (l->table->row_count == ROWS_A_PIECE)
		flush(l);
	return !l->left || ferror(l->to.out);
}

static int list_events(struct input *in, const struct arguments *a)
{
	struct list l = {
		.in = in, .renderer = a->common.json ? &render_json : &render_text, .to = render_to(stdout), .kinds = a->kinds,
		.left = a->common.top ? a->common.top : UINT64_MAX,
	};

	l.table = event_table(&l.arena);
	model_events(in->model, show, &l);
	flush(&l);
	arena_free(&l.arena);
	return input_warn(in);
}

int cmd_events(int argc, char **argv)
{
	struct arguments a = { .kinds = 0 };
	struct input in;
	int status;

	options_parse(&argp, argc, argv, &a);
	if (a.common.sort)
		err_die("events: --sort: events come in the order of time; a report's tables can be sorted");
	status = input_open(&in, &a.common, MODEL_WAITS);
	if (!status)
		status = list_events(&in, &a);
	input_close(&in);
	return status;
}
