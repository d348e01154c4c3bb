#include "table/diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table/diff_private.h"
#include "util/alloc.h"

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = { "same", "noise", "worse", "better", "different" };

	return names[v];
}

/* More of these is neither better nor worse. */
static bool is_neutral(const struct compare_table *t, const struct compare_figure *f)
{
	return f->unit == UNIT_TIME || f->unit == UNIT_PERCENT || !strncmp(t->path, "recorder", 8) || !strcmp(f->key, "suppressed_bytes") || !strncmp(f->key, "free", 4);
}

static enum verdict judge(const struct compare_table *t, const struct compare_figure *f, enum noise noise, double change)
{
	if (noise == NOISE_SAME || noise == NOISE_WITHIN)
		return noise == NOISE_SAME ? VERDICT_SAME : VERDICT_NOISE;
	if (is_neutral(t, f))
		return VERDICT_OTHER;
	return change > 0 ? VERDICT_WORSE : VERDICT_BETTER;
}

/* What hardly anybody would care for, of each unit. */
static double trifle(enum unit unit)
{
	return unit == UNIT_BYTES ? 4096 : unit == UNIT_NS ? 1e6 : 100;
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static double middle_total(const struct compare *c, const struct compare_table *t, size_t figure, enum side side, double *values)
{
	size_t n = compare_totals(c, t, figure, side, values);

	return n ? noise_sample(values, n).median : 0;
}

/* Of a function with what it called: that is told of the called ones, too. */
static bool is_inclusive(const struct compare_table *t, const char *key)
{
	static const char *const own[] = { "self_ns", "calls", "open_calls", "alloc_ns", "alloc_calls", "alloc_bytes" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (!strcmp(own[i], key))
			return false;
	return !strcmp(t->path, "functions");
}

/* A small share of much and a large share of little both matter little. */
static double score_of(const struct compare_table *t, const struct compare_figure *f, const struct change *c, double total)
{
	double change = fabs(c->new.median - c->old.median);
	double whole = t->is_whole || !f->adds_up ? larger(fabs(c->old.median), fabs(c->new.median)) : total;
	double share = whole > 0 ? change / whole : 0;

	if (!f->adds_up && !t->is_whole)
		share /= 100;
	if (is_inclusive(t, f->key))
		share /= 10;
	return share * change / (change + trifle(f->unit));
}

struct judging { struct diff *d; double *old, *new, *totals; };

static void judge_figure(const struct judging *j, uint32_t row, uint32_t figure)
{
	const struct compare *c = j->d->compare;
	const struct compare_row *r = &c->rows.v[row];
	const struct compare_table *t = &c->tables.v[r->table];
	size_t n = compare_values(c, r, figure, SIDE_OLD, j->old), m = compare_values(c, r, figure, SIDE_NEW, j->new);
	struct change x = { .row = row, .figure = figure };

	if (!n || !m)
		return;
	x.old = noise_sample(j->old, n);
	x.new = noise_sample(j->new, m);
	if (x.old.high == 0 && x.new.high == 0 && x.old.low == 0 && x.new.low == 0)
		return;
	x.noise = noise_judge(j->old, n, j->new, m);
	x.verdict = judge(t, &t->figures.v[figure], x.noise, x.new.median - x.old.median);
	x.score = score_of(t, &t->figures.v[figure], &x, j->totals[2 * figure + 1] > j->totals[2 * figure] ? j->totals[2 * figure + 1] : j->totals[2 * figure]);
	j->d->counts[x.verdict]++;
	j->d->noise_unknown |= x.noise == NOISE_UNKNOWN;
	vec_push(&j->d->changes, x);
}

static void judge_table(const struct judging *j, uint32_t table, const uint32_t *rows, size_t n)
{
	const struct compare *c = j->d->compare;
	const struct compare_table *t = &c->tables.v[table];

	for (uint32_t f = 0; f < t->figures.n; f++) {
		j->totals[2 * f] = middle_total(c, t, f, SIDE_OLD, j->old);
		j->totals[2 * f + 1] = middle_total(c, t, f, SIDE_NEW, j->old);
	}
	for (uint32_t f = 0; f < t->figures.n; f++) {
		if (diff_leaves_out(j->d, table, f))
			continue;
		for (size_t i = 0; i < n; i++)
			if (!c->rows.v[rows[i]].gone)
				judge_figure(j, rows[i], f);
	}
}

static int most_first(const void *a, const void *b)
{
	static const int order[] = { [VERDICT_WORSE] = 0, [VERDICT_BETTER] = 1, [VERDICT_OTHER] = 2, [VERDICT_NOISE] = 3, [VERDICT_SAME] = 4 };
	const struct change *x = a, *y = b;

	if (order[x->verdict] != order[y->verdict])
		return order[x->verdict] - order[y->verdict];
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	if (x->row != y->row)
		return x->row < y->row ? -1 : 1;
	return (x->figure > y->figure) - (x->figure < y->figure);
}

static size_t most_figures(const struct compare *c)
{
	size_t most = 1;

	for (size_t i = 0; i < c->tables.n; i++)
		most = c->tables.v[i].figures.n > most ? c->tables.v[i].figures.n : most;
	return most;
}

/* Rows by table. */
static void judge_all(struct diff *d)
{
	const struct compare *c = d->compare;
	struct judging j = { d, xcalloc(c->runs.n, sizeof(double)), xcalloc(c->runs.n, sizeof(double)), xcalloc(2 * most_figures(c), sizeof(double)) };
	uint32_t *rows = xcalloc(c->rows.n + 1, sizeof(*rows));

	for (uint32_t t = 0; t < c->tables.n; t++) {
		size_t n = 0;

		for (uint32_t i = 0; i < c->rows.n; i++)
			if (c->rows.v[i].table == t)
				rows[n++] = i;
		judge_table(&j, t, rows, n);
	}
	free(rows);
	free(j.old);
	free(j.new);
	free(j.totals);
}

/* That something ran for a while can be said of any two runs. */
static bool has_costs(const struct diff *d)
{
	static const char *const of_any[] = { "process", "processes", "recorder", "recorder.hooks", "threads" };

	for (size_t i = 0; i < d->changes.n; i++) {
		const struct compare_table *t = &d->compare->tables.v[d->compare->rows.v[d->changes.v[i].row].table];
		const char *path = t->path;
		bool any = !strncmp(t->figures.v[d->changes.v[i].figure].key, "rss_", 4);

		for (size_t k = 0; k < sizeof(of_any) / sizeof(of_any[0]); k++)
			any |= !strcmp(path, of_any[k]);
		if (!any)
			return true;
	}
	return false;
}

int diff_make(struct diff *d, const struct compare *c, struct arena *arena)
{
	*d = (struct diff){ .compare = c };
	diff_notes(d, arena);
	judge_all(d);
	vec_sort(&d->changes, most_first);
	return has_costs(d) ? 0 : -1;
}

bool diff_has_figure(const struct diff *d, const char *key)
{
	for (size_t i = 0; i < d->compare->tables.n; i++)
		for (size_t k = 0; k < d->compare->tables.v[i].figures.n; k++)
			if (!strcmp(d->compare->tables.v[i].figures.v[k].key, key))
				return true;
	return false;
}

void diff_free(struct diff *d)
{
	vec_free(&d->changes);
	vec_free(&d->notes);
}
