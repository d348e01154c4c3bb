/* What the recording itself was like. As text only what a reader must not miss: losses, damage, blind spots. */
#include <inttypes.h>

#include "dump/ops.h"
#include "table/info.h"
#include "table/left_out.h"
#include "util/buf.h"
#include "util/fmt.h"

enum {
	EVENTS, BYTES, RECORDS, DROPPED, TORN, EARLY, DAMAGE, STOP, BLIND, OFF, CUT, NODES, OVERHEAD, COMPENSATED, FILTER, MIN_NS, FILTERED, SHORT, SHORT_NS, LEFT_OUT, ABANDONED, REGRESSIONS, UNKNOWN_IDS,
	HOOKS,
};
static const struct column columns[] = {
	[EVENTS]      = { "events", "events", UNIT_COUNT, FROM(struct recorder, events) },
	[BYTES]       = { "bytes", "bytes", UNIT_BYTES, FROM(struct recorder, bytes) },
	[RECORDS]     = { "records", "records", UNIT_COUNT, FROM(struct recorder, records) },
	[DROPPED]     = { "dropped_events", "dropped", UNIT_COUNT, FROM(struct recorder, dropped_events) },
	[TORN]        = { "torn_records", "torn", UNIT_COUNT, FROM(struct recorder, torn_records) },
	[EARLY]       = { "early_events", "early", UNIT_COUNT, FROM(struct recorder, early_events) },
	[DAMAGE]      = { "structure_errors", "damage", UNIT_COUNT, FROM(struct recorder, damage) },
	[STOP]        = { "stop_reason", "stopped", .unit = UNIT_NONE },
	[BLIND]       = { "blind_spots", "blind spots", .flags = COLUMN_DATA },
	[OFF]         = { "kinds_off", "not recorded", .flags = COLUMN_SPARE },
	[CUT]         = { "unwind_cut", "cut stacks", UNIT_COUNT, FROM(struct recorder, unwind_cut) },
	[NODES]       = { "stack_nodes", "stack nodes", UNIT_COUNT, FROM(struct recorder, stack_nodes) },
	[OVERHEAD]    = { "overhead_ns", "cost", .unit = UNIT_NS },
	[COMPENSATED] = { "compensated", "compensated", .flags = COLUMN_DATA },
	[FILTER]      = { "filter", "HP_FILTER", .flags = COLUMN_SPARE },
	[MIN_NS]      = { "min_ns", "HP_MIN_NS", UNIT_NS, .flags = COLUMN_SPARE },
	[FILTERED]    = { "filtered_calls", "filtered calls", UNIT_COUNT, .flags = COLUMN_SPARE },
	[SHORT]       = { "short_calls", "shorter calls", UNIT_COUNT, .flags = COLUMN_SPARE },
	[SHORT_NS]    = { "short_ns", "time of those", UNIT_NS, .flags = COLUMN_SPARE },
	[LEFT_OUT]    = { "left_out", "calls left out", .flags = COLUMN_DATA },
	[ABANDONED]   = { "abandoned_calls", "abandoned calls", UNIT_COUNT, COLUMN_SPARE, FROM(struct recorder, abandoned_calls) },
	[REGRESSIONS] = { "time_regressions", "time regressions", UNIT_COUNT, COLUMN_SPARE, FROM(struct recorder, time_regressions) },
	[UNKNOWN_IDS] = { "unknown_ids", "unknown ids", UNIT_COUNT, COLUMN_SPARE, FROM(struct recorder, unknown_ids) },
	[HOOKS]       = { "hooks", "hooks", .unit = UNIT_NONE },
};

enum { KIND, HOOK_EVENTS, HOOK_COST, HOOK_INSIDE, HOOK_SPREAD, HOOK_ALL };
static const struct column hook_columns[] = {
	[KIND]        = { "kind", "kind", .unit = UNIT_NONE },
	[HOOK_EVENTS] = { "events", "events", UNIT_COUNT, FROM(struct hook_figures, events) },
	[HOOK_COST]   = { "ns_per_event", "ns each", .unit = UNIT_NONE },
	[HOOK_INSIDE] = { "ns_inside", "inside a call", .flags = COLUMN_SPARE },
	[HOOK_SPREAD] = { "ns_spread", "or more by", .unit = UNIT_NONE },
	[HOOK_ALL]    = { "overhead_ns", "cost", UNIT_NS, .flags = COLUMN_SPARE },
};

