/* Whether there is such a key; and if not, which there are. */
#include "table/lookup.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/buf.h"
#include "util/similar.h"

/* Where a key has led so far: a table, or what stands in one of its columns. */
struct place {
	const struct table  *table;   /* NULL: the document itself, or what cannot be known */
	const struct column *column;  /* of it; NULL: the table as a whole */
	bool picked;                  /* rows of it were chosen */
	bool blind;                   /* no row has the table that the next step would be looked up in */
};

static bool is_key(const struct column *c)
{
	return !(c->flags & COLUMN_TEXT);
}

static void list_columns(struct buf *out, const struct table *t)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (is_key(&t->columns[i]))
			buf_addf(out, "%s%s", out->n ? " " : "", t->columns[i].key);
}

static void list_rows(struct buf *out, const struct table *t)
{
	for (size_t i = 0; i < t->row_count; i++)
		if (t->rows[i].cells[0].type == CELL_NAME)
			buf_addf(out, "%s%s", out->n ? " " : "", t->rows[i].cells[0].name);
}

static void list_tables(struct buf *out, const struct doc *doc)
{
	for (size_t i = 0; i < doc->table_count; i++) {
		const struct table *t = doc->tables[i];

		if (t->key)
			buf_addf(out, "%s%s", out->n ? " " : "", t->key);
		else if (t->shape == TABLE_OBJECT)
			list_columns(out, t);
	}
}

static void list_place(struct buf *out, const struct doc *doc, const struct place *at)
{
	if (!at->table)
		list_tables(out, doc);
	else if (at->table->shape == TABLE_MAP && !at->picked)
		list_rows(out, at->table);
	else
		list_columns(out, at->table);
}

static int fail(struct expr_error *error, const struct expr_step *s, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int fail(struct expr_error *error, const struct expr_step *s, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	error->at = s->at;
	error->end = s->end;
	return -1;
}

/* "there is no key `x` here; did you mean `y`? There are: ..." */
static int no_such_key(struct expr_error *error, const struct doc *doc, const struct place *at, const struct expr_step *s)
{
	struct buf list = { 0 };
	const char *like;

	list_place(&list, doc, at);
	like = similar_word(buf_text(&list), s->name);
	fail(error, s, "there is no key '%s' here%s%s%s There are: %s", s->name, like ? "; did you mean '" : ".", like ? like : "",
	     like ? "'?" : "", list.n ? list.s : "none");
	buf_free(&list);
	return -1;
}

const struct table *lookup_table(const struct doc *doc, const char *key, const struct column **column)
{
	for (size_t i = 0; i < doc->table_count; i++) {
		const struct table *t = doc->tables[i];
		int at = t->key || t->shape != TABLE_OBJECT ? -1 : table_column(t, key);

		if (t->key && !strcmp(t->key, key))
			return t;
		if (at >= 0 && is_key(&t->columns[at])) {
			*column = &t->columns[at];
			return t;
		}
	}
	return NULL;
}

static const struct row *map_row(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->row_count; i++)
		if (t->rows[i].cells[0].type == CELL_NAME && !strcmp(t->rows[i].cells[0].name, name))
			return &t->rows[i];
	return NULL;
}

/* The program's own words stand in it, so that one which is not there is one that did not occur. */
static bool is_open_map(const struct table *t)
{
	return t->shape == TABLE_MAP && !strcmp(t->columns[0].key, "name");
}

/* From what stands in a column to the table in it, if any row has one there. */
static void enter(struct place *p)
{
	size_t i = (size_t)(p->column - p->table->columns);

	for (size_t r = 0; r < p->table->row_count; r++)
		if (p->table->rows[r].cells[i].type == CELL_TABLE) {
			*p = (struct place){ .table = p->table->rows[r].cells[i].table };
			return;
		}
	p->blind = true;
}

static bool holds_figures(const struct place *p)
{
	size_t i = (size_t)(p->column - p->table->columns);

	for (size_t r = 0; r < p->table->row_count; r++)
		if (p->table->rows[r].cells[i].type != CELL_TABLE && p->table->rows[r].cells[i].type != CELL_NULL)
			return true;
	return false;
}

static int go_to_member(struct place *p, const struct doc *doc, const struct expr_step *s, struct expr_error *error)
{
	int at;

	if (!p->table) {
		p->table = lookup_table(doc, s->name, &p->column);
		return p->table ? 0 : no_such_key(error, doc, &(struct place){ 0 }, s);
	}
	if (p->table->shape == TABLE_MAP && !p->picked) {
		if (!map_row(p->table, s->name) && !is_open_map(p->table))
			return no_such_key(error, doc, p, s);
		p->picked = true;
		if (p->table->column_count == 2)
			p->column = &p->table->columns[1];
		return 0;
	}
	if (p->table->shape != TABLE_OBJECT && !p->picked)
		return fail(error, s, "'%s' is a list: say which of it in brackets, [\"NAME\"] or [*] for all", p->table->key);
	at = table_column(p->table, s->name);
	if (at < 0 || !is_key(&p->table->columns[at]))
		return no_such_key(error, doc, p, s);
	p->column = &p->table->columns[at];
	return 0;
}

static int go_to_rows(struct place *p, const struct doc *doc, const struct expr_step *s, struct expr_error *error)
{
	struct expr_step column = { .name = s->column, .at = s->at + 1, .end = s->end };

	if (!p->table || p->table->shape == TABLE_OBJECT)
		return fail(error, s, "there is no list here to choose from; keys go on with a dot");
	p->picked = true;
	if (s->column && (table_column(p->table, s->column) < 0))
		return no_such_key(error, doc, p, &column);
	return 0;
}

static int go(struct place *p, const struct doc *doc, const struct expr_step *s, struct expr_error *error)
{
	if (p->column && holds_figures(p))
		return fail(error, s, "'%s' is a figure: nothing follows it", p->column->key);
	if (p->column)
		enter(p);
	if (p->blind)
		return 0;
	return s->name ? go_to_member(p, doc, s, error) : go_to_rows(p, doc, s, error);
}

/* That it ends in something to compare. */
static int check_end(const struct place *p, const struct expr *e, struct expr_error *error)
{
	const struct expr_step *last = &e->steps[e->step_count - 1];
	struct buf list = { 0 };

	if (p->column || p->blind || !p->table || (p->table->shape != TABLE_OBJECT && !p->picked))
		return 0;
	list_columns(&list, p->table);
	fail(error, last, "which figure of it? Behind a dot there are: %s", buf_text(&list));
	buf_free(&list);
	return -1;
}

int lookup_key(const struct doc *doc, const struct expr *e, const struct column **column, struct expr_error *error)
{
	struct place p = { .table = NULL };

	for (size_t i = 0; i < e->step_count && !p.blind; i++)
		if (go(&p, doc, &e->steps[i], error))
			return -1;
	*column = p.column;
	return check_end(&p, e, error);
}
