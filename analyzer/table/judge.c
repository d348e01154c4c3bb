#include "table/judge.h"

#include <math.h>
#include <string.h>

#include "table/amount.h"
#include "table/identity.h"

static long double number_of(const struct cell *c)
{
	switch (c->type) {
	case CELL_REAL:  return (long double)c->real;
	case CELL_INT:
	case CELL_BOOL:  return (long double)c->integer;
	case CELL_NAMES: return (long double)c->names->count;
	default:         return NAN;
	}
}

/* All of them as one number: the sum, or the largest of what does not add up. Nothing that occurs is 0. */
long double judge_together(const struct findings *f)
{
	long double all = f->n ? number_of(&f->v[0].cell) : 0;

	for (size_t i = 1; i < f->n; i++) {
		long double one = number_of(&f->v[i].cell);

		all = f->adds_up ? all + one : one > all ? one : all;
	}
	return all;
}

static bool holds(enum expr_op op, long double value, long double limit)
{
	switch (op) {
	case EXPR_LT: return value < limit;
	case EXPR_LE: return value <= limit;
	case EXPR_EQ: return value == limit;
	case EXPR_NE: return value != limit;
	case EXPR_GE: return value >= limit;
	case EXPR_GT: return value > limit;
	}
	return false;
}

struct cell judge_cell(long double value)
{
	if (isnan(value) || isinf(value))
		return CELL_UNKNOWN;
	return value == floorl(value) && fabsl(value) < 9e18L ? cell_signed((int64_t)value) : cell_real((double)value);
}

/* How far it is beyond the limit. */
static const char *excess(const struct view_input *in, const struct check *c, long double value)
{
	long double more = value - c->expr->number;
	bool above = c->expr->op == EXPR_LT || c->expr->op == EXPR_LE || (c->expr->op == EXPR_EQ && more > 0);

	if (c->expr->op == EXPR_NE || more == 0)
		return "";
	return view_text(in, ", %s too %s", amount_text(in->arena, c->unit, fabsl(more), false),
	                 above ? c->unit == UNIT_COUNT ? "many" : "much" : c->unit == UNIT_COUNT ? "few" : "little");
}

static void judge_number(struct check *c, const struct view_input *in, long double value)
{
	const char *text = amount_text(in->arena, c->unit, value, false);

	c->passed = holds(c->expr->op, value, c->expr->number);
	c->value = judge_cell(value);
	c->measured = c->passed ? text : view_text(in, "%s%s", text, excess(in, c, value));
}

/* What does not add up must hold of each row; the worst of those that fail is told. */
static void judge_each(struct check *c, const struct view_input *in, const struct findings *f)
{
	long double worst = number_of(&f->v[0].cell);
	bool worst_holds = holds(c->expr->op, worst, c->expr->number);

	for (size_t i = 1; i < f->n; i++) {
		long double one = number_of(&f->v[i].cell);
		bool fine = holds(c->expr->op, one, c->expr->number);

		if (fine && !worst_holds)
			continue;
		if (fine != worst_holds || fabsl(one - c->expr->number) > fabsl(worst - c->expr->number))
			worst = one;
		worst_holds = worst_holds && fine;
	}
	judge_number(c, in, worst);
}

static const char *word_of(const struct view_input *in, const struct cell *c)
{
	return c->type == CELL_NULL ? "null" : c->type == CELL_NAME ? view_text(in, "\"%s\"", c->name)
		: c->type == CELL_BOOL ? c->integer ? "true" : "false" : view_text(in, "%lld", (long long)c->integer);
}

static bool is_word(const struct expr *e, const struct cell *c)
{
	if (e->type == EXPR_NULL)
		return c->type == CELL_NULL;
	if (e->type == EXPR_TRUTH)
		return c->type != CELL_NULL && number_of(c) == e->number;
	return c->type == CELL_NAME && identity_name_matches(c->name, e->word);
}

static void judge_words(struct check *c, const struct view_input *in, const struct findings *f)
{
	c->passed = f->n || c->expr->type != EXPR_TEXT || c->expr->op == EXPR_NE;
	c->measured = f->n ? word_of(in, &f->v[0].cell) : "nothing";
	for (size_t i = 0; i < f->n; i++) {
		if (is_word(c->expr, &f->v[i].cell) == (c->expr->op == EXPR_EQ))
			continue;
		c->passed = false;
		c->measured = word_of(in, &f->v[i].cell);
		return;
	}
}

static int compare_numbers(const void *a, const void *b)
{
	long double x = *(const long double *)a, y = *(const long double *)b;

	return (x > y) - (x < y);
}

/* The middle of the OLD runs; NaN if some are not known. */
static long double baseline(struct check *c)
{
	size_t n = c->old.n;

	for (size_t i = 0; i < n; i++)
		if (isnan(c->old.v[i]))
			return NAN;
	if (!n)
		return NAN;
	vec_sort(&c->old, compare_numbers);
	return n % 2 ? c->old.v[n / 2] : (c->old.v[n / 2 - 1] + c->old.v[n / 2]) / 2;
}

static void judge_change(struct check *c, const struct view_input *in, long double value)
{
	long double old = baseline(c), change = value - old;
	enum unit unit = c->unit;
	bool relative = c->expr->unit == UNIT_PERCENT;
	long double percent = old != 0 ? 100 * change / fabsl(old) : change == 0 ? 0 : change > 0 ? INFINITY : -INFINITY;

	if (isnan(old)) {
		c->measured = "not known in the runs of --against";
		return;
	}
	c->passed = holds(c->expr->op, relative ? percent : change, c->expr->number);
	c->value = judge_cell(value);
	c->change_pct = judge_cell(percent);
	c->measured = view_text(in, "%s (%s), from %s to %s", amount_text(in->arena, unit, change, true), amount_change(in->arena, old, value),
	                        amount_text(in->arena, unit, old, false), amount_text(in->arena, unit, value, false));
}

void judge(struct check *c, const struct view_input *in, const struct findings *f)
{
	if (c->expr->diff)
		judge_change(c, in, judge_together(f));
	else if (c->expr->type != EXPR_NUMBER)
		judge_words(c, in, f);
	else if (f->n > 1 && !f->adds_up)
		judge_each(c, in, f);
	else
		judge_number(c, in, judge_together(f));
}
