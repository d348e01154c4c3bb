/* What is known of runs that are compared; their values by side. */
#include <math.h>
#include <string.h>

#include "table/compare_private.h"
#include "table/info.h"
#include "util/fmt.h"

static bool has_symbols(const struct view_input *in)
{
	const struct stacks *s = &in->model->stacks;

	for (uint32_t i = 0; i < s->modules.n; i++)
		if (!strcmp(s->modules.v[i].path, in->model->processes.v.n ? in->model->processes.v.v[0].exe : ""))
			return naming_module(in->naming, i, NULL) != SYM_NONE;
	return false;
}

static const char *filter_of(const struct view_input *in)
{
	const struct left_outs *l = &in->model->left_out;

	return view_text(in, "%s%s%s", l->filter ? l->filter : "", l->min_ns ? " HP_MIN_NS=" : "", l->min_ns ? fmt_duration(l->min_ns).s : "");
}

struct compare_run compare_facts(struct compare *c, enum side side, const struct view_input *in)
{
	const struct model *m = in->model;
	const struct process *root = m->processes.v.n ? &m->processes.v.v[0] : NULL;

	return (struct compare_run){
		.side = side, .number = (uint32_t)compare_runs(c, side),
		.named = strings_keep(&c->strings, in->dumps),
		.program = strings_keep(&c->strings, root ? view_base_name(root->exe) : ""),
		.host = strings_keep(&c->strings, root ? root->host : ""),
		.end = strings_keep(&c->strings, root ? view_end(in, root) : ""),
		.losses = strings_keep(&c->strings, recorder_losses(in)),
		.filter = strings_keep(&c->strings, filter_of(in)),
		.duration_ns = m->duration_ns, .kinds_off = m->recorder.kinds_off,
		.has_calls = m->functions.nodes.n > 1, .has_paths = m->stacks.nodes.n > 1, .has_names = has_symbols(in),
	};
}

size_t compare_runs(const struct compare *c, enum side side)
{
	size_t n = 0;

	for (size_t i = 0; i < c->runs.n; i++)
		n += c->runs.v[i].side == side;
	return n;
}

static bool is_known(const struct compare_table *t, size_t at)
{
	return at < t->known.n && t->known.v[at];
}

/* A row that is not there counts nothing, where the figure is known of others, or the table is known to be empty. */
static double value_of(const struct compare_table *t, const struct compare_row *r, size_t run, size_t figure)
{
	size_t at = compare_place(t, run, figure), mark = compare_place(t, run, t->figures.n);
	bool there = run < r->there.n && r->there.v[run];

	if (there)
		return at < r->values.n ? r->values.v[at] : NAN;
	if (t->is_whole && !t->is_nested)
		return NAN;
	return is_known(t, at) || is_known(t, mark) || t->is_nested ? 0 : NAN;
}

size_t compare_values(const struct compare *c, const struct compare_row *r, size_t figure, enum side side, double *values)
{
	size_t n = 0;

	for (size_t i = 0; i < c->runs.n; i++) {
		double value = c->runs.v[i].side == side ? value_of(&c->tables.v[r->table], r, i, figure) : NAN;

		if (!isnan(value))
			values[n++] = value;
	}
	return n;
}

size_t compare_totals(const struct compare *c, const struct compare_table *t, size_t figure, enum side side, double *values)
{
	size_t n = 0;

	for (size_t i = 0; i < c->runs.n; i++) {
		size_t at = compare_place(t, i, figure);

		if (c->runs.v[i].side == side && at < t->totals.n && !isnan(t->totals.v[at]))
			values[n++] = t->totals.v[at];
	}
	return n;
}

static const struct frame *frames(void *context, uint64_t stack, size_t *count)
{
	const struct compare *c = context;

	*count = stack && stack <= c->stacks.n ? c->stacks.v[stack - 1].count : 0;
	return *count ? c->stacks.v[stack - 1].frames : NULL;
}

struct stack_source compare_stacks(struct compare *c)
{
	return (struct stack_source){ frames, c };
}

void compare_free(struct compare *c)
{
	for (size_t i = 0; i < c->rows.n; i++) {
		vec_free(&c->rows.v[i].values);
		vec_free(&c->rows.v[i].there);
	}
	for (size_t i = 0; i < c->tables.n; i++) {
		vec_free(&c->tables.v[i].figures);
		vec_free(&c->tables.v[i].known);
		vec_free(&c->tables.v[i].totals);
	}
	vec_free(&c->runs);
	vec_free(&c->tables);
	vec_free(&c->rows);
	vec_free(&c->stacks);
	map64_free(&c->by_path);
	map64_free(&c->by_key);
	strings_free(&c->strings);
}
