/* export: a recording for other tools. */
#include <stdlib.h>
#include <string.h>

#include "cmd/choice.h"
#include "cmd/cmd.h"
#include "cmd/input.h"
#include "cmd/output.h"
#include "export/export.h"
#include "util/alloc.h"
#include "util/err.h"
#include "util/progress.h"
#include "util/text.h"

enum { PROGRESS_EVERY = 1 << 16 };
enum { KEY_TO = OPTIONS_KEY_FREE, KEY_METRIC, KEY_MIN_NS, KEY_MAX_BYTES, KEY_VIEW };

struct arguments {
	struct options common;
	struct export  e;
	const char    *metric;
};

/* The readings that an exporter has opened; the last one knows of losses. */
struct readings { const struct options *options; VEC(struct input *) v; int status; };

/* ---- options ---- */

static char *with_formats(const char *text)
{
	struct buf list = { 0 };

	buf_adds(&list, text);
	for (size_t i = 0; exporters[i]; i++)
		buf_addf(&list, "%s %s", i ? "," : "", exporters[i]->name);
	return buf_steal(&list);
}

/* "time_ns, self_ns, ...": of a format. */
static void add_metrics(struct buf *list, uint32_t mask)
{
	bool begun = false;

	for (unsigned i = 0; i < METRIC_COUNT; i++)
		if (mask & 1u << i) {
			buf_addf(list, "%s %s", begun ? "," : "", metrics[i].name);
			begun = true;
		}
}

static char *after_options(void)
{
	struct buf text = { 0 };

	buf_adds(&text, "Formats, and what opens them:\n");
	for (size_t i = 0; exporters[i]; i++)
		buf_addf(&text, "  %-11s %s\n", exporters[i]->name, exporters[i]->opened_by);
	buf_adds(&text, "\nMetrics of folded, pprof, callgrind and speedscope:\n");
	for (unsigned i = 0; i < METRIC_COUNT; i++)
		buf_addf(&text, "  %-16s %s\n", metrics[i].name, metrics[i].what);
	return buf_steal(&text);
}

static char *help(int key, const char *text, void *input)
{
	if (key == KEY_TO)
		return with_formats(text);
	return key == ARGP_KEY_HELP_POST_DOC ? after_options() : (char *)(uintptr_t)text;
}

/* As everywhere --to is also a time; no format is called like one. */
static void parse_to(const char *text, struct arguments *a, struct argp_state *state)
{
	const struct exporter *format = exporter_find(text);

	if (format)
		a->e.format = format;
	else if (parse_time(text, &a->common.to))
		argp_error(state, "--to: there is no format '%s'%s; %s", text_shown(text), choice_like(with_formats("there are:"), text), with_formats("there are:"));
}

/* A plain number is ns. */
static uint64_t parse_min(const char *text, struct argp_state *state)
{
	uint64_t ns = 0;

	if (parse_count(text, UINT64_MAX, &ns) && parse_duration(text, &ns))
		argp_error(state, "--min-ns: '%s' is no duration", text_shown(text));
	return ns;
}

static uint64_t parse_max(const char *text, struct argp_state *state)
{
	uint64_t bytes = 0;

	if (parse_size(text, &bytes) || !bytes)
		argp_error(state, "--max-bytes: '%s' is no size, such as 20MiB", text_shown(text));
	return bytes;
}

static void check_metric(struct arguments *a, struct argp_state *state)
{
	const struct exporter *format = a->e.format;
	unsigned found = a->metric ? metric_find(a->metric) : 0;
	struct buf list = { 0 };

	if (!a->metric)
		return;
	if (!format->metrics)
		argp_error(state, "--metric: %s holds all that it can; there is nothing to choose", format->name);
	if (found < METRIC_COUNT && format->metrics & 1u << found) {
		a->e.metric = &metrics[found];
		return;
	}
	add_metrics(&list, format->metrics);
	argp_error(state, "--metric: %s has no '%s'; there are:%s", format->name, text_shown(a->metric), buf_text(&list));
}

static void check(struct arguments *a, struct argp_state *state)
{
	const struct exporter *format = a->e.format;

	if (!format) {
		argp_error(state, "which format? Give --to FORMAT; %s", with_formats("there are:"));
		return;
	}
	if (!a->common.output)
		argp_error(state, "where to? Give -o FILE; -o - is the standard output");
	if (a->e.min_ns && !format->slices)
		argp_error(state, "--min-ns: %s holds sums, not single calls", format->name);
	if (a->common.compensate && format->slices && !format->tables && !a->metric)
		argp_error(state, "--compensate: %s shows calls as they were recorded; sums by call path can be compensated", format->name);
	if (a->e.table && !format->tables)
		argp_error(state, "--view: only csv holds one table of the report");
	check_metric(a, state);
}

