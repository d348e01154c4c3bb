/* Answers as tables, with all that the reader has to know about them. */
#include <math.h>

#include "table/path_graph.h"
#include "table/what_if_private.h"
#include "util/buf.h"
#include "util/fmt.h"

enum { UNKNOWN_PART = 50 };  /* a fiftieth of the run is worth a word */

enum { BASELINE, ACTUAL, DRIFT, ARRIVAL_DRIFT, ACTS };
static const struct column head_columns[] = {
	[BASELINE] = { "baseline_ns", "replayed", UNIT_NS, .flags = COLUMN_DATA },
	[ACTUAL]   = { "actual_ns", "took", UNIT_NS, .flags = COLUMN_DATA },
	[DRIFT]    = { "drift_pct", "drift", UNIT_PERCENT, .flags = COLUMN_DATA },
	[ARRIVAL_DRIFT] = { "arrival_drift_pct", "drift in the order of arrival", UNIT_PERCENT, .flags = COLUMN_DATA },
	[ACTS]     = { "acts", "acts", UNIT_COUNT, .flags = COLUMN_DATA },
};

enum { SAVED, SHARE, LOW, HIGH, HALF, KNEE, PREDICTED, OFF, REFUSED, EXPR };
static const struct column answer_columns[] = {
	[SAVED]     = { "saved_ns", "saves", UNIT_NS, .flags = 0 },
	[SHARE]     = { "saved_pct", "of all", UNIT_PERCENT, .flags = 0 },
	[LOW]       = { "low_ns", "at least", UNIT_NS, .flags = 0 },
	[HIGH]      = { "high_ns", "at most", UNIT_NS, .flags = 0 },
	[HALF]      = { "half_ns", "at half", UNIT_NS, .flags = 0 },
	[KNEE]      = { "knee", "knee", .unit = UNIT_NONE },
	[PREDICTED] = { "predicted_ns", "then takes", UNIT_NS, .flags = 0 },
	[OFF]       = { "drift_pct", "drift", UNIT_PERCENT, .flags = COLUMN_DATA },
	[REFUSED]   = { "refused", "refused because", .flags = COLUMN_SPARE | COLUMN_WORDS },
	[EXPR]      = { "expr", "if", .flags = COLUMN_WHOLE },
};

enum { FAULT_KIND, FAULT_THREAD, FAULT_COUNT, FAULT_NS };
static const struct column fault_columns[] = {
	[FAULT_COUNT]  = { "count", "times", UNIT_COUNT, .flags = 0 },
	[FAULT_NS]     = { "ns", "by", UNIT_NS, .flags = 0 },
	[FAULT_KIND]   = { "kind", "acts that ended before they could", .flags = COLUMN_WORDS },
	[FAULT_THREAD] = { "thread", "most in", .flags = 0 },
};

static struct cell cell_ns(double ns)
{
	return cell_signed((int64_t)llround(fmax(-9e18, fmin(ns, 9e18))));
}

static double drift(const struct what_if *w)
{
	return percent_off(w->baseline, w->actual);
}

/* ---- answers ---- */

static const char *refusal(const struct what_if *w, const struct answer *a)
{
	if (a->refused)
		return a->refused;
	if (fabs(drift(w)) > REFUSED_PERCENT)
		return view_text(w->in, "the unchanged run, replayed, is %+.1f %% off", drift(w));
	return NULL;
}

static void add_answer(const struct what_if *w, struct table *t, const struct answer *a)
{
	struct cell *c = table_row(t);
	double saved = what_if_saved(w, a);

	c[EXPR] = cell_name(a->expr);
	c[OFF] = cell_real(drift(w));
	c[REFUSED] = cell_name(refusal(w, a));
	if (refusal(w, a))
		return;
	c[SAVED] = cell_ns(saved);
	c[SHARE] = cell_real(w->baseline > 0 ? 100 * saved / w->baseline : 0);
	c[PREDICTED] = cell_ns(w->baseline - saved);
	c[LOW] = cell_ns(a->low);
	c[HIGH] = a->has_high ? cell_ns(a->high) : CELL_UNKNOWN;
	c[HALF] = a->has_half ? cell_ns(a->half) : CELL_UNKNOWN;
	c[KNEE] = a->has_knee ? cell_real(round(a->knee * 100) / 100) : CELL_UNKNOWN;
}

/* ---- words ---- */

/* Damaged times may be beyond what fits. */
static uint64_t whole_ns(double ns)
{
	return ns < 1 ? 0 : ns < 1e19 ? (uint64_t)ns : (uint64_t)1e19;
}

static const char *saves(const struct what_if *w, double ns)
{
	double share = w->baseline > 0 ? 100 * fabs(ns) / w->baseline : 0;
	const char *of = share < 0.05 ? "nothing" : view_text(w->in, "%.1f %% = %s", share, fmt_duration(whole_ns(fabs(ns) + 0.5)).s);

	return view_text(w->in, "%s %s", ns < 0 && share >= 0.05 ? "costs" : "saves", of);
}

static const char *knee_words(const struct what_if *w, const struct answer *a)
{
	if (!a->has_knee || a->knee < 0.02)
		return "";
	return view_text(w->in, "; below %.2f of it nothing more is saved: something else is next then", a->knee);
}

