/* The changes for people: who was compared, then a table a topic, the largest regressions first. */
#include <stdlib.h>
#include <string.h>

#include "table/amount.h"
#include "table/diff_private.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/fmt.h"

struct drawing { const struct diff *d; struct doc *doc; const struct diff_options *o; };

static const char *keep(const struct drawing *w, struct buf *text)
{
	const char *copy = arena_strdup(w->doc->arena, buf_text(text));

	buf_free(text);
	return copy;
}

/* ---- what came out ---- */

enum { WORSE, BETTER, OTHER, NOISE, SAME, KNOWN, NOTES };
static const struct column result_columns[] = {
	[WORSE]  = { "worse", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[BETTER] = { "better", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[OTHER]  = { "different", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[NOISE]  = { "noise", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[SAME]   = { "same", "", UNIT_COUNT, .flags = COLUMN_DATA },
	[KNOWN]  = { "noise_known", "", .flags = COLUMN_DATA },
	[NOTES]  = { "notes", "", .flags = COLUMN_DATA },
};

static const struct names *notes(const struct drawing *w)
{
	struct names *list = arena_zalloc(w->doc->arena, sizeof(*list));

	list->count = w->d->notes.n;
	list->at = arena_copy(w->doc->arena, w->d->notes.v ? w->d->notes.v : (const void *)"", list->count * sizeof(*list->at));
	return list;
}

static const char *result_text(const struct drawing *w)
{
	const size_t *n = w->d->counts;
	struct buf text = { 0 };
	bool few = w->d->noise_unknown;

	buf_addf(&text, "%s %s %s, ", fmt_count(n[VERDICT_WORSE]).s, n[VERDICT_WORSE] == 1 ? "figure is" : "figures are", few ? "higher" : "worse");
	buf_addf(&text, "%s %s; ", fmt_count(n[VERDICT_BETTER]).s, few ? "lower" : "better");
	if (n[VERDICT_NOISE])
		buf_addf(&text, "%s differ no more than runs of one side do, ", fmt_count(n[VERDICT_NOISE]).s);
	buf_addf(&text, "%s are the same", fmt_count(n[VERDICT_SAME]).s);
	if (few)
		buf_adds(&text, ". How much of it is chance is not known from so few runs: give three or more a side");
	return keep(w, &text);
}

static void add_result(const struct drawing *w)
{
	struct table *t = TABLE_NEW(w->doc->arena, TABLE_OBJECT, "summary", w->d->counts[VERDICT_WORSE] || w->d->counts[VERDICT_BETTER] ? "Changes" : "No changes", result_columns);
	struct cell *c = table_row(t);

	c[WORSE] = cell_int(w->d->counts[VERDICT_WORSE]);
	c[BETTER] = cell_int(w->d->counts[VERDICT_BETTER]);
	c[OTHER] = cell_int(w->d->counts[VERDICT_OTHER]);
	c[NOISE] = cell_int(w->d->counts[VERDICT_NOISE]);
	c[SAME] = cell_int(w->d->counts[VERDICT_SAME]);
	c[KNOWN] = cell_bool(!w->d->noise_unknown);
	c[NOTES] = cell_names(notes(w));
	t->note = result_text(w);
	t->brief = true;
	doc_add(w->doc, t);
}

static void add_notes(const struct drawing *w)
{
	for (size_t i = 0; i < w->d->notes.n; i++) {
		struct table *t = table_new(w->doc->arena, TABLE_OBJECT, NULL, "Note", NULL, 0);

		t->note = w->d->notes.v[i];
		t->brief = t->alarm = true;
		t->tight = i > 0;
		doc_add(w->doc, t);
	}
}

/* ---- the changes ---- */

enum { CHANGE, PERCENT, OLD, NEW, FIGURE, SUBJECT };

static const struct { const char *path, *title, *subject; } topics[] = {
	{ "memory.sites", "Memory by call path", "allocated in" }, { "functions", "Functions", "function" }, { "locks", "Locks", "lock" },
	{ "io.files", "Files", "file" }, { "io.ops", "I/O operations", "operation" }, { "io.stdio_ops", "Calls of stdio", "operation" },
	{ "threads", "Threads", "thread" }, { "spans", "Spans", "span" }, { "processes", "Processes", "program" },
};
enum { TOPICS = sizeof(topics) / sizeof(topics[0]) };

static const struct column *columns(const struct drawing *w, const char *subject, bool code)
{
	const struct column all[] = {
		[CHANGE]  = { "change", "change", .flags = COLUMN_RIGHT },
		[PERCENT] = { "percent", "", .flags = COLUMN_RIGHT },
		[OLD]     = { "old", "old", .flags = COLUMN_RIGHT },
		[NEW]     = { "new", "new", .flags = COLUMN_RIGHT },
		[FIGURE]  = { "figure", "of", .flags = COLUMN_WORDS },
		[SUBJECT] = { "subject", subject, .flags = code ? COLUMN_CODE : 0 },
	};

	return arena_copy(w->doc->arena, all, sizeof(all));
}

/* Figures of the whole, and of what is always the same few things. What a process has of its run's memory would be told twice. */
static bool is_total(const struct compare_table *t, const char *key)
{
	if (!strcmp(t->path, "process"))
		return !strcmp(key, "duration_ns") || !strcmp(key, "threads");
	return (t->is_whole && !t->is_nested) || !strcmp(t->path, "waits");
}

static bool is_shown(const struct drawing *w, const struct change *x)
{
	if (w->o->sort && strcmp(w->d->compare->tables.v[w->d->compare->rows.v[x->row].table].figures.v[x->figure].key, w->o->sort))
		return false;
	return x->verdict == VERDICT_WORSE || x->verdict == VERDICT_BETTER || (w->o->all && x->verdict != VERDICT_SAME);
}

static const char *total_name(const struct drawing *w, const struct compare_table *t, const struct compare_row *r, const char *key)
{
	struct buf text = { 0 };

	buf_addf(&text, "%s%s%s.%s", t->path, t->is_whole ? "" : ".", t->is_whole ? "" : compare_name(r), key);
	return keep(w, &text);
}

static void add_change(const struct drawing *w, struct table *to, const struct change *x, bool total)
{
	const struct compare_row *r = &w->d->compare->rows.v[x->row];
	const struct compare_table *t = &w->d->compare->tables.v[r->table];
	const struct compare_figure *f = &t->figures.v[x->figure];
	struct cell *c = table_row(to);

	c[CHANGE] = cell_name(amount_text(w->doc->arena, f->unit, (long double)(x->new.median - x->old.median), true));
	c[PERCENT] = cell_name(amount_change(w->doc->arena, (long double)x->old.median, (long double)x->new.median));
	c[OLD] = cell_name(diff_value(w->doc->arena, f->unit, &x->old));
	c[NEW] = cell_name(diff_value(w->doc->arena, f->unit, &x->new));
	c[FIGURE] = cell_name(total ? total_name(w, t, r, f->key) : f->key);
	if (!total)
		c[SUBJECT] = diff_subject(w->d, x);
}

static void count(const struct drawing *w, struct table *t, const size_t *counts)
{
	struct buf text = { 0 };

	buf_addf(&text, "%s %s, %s %s", fmt_count(counts[VERDICT_WORSE]).s, w->d->noise_unknown ? "higher" : "worse", fmt_count(counts[VERDICT_BETTER]).s,
	         w->d->noise_unknown ? "lower" : "better");
	t->note = keep(w, &text);
}

static void finish(const struct drawing *w, struct table *t, const size_t *counts)
{
	if (!t->row_count)
		return;
	count(w, t, counts);
	doc_add(w->doc, t);
}

static void add_totals(const struct drawing *w)
{
	struct table *t = table_new(w->doc->arena, TABLE_ROWS, NULL, "Totals", columns(w, "", false), SUBJECT);
	size_t counts[VERDICT_OTHER + 1] = { 0 };

	for (size_t i = 0; i < w->d->changes.n; i++) {
		const struct change *x = &w->d->changes.v[i];

		const struct compare_table *of = &w->d->compare->tables.v[w->d->compare->rows.v[x->row].table];

		if (!is_total(of, of->figures.v[x->figure].key) || !is_shown(w, x))
			continue;
		counts[x->verdict]++;
		add_change(w, t, x, true);
	}
	finish(w, t, counts);
}

/* Each row once, with the figure in which it changed most. */
static void add_topic(const struct drawing *w, uint32_t table, const char *title, const char *subject, bool *told)
{
	struct table *t = table_new(w->doc->arena, TABLE_ROWS, NULL, title, columns(w, subject, !strcmp(subject, "function")), SUBJECT + 1);
	size_t counts[VERDICT_OTHER + 1] = { 0 };

	t->lines = 2;
	for (size_t i = 0; i < w->d->changes.n; i++) {
		const struct change *x = &w->d->changes.v[i];

		if (w->d->compare->rows.v[x->row].table != table || told[x->row] || !is_shown(w, x))
			continue;
		told[x->row] = true;
		counts[x->verdict]++;
		add_change(w, t, x, false);
	}
	finish(w, t, counts);
}

/* Histograms and tables in rows are told by rows[] only. */
static void add_topics(const struct drawing *w)
{
	const struct compare *c = w->d->compare;
	bool *told = xcalloc(c->rows.n + 1, sizeof(*told));

	for (size_t k = 0; k < TOPICS; k++)
		for (uint32_t i = 0; i < c->tables.n; i++)
			if (!strcmp(topics[k].path, c->tables.v[i].path))
				add_topic(w, i, topics[k].title, topics[k].subject, told);
	free(told);
}

void diff_tables(const struct diff *d, struct doc *doc, const struct diff_options *o)
{
	struct drawing w = { d, doc, o };

	doc_add(doc, diff_sides(d, doc->arena));
	add_result(&w);
	add_notes(&w);
	if (o->complete) {
		doc_add(doc, diff_rows(d, doc->arena));
		return;
	}
	add_totals(&w);
	add_topics(&w);
}
