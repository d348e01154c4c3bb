/* The summary's last lines: what to do next. */
#include "table/summary.h"
#include "util/alloc.h"
#include "util/buf.h"

/* Modules below this share of all frames are not worth a line. */
enum { PERCENT_LEAST = 5 };

static uint32_t *frames_by_module(const struct stacks *s)
{
	uint32_t *counts = xcalloc(s->modules.n + 1, sizeof(*counts));

	for (size_t i = 1; i < s->nodes.n; i++)
		if (s->nodes.v[i].module != MODULE_NONE)
			counts[s->nodes.v[i].module]++;
	return counts;
}

/* "app, libfoo.so.1": those with many frames and few names; *note becomes what would help the first of them. */
static const char *nameless(const struct view_input *in, const char **note)
{
	const struct stacks *s = &in->model->stacks;
	uint32_t *counts = frames_by_module(s);
	struct buf list = { 0 };
	const char *names;

	for (uint32_t i = 0; i < s->modules.n; i++) {
		const char *why = NULL;

		if ((uint64_t)counts[i] * 100 < (uint64_t)s->nodes.n * PERCENT_LEAST || naming_is_foreign(in->naming, i)
		    || naming_module(in->naming, i, &why) == SYM_FULL || !why)
			continue;
		buf_addf(&list, "%s%s", list.n ? ", " : "", view_base_name(s->modules.v[i].path));
		*note = *note ? *note : why;
	}
	names = list.n ? view_text(in, "%s", list.s) : NULL;
	buf_free(&list);
	free(counts);
	return names;
}

static const struct column columns[] = { { "command", "", .flags = COLUMN_TEXT | COLUMN_WHOLE } };

void summary_advice(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "To see more", columns);
	const char *note = NULL, *names = nameless(in, &note);

	if (names)
		table_row(t)[0] = cell_name(view_text(in, "names in %s: %s", names, note));
	table_row(t)[0] = cell_name(view_text(in, "hp-analyze report --view memory|functions|locks|io|waits|threads %s", in->dumps));
	table_row(t)[0] = cell_name(view_text(in, "hp-analyze tree --metric time|wait|io-time|alloc-calls|peak-bytes %s", in->dumps));
	doc_add(doc, t);
}
