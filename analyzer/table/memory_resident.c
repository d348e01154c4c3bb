/* memory.rss: where the resident memory of the processes is, as it was seen from outside. */
#include "table/memory.h"
#include "table/summary.h"
#include "util/buf.h"
#include "util/fmt.h"

enum { LOOK_PID = RESIDENT_PART_COUNT + 3, LOOK_COLUMNS };
#define LOOK_ROWS(flags_) \
	{ "time_ns", "at", UNIT_TIME, flags_, FROM(struct resident_look, ns) }, \
	{ "rss_bytes", "resident", UNIT_BYTES, flags_, FROM(struct resident_look, rss) }, \
	RESIDENT_PARTS(X) \
	{ "live_bytes", "", UNIT_BYTES, COLUMN_DATA, FROM(struct resident_look, live_bytes) }, \
	{ "pid", "process", .flags = COLUMN_SPARE }
#define X(name, key, text) { key, text, UNIT_BYTES, COLUMN_SPARE, FROM(struct resident_look, parts[RESIDENT_##name]) },
static const struct column look_columns[LOOK_COLUMNS] = { LOOK_ROWS(0) };
enum { SAMPLES = LOOK_COLUMNS, LOOKS };
static const struct column rss_columns[] = {
	LOOK_ROWS(0),
	{ "samples", "", UNIT_COUNT, .flags = COLUMN_DATA },
	{ "looks", "", .flags = COLUMN_DATA },
};
#undef X

static const char *const part_names[] = {
#define X(name, key, text) text,
	RESIDENT_PARTS(X)
#undef X
};

static const struct resident_look *most_of(const struct resident *r)
{
	return r->most < r->looks.n ? &r->looks.v[r->most] : NULL;
}

static struct cell pid_of(const struct model *m, const struct resident_look *look)
{
	return cell_int(m->processes.v.v[look->process].pid);
}

static void add_row(const struct view_input *in, struct table *t, const struct resident_look *look, bool pid)
{
	struct cell *c = table_row(t);

	table_fill(t, c, look);
	if (pid)
		c[LOOK_PID] = pid_of(in->model, look);
}

/* Every look: the same over the time. */
static struct table *looks(const struct view_input *in)
{
	const struct resident *r = &in->model->memory.resident;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "looks", "Resident memory over time", look_columns);

	for (size_t i = 0; i < r->looks.n; i++)
		add_row(in, t, &r->looks.v[i], true);
	return t;
}

struct table *memory_rss(const struct view_input *in)
{
	const struct resident *r = &in->model->memory.resident;
	const struct resident_look *most = most_of(r);
	struct table *t;
	struct cell *c;

	if (!most)
		return NULL;
	t = TABLE_NEW(in->arena, TABLE_OBJECT, "rss", NULL, rss_columns);
	c = table_row(t);
	table_fill(t, c, most);
	c[LOOK_PID] = pid_of(in->model, most);
	c[SAMPLES] = cell_int(r->samples);
	c[LOOKS] = cell_table(looks(in));
	return t;
}

/* ---- text ---- */

/* "212 MiB at 3.1 s = live heap 140 MiB + mapped files 22.0 MiB + .." */
static const char *equation(const struct view_input *in, const struct resident_look *look)
{
	struct buf text = { 0 };
	const char *copy, *sign = " = ";

	buf_addf(&text, "%s at %s", fmt_bytes(look->rss).s, fmt_duration(look->ns).s);
	for (unsigned i = 0; i < RESIDENT_PART_COUNT; i++) {
		if (!look->parts[i])
			continue;
		buf_addf(&text, "%s%s %s", sign, part_names[i], fmt_bytes(look->parts[i]).s);
		sign = " + ";
	}
	copy = view_text(in, "%s", buf_text(&text));
	buf_free(&text);
	return copy;
}

static void add_equation(const struct view_input *in, struct doc *doc, const struct resident_look *look, const char *title)
{
	struct table *t = table_new(in->arena, TABLE_OBJECT, NULL, title, NULL, 0);

	t->note = equation(in, look);
	doc_add(doc, t);
}

void summary_resident(const struct view_input *in, struct doc *doc)
{
	const struct resident *r = &in->model->memory.resident;
	const struct resident_look *most = most_of(r);

	if (!most)
		return;
	add_equation(in, doc, most, "Resident memory");
	if (in->model->running && r->looks.n && &r->looks.v[r->looks.n - 1] != most)
		add_equation(in, doc, &r->looks.v[r->looks.n - 1], "Resident memory now");
}

enum { ROWS = 12 };

/* Some of the looks, the greatest among them. */
struct table *memory_rss_rows(const struct view_input *in)
{
	const struct resident *r = &in->model->memory.resident;
	const struct resident_look *most = most_of(r);
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "resident", "Resident memory", look_columns);
	size_t step = r->looks.n / ROWS + 1;

	if (!most)
		return t;
	for (size_t i = 0; i < r->looks.n; i++)
		if (i % step == 0 || i + 1 == r->looks.n || i == r->most)
			add_row(in, t, &r->looks.v[i], in->model->processes.v.n > 1);
	t->note = equation(in, most);
	return t;
}
