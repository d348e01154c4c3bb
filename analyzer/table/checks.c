#include "table/checks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "table/identity.h"
#include "table/judge.h"
#include "table/recorded.h"
#include "util/buf.h"

/* ---- does the value fit the figure? ---- */

static int refuse(struct expr_error *error, const struct expr *e, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int refuse(struct expr_error *error, const struct expr *e, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	error->at = e->value_at;
	error->end = strlen(e->text);
	return -1;
}

static const char *unit_text(enum unit unit)
{
	switch (unit) {
	case UNIT_BYTES: return "in bytes: 64MiB, 4kB, 100B";
	case UNIT_NS:
	case UNIT_TIME:
	case UNIT_STAMP: return "a time: 5ms, 1.5s, 200ns";
	case UNIT_PERCENT: return "in percent: 5%";
	default: return "a plain number";
	}
}

static bool fits(enum unit of_value, enum unit of_figure)
{
	if (of_figure == UNIT_TIME || of_figure == UNIT_STAMP)
		of_figure = UNIT_NS;
	return of_value == UNIT_NONE || of_value == of_figure;
}

static int check_value(const struct expr *e, const struct findings *f, struct expr_error *error)
{
	enum unit unit = f->column ? f->column->unit : UNIT_COUNT;
	bool is_name = f->n && f->v[0].cell.type == CELL_NAME;

	if (e->type == EXPR_TEXT || e->type == EXPR_TRUTH || e->type == EXPR_NULL) {
		if (e->op != EXPR_EQ && e->op != EXPR_NE)
			return refuse(error, e, "this can be compared with == and != only");
		if (e->type == EXPR_TEXT && f->n && !is_name && f->v[0].cell.type != CELL_NULL)
			return refuse(error, e, "the figure is no text, but %s", unit_text(unit));
		if (e->diff)
			return refuse(error, e, "a change is a number: +5%%, 0, -1MiB");
		return 0;
	}
	if (is_name)
		return refuse(error, e, "this key is a text; compare it with a \"text\"");
	if (e->unit == UNIT_PERCENT && !e->diff && unit != UNIT_PERCENT)
		return refuse(error, e, "a percentage is for changes (diff.KEY, with --against); this figure is %s", unit_text(unit));
	if (!(e->unit == UNIT_PERCENT && e->diff) && !fits(e->unit, unit))
		return refuse(error, e, "the figure is %s", unit_text(unit));
	return 0;
}

/* ---- is it known? ---- */

/* "memory.sites.calls" */
static const char *plain_key(const struct view_input *in, const struct expr *e)
{
	struct buf key = { 0 };
	const char *copy;

	for (size_t i = 0; i < e->step_count; i++)
		if (e->steps[i].name)
			buf_addf(&key, "%s%s", key.n ? "." : "", e->steps[i].name);
	copy = arena_strdup(in->arena, buf_text(&key));
	buf_free(&key);
	return copy;
}

/* ", NAME among them" */
static const char *named(const struct view_input *in, const struct finding *f)
{
	int at = identity_column(f->table);

	return at >= 0 && f->row && f->row->cells[at].type == CELL_NAME ? view_text(in, ", %s among them", f->row->cells[at].name) : "";
}

/* Why the figures are not known; NULL: they are. */
static const char *why_unknown(const struct view_input *in, const struct expr *e, const struct findings *f)
{
	uint32_t off = recorded_kinds(plain_key(in, e)) & in->model->recorder.kinds_off;
	const struct finding *null = NULL;
	size_t nulls = 0;

	if (!f->n && !strcmp(e->steps[0].name, "functions") && (in->model->left_out.filter || in->model->left_out.min_ns))
		return "not known: it may be what HP_FILTER or HP_MIN_NS left out";
	if (off)
		return view_text(in, "not known: HP_HOOKS left events of kind %s out", recorded_kind_name(off));
	for (size_t i = f->n; i-- > 0;)
		if (f->v[i].cell.type == CELL_NULL) {
			null = &f->v[i];
			nulls++;
		}
	if (nulls && nulls < f->n)
		return view_text(in, "not known of %zu of %zu rows%s", nulls, f->n, named(in, null));
	if ((nulls || f->unknown) && !strcmp(e->steps[0].name, "functions") && in->model->functions.nodes.n <= 1)
		return "not known: the program was built without -finstrument-functions";
	return nulls || f->unknown ? "not known (null)" : NULL;
}

/* What nothing matched: it may be a slip of the pen. */
static const char *missing(const struct view_input *in, const struct doc *doc, const struct findings *f)
{
	const char *what = f->missing ? f->missing->pattern ? f->missing->pattern : f->missing->name : NULL;
	const char *like;

	if (f->n || !what || !strcmp(what, "*"))
		return NULL;
	like = f->searched && f->missing->pattern ? lookup_similar(doc, f->searched, what) : NULL;
	return view_text(in, "'%s' does not occur%s%s%s", what, like ? "; there is '" : "", like ? like : "", like ? "'" : "");
}

int check_judge(struct check *c, const struct view_input *in, const struct doc *doc, struct expr_error *error)
{
	struct findings f;
	int code = lookup(doc, c->expr, &f, error);

	if (!code)
		code = check_value(c->expr, &f, error);
	if (code) {
		findings_free(&f);
		return code;
	}
	c->unit = f.column ? f.column->unit : UNIT_COUNT;
	c->rows = f.n;
	c->value = c->change_pct = CELL_UNKNOWN;
	c->limit = c->expr->type == EXPR_NUMBER ? judge_cell(c->expr->number) : cell_name(c->expr->word);
	c->note = missing(in, doc, &f);
	c->measured = c->expr->type == EXPR_NULL ? NULL : why_unknown(in, c->expr, &f);
	if (!c->measured) {
		judge(c, in, &f);
		if (f.column && !c->passed)
			c->worst = worst_path(in, doc, &f, f.column->key);
	}
	findings_free(&f);
	return 0;
}

int check_old(struct check *c, const struct view_input *in, const struct doc *doc, struct expr_error *error)
{
	struct findings f;
	int code = lookup(doc, c->expr, &f, error);

	if (!code)
		vec_push(&c->old, why_unknown(in, c->expr, &f) ? (long double)NAN : judge_together(&f));
	findings_free(&f);
	return code;
}

void check_free(struct check *c)
{
	vec_free(&c->old);
}
