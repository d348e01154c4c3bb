#include "table/amount.h"

#include <math.h>
#include <stdio.h>

#include "util/buf.h"
#include "util/fmt.h"

static const char *kept(struct arena *arena, struct buf *text)
{
	const char *copy = arena_strdup(arena, buf_text(text));

	buf_free(text);
	return copy;
}

static void add_size(struct buf *out, enum unit unit, long double size)
{
	uint64_t whole = size < 1.8e19L ? (uint64_t)(size + 0.5L) : UINT64_MAX;

	switch (unit) {
	case UNIT_BYTES: buf_adds(out, fmt_bytes(whole).s); break;
	case UNIT_NS:
	case UNIT_TIME:
	case UNIT_STAMP: buf_adds(out, fmt_duration(whole).s); break;
	case UNIT_PERCENT: buf_addf(out, "%.3Lg %%", size); break;
	default:
		if (size == floorl(size) || (unit == UNIT_COUNT && size >= 100))
			buf_adds(out, fmt_count(whole).s);
		else
			buf_addf(out, "%.4Lg", size);
	}
}

const char *amount_text(struct arena *arena, enum unit unit, long double value, bool sign)
{
	struct buf text = { 0 };

	if (isnan(value))
		return "not known";
	if (value < 0)
		buf_addc(&text, '-');
	else if (sign && value > 0)
		buf_addc(&text, '+');
	add_size(&text, unit, fabsl(value));
	return kept(arena, &text);
}

const char *amount_change(struct arena *arena, long double old, long double new)
{
	struct buf text = { 0 };
	long double percent = old != 0 ? 100 * (new - old) / old : 0;

	if (isnan(old) || isnan(new))
		return "-";
	if (old == new)
		return "0 %";
	if (old == 0 || new == 0)
		return old == 0 ? "new" : "gone";
	if (percent >= 99900)
		buf_addf(&text, "x%s", fmt_count((uint64_t)(new / old < 1e18L ? new / old : 1e18L)).s);
	else if (percent >= 900)
		buf_addf(&text, "x%.3Lg", new / old);
	else if (fabsl(percent) < 0.05L)
		buf_addf(&text, "%s0.1 %%", percent < 0 ? ">-" : "<+");
	else
		buf_addf(&text, "%+.*Lf %%", fabsl(percent) < 9.95L ? 1 : 0, percent);
	return kept(arena, &text);
}
