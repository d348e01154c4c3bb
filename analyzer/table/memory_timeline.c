/* memory.timeline: the heap over the time that is reported on. */
#include "table/memory.h"

enum { TIME, LIVE, MOST, BLOCKS };
static const struct column columns[] = {
	[TIME]   = { "time_ns", "at", .unit = UNIT_TIME },
	[LIVE]   = { "live_bytes", "live", .unit = UNIT_BYTES },
	[MOST]   = { "peak_bytes", "at most", .unit = UNIT_BYTES },
	[BLOCKS] = { "live_blocks", "blocks", .unit = UNIT_COUNT },
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
	}
	return t;
}
