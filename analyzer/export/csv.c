/*
 * csv: one table of the report, as RFC 4180 has it: CRLF, a line of column names, quotes where they are needed. Numbers are
 * plain, in ns and bytes; what is not known is empty; call paths run from the outermost function in, with ";" between.
 */
#include <inttypes.h>
#include <string.h>

#include "export/csv.h"
#include "export/export.h"
#include "table/event.h"
#include "util/text.h"
#include "util/vec.h"

enum { ROWS_A_PIECE = 256 };
static const char default_table[] = "functions";

/* A table, and the first cell of the row that it stands in, for one of many: locks.waiters. */
struct found { const struct table *table; const struct table *outer; const struct cell *row; };
struct tables { VEC_FIELDS(struct found) };

struct drawing { struct tables tables; const struct doc *doc; };

/* ---- lines ---- */

/* Not what only text has; nor tables in cells, which are exported on their own. */
static bool is_column(const struct table *t, size_t i)
{
	if (t->columns[i].flags & COLUMN_TEXT)
		return false;
	for (size_t r = 0; r < t->row_count; r++)
		if (t->rows[r].cells[i].type != CELL_NULL)
			return t->rows[r].cells[i].type != CELL_TABLE;
	return true;
}

static void head(const struct found *f, struct sink *to)
{
	const struct table *t = f->table;
	struct buf line = { 0 };

	if (f->outer)
		buf_addf(&line, "%s.%s", f->outer->key, f->outer->columns[0].key);
	if (t->shape == TABLE_TREE)
		buf_adds(&line, line.n ? ",level" : "level");
	for (size_t i = 0; i < t->column_count; i++)
		if (is_column(t, i)) {
			buf_adds(&line, line.n ? "," : "");
			csv_field(&line, t->columns[i].key, strlen(t->columns[i].key));
		}
	buf_adds(&line, "\r\n");
	sink_write(to, line.s, line.n);
	buf_free(&line);
}

static void body(const struct found *f, const struct doc *doc, size_t rows, struct sink *to)
{
	const struct table *t = f->table;
	struct buf line = { 0 };

	for (size_t r = 0; r < t->row_count && r < rows; r++) {
		bool first = true;

		buf_reset(&line);
		if (f->outer)
			csv_cell(&line, doc, &f->outer->columns[0], f->row), first = false;
		if (t->shape == TABLE_TREE)
			buf_addf(&line, first ? "%" PRIu32 : ",%" PRIu32, t->rows[r].level), first = false;
		for (size_t i = 0; i < t->column_count; i++)
			if (is_column(t, i)) {
				buf_adds(&line, first ? "" : ",");
				csv_cell(&line, doc, &t->columns[i], &t->rows[r].cells[i]);
				first = false;
			}
		buf_adds(&line, "\r\n");
		sink_write(to, line.s, line.n);
	}
	buf_free(&line);
}

static void draw(void *data, size_t keep, struct sink *to)
{
	const struct drawing *d = data;

	head(&d->tables.v[0], to);
	for (size_t i = 0; i < d->tables.n; i++) {
		size_t rows = d->tables.v[i].table->row_count, here = rows < keep ? rows : keep;

		body(&d->tables.v[i], d->doc, here, to);
		keep -= here;
	}
}

/* ---- which table ---- */

/* Those of that key in the cells of each row. */
static void look_into(const struct table *t, const char *key, size_t length, struct tables *into)
{
	for (size_t r = 0; r < t->row_count; r++)
		for (size_t i = 0; i < t->column_count; i++) {
			const struct cell *c = &t->rows[r].cells[i];

			if (c->type == CELL_TABLE && strlen(t->columns[i].key) == length && !memcmp(t->columns[i].key, key, length))
				vec_push(into, (struct found){ c->table, t->shape == TABLE_OBJECT ? NULL : t, t->rows[r].cells });
		}
}

/* "locks.waiters" */
static void find(const struct doc *doc, const char *path, struct tables *into)
{
	size_t length = strcspn(path, ".");

	for (size_t i = 0; i < doc->table_count; i++)
		if (doc->tables[i]->key && strlen(doc->tables[i]->key) == length && !memcmp(doc->tables[i]->key, path, length))
			vec_push(into, (struct found){ .table = doc->tables[i] });
	while (into->n && path[length]) {
		struct tables inner = { 0 };

		path += length + 1;
		length = strcspn(path, ".");
		for (size_t i = 0; i < into->n; i++)
			look_into(into->v[i].table, path, length, &inner);
		vec_free(into);
		*into = inner;
	}
}

