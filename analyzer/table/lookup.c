#include "table/lookup.h"

#include <fnmatch.h>
#include <string.h>

#include "table/identity.h"
#include "util/similar.h"
#include "util/vec.h"

struct search { const struct doc *doc; const struct expr *e; struct findings *found; };

static void in_table(const struct search *s, const struct table *t, size_t step);

static void in_cell(const struct search *s, const struct table *t, const struct row *row, size_t column, size_t step)
{
	const struct cell *c = &row->cells[column];

	if (c->type == CELL_TABLE)
		in_table(s, c->table, step);
	else if (step < s->e->step_count)
		s->found->without++;
	else
		vec_push(s->found, (struct finding){ &t->columns[column], *c, t, row });
}

/* `step` is a member of the row, or chooses among rows once more. */
static void in_row(const struct search *s, const struct table *t, const struct row *row, size_t step)
{
	const struct expr_step *at = &s->e->steps[step];
	int column;

	if (step < s->e->step_count && !at->name) {
		if (identity_matches(s->doc, t, row, at->column, at->pattern))
			in_row(s, t, row, step + 1);
		return;
	}
	if (t->shape == TABLE_MAP && t->column_count == 2) {
		in_cell(s, t, row, 1, step);
		return;
	}
	column = step < s->e->step_count ? table_column(t, at->name) : -1;
	if (column >= 0)
		in_cell(s, t, row, (size_t)column, step + 1);
}

static void miss(const struct search *s, const struct table *t, const struct expr_step *step)
{
	if (!s->found->missing) {
		s->found->missing = step;
		s->found->searched = t;
	}
}

static void in_list(const struct search *s, const struct table *t, size_t step)
{
	const struct expr_step *at = &s->e->steps[step];
	size_t before = s->found->n;

	for (size_t r = 0; r < t->row_count; r++) {
		const struct row *row = &t->rows[r];

		if (at->name ? row->cells[0].type == CELL_NAME && !strcmp(row->cells[0].name, at->name)
		             : identity_matches(s->doc, t, row, at->column, at->pattern))
			in_row(s, t, row, step + 1);
	}
	if (s->found->n == before)
		miss(s, t, at);
}

static void in_table(const struct search *s, const struct table *t, size_t step)
{
	if (step == s->e->step_count)
		vec_push(s->found, (struct finding){ .cell = cell_int(t->row_count), .table = t });
	else if (t->shape != TABLE_OBJECT)
		in_list(s, t, step);
	else if (t->row_count)
		in_row(s, t, &t->rows[0], step);
}

/* Nobody's calls are counted, say: then none for this one is no answer. */
static bool is_unknown_everywhere(const struct findings *f)
{
	size_t i = f->column && f->searched && f->searched->columns <= f->column && f->column < f->searched->columns + f->searched->column_count
		? (size_t)(f->column - f->searched->columns) : SIZE_MAX;

	if (i == SIZE_MAX || !f->searched->row_count)
		return false;
	for (size_t r = 0; r < f->searched->row_count; r++)
		if (f->searched->rows[r].cells[i].type != CELL_NULL)
			return false;
	return true;
}

int lookup(const struct doc *doc, const struct expr *e, struct findings *found, struct expr_error *error)
{
	const struct column *column = NULL;
	const struct table *top;

	*found = (struct findings){ 0 };
	if (lookup_key(doc, e, &found->column, error))
		return -1;
	top = lookup_table(doc, e->steps[0].name, &column);
	in_table(&(struct search){ doc, e, found }, top, column ? 0 : 1);
	found->adds_up = !found->column || lookup_adds_up(found->n ? found->v[0].table : NULL, found->column);
	found->unknown = !found->n && (found->without || is_unknown_everywhere(found));
	return 0;
}

void findings_free(struct findings *f)
{
	vec_free(f);
}

static void offer_names(struct similar *best, const struct doc *doc, const struct cell *c)
{
	size_t count = 0;
	const struct frame *frames;

	if (c->type == CELL_NAME)
		similar_offer(best, c->name);
	if (c->type != CELL_STACK || !c->stack || !doc->stacks.frames)
		return;
	frames = doc->stacks.frames(doc->stacks.context, c->stack, &count);
	for (size_t i = 0; i < count; i++)
		similar_offer(best, frames[i].name);
}

const char *lookup_similar(const struct doc *doc, const struct table *t, const char *word)
{
	int at = identity_column(t);
	struct similar best = similar_begin(word);

	for (size_t r = 0; at >= 0 && r < t->row_count; r++)
		offer_names(&best, doc, &t->rows[r].cells[at]);
	return best.word;
}

/* Globs over keys. */
static const char *const standing_alone[] = {
	"min", "max", "min_*", "max_*", "avg_*", "p[0-9]*_ns", "*stddev*", "*_pct", "rss_*", "peak_time_ns", "ns_*", "id", "tid", "pid", "ppid", "line",
	"exit_status", "created_by", "duration_ns", "depth*", "own_peak*", "*longest*", "parallelism", "wall_*", "short_lived_ns", "growth_*",
};

/* Rows that are points of time. */
static bool is_series(const struct table *t)
{
	int at = t ? table_column(t, "time_ns") : -1;

	return at >= 0 && t->columns[at].unit == UNIT_TIME;
}

bool lookup_adds_up(const struct table *t, const struct column *c)
{
	if (is_series(t))
		return false;
	if (c->unit != UNIT_COUNT && c->unit != UNIT_BYTES && c->unit != UNIT_NS)
		return false;
	for (size_t i = 0; i < sizeof(standing_alone) / sizeof(standing_alone[0]); i++)
		if (!fnmatch(standing_alone[i], c->key, 0))
			return false;
	return true;
}
