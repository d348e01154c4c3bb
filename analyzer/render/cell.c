#include "render/cell.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "render/path.h"
#include "table/table.h"
#include "util/buf.h"
#include "util/fmt.h"
#include "util/text.h"

bool cell_is_number(const struct cell *c)
{
	return c->type == CELL_INT || c->type == CELL_REAL;
}

static void date(struct buf *out, uint64_t ns)
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm local;
	char text[40];

	if (localtime_r(&seconds, &local) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local))
		buf_adds(out, text);
}

static void integer(struct buf *out, enum unit unit, int64_t value)
{
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;

	if (unit == UNIT_STAMP) {
		buf_addf(out, "%" PRId64 ".%09" PRId64, value / 1000000000, value % 1000000000);
		return;
	}
	if (unit == UNIT_NONE || unit == UNIT_PERCENT || value == 0) {
		buf_addf(out, "%" PRId64, value);
		return;
	}
	if (value < 0)
		buf_addc(out, '-');
	switch (unit) {
	case UNIT_BYTES: buf_adds(out, fmt_bytes(size).s); break;
	case UNIT_NS:
	case UNIT_TIME:  buf_adds(out, fmt_duration(size).s); break;
	case UNIT_DATE:  date(out, size); break;
	default:         buf_adds(out, fmt_count(size).s); break;
	}
}

static void real(struct buf *out, enum unit unit, double value)
{
	if (unit == UNIT_PERCENT)
		buf_adds(out, value == 0 ? "0" : fmt_percent(value, 100).s);
	else
		buf_addf(out, "%.4g", value);
}

static void name(struct buf *out, unsigned flags, const char *text, size_t room)
{
	struct buf whole = { 0 };

	if (flags & COLUMN_CODE)
		path_name(&whole, text);
	else
		text_escape(&whole, text, strlen(text));
	text_clip(out, buf_text(&whole), room);
	buf_free(&whole);
}

static void names(struct buf *out, const struct names *list, size_t room)
{
	struct buf whole = { 0 };

	for (size_t i = 0; i < list->count; i++) {
		buf_adds(&whole, i ? ", " : "");
		text_escape(&whole, list->at[i], strlen(list->at[i]));
	}
	text_clip(out, buf_text(&whole), room);
	buf_free(&whole);
}

static void stack(struct buf *out, const struct doc *doc, uint64_t id, size_t room)
{
	size_t count = 0;
	const struct frame *frames = NULL;

	if (id && doc->stacks.frames)
		frames = doc->stacks.frames(doc->stacks.context, id, &count);
	if (count)
		path_text(out, frames, count, room);
	else
		buf_adds(out, "(no call path)");
}

void cell_text(struct buf *out, const struct doc *doc, const struct column *column, const struct cell *c, size_t room)
{
	if (column->flags & COLUMN_WHOLE)
		room = SIZE_MAX;
	switch (c->type) {
	case CELL_NULL:  buf_addc(out, '-'); break;
	case CELL_INT:   integer(out, column->unit, c->integer); break;
	case CELL_REAL:  real(out, column->unit, c->real); break;
	case CELL_BOOL:  buf_adds(out, c->integer ? "yes" : "no"); break;
	case CELL_NAME:  name(out, column->flags, c->name, room); break;
	case CELL_NAMES: names(out, c->names, room); break;
	case CELL_STACK: stack(out, doc, c->stack, room); break;
	case CELL_TABLE: buf_adds(out, fmt_count(c->table->row_count).s); break;
	}
}
