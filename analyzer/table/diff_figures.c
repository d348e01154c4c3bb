/* rows[]: everything that was compared, with all its figures of both sides. For programs. */
#include <math.h>
#include <stdlib.h>

#include "table/diff_private.h"
#include "util/alloc.h"

enum { TABLE, NAME, MODULE, WITHIN, SCORE, SIMILAR, FIGURES, SOURCE, STACK };
static const struct column columns[] = {
	[TABLE]   = { "table", "", .flags = COLUMN_DATA },
	[NAME]    = { "name", "", .flags = COLUMN_DATA },
	[MODULE]  = { "module", "", .flags = COLUMN_DATA },
	[WITHIN]  = { "within", "", .flags = COLUMN_DATA },
	[SCORE]   = { "score", "", .flags = COLUMN_DATA },
	[SIMILAR] = { "similar_path", "", .flags = COLUMN_DATA },
	[FIGURES] = { "figures", "", .flags = COLUMN_DATA },
	[SOURCE]  = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]   = { "stack", "", .flags = COLUMN_DATA },
};

enum { KEY, UNIT, VERDICT, EXACT, OLD, NEW, CHANGE, CHANGE_PCT, OLD_LOW, OLD_HIGH, NEW_LOW, NEW_HIGH };
static const struct column figure_columns[] = {
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
	return fabs(value) < 9e18 && value == floor(value) ? cell_signed((int64_t)value) : cell_real(value);
}

struct cell diff_subject(const struct diff *d, const struct change *x)
{
	const struct compare_row *r = &d->compare->rows.v[x->row];

	return r->stack ? cell_stack(r->stack) : cell_name(compare_name(r));
}

/* Its figures, to be filled. */
static struct table *add_row(struct table *to, const struct compare_table *t, const struct compare_row *r, double score)
{
	struct cell *c = table_row(to);
	struct table *figures = TABLE_NEW(to->arena, TABLE_MAP, "figures", NULL, figure_columns);

	c[TABLE] = cell_name(t->path);
	c[WITHIN] = cell_name(r->within);
	c[SCORE] = cell_real(score);
	c[SIMILAR] = cell_bool(r->paired);
	c[FIGURES] = cell_table(figures);
	if (t->is_whole)
		return figures;
	c[MODULE] = cell_name(r->module);
	if (r->stack)
		c[STACK] = c[SOURCE] = cell_stack(r->stack);
	else
		c[NAME] = cell_name(compare_name(r));
	return figures;
}

static void add_figure(struct table *to, const struct compare_figure *f, const struct change *x)
{
	struct cell *c = table_row(to);

	c[KEY] = cell_name(f->key);
	c[UNIT] = cell_name(unit_name(f->unit));
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
}

/* In the order of the changes: what became worst comes first. */
struct table *diff_rows(const struct diff *d, struct arena *arena)
{
	const struct compare *c = d->compare;
	struct table *t = TABLE_NEW(arena, TABLE_ROWS, "rows", NULL, columns);
	struct table **figures = xcalloc(c->rows.n + 1, sizeof(*figures));

	for (size_t i = 0; i < d->changes.n; i++) {
		const struct change *x = &d->changes.v[i];
		const struct compare_row *r = &c->rows.v[x->row];

		if (!figures[x->row])
			figures[x->row] = add_row(t, &c->tables.v[r->table], r, x->score);
		add_figure(figures[x->row], &c->tables.v[r->table].figures.v[x->figure], x);
	}
	free(figures);
	return t;
}
