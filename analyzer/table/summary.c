/* summary: one screen that shows where to look. */
#include "table/summary.h"

#include "table/info.h"
#include "table/lock_places.h"

enum { PART_COUNT = 7, LINES = 42, LINES_AROUND = 7, LINES_A_PART = 3, ROWS_MOST = TOP_MOST };

static const struct column columns[PART_COUNT] = {
	{ "time", "", .unit = UNIT_NONE }, { "in_progress", "", .unit = UNIT_NONE }, { "leaks", "", .unit = UNIT_NONE },
	{ "allocations", "", .unit = UNIT_NONE }, { "locks", "", .unit = UNIT_NONE }, { "files", "", .unit = UNIT_NONE },
	{ "functions", "", .unit = UNIT_NONE },
};
/* What the parts are made by, how many lines a row of it takes, and how many rows it should have at least. */
static const struct part {
	struct table *(*make)(const struct view_input *, unsigned rows);
	unsigned lines_a_row, least;
} parts[PART_COUNT] = {
	{ summary_time, 1, 3 }, { summary_pending, 1, 3 }, { summary_leaks, 1, 3 }, { summary_allocations, 1, 2 },
	{ summary_locks, 2, 2 }, { summary_files, 1, 3 }, { summary_functions, 1, 3 },
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

/* One row more for each part in turn, as long as the screen has room. */
static void share_lines(const struct cell *cells)
{
	unsigned rows[PART_COUNT], used = LINES_AROUND, before = 0;

	for (unsigned i = 0; i < PART_COUNT; i++) {
		size_t count = cells[i].table->row_count;

		rows[i] = count < parts[i].least ? (unsigned)count : parts[i].least;
		used += rows[i] ? LINES_A_PART + rows[i] * parts[i].lines_a_row : 0;
	}
	while (used < LINES && used != before) {
		before = used;
		for (unsigned i = 0; i < PART_COUNT && used < LINES; i++)
			if (rows[i] < cells[i].table->row_count && used + parts[i].lines_a_row <= LINES) {
				rows[i]++;
				used += parts[i].lines_a_row;
			}
	}
	for (unsigned i = 0; i < PART_COUNT; i++)
		cells[i].table->row_count = rows[i];
}

static void add(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "summary", NULL, columns);
	struct cell *c = table_row(t);

	for (unsigned i = 0; i < PART_COUNT; i++)
		c[i] = cell_table(parts[i].make(in, ROWS_MOST));
	share_lines(c);
	doc_add(doc, t);
	summary_resident(in, doc);
	summary_allocator(in, doc);
	summary_inversions(in, doc);
	recorder_cost(in, doc);
	summary_advice(in, doc);
}

const struct view view_summary = { .name = "summary", .parts = MODEL_ALL, .add = add };
