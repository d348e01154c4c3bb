/* spans[]: intervals that the program marks itself. */
#include "table/view.h"

static const struct column columns[] = {
	{ "name", "span", .unit = UNIT_NONE },
	{ "count", "times", .unit = UNIT_COUNT },
	{ "open", "open", .unit = UNIT_COUNT },
	{ "total_ns", "together", .unit = UNIT_NS },
	{ "self_ns", "self", .unit = UNIT_NS },
};

static void add(const struct view_input *in, struct doc *doc)
{
	doc_add(doc, TABLE_NEW(in->arena, TABLE_ROWS, "spans", "Spans", columns));
}

const struct view view_spans = { .name = "spans", .parts = 0, .add = add };
