#include "cmd/lists.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/text.h"

enum { LISTED_MOST = 20 };

static void separate(struct buf *out)
{
	buf_adds(out, out->n ? ", " : "");
}

void list_threads(struct buf *out, const struct model *m)
{
	size_t listed = 0;

	for (size_t i = 0; i < m->threads.v.n && listed < LISTED_MOST; i++) {
		const struct thread *t = &m->threads.v.v[i];

		if (!t->tid)
			continue;
		separate(out);
		buf_addf(out, "%" PRIu32 "%s%s", t->tid, t->name[0] ? " " : "", t->name);
		listed++;
	}
	if (listed == LISTED_MOST)
		buf_adds(out, ", ...");
}

static int has_word(const struct buf *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = buf_text(list); (at = strstr(at, word)); at += n)
		if ((at == list->s || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return 1;
	return 0;
}

static void add_columns(struct buf *out, const struct table *t)
{
	for (size_t c = 0; c < t->column_count; c++) {
		const struct column *column = &t->columns[c];

		if (column->unit == UNIT_NONE || column->flags & COLUMN_TEXT || has_word(out, column->key))
			continue;
		buf_adds(out, out->n ? " " : "");
		buf_adds(out, column->key);
	}
}

/* Those which doc_sort sorts. */
void list_sort_keys(struct buf *out, const struct doc *doc)
{
	for (size_t i = 0; i < doc->table_count; i++) {
		const struct table *t = doc->tables[i];

		if (t->shape != TABLE_OBJECT)
			add_columns(out, t);
		for (size_t c = 0; t->shape == TABLE_OBJECT && t->row_count && c < t->column_count; c++)
			if (t->rows[0].cells[c].type == CELL_TABLE && t->rows[0].cells[c].table->shape != TABLE_OBJECT)
				add_columns(out, t->rows[0].cells[c].table);
	}
}

void marks_add(struct marks *m, const char *name, size_t bytes)
{
	for (size_t i = 0; i < m->n; i++)
		if (strlen(m->v[i]) == bytes && !memcmp(m->v[i], name, bytes))
			return;
	if (m->n < LISTED_MOST)
		vec_push(m, xasprintf("%.*s", (int)bytes, name));
}

void list_marks(struct buf *out, const struct marks *m)
{
	for (size_t i = 0; i < m->n; i++) {
		separate(out);
		buf_addf(out, "@%s", m->v[i]);
	}
	if (m->n == LISTED_MOST)
		buf_adds(out, ", ...");
}

void marks_free(struct marks *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->v[i]);
	vec_free(m);
}
