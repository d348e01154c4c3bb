/* checks[]: what came out of each expression. */
#include "table/amount.h"
#include "table/checks.h"

enum { RESULT, PASSED, CHECK, SOURCE_FILE, MEASURED, NOTE, VALUE, LIMIT, CHANGE, OLD_RUNS, ROWS, WORST };
static const struct column columns[] = {
	[RESULT]      = { "result", "", .flags = COLUMN_TEXT | COLUMN_WORDS },
	[PASSED]      = { "passed", "", .flags = COLUMN_DATA },
	[CHECK]       = { "check", "check", .flags = COLUMN_WHOLE },
	[SOURCE_FILE] = { "from", "from", .flags = COLUMN_DATA },
	[MEASURED]    = { "message", "measured", .flags = COLUMN_WHOLE | COLUMN_WORDS },
	[NOTE]        = { "note", "note", .flags = COLUMN_SPARE | COLUMN_WHOLE | COLUMN_WORDS },
	[VALUE]       = { "value", "", .flags = COLUMN_DATA },
	[LIMIT]       = { "limit", "", .flags = COLUMN_DATA },
	[CHANGE]      = { "change_pct", "", UNIT_PERCENT, .flags = COLUMN_DATA },
	[OLD_RUNS]    = { "old_runs", "", .flags = COLUMN_DATA },
	[ROWS]        = { "rows", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[WORST]       = { "worst", "mostly in", .flags = COLUMN_SPARE },
};

/* Drawn below the check. */
enum { SHARE, SHARE_VALUE, SOURCE, STACK };
static const struct column worst_columns[] = {
	[SHARE]       = { "share", "", .flags = COLUMN_TEXT | COLUMN_WORDS },
	[SHARE_VALUE] = { "value", "", .flags = COLUMN_DATA },
	[SOURCE]      = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]       = { "stack", "", .unit = UNIT_NONE },
};

/* An expression may have been written over several lines. */
static const char *in_one_line(const struct view_input *in, const char *text)
{
	char *copy = arena_strdup(in->arena, text);

	for (char *c = copy; *c; c++)
		if (*c == '\n' || *c == '\t')
			*c = ' ';
	return copy;
}

static struct cell worst(const struct view_input *in, const struct worst *w)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "worst", NULL, worst_columns);
	struct cell *c;

	if (!w->stack)
		return CELL_UNKNOWN;
	c = table_row(t);
	c[SHARE] = cell_name("mostly in");
	if (w->cell.type == CELL_INT) {
		c[SHARE] = cell_name(view_text(in, "most of it, %s, in", amount_text(in->arena, w->column->unit, (long double)w->cell.integer, false)));
		c[SHARE_VALUE] = w->cell;
	}
	c[STACK] = c[SOURCE] = cell_stack(w->stack);
	return cell_table(t);
}

struct table *checks_table(const struct view_input *in, const struct check *checks, size_t n, bool passed)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "checks", NULL, columns);

	for (size_t i = 0; i < n; i++) {
		const struct check *c = &checks[i];
		struct cell *cells;

		if (c->passed && !passed)
			continue;
		cells = table_row(t);
		cells[RESULT] = cell_name(c->passed ? "ok" : "FAIL");
		cells[PASSED] = cell_bool(c->passed);
		cells[CHECK] = cell_name(in_one_line(in, c->expr->text));
		cells[SOURCE_FILE] = cell_name(c->expr->from);
		cells[MEASURED] = cell_name(c->measured);
		cells[NOTE] = cell_name(c->note);
		cells[VALUE] = c->value;
		cells[LIMIT] = c->limit;
		cells[CHANGE] = c->change_pct;
		cells[OLD_RUNS] = c->expr->diff ? cell_int(c->old.n) : CELL_UNKNOWN;
		cells[ROWS] = cell_int(c->rows);
		if (!c->passed)
			cells[WORST] = worst(in, &c->worst);
	}
	return t;
}