static const struct { uint32_t flag; const char *text; } blind_spots[] = {
	{ HP_FLAG_MALLOC_BYPASSED, "the program has an allocator of its own: its heap is not seen" },
	{ HP_FLAG_NEW_BYPASSED, "C++'s new and delete are an allocator's own and do not call malloc: they are not seen" },
	{ HP_FLAG_SANDBOXED, "the program entered a sandbox: recording was limited from there on" },
	{ HP_FLAG_STARTED_OFF, "recording was off at the start (HP_START=off)" },
};
enum { BLIND_SPOTS = sizeof(blind_spots) / sizeof(blind_spots[0]), OPTIONS_TOLD = 8 };

static const struct names *kinds_off(const struct view_input *in)
{
	struct names *list = arena_zalloc(in->arena, sizeof(*list));

	list->at = arena_alloc(in->arena, KIND_COUNT * sizeof(*list->at));
	for (unsigned bit = 0; bit < KIND_COUNT; bit++)
		if (in->model->recorder.kinds_off & 1u << bit)
			list->at[list->count++] = kind_name(bit);
	return list;
}

/* With HP_HOOKS less than everything is recorded: a zero is not what it seems. */
static const char *off_text(const struct view_input *in)
{
	const struct names *off = kinds_off(in);
	struct buf list = { 0 };
	const char *text;

	for (size_t i = 0; i < off->count; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", off->at[i]);
	text = view_text(in, "HP_HOOKS left these kinds of events out, so that nothing is known of them: %s", buf_text(&list));
	buf_free(&list);
	return text;
}

static const struct names *blind_spots_of(const struct view_input *in)
{
	struct names *list = arena_zalloc(in->arena, sizeof(*list));

	list->at = arena_alloc(in->arena, (BLIND_SPOTS + 1 + OPTIONS_TOLD) * sizeof(*list->at));
	for (unsigned i = 0; i < in->model->dump_count; i++)
		for (size_t k = 0; k < in->model->dumps[i]->options.n && list->count < OPTIONS_TOLD; k++)
			list->at[list->count++] = view_text(in, "without effect: %s", in->model->dumps[i]->options.v[k]);
	for (size_t i = 0; i < BLIND_SPOTS; i++)
		if (in->model->recorder.flags & blind_spots[i].flag)
			list->at[list->count++] = blind_spots[i].text;
	if (in->model->recorder.kinds_off)
		list->at[list->count++] = off_text(in);
	return list;
}

static struct table *hooks(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_MAP, "hooks", "Events by kind", hook_columns);

	for (unsigned bit = 0; bit < KIND_COUNT; bit++) {
		const struct hook_figures *h = &in->model->recorder.hooks[bit];
		struct cell *c = table_row(t);

		table_fill(t, c, h);
		c[KIND] = cell_name(kind_name(bit));
		if (!h->events && in->model->recorder.kinds_off & 1u << bit)
			c[HOOK_EVENTS] = CELL_UNKNOWN;
		if (!h->has_cost)
			continue;
		c[HOOK_COST] = cell_real(h->ns_per_event);
		c[HOOK_SPREAD] = cell_real(h->spread_ns);
		c[HOOK_ALL] = cell_int((uint64_t)((double)h->events * h->ns_per_event));
		if (h->inside_ns > 0)
			c[HOOK_INSIDE] = cell_real(h->inside_ns);
	}
	return t;
}

enum { TAKEN, SPREAD, UNMEASURED };
static const struct column compensated_columns[] = {
	[TAKEN]      = { "taken_ns", "taken out", UNIT_NS, FROM(struct compensation, taken_ns) },
	[SPREAD]     = { "uncertainty_ns", "uncertain by", UNIT_NS, FROM(struct compensation, spread_ns) },
	[UNMEASURED] = { "unmeasured_events", "not measured", UNIT_COUNT, FROM(struct compensation, unmeasured_events) },
};

static struct table *compensated(const struct view_input *in)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "compensated", "Compensated", compensated_columns);

	table_fill(t, table_row(t), &in->model->compensation);
	return t;
}

const char *recorder_compensation(const struct view_input *in)
{
	const struct compensation *c = &in->model->compensation;

	if (!in->model->options.compensate)
		return NULL;
	return view_text(in, "%s of the recorder's own cost taken out, or up to %s more%s", fmt_duration(c->taken_ns).s,
	                 fmt_duration(c->spread_ns).s,
	                 c->unmeasured_events ? view_text(in, "; not that of %s which was not measured",
	                                                  view_count(in, c->unmeasured_events, "event")) : "");
}

