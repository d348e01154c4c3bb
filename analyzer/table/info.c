#include "table/info.h"

#include <string.h>

#include "dump/ops.h"

enum { PATH, PID, VERSION, USED, LENGTH, CHUNKS, RECORDS, TORN, CLOCK, RATE, STACKS, DEPTH, CHECKED, DIFFERENT, KINDS, LIVE };
static const struct column columns[] = {
	[PID]     = { "pid", "pid", .unit = UNIT_NONE },
	[VERSION] = { "version", "version", .unit = UNIT_NONE },
	[USED]    = { "bytes", "bytes", UNIT_BYTES, FROM(struct dump, bytes) },
	[LENGTH]  = { "file_bytes", "file", .unit = UNIT_BYTES },
	[CHUNKS]  = { "chunks", "chunks", UNIT_COUNT, FROM(struct dump, file.chunks) },
	[RECORDS] = { "records", "records", UNIT_COUNT, FROM(struct dump, records) },
	[TORN]    = { "torn_records", "torn", UNIT_COUNT, COLUMN_SPARE, FROM(struct dump, torn_records) },
	[CLOCK]   = { "clock", "clock", .unit = UNIT_NONE },
	[RATE]    = { "ticks_per_second", "ticks/s", UNIT_COUNT, FROM(struct dump, clock.rate) },
	[STACKS]  = { "stack_mode", "stacks", .unit = UNIT_NONE },
	[DEPTH]   = { "depth", "depth", UNIT_NONE, FROM(struct dump, file.header.depth) },
	[CHECKED] = { "stacks_checked", "checked", UNIT_COUNT, COLUMN_SPARE, FROM(struct dump, live.stacks_checked) },
	[DIFFERENT] = { "stacks_different", "different", UNIT_COUNT, COLUMN_SPARE, FROM(struct dump, live.stacks_different) },
	[KINDS]   = { "kinds", "recorded kinds", .flags = COLUMN_DATA },
	[LIVE]    = { "running", "running", .unit = UNIT_NONE },
	[PATH]    = { "path", "dump", .unit = UNIT_NONE },
};

static const char *const clock_names[] = { "CLOCK_MONOTONIC", "TSC", "CNTVCT" };
static const char *const stack_names[] = { "dwarf", "fp", "libunwind", "none", "check" };
static const char *const chunk_names[] = { "other", "events", "metadata", "late", "fork", "slots", "filtered", "resident" };

static const char *word(const char *const *list, size_t count, uint32_t index)
{
	return index < count ? list[index] : "unknown";
}
#define WORD(list, index) word(list, sizeof(list) / sizeof(*(list)), index)

static const struct names *kinds_of(const struct view_input *in, uint32_t mask)
{
	struct names *list = arena_zalloc(in->arena, sizeof(*list));

	list->at = arena_alloc(in->arena, KIND_COUNT * sizeof(*list->at));
	for (unsigned bit = 0; bit < KIND_COUNT; bit++)
		if (mask & 1u << bit)
			list->at[list->count++] = kind_name(bit);
	return list;
}

static void add_dump(const struct view_input *in, struct table *t, const struct dump *d)
{
	const struct hp_header *h = &d->file.header;
	struct cell *c = table_row(t);

	table_fill(t, c, d);
	c[PATH] = cell_name(d->file.path);
	c[PID] = cell_int(h->pid);
	c[VERSION] = cell_int(h->version);
	c[LENGTH] = cell_int(d->file.size);
	c[CLOCK] = cell_name(WORD(clock_names, h->clock));
	c[STACKS] = cell_name(WORD(stack_names, h->stack_mode));
	c[KINDS] = cell_names(kinds_of(in, h->kinds));
	c[LIVE] = cell_bool(d->file.running);
}

static const struct column option_columns[] = { { "pid", "pid", .unit = UNIT_NONE }, { "option", "option", .unit = UNIT_NONE } };

static void add_options(struct table *t, const struct dump *d)
{
	for (size_t i = 0; i < d->options.n; i++) {
		struct cell *c = table_row(t);

		c[0] = cell_int(d->file.header.pid);
		c[1] = cell_name(d->options.v[i]);
	}
}

static const struct column chunk_columns[] = {
	{ "pid", "pid", .unit = UNIT_NONE }, { "chunks", "chunks", .unit = UNIT_COUNT }, { "kind", "of", .unit = UNIT_NONE },
};

static void add_chunks(struct table *t, const struct dump *d)
{
	uint64_t counts[sizeof(chunk_names) / sizeof(chunk_names[0])] = { 0 };
	struct hp_chunk chunk;

	for (uint32_t i = dump_file_next_data(&d->file, 1); i < d->file.chunks; i = dump_file_next_data(&d->file, i + 1)) {
		long got = dump_file_read(&d->file, (uint64_t)i * HP_CHUNK_BYTES, &chunk, sizeof(chunk));

		if (got == sizeof(chunk) && chunk.magic == HP_CHUNK_MAGIC && chunk.kind <= HP_CHUNK_RESIDENT)
			counts[chunk.kind]++;
		else
			counts[0]++;
	}
	for (size_t kind = 0; kind < sizeof(counts) / sizeof(counts[0]); kind++) {
		struct cell *c;

		if (!counts[kind])
			continue;
		c = table_row(t);
		c[0] = cell_int(d->file.header.pid);
		c[1] = cell_int(counts[kind]);
		c[2] = cell_name(chunk_names[kind]);
	}
}

