#include "table/left_out.h"

#include <inttypes.h>

#include "util/buf.h"
#include "util/fmt.h"

enum { NAMED = 3 };

enum { CALLS, SHORT, SHORT_NS, MODULE, NAME };
static const struct column columns[] = {
	[CALLS]    = { "calls", "filtered", UNIT_COUNT, FROM(struct left_out, calls) },
	[SHORT]    = { "short_calls", "too short", UNIT_COUNT, FROM(struct left_out, short_calls) },
	[SHORT_NS] = { "short_ns", "time of those", UNIT_NS, FROM(struct left_out, short_ns) },
	[MODULE]   = { "module", "module", .flags = COLUMN_DATA },
	[NAME]     = { "name", "function", .flags = COLUMN_CODE },
};

struct table *left_out_table(const struct view_input *in)
{
	const struct left_outs *all = &in->model->left_out;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "left_out", "Calls left out", columns);

	for (size_t i = 0; i < all->v.n; i++) {
		const struct left_out *l = &all->v.v[i];
		struct function_name name = naming_function(in->naming, l->module, l->offset);
		struct cell *c = table_row(t);

		table_fill(t, c, l);
		c[NAME] = cell_name(name.name);
		c[MODULE] = cell_name(name.module[0] ? name.module : NULL);
	}
	return t;
}

/* " (leaf 1,000, step 20, ..)": those with most. */
static void add_names(struct buf *text, const struct view_input *in, int too_short)
{
	const struct left_outs *all = &in->model->left_out;
	size_t named = 0, more = 0;

	for (size_t i = 0; i < all->v.n; i++) {
		const struct left_out *l = &all->v.v[i];
		uint64_t calls = too_short ? l->short_calls : l->calls;

		if (!calls)
			continue;
		if (named == NAMED) {
			more++;
			continue;
		}
		buf_addf(text, "%s%s %s", named++ ? ", " : " (", naming_function(in->naming, l->module, l->offset).name, fmt_count(calls).s);
	}
	if (more)
		buf_addf(text, " and %s", view_count(in, more, "function"));
	buf_adds(text, named ? ")" : "");
}

static const char *kept(const struct view_input *in, struct buf *text)
{
	const char *copy = view_text(in, "%s", buf_text(text));

	buf_free(text);
	return copy;
}

static const char *filtered_line(const struct view_input *in)
{
	struct buf text = { 0 };

	buf_addf(&text, "HP_FILTER left %s out", view_count(in, in->model->left_out.calls, "function call"));
	add_names(&text, in, 0);
	buf_adds(&text, "; what they took is their callers'");
	return kept(in, &text);
}

static const char *short_line(const struct view_input *in)
{
	const struct left_outs *all = &in->model->left_out;
	struct buf text = { 0 };

	buf_addf(&text, "HP_MIN_NS left %s out that took less than %s", view_count(in, all->short_calls, "function call"), fmt_duration(all->min_ns).s);
	add_names(&text, in, 1);
	buf_addf(&text, "; their times, which are their callers' now, add up to %s", fmt_duration(all->short_ns).s);
	return kept(in, &text);
}

size_t left_out_lines(const struct view_input *in, const char *lines[LEFT_OUT_LINES])
{
	const struct model *m = in->model;
	size_t n = 0;

	if (m->left_out.calls)
		lines[n++] = filtered_line(in);
	if (m->left_out.short_calls)
		lines[n++] = short_line(in);
	if (m->options.focus)
		lines[n++] = view_text(in, "all but what is done in and below %s", m->options.focus->text);
	else if (m->options.filter)
		lines[n++] = view_text(in, "all function calls but those that --filter keeps: %s", m->options.filter->text);
	return n;
}
