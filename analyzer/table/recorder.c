/* What the recording itself was like. As text only what a reader must not miss: losses, damage, blind spots. */
#include <inttypes.h>

#include "dump/ops.h"
#include "table/info.h"
#include "util/buf.h"
#include "util/fmt.h"

enum {
	EVENTS, BYTES, RECORDS, DROPPED, TORN, EARLY, DAMAGE, STOP, BLIND, CUT, NODES, OVERHEAD, ABANDONED, REGRESSIONS, UNKNOWN_IDS,
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
	[CUT]         = { "unwind_cut", "cut stacks", UNIT_COUNT, FROM(struct recorder, unwind_cut) },
	[NODES]       = { "stack_nodes", "stack nodes", UNIT_COUNT, FROM(struct recorder, stack_nodes) },
	[OVERHEAD]    = { "overhead_ns", "cost", .unit = UNIT_NS },
	[ABANDONED]   = { "abandoned_calls", "abandoned calls", UNIT_COUNT, COLUMN_SPARE, FROM(struct recorder, abandoned_calls) },
	[REGRESSIONS] = { "time_regressions", "time regressions", UNIT_COUNT, COLUMN_SPARE, FROM(struct recorder, time_regressions) },
	[UNKNOWN_IDS] = { "unknown_ids", "unknown ids", UNIT_COUNT, COLUMN_SPARE, FROM(struct recorder, unknown_ids) },
	[HOOKS]       = { "hooks", "hooks", .unit = UNIT_NONE },
};

enum { KIND, HOOK_EVENTS, HOOK_COST };
static const struct column hook_columns[] = {
	[KIND]        = { "kind", "kind", .unit = UNIT_NONE },
	[HOOK_EVENTS] = { "events", "events", UNIT_COUNT, FROM(struct hook_figures, events) },
	[HOOK_COST]   = { "ns_per_event", "ns each", .unit = UNIT_NONE },
};

static const struct { uint32_t flag; const char *text; } blind_spots[] = {
	{ HP_FLAG_MALLOC_BYPASSED, "the program has an allocator of its own: its heap is not seen" },
	{ HP_FLAG_IMPORTS_SYSCALL, "the program can make system calls without libc: those are not seen" },
	{ HP_FLAG_SANDBOXED, "the program entered a sandbox: recording was limited from there on" },
	{ HP_FLAG_WIPEONFORK_FAILED, "the kernel has no MADV_WIPEONFORK: forks are seen by the pid only" },
	{ HP_FLAG_STARTED_OFF, "recording was off at the start (HP_START=off)" },
};
enum { BLIND_SPOTS = sizeof(blind_spots) / sizeof(blind_spots[0]) };

static const struct names *blind_spots_of(const struct view_input *in)
{
	struct names *list = arena_zalloc(in->arena, sizeof(*list));

	list->at = arena_alloc(in->arena, BLIND_SPOTS * sizeof(*list->at));
	for (size_t i = 0; i < BLIND_SPOTS; i++)
		if (in->model->recorder.flags & blind_spots[i].flag)
			list->at[list->count++] = blind_spots[i].text;
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
		if (h->has_cost)
			c[HOOK_COST] = cell_real(h->ns_per_event);
	}
	return t;
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

void recorder_blind_spots(const struct view_input *in, struct doc *doc)
{
	const struct names *blind = blind_spots_of(in);

	for (size_t i = 0; i < blind->count; i++) {
		struct table *spot = table_new(in->arena, TABLE_OBJECT, NULL, "Blind spot", NULL, 0);

		spot->note = blind->at[i];
		spot->tight = i > 0;
		doc_add(doc, spot);
	}
}

struct table *recorder_table(const struct view_input *in)
{
	const struct recorder *r = &in->model->recorder;
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "recorder", "Recorder", columns);
	struct cell *c = table_row(t);

	table_fill(t, c, r);
	c[STOP] = cell_name(r->stop_reason == HP_STOP_NONE ? NULL : stop_text(r->stop_reason));
	c[BLIND] = cell_names(blind_spots_of(in));
	c[OVERHEAD] = r->overhead_ns > 0 ? cell_int((uint64_t)r->overhead_ns) : CELL_UNKNOWN;
	c[HOOKS] = cell_table(hooks(in));
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