static const struct column drop_columns[] = {
	{ "pid", "pid", .unit = UNIT_NONE }, { "events", "events", .unit = UNIT_COUNT }, { "reason", "reason", .unit = UNIT_NONE },
};

/* Threads count their own losses, and what made the recording stop is mostly why. */
static const char *drop_reason(const struct dump *d, unsigned stop)
{
	if (stop == HP_STOP_COUNT)
		stop = d->live.stop_reason;
	return *stop_text(stop) ? stop_text(stop) : "unknown";
}

/* The recorder as a whole counts losses by reason; what is missing in its counts is the threads'. */
static void add_drops(struct table *t, const struct dump *d)
{
	uint64_t whole = dump_dropped(d), named = 0;

	for (unsigned i = 0; i <= HP_STOP_COUNT; i++) {
		uint64_t count = i < HP_STOP_COUNT ? d->live.dropped[i] : whole > named ? whole - named : 0;
		struct cell *c;

		named += count;
		if (!count)
			continue;
		c = table_row(t);
		c[0] = cell_int(d->file.header.pid);
		c[1] = cell_int(count);
		c[2] = cell_name(drop_reason(d, i));
	}
}

static const struct column damage_columns[] = {
	{ "pid", "pid", .unit = UNIT_NONE }, { "offset", "file offset", UNIT_NONE, FROM(struct dump_error, offset) },
	{ "text", "what is wrong there", .unit = UNIT_NONE },
};

static void add_damage(struct table *t, const struct dump *d)
{
	for (unsigned i = 0; i < d->damage.listed; i++) {
		struct cell *c = table_row(t);

		table_fill(t, c, &d->damage.first[i]);
		c[0] = cell_int(d->file.header.pid);
		c[2] = cell_name(d->damage.first[i].text);
	}
}

static const struct column clock_columns[] = {
	{ "pid", "pid", .unit = UNIT_NONE },
	{ "ticks", "ticks", UNIT_COUNT, FROM(struct hp_clocks, ticks) },
	{ "monotonic_ns", "monotonic", UNIT_STAMP, FROM(struct hp_clocks, monotonic) },
	{ "boottime_ns", "boottime", UNIT_STAMP, FROM(struct hp_clocks, boottime) },
	{ "realtime_ns", "realtime", UNIT_DATE, FROM(struct hp_clocks, realtime) },
};

static void add_clocks(struct table *t, const struct dump *d)
{
	for (size_t i = 0; i < d->clock.samples.n; i++) {
		struct cell *c = table_row(t);

		table_fill(t, c, &d->clock.samples.v[i]);
		c[0] = cell_int(d->file.header.pid);
	}
}

/* One table of something that each dump has. */
static void add_of_each(const struct view_input *in, struct doc *doc, struct table *t, void (*add)(struct table *, const struct dump *))
{
	for (unsigned i = 0; i < in->model->dump_count; i++)
		add(t, in->model->dumps[i]);
	doc_add(doc, t);
}

void info_add(const struct view_input *in, struct doc *doc)
{
	struct table *files = TABLE_NEW(in->arena, TABLE_ROWS, "dumps", "Dumps", columns);
	struct table *clocks = TABLE_NEW(in->arena, TABLE_ROWS, "clock_samples", "Clock samples", clock_columns);
	struct table *damage = TABLE_NEW(in->arena, TABLE_ROWS, "damage", "Damage", damage_columns);

	for (unsigned i = 0; i < in->model->dump_count; i++)
		add_dump(in, files, in->model->dumps[i]);
	doc_add(doc, files);
	doc_add(doc, differences_table(in));
	clocks->brief = true;
	damage->alarm = true;
	if (in->model->recorder.damage)
		damage->note = view_text(in, "%llu structure errors; the first of them", (unsigned long long)in->model->recorder.damage);
	add_of_each(in, doc, damage, add_damage);
	add_of_each(in, doc, TABLE_NEW(in->arena, TABLE_ROWS, "dropped", "Dropped events", drop_columns), add_drops);
	add_of_each(in, doc, TABLE_NEW(in->arena, TABLE_ROWS, "options", "Options that were not understood", option_columns), add_options);
	add_of_each(in, doc, TABLE_NEW(in->arena, TABLE_ROWS, "chunks", "Chunks", chunk_columns), add_chunks);
	add_of_each(in, doc, clocks, add_clocks);
	clocks->note = view_text(in, "%zu", clocks->row_count);
}
