/* Who waited for whom: the longest of it in a few sentences, all of it as waiters[]. */
#include <stdlib.h>

#include "table/summary.h"
#include "table/waits.h"
#include "util/alloc.h"
#include "util/fmt.h"

enum {
	SENTENCES = 3, WORTH_TELLING = 20,  /* a 20th of the waits for other threads */
	WORTH_SHOWING = 200,                /* a 200th of all waits */
};

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

enum { OWN_NS, OWN_WAITER, OWN_WORDS, OWN_SOURCE, OWN_STACK };
static const struct column own_columns[] = {
	[OWN_NS]     = { "wait_ns", "waited", .unit = UNIT_NS },
	[OWN_WAITER] = { "waiter", "thread", .unit = UNIT_NONE },
	[OWN_WORDS]  = { "words", "for", .flags = COLUMN_WORDS, .most = 50 },
	[OWN_SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[OWN_STACK]  = { "stack", "in", .unit = UNIT_NONE },
};

enum { WHY_NS, WHY_WHAT, WHY_LINK, WHY_OBJECT, WHY_DID, WHY_DID_OBJECT, WHY_WORDS, WHY_SOURCE, WHY_STACK };
static const struct column reason_columns[] = {
	[WHY_NS]         = { "wait_ns", "of it", .unit = UNIT_NS },
	[WHY_WHAT]       = { "what", "what", .flags = COLUMN_DATA },
	[WHY_LINK]       = { "wait", "wait", .flags = COLUMN_DATA },
	[WHY_OBJECT]     = { "object", "object", .flags = COLUMN_DATA },
	[WHY_DID]        = { "did", "did", .flags = COLUMN_DATA },
	[WHY_DID_OBJECT] = { "did_object", "did_object", .flags = COLUMN_DATA },
	[WHY_WORDS]      = { "words", "while that", .flags = COLUMN_WORDS, .most = 60 },
	[WHY_SOURCE]     = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[WHY_STACK]      = { "stack", "in", .unit = UNIT_NONE },
};

/* A cell with what its waiter owes to its owner in all. */
struct debt { uint32_t owner, key; uint64_t ns, owner_ns; };
struct debts { VEC_FIELDS(struct debt) };

static int by_owner(const void *x, const void *y)
{
	const struct debt *a = x, *b = y;

	return a->owner < b->owner ? -1 : a->owner > b->owner;
}

static int largest_first(const void *x, const void *y)
{
	const struct debt *a = x, *b = y;

	if (a->owner_ns != b->owner_ns)
		return a->owner_ns > b->owner_ns ? -1 : 1;
	if (a->owner != b->owner)
		return a->owner < b->owner ? -1 : 1;
	if (a->ns != b->ns)
		return a->ns > b->ns ? -1 : 1;
	return a->key < b->key ? -1 : a->key > b->key;
}

/* The owners with most first, of each the reasons with most. */
static void sort_debts(struct debts *d)
{
	vec_sort(d, by_owner);
	for (size_t i = 0, k; i < d->n; i = k) {
		uint64_t sum = 0;

		for (k = i; k < d->n && d->v[k].owner == d->v[i].owner; k++)
			sum += d->v[k].ns;
		for (size_t j = i; j < k; j++)
			d->v[j].owner_ns = sum;
	}
	vec_sort(d, largest_first);
}

/* ---- waiters[] ---- */

static void add_reason(const struct view_input *in, const struct blame *b, struct table *t, const struct debt *d)
{
	const struct blame_key *k = &b->keys.v[d->key];
	struct cell *c = table_row(t);

	c[WHY_NS] = cell_int(d->ns);
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
	struct table *waiters, *pairs, *own;
};

static void add_own(const struct who *w, uint32_t waiter, const struct debt *d)
{
	const struct blame_key *k = &w->b->keys.v[d->key];
	struct cell *c = table_row(w->own);

	c[OWN_NS] = cell_int(d->ns);
	c[OWN_WAITER] = cell_name(waits_thread(w->in, waiter));
	c[OWN_WORDS] = cell_name(waits_reason(w->in, k));
	if (k->stack)
		c[OWN_STACK] = c[OWN_SOURCE] = cell_stack(k->stack);
}

static void add_pair(const struct who *w, uint32_t waiter, const struct debt *d, struct table *reasons)
{
	struct cell *c = table_row(w->pairs);

	c[PAIR_NS] = cell_int(d->owner_ns);
	c[PAIR_WAITER] = cell_name(waits_thread(w->in, waiter));
	c[PAIR_OWNER] = cell_name(waits_thread(w->in, d->owner));
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
	for (i = 0; i < n && d[i].owner == d->owner; i++) {
		add_reason(w->in, w->b, reasons, &d[i]);
		if (d->owner == THREAD_NONE && worth_showing(w, d[i].ns))
			add_own(w, waiter, &d[i]);
	}
	if (d->owner != THREAD_NONE && worth_showing(w, d->owner_ns))
		add_pair(w, waiter, d, reasons);
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
	sort_debts(&debts);
	for (size_t i = 0; i < debts.n;)
		i += add_owner(w, owners, cells->waiter, &debts.v[i], debts.n - i);
	name_thread(w->in, c, cells->waiter);
	c[NS] = cell_int(waited);
	c[FOR] = cell_table(owners);
	vec_free(&debts);
	return count;
}

/* ---- in words ---- */

/* Whether somebody could have let the waiter go on sooner, not only what comes from outside when it comes. */
static bool held_up(const struct blame_key *k)
{
	return k->owner != THREAD_NONE && k->what != BLAME_EXTERNAL && k->what != BLAME_NOBODY && k->what != BLAME_TIMEOUT;
}

struct sums { uint64_t threads, outside, asleep, io, woken; };

static struct sums sums_of(const struct blame *b)
{
	struct sums s = { 0 };

	for (size_t i = 0; i < b->cells.n; i++) {
		const struct blame_key *k = &b->keys.v[b->cells.v[i].key];
		uint64_t *to = held_up(k) || k->what == BLAME_CIRCLE ? &s.threads : k->owner != THREAD_NONE ? &s.outside
			: k->what == BLAME_SLEPT ? &s.asleep : k->what == BLAME_IO ? &s.io : k->what == BLAME_WOKEN ? &s.woken : &s.outside;

		*to += b->cells.v[i].ns;
	}
	return s;
}

static const char *part(const struct view_input *in, const char *before, uint64_t ns, const char *words)
{
	return ns ? view_text(in, "%s%s%s %s", before, before[0] ? ", " : "", fmt_duration(ns).s, words) : before;
}

static const char *sums_text(const struct view_input *in, const struct blame *b)
{
	struct sums s = sums_of(b);
	const char *text = part(in, "", s.threads, "of it because of one another");

	text = part(in, text, s.outside, "for what came from outside, or never did");
	text = part(in, text, s.asleep, "asleep");
	text = part(in, text, s.io, "in I/O");
	text = part(in, text, s.woken, "waking up");
	return view_text(in, "threads waited %s in all%s%s", fmt_duration(b->total_ns).s, text[0] ? ": " : "", text);
}

/* The function of the user's that a stack is in. */
static const char *function_of(const struct view_input *in, uint32_t stack)
{
	size_t n = 0;
	const struct frame *f = stack ? naming_node(in->naming, naming_own_stack(in->naming, stack), &n) : NULL;

	return n && f[0].name ? f[0].name : NULL;
}

static const char *sentence(const struct view_input *in, const struct blame *b, const struct debt *d)
{
	const struct blame_key *k = &b->keys.v[d->key];
	const char *function = function_of(in, k->stack);

	return view_text(in, "%s because of %s, most of it (%s) while that %s%s%s", fmt_duration(d->owner_ns).s, waits_thread(in, d->owner),
	                 fmt_duration(d->ns).s, waits_reason(in, k), function ? "; in " : "", function ? function : "");
}

/* What all waiters together owe. */
static void all_debts(const struct blame *b, struct debts *d)
{
	uint64_t *by_key = xcalloc(b->keys.n + 1, sizeof *by_key);

	for (size_t i = 0; i < b->cells.n; i++)
		by_key[b->cells.v[i].key] += b->cells.v[i].ns;
	for (uint32_t i = 0; i < b->keys.n; i++)
		if (held_up(&b->keys.v[i]))
			vec_push(d, (struct debt){ b->keys.v[i].owner, i, by_key[i], 0 });
	free(by_key);
	sort_debts(d);
}

enum { WORDS };
static const struct column word_columns[] = {
	[WORDS] = { "words", "", .flags = COLUMN_TEXT | COLUMN_WORDS | COLUMN_WHOLE },
};

void waits_add_words(const struct view_input *in, const struct blame *b, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "Waits", word_columns);
	struct debts debts = { 0 };
	uint64_t threads = sums_of(b).threads;

	all_debts(b, &debts);
	for (size_t i = 0; i < debts.n && t->row_count < SENTENCES; i++)
		if ((!i || debts.v[i].owner != debts.v[i - 1].owner) && debts.v[i].owner_ns > threads / WORTH_TELLING)
			table_row(t)[WORDS] = cell_name(sentence(in, b, &debts.v[i]));
	t->note = sums_text(in, b);
	doc_add(doc, t);
	vec_free(&debts);
}

void waits_add_who(const struct view_input *in, const struct blame *b, struct doc *doc)
{
	struct who w = {
		.in = in, .b = b, .waiters = TABLE_NEW(in->arena, TABLE_ROWS, "waiters", NULL, waiter_columns),
		.pairs = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "Who waited because of whom", pair_columns),
		.own = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "What was waited for without another thread", own_columns),
	};

	for (size_t i = 0; i < b->cells.n;)
		i += add_waiter(&w, &b->cells.v[i], b->cells.n - i);
	table_sort(w.waiters, "wait_ns");
	table_sort(w.pairs, "wait_ns");
	table_sort(w.own, "wait_ns");
	w.waiters->brief = true;
	doc_add(doc, w.waiters);
	if (w.pairs->row_count)
		doc_add(doc, w.pairs);
	if (w.own->row_count)
		doc_add(doc, w.own);
}
