/* Who is compared: a row a side. */
#include <math.h>
#include <stdlib.h>

#include "table/amount.h"
#include "table/diff_private.h"
#include "util/alloc.h"
#include "util/buf.h"

static const char *keep(struct arena *arena, struct buf *text)
{
	const char *copy = arena_strdup(arena, buf_text(text));

	buf_free(text);
	return copy;
}

enum { SIDE, RUNS, RAN, DURATION, LOW, HIGH, PROGRAM, END, NAMED };
static const struct column side_columns[] = {
	[SIDE]     = { "side", "", .flags = COLUMN_WORDS },
	[RUNS]     = { "runs", "runs", .unit = UNIT_COUNT },
	[RAN]      = { "ran", "ran", .flags = COLUMN_TEXT | COLUMN_RIGHT },
	[DURATION] = { "duration_ns", "", .flags = COLUMN_DATA },
	[LOW]      = { "duration_low_ns", "", .flags = COLUMN_DATA },
	[HIGH]     = { "duration_high_ns", "", .flags = COLUMN_DATA },
	[PROGRAM]  = { "program", "program", .unit = UNIT_NONE },
	[END]      = { "end", "end", .flags = COLUMN_WORDS },
	[NAMED]    = { "dumps", "dumps", .unit = UNIT_NONE },
};

/* "1.02 s ±3 %" */
const char *diff_value(struct arena *arena, enum unit unit, const struct sample *s)
{
	struct buf text = { 0 };
	double spread = s->median != 0 ? 50 * (s->high - s->low) / fabs(s->median) : 0;

	buf_adds(&text, amount_text(arena, unit, (long double)s->median, false));
	if (spread > 0)
		buf_addf(&text, spread < 1 ? " \u00b1%.1f %%" : " \u00b1%.0f %%", spread < 0.1 ? 0.1 : spread);
	return keep(arena, &text);
}

static void add_side(const struct diff *d, struct table *t, enum side side, double *values)
{
	const struct compare *c = d->compare;
	const struct compare_run *first = NULL;
	const char *last = NULL;
	struct buf named = { 0 };
	struct cell *cells = table_row(t);
	struct sample ran;
	size_t n = 0;

	for (size_t i = 0; i < c->runs.n; i++) {
		const struct compare_run *r = &c->runs.v[i];

		if (r->side != side)
			continue;
		first = first ? first : r;
		values[n++] = (double)r->duration_ns;
		if (r->given != last)
			buf_addf(&named, "%s%s", named.n ? " " : "", r->given);
		last = r->given;
	}
	ran = noise_sample(values, n);
	cells[SIDE] = cell_name(side == SIDE_OLD ? "old" : "new");
	cells[RUNS] = cell_int(n);
	cells[RAN] = cell_name(diff_value(t->arena, UNIT_NS, &ran));
	cells[DURATION] = cell_int((uint64_t)ran.median);
	cells[LOW] = cell_int((uint64_t)ran.low);
	cells[HIGH] = cell_int((uint64_t)ran.high);
	cells[PROGRAM] = cell_name(first->program);
	cells[END] = cell_name(first->end);
	cells[NAMED] = cell_name(keep(t->arena, &named));
}

struct table *diff_sides(const struct diff *d, struct arena *arena)
{
	struct table *t = TABLE_NEW(arena, TABLE_ROWS, "sides", NULL, side_columns);
	double *values = xcalloc(d->compare->runs.n, sizeof(*values));

	add_side(d, t, SIDE_OLD, values);
	add_side(d, t, SIDE_NEW, values);
	free(values);
	return t;
}
