/* The summary's last lines: what to do next. */
#include <stdlib.h>

#include "table/summary.h"
#include "util/alloc.h"

/* Modules below this share of all frames are not worth a line. */
enum { PERCENT_LEAST = 5, NAMELESS_MOST = 3 };

static uint32_t *frames_by_module(const struct stacks *s)
{
	uint32_t *counts = xcalloc(s->modules.n + 1, sizeof(*counts));

	for (size_t i = 1; i < s->nodes.n; i++)
		if (s->nodes.v[i].module != MODULE_NONE)
			counts[s->nodes.v[i].module]++;
	return counts;
}

static const struct column columns[] = { { "command", "", .flags = COLUMN_TEXT | COLUMN_WHOLE } };

/* A line each for those with many frames and few names, the one with the most first. */
static void add_nameless(const struct view_input *in, struct table *t)
{
	const struct stacks *s = &in->model->stacks;
	uint32_t *counts = frames_by_module(s);
	struct top top = { .room = NAMELESS_MOST };

	for (uint32_t i = 0; i < s->modules.n; i++)
		if ((uint64_t)counts[i] * 100 >= (uint64_t)s->nodes.n * PERCENT_LEAST && !naming_is_foreign(in->naming, i))
			top_offer(&top, i, counts[i]);
	for (unsigned i = 0; i < top.count; i++) {
		const char *why = NULL;

		if (naming_module(in->naming, top.index[i], &why) != SYM_FULL && why)
			table_row(t)[0] = cell_name(view_text(in, "names in %s: %s", view_base_name(s->modules.v[top.index[i]].path), why));
	}
	free(counts);
}

void summary_advice(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "To see more", columns);

	add_nameless(in, t);
	table_row(t)[0] = cell_name(view_text(in, "hp-analyze report --view memory|functions|locks|io|waits|threads %s", in->dumps));
	table_row(t)[0] = cell_name(view_text(in, "hp-analyze tree --metric time|wait|io-time|alloc-calls|peak-bytes %s", in->dumps));
	if (in->model->threads.v.n > 1)
		table_row(t)[0] = cell_name(view_text(in, "hp-analyze waits|path|what-if %s", in->dumps));
	doc_add(doc, t);
}