static error_t parse(int key, char *text, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT: options_init(state, &a->common); return 0;
	case KEY_TO:        parse_to(text, a, state); return 0;
	case KEY_METRIC:    a->metric = text; return 0;
	case KEY_MIN_NS:    a->e.min_ns = parse_min(text, state); return 0;
	case KEY_MAX_BYTES: a->e.max_bytes = parse_max(text, state); return 0;
	case KEY_VIEW:      a->e.table = text; return 0;
	case ARGP_KEY_END:  check(a, state); return 0;
	default:            return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option rows[] = {
	{ "to", KEY_TO, "FORMAT", 0, "One of:", 0 },
	{ "metric", KEY_METRIC, "METRIC", 0, "The figure of folded and speedscope, and what pprof and callgrind show first", 0 },
	{ "min-ns", KEY_MIN_NS, "NS", 0, "Leave single calls out that are shorter; also 5us, 1ms", 0 },
	{ "max-bytes", KEY_MAX_BYTES, "SIZE", 0, "Write no more than this, such as 20MiB: the least important is left out, or summed up", 0 },
	{ "budget", KEY_MAX_BYTES, NULL, OPTION_ALIAS, NULL, 0 },
	{ "view", KEY_VIEW, "TABLE", 0, "csv: this table of the report, such as functions, memory.sites, locks.waiters, events", 0 },
	{ 0 },
};
static const struct argp_child children[] = { OPTIONS_PATHS, OPTIONS_SELECT, OPTIONS_TIMES, OPTIONS_MEMORY, OPTIONS_SYMBOLS, OPTIONS_FILE, OPTIONS_HELP, { 0 } };
static const struct argp argp = {
	rows, parse, "DUMP|DIR...", "A recording for other tools.\v", children, help, NULL,
};

/* ---- readings ---- */

static const struct view_input *open_reading(struct export *e, unsigned parts, const struct model_watch *watch)
{
	struct readings *r = e->caller;
	struct input *in = xcalloc(1, sizeof(*in));

	vec_push(&r->v, in);
	r->status = input_open(in, r->options, parts);
	if (r->status)
		return NULL;
	in->model->options.watch = watch;
	return &in->view;
}

static struct input *input_of(struct export *e, const struct view_input *view)
{
	const struct readings *r = e->caller;
	size_t i = 0;

	while (&r->v.v[i]->view != view)
		i++;
	return r->v.v[i];
}

static void run_reading(struct export *e, const struct view_input *view)
{
	input_run(input_of(e, view));
}

/* How far it is, time tells well enough. */
struct stream { int (*each)(void *, const struct model_event *); void *data; struct progress bar; uint64_t events, told_ns; };

static int pass_on(void *data, const struct model_event *event)
{
	struct stream *s = data;

	if (++s->events % PROGRESS_EVERY == 0 && event->ns > s->told_ns) {
		progress_add(&s->bar, event->ns - s->told_ns);
		s->told_ns = event->ns;
	}
	return s->each(s->data, event);
}

static void stream_reading(struct export *e, const struct view_input *view, int (*each)(void *, const struct model_event *), void *data)
{
	struct stream s = { .each = each, .data = data };

	progress_begin(&s.bar, "exporting events", view->model->duration_ns);
	model_events(input_of(e, view)->model, pass_on, &s);
	progress_end(&s.bar);
}

static struct slices_window window_of_reading(struct export *e, const struct view_input *view)
{
	return slices_window(input_of(e, view)->model);
}

static int close_readings(struct readings *r)
{
	int status = r->v.n && !r->status ? input_warn(r->v.v[r->v.n - 1]) : r->status;

	for (size_t i = 0; i < r->v.n; i++) {
		input_close(r->v.v[i]);
		free(r->v.v[i]);
	}
	vec_free(&r->v);
	return status;
}

/* ---- the file ---- */

static int write_output(struct arguments *a, const struct readings *r)
{
	struct output o;
	struct sink sink = { .out = NULL };
	int status = output_open(&o, a->common.output, a->e.format->binary);

	if (!status) {
		sink.out = o.file;
		a->e.sink = &sink;
		status = a->e.format->write(&a->e) ? (r->status ? r->status : CMD_UNUSABLE) : CMD_DONE;
		if (a->e.error.n)
			err_warn("export: %s", a->e.error.s);
	}
	return output_close(&o, status);
}

int cmd_export(int argc, char **argv)
{
	struct arguments a = { .metric = NULL };
	struct readings r = { .options = &a.common };
	int status, read;

	options_parse(&argp, argc, argv, &a);
	a.e.open = open_reading;
	a.e.run = run_reading;
	a.e.stream = stream_reading;
	a.e.window = window_of_reading;
	a.e.caller = &r;
	status = write_output(&a, &r);
	if (!status && a.e.left_out.n)
		err_warn("left out: %s", a.e.left_out.s);
	read = close_readings(&r);
	buf_free(&a.e.left_out);
	buf_free(&a.e.error);
	return status ? status : read;
}
