/* tree: one figure along the call paths. */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/input.h"
#include "table/info.h"
#include "table/tree.h"
#include "util/buf.h"
#include "util/text.h"
#include "util/vec.h"

enum { KEY_METRIC = OPTIONS_KEY_FREE, KEY_DEPTH, KEY_MIN, KEY_REVERSE };

struct weights { VEC_FIELDS(uint64_t) bool calls; };

struct metric {
	const char *name, *title;
	enum unit   unit;
	unsigned    parts;   /* of the model; 0: read from the events themselves */
	uint64_t  (*of_site)(const struct memory_site *);
	void      (*of_model)(const struct model *, struct weights *);
	uint64_t  (*of_event)(const struct model_event *);
};

/* ---- figures of the heap ---- */

static uint64_t bytes_of(const struct memory_site *s)  { return s->bytes; }
static uint64_t peak_of(const struct memory_site *s)   { return s->peak_bytes; }
static uint64_t leaked_of(const struct memory_site *s) { return s->leaked_bytes; }
static uint64_t calls_of(const struct memory_site *s)  { return s->calls; }

/* ---- time ---- */

/* With instrumented functions, their own time; else the time between events, and in calls, of each call path. */
static void time_of(const struct model *m, struct weights *w)
{
	const struct functions *f = &m->functions;

	w->calls = f->nodes.n > 1;
	for (uint32_t i = 0; w->calls && i < f->nodes.n; i++)
		vec_push(w, f->nodes.v[i].self_ns);
	for (uint32_t i = 0; !w->calls && i < f->between.n; i++)
		vec_push(w, f->between.v[i].self_ns + f->between.v[i].wait_ns);
}

static uint64_t io_of(const struct model_event *e)
{
	return e->kind & (HP_IO | HP_STDIO) ? e->duration_ns : 0;
}

static uint64_t wait_of(const struct model_event *e)
{
	return e->kind & (HP_LOCK | HP_WAIT | HP_THREAD) ? e->duration_ns : 0;
}

static const struct metric metrics[] = {
	{ "time", "Time by call path", UNIT_NS, MODEL_ALL, .of_model = time_of },
	{ "wait", "Waiting for locks, conditions, threads and events, by call path", UNIT_NS, 0, .of_event = wait_of },
	{ "io-time", "Time in I/O by call path", UNIT_NS, 0, .of_event = io_of },
	{ "alloc-bytes", "Bytes allocated by call path", UNIT_BYTES, MODEL_MEMORY, .of_site = bytes_of },
	{ "alloc-calls", "Allocations by call path", UNIT_COUNT, MODEL_MEMORY, .of_site = calls_of },
	{ "peak-bytes", "Memory at its peak by call path", UNIT_BYTES, MODEL_MEMORY, .of_site = peak_of },
	{ "leaked-bytes", "Memory never freed by call path", UNIT_BYTES, MODEL_MEMORY, .of_site = leaked_of },
};
enum { METRICS = sizeof(metrics) / sizeof(metrics[0]) };

struct arguments {
	struct options common;
	const struct metric *metric;
	struct tree_options tree;
	bool has_min;
};

/* "TEXT time, wait, ...": the caller's. */
static char *with_metrics(const char *text)
{
	struct buf list = { 0 };

	buf_adds(&list, text);
	for (size_t i = 0; i < METRICS; i++)
		buf_addf(&list, "%s %s", i ? "," : "", metrics[i].name);
	return buf_steal(&list);
}

static const struct metric *parse_metric(const char *name, struct argp_state *state)
{
	for (size_t i = 0; i < METRICS; i++)
		if (!strcmp(metrics[i].name, name))
			return &metrics[i];
	argp_error(state, "--metric: there is no '%s'; %s", text_shown(name), with_metrics("there are:"));
	return NULL;
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
		argp_error(state, "--min: '%s' is no percentage", text_shown(text));
	return value;
}

