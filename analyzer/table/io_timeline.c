/* io.timeline[]: how much was read and written when. */
#include "table/io_private.h"
#include "util/buf.h"
#include "util/fmt.h"

enum { TIME, CALLS, READ, WRITTEN, SPENT };
static const struct column columns[] = {
	[TIME]    = { "time_ns", "at", .unit = UNIT_TIME },
	[CALLS]   = { "calls", "calls", UNIT_COUNT, FROM(struct io_moment, calls) },
	[READ]    = { "bytes_read", "read", UNIT_BYTES, FROM(struct io_moment, bytes_read) },
	[WRITTEN] = { "bytes_written", "written", UNIT_BYTES, FROM(struct io_moment, bytes_written) },
	[SPENT]   = { "io_ns", "time", UNIT_NS, FROM(struct io_moment, time_ns) },
};

struct table *io_timeline(const struct view_input *in)
{
	const struct io_timeline *line = &in->model->io.timeline;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "timeline", "Over time", columns);

	for (unsigned i = 0; i < line->points; i++) {
		struct cell *c = table_row(t);

		table_fill(t, c, &line->v[i]);
		c[TIME] = cell_int(line->from_ns + i * line->width_ns);
	}
	return t;
}

/* ---- curves ---- */

enum { CURVE_WIDTH = 64 };
#define RATE_MOST 1e19  /* of damaged sizes */

enum { FIGURE, AT_MOST, CURVE };
static const struct column curve_columns[] = {
	[FIGURE]  = { "figure", "", .unit = UNIT_NONE },
	[AT_MOST] = { "at_most", "at most", .unit = UNIT_NONE },
	[CURVE]   = { "curve", "from start to end", .flags = COLUMN_WHOLE },
};

static uint64_t bytes_read(const struct io_moment *m) { return m->bytes_read; }
static uint64_t bytes_written(const struct io_moment *m) { return m->bytes_written; }
static uint64_t calls(const struct io_moment *m) { return m->calls; }

static const struct curve {
	const char *name;
	uint64_t (*value)(const struct io_moment *);
	struct fmt (*text)(uint64_t);
} curves[] = { { "read", bytes_read, fmt_bytes }, { "written", bytes_written, fmt_bytes }, { "calls", calls, fmt_count } };

/* The sum of the intervals that a character stands for. */
static uint64_t sum(const struct io_timeline *line, const struct curve *curve, unsigned i, unsigned width)
{
	unsigned from = i * line->points / width, to = (i + 1) * line->points / width;
	uint64_t all = 0;

	for (unsigned k = from; k < to; k++)
		all += curve->value(&line->v[k]);
	return all;
}

static uint64_t most(const struct io_timeline *line, const struct curve *curve, unsigned width)
{
	uint64_t most = 0;

	for (unsigned i = 0; i < width; i++)
		most = sum(line, curve, i, width) > most ? sum(line, curve, i, width) : most;
	return most;
}

static const char *draw(const struct view_input *in, const struct io_timeline *line, const struct curve *curve, unsigned width, uint64_t most)
{
	static const char *const steps[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	struct buf text = { 0 };
	const char *copy;

	for (unsigned i = 0; i < width; i++) {
		uint64_t v = sum(line, curve, i, width);

		buf_adds(&text, v ? steps[(unsigned)((double)v * 7 / (double)most + 0.5)] : " ");
	}
	copy = view_text(in, "%s", buf_text(&text));
	buf_free(&text);
	return copy;
}

struct table *io_curves(const struct view_input *in)
{
	const struct io_timeline *line = &in->model->io.timeline;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "curves", "Over time", curve_columns);
	unsigned width = line->points < CURVE_WIDTH ? line->points : CURVE_WIDTH;

	for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
		uint64_t greatest = most(line, &curves[i], width), step = width ? line->points * line->width_ns / width : 0;
		struct cell *c;

		if (!greatest || !step)
			continue;
		c = table_row(t);
		c[FIGURE] = cell_name(curves[i].name);
		double rate = (double)greatest * 1e9 / (double)step;

		c[AT_MOST] = cell_name(view_text(in, "%s/s", curves[i].text(rate < RATE_MOST ? (uint64_t)rate : (uint64_t)RATE_MOST).s));
		c[CURVE] = cell_name(draw(in, line, &curves[i], width, greatest));
	}
	return t;
}
