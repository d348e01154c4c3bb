#include "table/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "table/compare_private.h"
#include "table/identity.h"
#include "table/info.h"
#include "table/lookup.h"
#include "table/normal.h"

/* ---- figures ---- */

/* What tells rows apart is no figure, nor is what is not the program's cost. */
static const char *const not_figures[] = { "id", "tid", "pid", "ppid", "line", "min", "max", "created_by", "start_unix_ns", "start_ns", "end_ns" };

static bool is_figure(const struct column *c)
{
	if (c->flags & COLUMN_TEXT || (c->unit != UNIT_COUNT && c->unit != UNIT_BYTES && c->unit != UNIT_NS && c->unit != UNIT_TIME && c->unit != UNIT_PERCENT))
		return false;
	for (size_t i = 0; i < sizeof(not_figures) / sizeof(not_figures[0]); i++)
		if (!strcmp(c->key, not_figures[i]))
			return false;
	return true;
}

static double number_of(const struct cell *c)
{
	return c->type == CELL_INT ? (double)c->integer : c->type == CELL_REAL ? c->real : NAN;
}

static void add_figures(struct compare *c, struct compare_table *to, const struct table *t)
{
	for (size_t i = 0; i < t->column_count; i++) {
		const struct column *column = &t->columns[i];

		if (!is_figure(column))
			continue;
		vec_push(&to->figures, (struct compare_figure){
			strings_keep(&c->strings, column->key), strings_keep(&c->strings, column->title[0] ? column->title : column->key), column->unit,
			lookup_adds_up(t, column),
		});
	}
}

/* SIZE_MAX: earlier runs had no such figure. */
static size_t figure_of(const struct compare_table *t, const struct column *column)
{
	for (size_t i = 0; i < t->figures.n; i++)
		if (!strcmp(t->figures.v[i].key, column->key))
			return i;
	return SIZE_MAX;
}

/* Of rows that are one here: what adds up is added up, of the rest the largest is kept. */
static double joined(double before, double value, bool adds_up)
{
	if (isnan(before) || isnan(value))
		return isnan(before) ? value : before;
	return adds_up ? before + value : value > before ? value : before;
}

static void ensure_nan(struct compare_row *r, size_t i)
{
	while (r->values.n <= i)
		vec_push(&r->values, NAN);
}

static void add_value(struct compare *c, uint32_t row, const struct column *column, const struct cell *cell)
{
	struct compare_row *r = &c->rows.v[row];
	struct compare_table *t = &c->tables.v[r->table];
	size_t figure = figure_of(t, column), at = compare_place(t, c->runs.n - 1, figure);
	double value = number_of(cell);

	if (figure == SIZE_MAX || isnan(value))
		return;
	ensure_nan(r, at);
	r->values.v[at] = joined(r->values.v[at], value, t->figures.v[figure].adds_up);
	vec_ensure(&t->known, at);
	t->known.v[at] = 1;
	while (t->totals.n <= at)
		vec_push(&t->totals, NAN);
	t->totals.v[at] = joined(t->totals.v[at], value, t->figures.v[figure].adds_up);
}

/* ---- tables and rows ---- */

static uint32_t table_of(struct compare *c, const char *path, const struct table *t, bool nested)
{
	uint64_t hash = strings_hash(0, path);
	uint32_t i = map64_get(&c->by_path, hash);

	if (i != MAP64_NONE)
		return i;
	i = (uint32_t)c->tables.n;
	map64_put(&c->by_path, hash, i);
	vec_push(&c->tables, (struct compare_table){
		.path = strings_keep(&c->strings, path), .title = strings_keep(&c->strings, t->title), .is_whole = t->shape == TABLE_OBJECT, .is_nested = nested,
	});
	add_figures(c, &c->tables.v[i], t);
	return i;
}

static uint32_t row_of(struct compare *c, uint32_t table, uint64_t key)
{
	uint64_t hash = strings_hash(key, c->tables.v[table].path);
	uint32_t i = map64_get(&c->by_key, hash);

	if (i != MAP64_NONE)
		return i;
	i = (uint32_t)c->rows.n;
	map64_put(&c->by_key, hash, i);
	vec_push(&c->rows, (struct compare_row){ .table = table });
	return i;
}

/* So many of the innermost frames: else a recursion without end would be kept once for each of its depths. */
enum { FRAMES_KEPT = 256 };

static uint32_t keep_stack(struct compare *c, const struct doc *doc, uint64_t stack)
{
	size_t count = 0;
	const struct frame *frames = stack && doc->stacks.frames ? doc->stacks.frames(doc->stacks.context, stack, &count) : NULL;
	struct frame *kept;

	if (!count)
		return 0;
	count = count < FRAMES_KEPT ? count : FRAMES_KEPT;
	kept = arena_alloc(&c->strings.arena, count * sizeof(*kept));
	for (size_t i = 0; i < count; i++) {
		kept[i] = frames[i];
		kept[i].name = strings_keep(&c->strings, frames[i].name);
		kept[i].file = strings_keep(&c->strings, frames[i].file);
	}
	vec_push(&c->stacks, (struct compare_stack){ kept, count });
	return (uint32_t)c->stacks.n;
}

static const char *name_of(struct compare *c, const struct cell *cell)
{
	char number[24];

	if (cell->type == CELL_NAME)
		return strings_keep(&c->strings, cell->name);
	if (cell->type != CELL_INT)
		return "(none)";
	snprintf(number, sizeof(number), "%lld", (long long)cell->integer);
	return strings_keep(&c->strings, number);
}

