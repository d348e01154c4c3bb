#include "table/advise.h"

#include <stdlib.h>
#include <string.h>

#include "dump/ops.h"
#include "util/buf.h"
#include "util/fmt.h"

enum { TIMES_THE_COST = 10, UNKNOWN_COST_NS = 30, CALL_BYTES = 12, WIDE_CALL_BYTES = 20 };

/* What the recording of function calls comes to. */
struct costs { uint64_t calls, bytes_each; double ns_each; };

/* What goes away when the functions are left out. */
struct saving { uint64_t calls, bytes, ns; size_t functions; };

static struct costs costs_of(const struct model *m)
{
	const struct hook_figures *h = &m->recorder.hooks[__builtin_ctz(HP_FUNCTION)];
	struct costs c = {
		.bytes_each = m->recorder.flags & HP_FLAG_WIDE_FUNCTIONS ? WIDE_CALL_BYTES : CALL_BYTES,
		.ns_each = h->has_cost ? h->ns_per_event : UNKNOWN_COST_NS,
	};

	for (size_t i = 0; i < m->functions.v.n; i++)
		c.calls += m->functions.v.v[i].calls;
	return c;
}

static bool is_small(const struct function *f, const struct costs *c, const struct advise_options *o)
{
	double most = o->at_most_ns ? (double)o->at_most_ns : TIMES_THE_COST * c->ns_each;

	return f->times.count && (double)f->times.sum / (double)f->times.count <= most;
}

static int most_calls_first(const void *a, const void *b)
{
	const struct advised *x = a, *y = b;

	if (x->calls != y->calls)
		return x->calls < y->calls ? 1 : -1;
	return x->function < y->function ? -1 : x->function > y->function;
}

static void choose(const struct model *m, const struct costs *c, const struct advise_options *o, struct advised_list *all)
{
	for (size_t i = 0; i < m->functions.v.n; i++) {
		const struct function *f = &m->functions.v.v[i];
		bool small = is_small(f, c, o);

		vec_push(all, (struct advised){ .function = (uint32_t)i, .calls = f->calls, .small = small,
		         .chosen = small && (double)f->calls * 100 >= o->share * (double)c->calls });
	}
	vec_sort(all, most_calls_first);
}

/* ---- the words ---- */

/* "!leaf,!step"; behind a filter that is in force already. NULL: there is nothing to say. */
static const char *filter_text(const struct view_input *in, const struct advised_list *all)
{
	const char *before = in->model->left_out.filter, *copy;
	struct buf text = { 0 };
	bool any = false;

	buf_adds(&text, before ? before : "");
	for (size_t i = 0; i < all->n; i++) {
		if (!all->v[i].filter)
			continue;
		buf_addf(&text, "%s!%s", text.n ? "," : "", all->v[i].filter);
		any = true;
	}
	copy = any ? view_text(in, "%s", buf_text(&text)) : NULL;
	buf_free(&text);
	return copy;
}

static const char *functions_flag(const struct view_input *in, const struct advised_list *all)
{
	struct buf text = { 0 };
	const char *copy;

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].token)
			buf_addf(&text, "%s%s", text.n ? "," : "", all->v[i].token);
	copy = text.n ? view_text(in, "-finstrument-functions-exclude-function-list=%s", buf_text(&text)) : NULL;
	buf_free(&text);
	return copy;
}

static const char *files_flag(const struct view_input *in, const struct advised_list *all)
{
	char *files = advise_files(all);
	const char *flag = files ? view_text(in, "-finstrument-functions-exclude-file-list=%s", files) : NULL;

	free(files);
	return flag;
}

/* By the filter itself, so that it is what will come. */
static struct saving foretell(const struct view_input *in, struct advised_list *all, const char *filter, const struct costs *c)
{
	struct saving s = { 0 };
	struct hp_filter_name name;

	for (size_t i = 0; filter && i < all->n; i++) {
		struct advised *a = &all->v[i];

		if (a->symbol)
			hp_filter_name_of(a->symbol, &name);
		if (!a->symbol || !(hp_filter_verdict(filter, &name, a->module) & HP_FILTER_OUT))
			continue;
		a->left_out = 1;
		s.calls += in->model->functions.v.v[a->function].calls;
		s.functions++;
	}
	s.bytes = s.calls * c->bytes_each;
	s.ns = (uint64_t)((double)s.calls * c->ns_each);
	return s;
}

/* ---- the tables ---- */

enum { CALLS, SHARE, EACH, SELF, COST, BYTES, MODULE, ITEM, NAME };
static const struct column columns[] = {
	[CALLS]  = { "calls", "calls", UNIT_COUNT, FROM(struct function, calls) },
	[SHARE]  = { "share_pct", "of all", UNIT_PERCENT, .flags = 0 },
	[EACH]   = { "avg_ns", "each takes", UNIT_NS, .flags = 0 },
	[SELF]   = { "self_ns", "self", UNIT_NS, FROM(struct function, self_ns) },
	[COST]   = { "cost_ns", "recording them", UNIT_NS, .flags = 0 },
	[BYTES]  = { "bytes", "bytes", UNIT_BYTES, .flags = 0 },
	[MODULE] = { "module", "module", .flags = COLUMN_DATA },
	[ITEM]   = { "filter", "filter", .flags = COLUMN_DATA },
	[NAME]   = { "name", "function", .flags = COLUMN_CODE },
};

