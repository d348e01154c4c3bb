/* summary: one screen that shows where to look. */
#include "table/summary.h"

enum { PART_COUNT = 7, LINES = 40, LINES_AROUND = 8, LINES_A_PART = 3, ROWS_LEAST = 3, ROWS_MOST = TOP_MOST };

static const struct column columns[PART_COUNT] = {
	{ "time", "", .unit = UNIT_NONE }, { "in_progress", "", .unit = UNIT_NONE }, { "leaks", "", .unit = UNIT_NONE },
	{ "allocations", "", .unit = UNIT_NONE }, { "locks", "", .unit = UNIT_NONE }, { "files", "", .unit = UNIT_NONE },
	{ "functions", "", .unit = UNIT_NONE },
};
static struct table *(*const parts[PART_COUNT])(const struct view_input *, unsigned rows) = {
	summary_time, summary_pending, summary_leaks, summary_allocations, summary_locks, summary_files, summary_functions,
};

void top_offer(struct top *t, uint32_t index, uint64_t score)
{
	unsigned at;

	if (!score || (t->count == t->room && score <= t->score[t->count - 1]))
		return;
	at = t->count < t->room ? t->count++ : t->count - 1;
	for (; at && t->score[at - 1] < score; at--) {
		t->score[at] = t->score[at - 1];
		t->index[at] = t->index[at - 1];
	}
	t->score[at] = score;
	t->index[at] = index;
}

/* As many rows a part as a screen has room for. */
static unsigned rows_each(const struct cell *cells)
{
	unsigned used = 0, rows;

	for (unsigned i = 0; i < PART_COUNT; i++)
		used += cells[i].table->row_count > 0;
	if (LINES < LINES_AROUND + used * (LINES_A_PART + ROWS_LEAST))
		return ROWS_LEAST;
	rows = (LINES - LINES_AROUND - LINES_A_PART * used) / (used ? used : 1);
	return rows > ROWS_MOST ? ROWS_MOST : rows;
}

static const struct column advice_columns[] = { { "command", "", .flags = COLUMN_TEXT } };

static void advise(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "To see more", advice_columns);

	table_row(t)[0] = cell_name(view_text(in, "hp-analyze report --view memory|functions|locks|io|waits|threads %s", in->dumps));
	table_row(t)[0] = cell_name(view_text(in, "hp-analyze tree --metric time|wait|io-time|alloc-calls|peak-bytes %s", in->dumps));
	doc_add(doc, t);
}

static void add(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "summary", NULL, columns);
	struct cell *c = table_row(t);
	unsigned rows;

	for (unsigned i = 0; i < PART_COUNT; i++)
		c[i] = cell_table(parts[i](in, ROWS_MOST));
	rows = rows_each(c);
	for (unsigned i = 0; i < PART_COUNT; i++)
		if (c[i].table->row_count > rows)
			c[i].table->row_count = rows;
	doc_add(doc, t);
	advise(in, doc);
}

const struct view view_summary = { .name = "summary", .parts = MODEL_ALL, .add = add };