/* The name and call path as they are in the newest run, whose lines are today's. */
static void describe(struct compare *c, uint32_t row, const struct doc *doc, const struct table *t, const struct row *from)
{
	struct compare_row *r = &c->rows.v[row];
	enum side side = c->runs.v[c->runs.n - 1].side;
	int at = identity_column(t), module = table_column(t, "module");
	const struct cell *cell = at < 0 ? NULL : &from->cells[at];

	if (r->seen[side])
		return;
	r->seen[side] = true;
	if (!cell)
		return;
	if (cell->type == CELL_STACK) {
		c->tables.v[r->table].has_stacks = true;
		r->stack = keep_stack(c, doc, cell->stack);
	} else {
		r->name = name_of(c, cell);
	}
	if (module >= 0 && from->cells[module].type == CELL_NAME)
		r->module = strings_keep(&c->strings, from->cells[module].name);
}

/* ---- the walk ---- */

struct walk { struct compare *c; const struct view_input *in; const struct doc *doc; };

/* Where the walk is: the path of the table; the row that it stands in, by a hash of its name and those around it, and its name. */
struct at { const char *path, *name; uint64_t key; bool nested; };

static void walk_table(const struct walk *w, const struct table *t, struct at at);

static void walk_row(const struct walk *w, uint32_t row, const struct table *t, const struct row *from, struct at at)
{
	size_t run = w->c->runs.n - 1;

	vec_ensure(&w->c->rows.v[row].there, run);
	w->c->rows.v[row].there.v[run] = 1;
	for (size_t i = 0; i < t->column_count; i++)
		if (is_figure(&t->columns[i]))
			add_value(w->c, row, &t->columns[i], &from->cells[i]);
	for (size_t i = 0; i < t->column_count; i++) {
		struct buf path = { 0 };

		if (from->cells[i].type != CELL_TABLE || t->columns[i].flags & COLUMN_TEXT)
			continue;
		buf_addf(&path, "%s.%s", at.path, t->columns[i].key);
		walk_table(w, from->cells[i].table, (struct at){ buf_text(&path), at.name, at.key, at.nested });
		buf_free(&path);
	}
}

static void walk_whole(const struct walk *w, const struct table *t, struct at at)
{
	uint32_t row;

	if (!t->row_count)
		return;
	row = row_of(w->c, table_of(w->c, at.path, t, at.nested), at.key);
	w->c->rows.v[row].within = strings_keep(&w->c->strings, at.name);
	w->c->rows.v[row].seen[w->c->runs.v[w->c->runs.n - 1].side] = true;
	walk_row(w, row, t, &t->rows[0], at);
}

static void mark_table(struct compare *c, uint32_t table)
{
	struct compare_table *t = &c->tables.v[table];
	size_t at = compare_place(t, c->runs.n - 1, t->figures.n);

	vec_ensure(&t->known, at);
	t->known.v[at] = 1;
}

static void walk_rows(const struct walk *w, const struct table *t, struct at at)
{
	uint32_t table = table_of(w->c, at.path, t, at.nested);

	mark_table(w->c, table);
	for (size_t r = 0; r < t->row_count; r++) {
		struct buf key = { 0 }, rough = { 0 };
		uint64_t hash;
		uint32_t row;

		if (normal_row(&key, w->in, w->doc, t, &t->rows[r], PLACES_KEPT)) {
			normal_row(&rough, w->in, w->doc, t, &t->rows[r], PLACES_OUT);
			hash = strings_hash(at.key, buf_text(&rough));
			row = row_of(w->c, table, strings_hash(at.key, buf_text(&key)));
			w->c->rows.v[row].rough = hash;
			w->c->rows.v[row].within = strings_keep(&w->c->strings, at.name);
			describe(w->c, row, w->doc, t, &t->rows[r]);
			walk_row(w, row, t, &t->rows[r], (struct at){ at.path, compare_row_name(w->c, row), hash, true });
		}
		buf_free(&key);
		buf_free(&rough);
	}
}

static void walk_table(const struct walk *w, const struct table *t, struct at at)
{
	if (t->shape == TABLE_OBJECT)
		walk_whole(w, t, at);
	else if (t->shape != TABLE_TREE)
		walk_rows(w, t, at);
}

const char *compare_row_name(struct compare *c, uint32_t row)
{
	const struct compare_row *r = &c->rows.v[row];

	if (r->stack)
		return c->stacks.v[r->stack - 1].frames[0].name;
	return compare_name(r);
}

/* Not what is the run's own and not the program's cost; nor what locks and threads say as well. */
static bool is_compared(const struct table *t)
{
	static const char *const others[] = { "modules", "in_progress", "summary", "waiters", "shares" };

	for (size_t i = 0; t->key && i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(t->key, others[i]))
			return false;
	return t->key != NULL;
}

void compare_add(struct compare *c, enum side side, const char *given, const struct view_input *in, const struct doc *doc)
{
	struct walk w = { c, in, doc };

	vec_push(&c->runs, compare_facts(c, side, in));
	c->runs.v[c->runs.n - 1].given = strings_keep(&c->strings, given);
	for (size_t i = 0; i < doc->table_count; i++)
		if (is_compared(doc->tables[i]))
			walk_table(&w, doc->tables[i], (struct at){ doc->tables[i]->key, NULL, 0, false });
}