/* What recording cost, by kind: a line for people. */
static const char *overhead_of(const struct view_input *in)
{
	const struct recorder *r = &in->model->recorder;
	struct buf text = { 0 };
	const char *copy;

	for (unsigned bit = 0; bit < KIND_COUNT; bit++) {
		const struct hook_figures *h = &r->hooks[bit];
		double ns = (double)h->events * h->ns_per_event;

		if (ns * 100 >= r->overhead_ns && ns > 0)
			buf_addf(&text, "%s%s %s (%s of %.0f ns)", text.n ? ", " : "", kind_name(bit), fmt_duration((uint64_t)ns).s,
			         fmt_count(h->events).s, h->ns_per_event);
	}
	copy = text.n ? view_text(in, "some %s: %s", fmt_duration((uint64_t)r->overhead_ns).s, buf_text(&text)) : NULL;
	buf_free(&text);
	return copy;
}

void recorder_cost(const struct view_input *in, struct doc *doc)
{
	struct table *t = table_new(in->arena, TABLE_OBJECT, NULL, "Cost of recording", NULL, 0);

	t->note = overhead_of(in);
	if (t->note)
		doc_add(doc, t);
}

static const struct dump_error *first_damage(const struct model *m)
{
	for (unsigned i = 0; i < m->dump_count; i++)
		if (m->dumps[i]->damage.listed)
			return &m->dumps[i]->damage.first[0];
	return NULL;
}

const char *recorder_losses(const struct view_input *in)
{
	const struct dump_error *first = first_damage(in->model);
	const struct recorder *r = &in->model->recorder;
	struct buf text = { 0 };
	const char *copy;

	if (r->dropped_events)
		buf_addf(&text, "%s events were dropped", fmt_count(r->dropped_events).s);
	if (r->stop_reason != HP_STOP_NONE)
		buf_addf(&text, "%s%s", text.n ? ": " : "recording stopped: ", stop_text(r->stop_reason));
	if (r->damage)
		buf_addf(&text, "%s%s", text.n ? "; " : "", view_count(in, r->damage, "structure error"));
	if (r->damage && first)
		buf_addf(&text, ", first %s, at file offset %" PRIu64, first->text, first->offset);
	if (!text.n)
		return NULL;
	buf_addf(&text, ". The figures are of what was recorded; `hp-analyze info %s` says more", in->dumps);
	copy = arena_strdup(in->arena, buf_text(&text));
	buf_free(&text);
	return copy;
}

static void add_line(const struct view_input *in, struct doc *doc, const char *title, const char *text, bool first)
{
	struct table *line = table_new(in->arena, TABLE_OBJECT, NULL, title, NULL, 0);

	line->note = text;
	line->tight = !first;
	doc_add(doc, line);
}

void recorder_blind_spots(const struct view_input *in, struct doc *doc)
{
	const struct names *blind = blind_spots_of(in);
	const char *left_out[LEFT_OUT_LINES];
	size_t n = left_out_lines(in, left_out);

	for (size_t i = 0; i < blind->count; i++)
		add_line(in, doc, "Blind spot", blind->at[i], !i);
	for (size_t i = 0; i < n; i++)
		add_line(in, doc, "Left out", left_out[i], !i && !blind->count);
}

struct table *recorder_table(const struct view_input *in)
{
	const struct recorder *r = &in->model->recorder;
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "recorder", "Recorder", columns);
	struct cell *c = table_row(t);

	table_fill(t, c, r);
	c[STOP] = cell_name(r->stop_reason == HP_STOP_NONE ? NULL : stop_text(r->stop_reason));
	c[BLIND] = cell_names(blind_spots_of(in));
	c[OFF] = cell_names(kinds_off(in));
	c[OVERHEAD] = r->overhead_ns > 0 ? cell_int((uint64_t)r->overhead_ns) : CELL_UNKNOWN;
	c[HOOKS] = cell_table(hooks(in));
	c[FILTER] = cell_name(in->model->left_out.filter);
	c[MIN_NS] = in->model->left_out.min_ns ? cell_int(in->model->left_out.min_ns) : CELL_UNKNOWN;
	c[FILTERED] = cell_int(in->model->left_out.calls);
	c[SHORT] = cell_int(in->model->left_out.short_calls);
	c[SHORT_NS] = cell_int(in->model->left_out.short_ns);
	c[LEFT_OUT] = cell_table(left_out_table(in));
	if (in->model->options.compensate)
		c[COMPENSATED] = cell_table(compensated(in));
	return t;
}

static void add(const struct view_input *in, struct doc *doc)
{
	struct table *t = recorder_table(in);

	t->note = recorder_losses(in);
	t->title = t->note ? "Not complete" : NULL;
	t->brief = t->alarm = true;
	doc_add(doc, t);
	recorder_blind_spots(in, doc);
}

const struct view view_recorder = { .name = NULL, .parts = 0, .add = add };
