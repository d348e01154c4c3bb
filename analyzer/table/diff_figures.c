/* figures[]: every figure of both sides. For programs. */
#include "table/diff_private.h"

enum {
	TABLE, NAME, MODULE, WITHIN, KEY, UNIT, VERDICT, EXACT, OLD, NEW, CHANGE, CHANGE_PCT, OLD_LOW, OLD_HIGH, NEW_LOW, NEW_HIGH, SCORE, SIMILAR, SOURCE,
	STACK,
};
static const struct column columns[] = {
	[TABLE]      = { "table", "", .flags = COLUMN_DATA },
	[NAME]       = { "name", "", .flags = COLUMN_DATA },
	[MODULE]     = { "module", "", .flags = COLUMN_DATA },
	[WITHIN]     = { "within", "", .flags = COLUMN_DATA },
	[KEY]        = { "key", "", .flags = COLUMN_DATA },
	[UNIT]       = { "unit", "", .flags = COLUMN_DATA },
	[VERDICT]    = { "verdict", "", .flags = COLUMN_DATA },
	[EXACT]      = { "exact", "", .flags = COLUMN_DATA },
	[OLD]        = { "old", "", .flags = COLUMN_DATA },
	[NEW]        = { "new", "", .flags = COLUMN_DATA },
	[CHANGE]     = { "change", "", .flags = COLUMN_DATA },
	[CHANGE_PCT] = { "change_pct", "", .flags = COLUMN_DATA },
	[OLD_LOW]    = { "old_low", "", .flags = COLUMN_DATA },
	[OLD_HIGH]   = { "old_high", "", .flags = COLUMN_DATA },
	[NEW_LOW]    = { "new_low", "", .flags = COLUMN_DATA },
	[NEW_HIGH]   = { "new_high", "", .flags = COLUMN_DATA },
	[SCORE]      = { "score", "", .flags = COLUMN_DATA },
	[SIMILAR]    = { "similar_path", "", .flags = COLUMN_DATA },
	[SOURCE]     = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]      = { "stack", "", .flags = COLUMN_DATA },
};

static const char *unit_name(enum unit unit)
{
	switch (unit) {
	case UNIT_BYTES:   return "bytes";
	case UNIT_NS:
	case UNIT_TIME:    return "ns";
	case UNIT_PERCENT: return "percent";
	default:           return "count";
	}
}

static struct cell number(double value)
{
	return value == (double)(int64_t)value ? cell_signed((int64_t)value) : cell_real(value);
}

struct cell diff_subject(const struct diff *d, const struct change *x)
{
	const struct compare_row *r = &d->compare->rows.v[x->row];

	return r->stack ? cell_stack(r->stack) : cell_name(r->name ? r->name : r->key);
}

static void add_subject(struct cell *c, const struct compare_table *t, const struct compare_row *r)
{
	c[TABLE] = cell_name(t->path);
	c[WITHIN] = cell_name(r->within);
	if (t->is_whole)
		return;
	c[MODULE] = cell_name(r->module);
	if (r->stack)
		c[STACK] = c[SOURCE] = cell_stack(r->stack);
	else
		c[NAME] = cell_name(r->name ? r->name : r->key);
}

static void add_change(const struct diff *d, struct table *to, const struct change *x)
{
	const struct compare_row *r = &d->compare->rows.v[x->row];
	const struct compare_table *t = &d->compare->tables.v[r->table];
	struct cell *c = table_row(to);

	add_subject(c, t, r);
	c[KEY] = cell_name(t->figures.v[x->figure].key);
	c[UNIT] = cell_name(unit_name(t->figures.v[x->figure].unit));
	c[VERDICT] = cell_name(x->noise == NOISE_UNKNOWN ? "unknown" : verdict_name(x->verdict));
	c[EXACT] = cell_bool(x->noise == NOISE_EXACT);
	c[OLD] = number(x->old.median);
	c[NEW] = number(x->new.median);
	c[CHANGE] = number(x->new.median - x->old.median);
	if (x->old.median != 0)
		c[CHANGE_PCT] = cell_real(100 * (x->new.median - x->old.median) / x->old.median);
	c[OLD_LOW] = number(x->old.low);
	c[OLD_HIGH] = number(x->old.high);
	c[NEW_LOW] = number(x->new.low);
	c[NEW_HIGH] = number(x->new.high);
	c[SCORE] = cell_real(x->score);
	c[SIMILAR] = cell_bool(r->paired);
}

struct table *diff_figures(const struct diff *d, struct arena *arena)
{
	struct table *t = TABLE_NEW(arena, TABLE_ROWS, "figures", NULL, columns);

	for (size_t i = 0; i < d->changes.n; i++)
		add_change(d, t, &d->changes.v[i]);
	return t;
}