static struct table *functions_of(const struct view_input *in, const struct advised_list *all, const struct costs *c)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "functions", "Small functions that are called often", columns);

	for (size_t i = 0; i < all->n; i++) {
		const struct advised *a = &all->v[i];
		const struct function *f = &in->model->functions.v.v[a->function];
		struct cell *row = a->left_out ? table_row(t) : NULL;

		if (!row)
			continue;
		table_fill(t, row, f);
		row[SHARE] = cell_share(f->calls, c->calls);
		row[EACH] = f->times.count ? cell_int(f->times.sum / f->times.count) : CELL_UNKNOWN;
		row[COST] = cell_int((uint64_t)((double)f->calls * c->ns_each));
		row[BYTES] = cell_int(f->calls * c->bytes_each);
		row[MODULE] = cell_name(a->module[0] ? a->module : NULL);
		row[ITEM] = cell_name(a->filter ? view_text(in, "%s", a->filter) : NULL);
		row[NAME] = cell_name(a->name);
	}
	return t;
}

enum { ALL_CALLS, ADVISED, ADVISED_SHARE, SAVED_BYTES, SAVED_NS, COST_EACH, FILTER, FLAG, FILE_FLAG };
static const struct column result_columns[] = {
	[ALL_CALLS]     = { "function_calls", "", UNIT_COUNT, .flags = 0 },
	[ADVISED]       = { "advised_calls", "", UNIT_COUNT, .flags = 0 },
	[ADVISED_SHARE] = { "advised_pct", "", UNIT_PERCENT, .flags = 0 },
	[SAVED_BYTES]   = { "saved_bytes", "", UNIT_BYTES, .flags = 0 },
	[SAVED_NS]      = { "saved_ns", "", UNIT_NS, .flags = 0 },
	[COST_EACH]     = { "ns_per_call", "", .unit = UNIT_NONE },
	[FILTER]        = { "filter", "", .unit = UNIT_NONE },
	[FLAG]          = { "gcc_functions", "", .unit = UNIT_NONE },
	[FILE_FLAG]     = { "gcc_files", "", .unit = UNIT_NONE },
};

static const char *verdict(const struct view_input *in, const struct costs *c, const struct saving *s)
{
	if (!c->calls)
		return "no function calls were recorded; they are in programs that are built with -finstrument-functions";
	if (!s->functions)
		return view_text(in, "nothing to leave out: no small function makes much of the %s", view_count(in, c->calls, "call"));
	return view_text(in, "%s make %.1f %% of %s; without them the dump has %s less, and recording costs %s less", view_count(in, s->functions, "function"),
	                 100.0 * (double)s->calls / (double)c->calls, view_count(in, c->calls, "call"), fmt_bytes(s->bytes).s, fmt_duration(s->ns).s);
}

static const struct column line_columns[] = { { "line", "", .flags = COLUMN_TEXT | COLUMN_WHOLE } };

static void add_lines(const struct view_input *in, struct doc *doc, const char *title, const char *first, const char *second)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, NULL, title, line_columns);

	if (first)
		table_row(t)[0] = cell_name(first);
	if (second)
		table_row(t)[0] = cell_name(second);
	if (first || second)
		doc_add(doc, t);
}

static const char *quoted(const struct view_input *in, const char *prefix, const char *text)
{
	return text ? view_text(in, "%s'%s'", prefix, text) : NULL;
}

static void add_all(const struct view_input *in, struct advised_list *all, const struct costs *c, struct doc *doc)
{
	const char *filter = filter_text(in, all), *flag = functions_flag(in, all), *files = files_flag(in, all);
	struct saving s = foretell(in, all, filter, c);
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, NULL, "Advice", result_columns), *functions;
	struct cell *row = table_row(t);

	row[ALL_CALLS] = cell_int(c->calls);
	row[ADVISED] = cell_int(s.calls);
	row[ADVISED_SHARE] = cell_share(s.calls, c->calls);
	row[SAVED_BYTES] = cell_int(s.bytes);
	row[SAVED_NS] = cell_int(s.ns);
	row[COST_EACH] = cell_real(c->ns_each);
	row[FILTER] = cell_name(filter);
	row[FLAG] = cell_name(flag);
	row[FILE_FLAG] = cell_name(files);
	t->note = verdict(in, c, &s);
	t->brief = true;
	doc_add(doc, t);
	functions = functions_of(in, all, c);
	doc_add(doc, functions);
	add_lines(in, doc, "To record without them", quoted(in, "HP_FILTER=", filter), NULL);
	add_lines(in, doc, "Or to build without their calls into the recorder (gcc), which costs nothing at all", quoted(in, "", flag), quoted(in, "", files));
}

void advise_add(const struct view_input *in, const struct advise_options *o, struct doc *doc)
{
	struct costs c = costs_of(in->model);
	struct advised_list all = { 0 };

	choose(in->model, &c, o, &all);
	advise_names(in, &all);
	add_all(in, &all, &c, doc);
	advise_free(&all);
}
