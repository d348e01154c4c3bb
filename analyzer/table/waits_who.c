/* waiters[]: who waited because of whom, and why; for readers the most of it. */
#include "table/waits.h"

enum { WORTH_SHOWING = 200 };  /* a 200th of all waits */

/* waiters[] is for programs; people get the pairs with most. */
enum { TID, NAME, NS, FOR };
static const struct column waiter_columns[] = {
	[TID]  = { "tid", "tid", .unit = UNIT_NONE },
	[NAME] = { "name", "name", .unit = UNIT_NONE },
	[NS]   = { "wait_ns", "waited", .unit = UNIT_NS },
	[FOR]  = { "for", "for", .unit = UNIT_NONE },
};
static const struct column for_columns[] = {
	[TID]  = { "tid", "tid", .unit = UNIT_NONE },
	[NAME] = { "name", "name", .unit = UNIT_NONE },
	[NS]   = { "wait_ns", "waited", .unit = UNIT_NS },
	[FOR]  = { "reasons", "reasons", .unit = UNIT_NONE },
};

enum { PAIR_NS, PAIR_WAITER, PAIR_OWNER, PAIR_REASONS };
static const struct column pair_columns[] = {
	[PAIR_NS]      = { "wait_ns", "waited", .unit = UNIT_NS },
	[PAIR_WAITER]  = { "waiter", "thread", .unit = UNIT_NONE },
	[PAIR_OWNER]   = { "owner", "because of", .unit = UNIT_NONE },
	[PAIR_REASONS] = { "reasons", "reasons", .unit = UNIT_NONE },
};

