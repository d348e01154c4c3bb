/* Who held things up most, in a few sentences. */
#include <stdlib.h>

#include "table/waits.h"
#include "util/alloc.h"
#include "util/fmt.h"

enum { SENTENCES = 3, WORTH_TELLING = 20 };  /* a 20th of the waits for other threads */

static const char *const sort_words[WAITS_SORTS] = {
	[WAITS_FOR_ENDS] = "until threads or processes ended", [WAITS_FOR_THREADS] = "because of one another",
	[WAITS_FOR_OUTSIDE] = "for what came from outside, or never did",
	[WAITS_ASLEEP] = "asleep", [WAITS_IN_IO] = "in I/O", [WAITS_WAKING_UP] = "waking up",
};

enum waits_sort waits_sort_of(const struct blame_key *k)
{
	if (k->own == ACT_JOIN || k->own == ACT_CHILD)
		return WAITS_FOR_ENDS;
	switch (k->what) {
	case BLAME_EXTERNAL: case BLAME_NOBODY: case BLAME_TIMEOUT: return WAITS_FOR_OUTSIDE;
	case BLAME_CIRCLE:   return WAITS_FOR_THREADS;
	case BLAME_SLEPT:    return k->owner != THREAD_NONE ? WAITS_FOR_THREADS : WAITS_ASLEEP;
	case BLAME_IO:       return k->owner != THREAD_NONE ? WAITS_FOR_THREADS : WAITS_IN_IO;
	case BLAME_WOKEN:    return k->owner != THREAD_NONE ? WAITS_FOR_THREADS : WAITS_WAKING_UP;
	default:             return WAITS_FOR_THREADS;
	}
}

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

void waits_sort_debts(struct debts *d)
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

struct sums { uint64_t ns[WAITS_SORTS]; };

static struct sums sums_of(const struct blame *b)
{
	struct sums s = { { 0 } };

	for (size_t i = 0; i < b->cells.n; i++)
		s.ns[waits_sort_of(&b->keys.v[b->cells.v[i].key])] += b->cells.v[i].ns;
	return s;
}

/* The largest first. */
static const char *sums_text(const struct view_input *in, const struct blame *b)
{
	struct sums s = sums_of(b);
	const char *text = "";

	for (;;) {
		unsigned most = 0;

		for (unsigned i = 1; i < WAITS_SORTS; i++)
			most = s.ns[i] > s.ns[most] ? i : most;
		if (!s.ns[most])
			break;
		text = view_text(in, "%s%s%s %s", text, text[0] ? ", " : ": ", fmt_duration(s.ns[most]).s, sort_words[most]);
		s.ns[most] = 0;
	}
	return view_text(in, "threads waited %s in all%s", fmt_duration(b->total_ns).s, text);
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
		if (waits_sort_of(&b->keys.v[i]) == WAITS_FOR_THREADS && b->keys.v[i].owner != THREAD_NONE)
			vec_push(d, (struct debt){ b->keys.v[i].owner, i, by_key[i], 0 });
	free(by_key);
	waits_sort_debts(d);
}

enum { WORDS };
static const struct column word_columns[] = {
	[WORDS] = { "words", "", .flags = COLUMN_TEXT | COLUMN_WORDS | COLUMN_WHOLE },
};

void waits_add_words(const struct view_input *in, const struct blame *b, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, NULL, "Waits", word_columns);
	struct debts debts = { 0 };
	uint64_t threads = sums_of(b).ns[WAITS_FOR_THREADS];

	all_debts(b, &debts);
	for (size_t i = 0; i < debts.n && t->row_count < SENTENCES; i++)
		if ((!i || debts.v[i].owner != debts.v[i - 1].owner) && debts.v[i].owner_ns > threads / WORTH_TELLING)
			table_row(t)[WORDS] = cell_name(sentence(in, b, &debts.v[i]));
	t->note = sums_text(in, b);
	doc_add(doc, t);
	vec_free(&debts);
}