static const char *verdict(const struct what_if *w, const struct answer *a, size_t n, bool ranking)
{
	if (!n)
		return "there is nothing in this run that would save half a percent of it";
	if (refusal(w, a))
		return "refused";
	if (ranking && what_if_saved(w, a) < 0.0005 * w->baseline)
		return "nothing alone saves anything: several things take the same time beside each other, or all is waited for from outside";
	return view_text(w->in, "%s%s (%s%s)", ranking ? "most to gain: " : "", a->expr, saves(w, what_if_saved(w, a)), knee_words(w, a));
}

/* ---- what the answers rest on ---- */

static const struct column line_columns[] = { { "line", "", .flags = COLUMN_TEXT | COLUMN_WHOLE } };

static void line(struct table *t, const char *text)
{
	table_row(t)[0] = cell_name(text);
}

static void add_drift(const struct what_if *w, struct table *t)
{
	double off = drift(w), arrivals = percent_off(w->arrivals, w->actual);

	line(t, view_text(w->in, "The run took %s; replayed unchanged it takes %s: drift %.2f %%%s", fmt_duration(whole_ns(w->actual)).s,
	                  fmt_duration(whole_ns(w->baseline)).s, fabs(off), fabs(off) > MARKED_PERCENT ? ", more than 2 %: take the answers with care" : ""));
	if (!w->has_arrivals)
		line(t, view_text(w->in, "In the order of arrival it does not end where the run did (%+.1f %%), so answers are of the recorded order of locks alone: rather too little",
		                  arrivals));
	else if (fabs(arrivals) > MARKED_PERCENT)
		line(t, view_text(w->in, "In the order of arrival its drift is %+.1f %%: who gets a lock depends on more than that here", arrivals));
}

static void add_losses(const struct what_if *w, struct table *t)
{
	const struct model *m = w->in->model;
	const struct graph *g = w->graph;

	if (m->recorder.dropped_events)
		line(t, view_text(w->in, "%s dropped: what they would have ended or taken is missing", view_count(w->in, m->recorder.dropped_events, "event")));
	if (m->acts.left_out)
		line(t, view_text(w->in, "%s left out for want of room", view_count(w->in, m->acts.left_out, "act")));
	if (w->tape->open_acts)
		line(t, view_text(w->in, "%s had not returned at the end: they last up to it, whatever is changed", view_count(w->in, w->tape->open_acts, "call")));
	if (w->tape->cut)
		line(t, view_text(w->in, "%s left out: acts would have to wait for each other in a circle", view_count(w->in, w->tape->cut, "wait")));
	if ((double)g->unknown_ns * UNKNOWN_PART > w->actual)
		line(t, view_text(w->in, "%s of work, %s of all, is on no known path: no expression about functions reaches it", fmt_duration(g->unknown_ns).s,
		                  fmt_percent((double)g->unknown_ns, (double)g->work_ns).s));
}

static const char *kind_name_of(unsigned kind)
{
	static const char *const names[] = {
#define X(name) #name,
		ACT_KINDS(X)
#undef X
	};
	return names[kind];
}

static struct table *fault_table(const struct what_if *w)
{
	struct table *t = TABLE_NEW(w->in->arena, TABLE_ROWS, "drift_from", "Where the replay differs from the record", fault_columns);

	for (unsigned k = 0; k < ACT_KIND_COUNT; k++) {
		const struct tape_fault *f = &w->tape->faults[k];
		struct cell *c;

		if (!f->count)
			continue;
		c = table_row(t);
		c[FAULT_KIND] = cell_name(kind_name_of(k));
		c[FAULT_COUNT] = cell_int(f->count);
		c[FAULT_NS] = cell_int(f->ns);
		c[FAULT_THREAD] = cell_name(path_thread_name(w->in, f->thread));
	}
	table_sort(t, "ns");
	return t;
}

/* ---- the document ---- */

static void add_head(const struct what_if *w, const struct answer *a, size_t n, bool ranking, struct doc *doc)
{
	struct table *t = TABLE_NEW(w->in->arena, TABLE_OBJECT, NULL, "What if", head_columns);
	struct cell *c = table_row(t);

	c[BASELINE] = cell_ns(w->baseline);
	c[ACTUAL] = cell_ns(w->actual);
	c[DRIFT] = cell_real(drift(w));
	c[ARRIVAL_DRIFT] = cell_real(percent_off(w->arrivals, w->actual));
	c[ACTS] = cell_int(w->tape->acts);
	t->note = verdict(w, a, n, ranking);
	t->brief = true;
	doc_add(doc, t);
}

void what_if_tables(struct what_if *w, const struct answer *answers, size_t n, bool ranking, struct doc *doc)
{
	struct table *t = TABLE_NEW(w->in->arena, TABLE_ROWS, "answers", ranking ? "What would save most, removed" : "Answers", answer_columns);
	struct table *notes = TABLE_NEW(w->in->arena, TABLE_ROWS, NULL, "What this rests on", line_columns), *faults = fault_table(w);

	add_head(w, answers, n, ranking, doc);
	for (size_t i = 0; i < n; i++)
		add_answer(w, t, &answers[i]);
	doc_add(doc, t);
	add_drift(w, notes);
	add_losses(w, notes);
	doc_add(doc, notes);
	if (fabs(drift(w)) <= MARKED_PERCENT)
		faults->title = NULL;
	doc_add(doc, faults);
}