enum { OTHER_NS, OTHER_WAITER, OTHER_WORDS, OTHER_SOURCE, OTHER_STACK };
static const struct column other_columns[] = {
	[OTHER_NS]     = { "wait_ns", "waited", .unit = UNIT_NS },
	[OTHER_WAITER] = { "waiter", "thread", .unit = UNIT_NONE },
	[OTHER_WORDS]  = { "words", "for", .flags = COLUMN_WORDS, .most = 50 },
	[OTHER_SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[OTHER_STACK]  = { "stack", "in", .unit = UNIT_NONE },
};

enum { WHY_NS, WHY_OWN, WHY_WHAT, WHY_LINK, WHY_OBJECT, WHY_DID, WHY_DID_OBJECT, WHY_WORDS, WHY_SOURCE, WHY_STACK };
static const struct column reason_columns[] = {
	[WHY_NS]         = { "wait_ns", "of it", .unit = UNIT_NS },
	[WHY_OWN]        = { "waiting", "waiting", .flags = COLUMN_DATA },
	[WHY_WHAT]       = { "what", "what", .flags = COLUMN_DATA },
	[WHY_LINK]       = { "wait", "wait", .flags = COLUMN_DATA },
	[WHY_OBJECT]     = { "object", "object", .flags = COLUMN_DATA },
	[WHY_DID]        = { "did", "did", .flags = COLUMN_DATA },
	[WHY_DID_OBJECT] = { "did_object", "did_object", .flags = COLUMN_DATA },
	[WHY_WORDS]      = { "words", "while that", .flags = COLUMN_WORDS, .most = 60 },
	[WHY_SOURCE]     = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[WHY_STACK]      = { "stack", "in", .unit = UNIT_NONE },
};

static void add_reason(const struct view_input *in, const struct blame *b, struct table *t, const struct debt *d)
{
	const struct blame_key *k = &b->keys.v[d->key];
	struct cell *c = table_row(t);

	c[WHY_NS] = cell_int(d->ns);
	c[WHY_OWN] = cell_name(waits_kind(k->own));
	c[WHY_WHAT] = cell_name(blame_what_name(k->what));
	c[WHY_LINK] = cell_name(waits_kind(k->link));
	c[WHY_OBJECT] = cell_name(waits_object(in, k));
	if (k->what != BLAME_RAN) {
		c[WHY_DID] = cell_name(waits_kind(k->did));
		c[WHY_DID_OBJECT] = cell_name(waits_did_object(in, k));
	}
	c[WHY_WORDS] = cell_name(waits_reason(in, k));
	if (k->stack)
		c[WHY_STACK] = c[WHY_SOURCE] = cell_stack(k->stack);
}

struct who {
	const struct view_input *in;
	const struct blame *b;
	struct table *waiters, *pairs, *others;
};

static void add_other(const struct who *w, uint32_t waiter, const struct debt *d)
{
	const struct blame_key *k = &w->b->keys.v[d->key];
	const char *words = waits_reason(w->in, k);
	struct cell *c = table_row(w->others);

	c[OTHER_NS] = cell_int(d->ns);
	c[OTHER_WAITER] = cell_name(waits_thread(w->in, waiter));
	c[OTHER_WORDS] = cell_name(d->owner == THREAD_NONE ? words : view_text(w->in, "%s: %s", waits_thread(w->in, d->owner), words));
	if (k->stack)
		c[OTHER_STACK] = c[OTHER_SOURCE] = cell_stack(k->stack);
}

static void add_pair(const struct who *w, uint32_t waiter, uint32_t owner, uint64_t ns, struct table *reasons)
{
	struct cell *c = table_row(w->pairs);

	c[PAIR_NS] = cell_int(ns);
	c[PAIR_WAITER] = cell_name(waits_thread(w->in, waiter));
	c[PAIR_OWNER] = cell_name(waits_thread(w->in, owner));
	c[PAIR_REASONS] = cell_table(reasons);
}

static bool worth_showing(const struct who *w, uint64_t ns)
{
	return ns > w->b->total_ns / WORTH_SHOWING;
}

static void name_thread(const struct view_input *in, struct cell *c, uint32_t thread)
{
	const struct thread *t = &in->model->threads.v.v[thread];

	c[TID] = cell_int(t->tid);
	c[NAME] = cell_name(t->name[0] ? t->name : NULL);
}

/* For readers: what other threads could have helped, and apart from that the rest. */
static void show_owner(const struct who *w, uint32_t waiter, const struct debt *d, size_t n)
{
	struct table *reasons = TABLE_NEW(w->in->arena, TABLE_ROWS, "reasons", NULL, reason_columns);
	uint64_t helped = 0;

	for (size_t i = 0; i < n; i++) {
		if (d->owner != THREAD_NONE && waits_sort_of(&w->b->keys.v[d[i].key]) == WAITS_FOR_THREADS) {
			add_reason(w->in, w->b, reasons, &d[i]);
			helped += d[i].ns;
		} else if (worth_showing(w, d[i].ns)) {
			add_other(w, waiter, &d[i]);
		}
	}
	if (worth_showing(w, helped))
		add_pair(w, waiter, d->owner, helped, reasons);
}

/* How many of the debts are to the same owner as the first. */
static size_t add_owner(const struct who *w, struct table *t, uint32_t waiter, const struct debt *d, size_t n)
{
	struct table *reasons = TABLE_NEW(w->in->arena, TABLE_ROWS, "reasons", NULL, reason_columns);
	struct cell *c = table_row(t);
	size_t i;

	if (d->owner != THREAD_NONE)
		name_thread(w->in, c, d->owner);
	c[NS] = cell_int(d->owner_ns);
	c[FOR] = cell_table(reasons);
	for (i = 0; i < n && d[i].owner == d->owner; i++)
		add_reason(w->in, w->b, reasons, &d[i]);
	show_owner(w, waiter, d, i);
	return i;
}

/* How many cells are the same waiter's as the first. */
static size_t add_waiter(const struct who *w, const struct blame_cell *cells, size_t n)
{
	struct table *owners = TABLE_NEW(w->in->arena, TABLE_ROWS, "for", NULL, for_columns);
	struct debts debts = { 0 };
	struct cell *c = table_row(w->waiters);
	uint64_t waited = 0;
	size_t count;

	for (count = 0; count < n && cells[count].waiter == cells->waiter; count++) {
		vec_push(&debts, (struct debt){ w->b->keys.v[cells[count].key].owner, cells[count].key, cells[count].ns, 0 });
		waited += cells[count].ns;
	}
	waits_sort_debts(&debts);
	for (size_t i = 0; i < debts.n;)
		i += add_owner(w, owners, cells->waiter, &debts.v[i], debts.n - i);
	name_thread(w->in, c, cells->waiter);
	c[NS] = cell_int(waited);
	c[FOR] = cell_table(owners);
	vec_free(&debts);
	return count;
}

void waits_add_who(const struct view_input *in, const struct blame *b, struct doc *doc)
{
	struct who w = {
		.in = in, .b = b, .waiters = TABLE_NEW(in->arena, TABLE_ROWS, "waiters", NULL, waiter_columns),
		.pairs = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "Who waited because of whom", pair_columns),
		.others = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "Other waits", other_columns),
	};

	for (size_t i = 0; i < b->cells.n;)
		i += add_waiter(&w, &b->cells.v[i], b->cells.n - i);
	table_sort(w.waiters, "wait_ns");
	table_sort(w.pairs, "wait_ns");
	table_sort(w.others, "wait_ns");
	w.waiters->brief = true;
	doc_add(doc, w.waiters);
	if (w.pairs->row_count)
		doc_add(doc, w.pairs);
	if (w.others->row_count)
		doc_add(doc, w.others);
}