static void list(const struct table *t, const char *path, struct buf *names)
{
	buf_addf(names, ", %s", path);
	for (size_t i = 0; t->row_count && i < t->column_count; i++)
		if (t->rows[0].cells[i].type == CELL_TABLE) {
			struct buf inner = { 0 };

			buf_addf(&inner, "%s.%s", path, t->columns[i].key);
			list(t->rows[0].cells[i].table, buf_text(&inner), names);
			buf_free(&inner);
		}
}

static int no_such(struct export *e, const struct doc *doc)
{
	struct buf names = { 0 };

	for (size_t i = 0; i < doc->table_count; i++)
		if (doc->tables[i]->key)
			list(doc->tables[i], doc->tables[i]->key, &names);
	export_fail(e, "--view: there is no table '%s' in this recording; there are: events%s", text_shown(e->table), buf_text(&names));
	buf_free(&names);
	return -1;
}

static unsigned parts_of(const char *table)
{
	char word[64];
	const struct view *v;

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(table, "."), table);
	v = view_find(word);
	return v && v->parts ? v->parts : MODEL_ALL;
}

static int write_table(struct export *e)
{
	const struct view_input *in = export_read(e, parts_of(e->table), NULL);
	struct drawing d = { .doc = NULL };
	struct doc doc;
	size_t rows = 0, kept;
	int code;

	if (!in)
		return -1;
	doc_init(&doc, in->arena);
	doc.stacks = naming_stacks(in->naming);
	for (size_t i = 0; views[i]; i++)
		if (!views[i]->name || strcmp(views[i]->name, "summary"))
			views[i]->add(in, &doc);
	d.doc = &doc;
	find(&doc, e->table, &d.tables);
	if (!d.tables.n)
		return no_such(e, &doc);
	for (size_t i = 0; i < d.tables.n; i++)
		rows += d.tables.v[i].table->row_count;
	code = export_fit(e, rows, draw, &d, &kept);
	if (kept < rows)
		export_left_out(e, "the last %zu of %zu rows", rows - kept, rows);
	vec_free(&d.tables);
	return code;
}

/* ---- events: drawn piece by piece ---- */

struct events {
	struct export           *e;
	const struct view_input *in;
	struct doc               doc;
	struct arena             arena;
	struct table            *table;
	uint64_t                 left_out;
	bool                     begun;
};

static void flush(struct events *s)
{
	struct found f = { .table = s->table };

	if (!s->begun)
		head(&f, s->e->sink);
	s->begun = true;
	for (size_t r = 0; r < s->table->row_count; r++) {
		struct sink one = { .out = NULL };
		struct table row = *s->table;

		row.rows += r;
		row.row_count = 1;
		f.table = &row;
		body(&f, &s->doc, 1, &one);
		if (s->left_out || (s->e->max_bytes && s->e->sink->bytes + one.bytes > s->e->max_bytes))
			s->left_out++;
		else
			body(&f, &s->doc, 1, s->e->sink);
	}
	arena_free(&s->arena);
	s->table = event_table(&s->arena);
}

static int add_event(void *data, const struct model_event *event)
{
	struct events *s = data;

	if (event->duration_ns < s->e->min_ns)
		return 0;
	event_add(s->in, s->table, event);
	if (s->table->row_count == ROWS_A_PIECE)
		flush(s);
	return s->e->sink->out && ferror(s->e->sink->out);
}

static int write_events(struct export *e)
{
	struct events s = { .e = e, .in = e->open(e, MODEL_WAITS, NULL) };

	if (!s.in)
		return -1;
	s.table = event_table(&s.arena);
	s.doc.stacks = naming_stacks(s.in->naming);
	e->stream(e, s.in, add_event, &s);
	flush(&s);
	arena_free(&s.arena);
	if (s.left_out)
		export_left_out(e, "the last %llu events", (unsigned long long)s.left_out);
	return 0;
}

static int write_csv(struct export *e)
{
	if (!e->table)
		e->table = default_table;
	return strcmp(e->table, "events") ? write_table(e) : write_events(e);
}

const struct exporter export_csv = {
	.name = "csv", .opened_by = "spreadsheets, pandas, R, sqlite3; one table: --view", .tables = true, .slices = true, .write = write_csv,
};
