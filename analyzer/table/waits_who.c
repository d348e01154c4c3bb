/* Who waited for whom: the longest of it in a few sentences, all of it as waiters[]. */
#include <stdlib.h>

#include "table/summary.h"
#include "table/waits.h"
#include "util/alloc.h"
#include "util/fmt.h"

enum { SENTENCES = 3, WORTH_TELLING = 20 };  /* a 20th of the waits for other threads */

enum { NS, WAITER, TID, NAME, FOR };
static const struct column waiter_columns[] = {
	[NS]     = { "wait_ns", "waited", .unit = UNIT_NS },
	[WAITER] = { "waiter", "thread", .flags = COLUMN_TEXT },
	[TID]    = { "tid", "tid", .flags = COLUMN_DATA },
	[NAME]   = { "name", "name", .flags = COLUMN_DATA },
	[FOR]    = { "for", "for", .unit = UNIT_NONE },
};

enum { FOR_NS, FOR_SHARE, FOR_OWNER, FOR_TID, FOR_NAME, FOR_REASONS };
static const struct column for_columns[] = {
	[FOR_NS]      = { "wait_ns", "of it", .unit = UNIT_NS },
	[FOR_SHARE]   = { "share_pct", "", UNIT_PERCENT, .flags = COLUMN_TEXT },
	[FOR_OWNER]   = { "owner", "because of", .flags = COLUMN_TEXT },
	[FOR_TID]     = { "tid", "tid", .flags = COLUMN_DATA },
	[FOR_NAME]    = { "name", "name", .flags = COLUMN_DATA },
	[FOR_REASONS] = { "reasons", "reasons", .unit = UNIT_NONE },
};

enum { WHY_NS, WHY_WHAT, WHY_LINK, WHY_OBJECT, WHY_DID, WHY_DID_OBJECT, WHY_WORDS, WHY_SOURCE, WHY_STACK };
static const struct column reason_columns[] = {
	[WHY_NS]         = { "wait_ns", "while", .unit = UNIT_NS },
	[WHY_WHAT]       = { "what", "what", .flags = COLUMN_DATA },
	[WHY_LINK]       = { "wait", "wait", .flags = COLUMN_DATA },
	[WHY_OBJECT]     = { "object", "object", .flags = COLUMN_DATA },
	[WHY_DID]        = { "did", "did", .flags = COLUMN_DATA },
	[WHY_DID_OBJECT] = { "did_object", "did_object", .flags = COLUMN_DATA },
	[WHY_WORDS]      = { "words", "it", .flags = COLUMN_WORDS, .most = 60 },
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

/* How many of the debts are to the same owner as the first. */
static size_t add_owner(const struct view_input *in, const struct blame *b, struct table *t, const struct debt *d, size_t n, uint64_t waited)
{
	struct table *reasons = TABLE_NEW(in->arena, TABLE_ROWS, "reasons", NULL, reason_columns);
	struct cell *c = table_row(t);
	size_t i;

	c[FOR_NS] = cell_int(d->owner_ns);
	c[FOR_SHARE] = cell_share(d->owner_ns, waited);
	c[FOR_OWNER] = cell_name(d->owner == THREAD_NONE ? "no other thread" : waits_thread(in, d->owner));
	if (d->owner != THREAD_NONE) {
		c[FOR_TID] = cell_int(in->model->threads.v.v[d->owner].tid);
		c[FOR_NAME] = cell_name(in->model->threads.v.v[d->owner].name);
	}
	for (i = 0; i < n && d[i].owner == d->owner; i++)
		add_reason(in, b, reasons, &d[i]);
	c[FOR_REASONS] = cell_table(reasons);
	return i;
}

/* How many cells are the same waiter's as the first. */
static size_t add_waiter(const struct view_input *in, const struct blame *b, struct table *t, const struct blame_cell *cells, size_t n)
{
	const struct thread *thread = &in->model->threads.v.v[cells->waiter];
	struct table *owners = TABLE_NEW(in->arena, TABLE_ROWS, "for", NULL, for_columns);
	struct debts debts = { 0 };
	struct cell *c = table_row(t);
	uint64_t waited = 0;
	size_t count;

	for (count = 0; count < n && cells[count].waiter == cells->waiter; count++) {
		vec_push(&debts, (struct debt){ b->keys.v[cells[count].key].owner, cells[count].key, cells[count].ns, 0 });
		waited += cells[count].ns;
	}
	sort_debts(&debts);
	for (size_t i = 0; i < debts.n;)
		i += add_owner(in, b, owners, &debts.v[i], debts.n - i, waited);
	c[NS] = cell_int(waited);
	c[WAITER] = cell_name(waits_thread(in, cells->waiter));
	c[TID] = cell_int(thread->tid);
	c[NAME] = cell_name(thread->name[0] ? thread->name : NULL);
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
	text = part(in, text, s.woken, "on their way after they were let go on");
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

	return view_text(in, "%s because of %s, mostly (%s) as it %s%s%s", fmt_duration(d->owner_ns).s, waits_thread(in, d->owner),
	                 fmt_duration(d->ns).s, waits_reason(in, k), function ? ": " : "", function ? function : "");
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

static void add_words(const struct view_input *in, const struct blame *b, struct doc *doc)
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
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "waiters", "Who waited because of whom", waiter_columns);

	add_words(in, b, doc);
	for (size_t i = 0; i < b->cells.n;)
		i += add_waiter(in, b, t, &b->cells.v[i], b->cells.n - i);
	table_sort(t, "wait_ns");
	doc_add(doc, t);
}
