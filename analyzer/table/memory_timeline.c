/* memory.timeline: the heap over the time that is reported on. */
#include <string.h>

#include "table/memory.h"
#include "util/buf.h"
#include "util/fmt.h"

enum { TIME, LIVE, MOST, BLOCKS, MAPPED, RSS };
static const struct column columns[] = {
	[TIME]   = { "time_ns", "at", .unit = UNIT_TIME },
	[LIVE]   = { "live_bytes", "live", .unit = UNIT_BYTES },
	[MOST]   = { "peak_bytes", "at most", .unit = UNIT_BYTES },
	[BLOCKS] = { "live_blocks", "blocks", .unit = UNIT_COUNT },
	[MAPPED] = { "mapped_bytes", "mapped", .unit = UNIT_BYTES },
	[RSS]    = { "rss_bytes", "resident", .unit = UNIT_BYTES },
};

static struct cell known(uint64_t value)
{
	return value != TIMELINE_UNKNOWN ? cell_int(value) : CELL_UNKNOWN;
}

struct table *memory_timeline(const struct view_input *in)
{
	const struct timeline *line = &in->model->memory.timeline;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "timeline", "Over time", columns);

	for (unsigned i = 0; i < line->points; i++) {
		struct cell *c = table_row(t);

		c[TIME] = cell_int(line->from_ns + i * line->width_ns);
		c[LIVE] = known(line->series[TIMELINE_LIVE_BYTES][i].last);
		c[MOST] = known(line->series[TIMELINE_LIVE_BYTES][i].most);
		c[BLOCKS] = known(line->series[TIMELINE_LIVE_BLOCKS][i].last);
		c[MAPPED] = known(line->series[TIMELINE_MAPPED_BYTES][i].last);
		c[RSS] = known(line->series[TIMELINE_RSS_BYTES][i].most);
	}
	return t;
}

/* ---- curves ---- */

enum { CURVE_WIDTH = 64 };

enum { FIGURE, AT_MOST, CURVE };
static const struct column curve_columns[] = {
	[FIGURE]  = { "figure", "", .unit = UNIT_NONE },
	[AT_MOST] = { "at_most", "at most", .unit = UNIT_NONE },
	[CURVE]   = { "curve", "from start to end", .flags = COLUMN_WHOLE },
};

/* What is drawn as text, and how its greatest value is told. */
static const struct curve {
	enum timeline_figure figure;
	const char *name;
	struct fmt (*value)(uint64_t);
} curves[] = {
	{ TIMELINE_LIVE_BYTES, "live bytes", fmt_bytes },
	{ TIMELINE_LIVE_BLOCKS, "live blocks", fmt_count },
	{ TIMELINE_MAPPED_BYTES, "mapped by the program", fmt_bytes },
	{ TIMELINE_RSS_BYTES, "resident", fmt_bytes },
};

/* The greatest value of the intervals that one character stands for. */
static uint64_t most_of(const struct timeline *line, enum timeline_figure f, unsigned from, unsigned to)
{
	uint64_t most = 0;

	for (unsigned i = from; i < to || i == from; i++) {
		uint64_t v = line->series[f][i].most;

		if (v != TIMELINE_UNKNOWN && v > most)
			most = v;
	}
	return most;
}

static const char *draw(const struct view_input *in, const struct timeline *line, enum timeline_figure f, uint64_t most)
{
	static const char *const steps[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	unsigned width = line->points < CURVE_WIDTH ? line->points : CURVE_WIDTH;
	struct buf text = { 0 };
	const char *copy;

	for (unsigned i = 0; i < width; i++) {
		uint64_t v = most_of(line, f, i * line->points / width, (i + 1) * line->points / width);

		buf_adds(&text, v ? steps[(unsigned)((double)v * 7 / (double)most + 0.5)] : " ");
	}
	copy = view_text(in, "%s", buf_text(&text));
	buf_free(&text);
	return copy;
}

struct table *memory_curves(const struct view_input *in)
{
	const struct timeline *line = &in->model->memory.timeline;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "curves", "Over time", curve_columns);

	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		uint64_t most = line->points ? most_of(line, curves[i].figure, 0, line->points) : 0;
		struct cell *c;

		if (!most)
			continue;
		c = table_row(t);
		c[FIGURE] = cell_name(curves[i].name);
		c[AT_MOST] = cell_name(view_text(in, "%s", curves[i].value(most).s));
		c[CURVE] = cell_name(draw(in, line, curves[i].figure, most));
	}
	return t;
}