static uint32_t parse_depth(const char *text, struct argp_state *state)
{
	uint64_t depth = 0;

	if (parse_count(text, UINT32_MAX, &depth))
		argp_error(state, "--depth: '%s' is not a number of levels", text_shown(text));
	return (uint32_t)depth;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT: options_init(state, &a->common); return 0;
	case KEY_METRIC:    a->metric = parse_metric(text, state); return 0;
	case KEY_DEPTH:     a->tree.depth = parse_depth(text, state); return 0;
	case KEY_MIN:       a->tree.min = parse_percent(text, state); a->has_min = true; return 0;
	case KEY_REVERSE:   a->tree.reverse = true; return 0;
	default:            return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "metric", KEY_METRIC, "METRIC", 0, "Show this, the first unless it is given:", 0 },
	{ "depth", KEY_DEPTH, "N", 0, "Show N levels", 0 },
	{ "min", KEY_MIN, "PERCENT", 0, "Leave out what is less; 1 unless --json is given", 0 },
	{ "reverse", KEY_REVERSE, NULL, 0, "From the innermost functions out to their callers", 0 },
	{ 0 },
};
static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_OUTPUT, OPTIONS_SELECT, OPTIONS_TIMES, OPTIONS_SYMBOLS, OPTIONS_HELP, { 0 } };
static const struct argp argp = { rows, parse, "DUMP|DIR...", "One figure along the call paths.", children, help, NULL };

struct sum { const struct metric *metric; struct weights *weights; const struct model_options *options; };

static int add_event(void *data, const struct model_event *e)
{
	struct sum *sum = data;
	struct model_event part = *e;
	uint64_t value, from = sum->options->from_ns, to = sum->options->to_ns ? sum->options->to_ns : UINT64_MAX;

	part.duration_ns = (e->ns < to ? e->ns : to) - (e->start_ns > from ? e->start_ns : from);
	value = e->duration_ns ? sum->metric->of_event(&part) : 0;

	if (!value)
		return 0;
	vec_ensure(sum->weights, e->stack);
	sum->weights->v[e->stack] += value;
	return 0;
}

static void sum_sites(const struct model *m, const struct metric *metric, struct weights *w)
{
	for (size_t i = 0; i < m->memory.sites.n; i++) {
		const struct memory_site *s = &m->memory.sites.v[i];

		vec_ensure(w, s->stack);
		w->v[s->stack] += metric->of_site(s);
	}
}

static int collect(struct input *in, const struct metric *metric, struct weights *w)
{
	struct sum sum = { metric, w, &in->model->options };
	int status;

	in->model->options.crossing = 1;
	if (metric->of_event)
		return model_events(in->model, add_event, &sum) < 0 ? CMD_UNUSABLE : CMD_DONE;
	status = input_run(in);
	if (metric->of_site)
		sum_sites(in->model, metric, w);
	else
		metric->of_model(in->model, w);
	return status;
}

/* Below the tree: by how much its times are compensated. */
static void add_note(struct input *in)
{
	struct table *t = table_new(&in->arena, TABLE_OBJECT, NULL, "Compensated", NULL, 0);

	t->note = recorder_compensation(&in->view);
	doc_add(&in->doc, t);
}

static int draw(struct input *in, const struct arguments *a)
{
	struct weights w = { 0 };
	int status = collect(in, a->metric, &w);

	in->doc.schema = 1;
	doc_add(&in->doc, tree_table(&in->view, a->metric->name, a->metric->title, a->metric->unit,
	                             &(struct tree_weights){ w.v, w.n, w.calls }, &a->tree));
	if (a->metric->of_model && recorder_compensation(&in->view))
		add_note(in);
	vec_free(&w);
	if (!status)
		status = input_draw(in, &a->common, UINT64_MAX);
	return status == CMD_DAMAGED ? input_warn(in) : status;
}

int cmd_tree(int argc, char **argv)
{
	struct arguments a = { .metric = &metrics[0] };
	struct input in;
	int status;

	options_parse(&argp, argc, argv, &a);
	if (!a.has_min && !a.common.json)
		a.tree.min = 1;
	status = input_open(&in, &a.common, a.metric->parts ? a.metric->parts : MODEL_WAITS);
	if (!status)
		status = draw(&in, &a);
	input_close(&in);
	return status;
}
