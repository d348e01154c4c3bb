/* lock_inversions[]: locks that were taken in orders that go round, so that the program could have hung, though it did not. */
#include "table/lock_places.h"
#include "util/buf.h"
#include "util/fmt.h"

enum { TIMES, THREADS, ONE_THREAD, GUARDED_BY, COULD_HANG, REUSED, LOCKS, VERDICT, ROUND, ORDERS };
static const struct column columns[] = {
	[TIMES]      = { "times", "times", UNIT_COUNT, FROM(struct lock_inversion, times) },
	[THREADS]    = { "threads", "threads", UNIT_COUNT, FROM(struct lock_inversion, threads) },
	[ONE_THREAD] = { "too_few_threads", "", .flags = COLUMN_DATA },
	[GUARDED_BY] = { "guarded_by", "", .flags = COLUMN_DATA },
	[COULD_HANG] = { "could_hang", "", .flags = COLUMN_DATA },
	[REUSED]     = { "memory_may_be_reused", "", .flags = COLUMN_DATA },
	[LOCKS]      = { "locks", "", .flags = COLUMN_DATA },
	[VERDICT]    = { "verdict", "verdict", .flags = COLUMN_TEXT | COLUMN_WORDS, .most = 60 },
	[ROUND]      = { "round", "order", .flags = COLUMN_TEXT },
	[ORDERS]     = { "orders", "orders", .unit = UNIT_NONE },
};

enum { COUNT, BY, FIRST, FIRST_SIDE, SECOND, SECOND_SIDE, HELD_AT, HOLDING_SITE, HOLDING_SOURCE, SOURCE, SITE };
static const struct column order_columns[] = {
	[COUNT]          = { "count", "times", UNIT_COUNT, FROM(struct lock_pair, count) },
	[BY]             = { "tids", "threads", .flags = COLUMN_RIGHT },
	[FIRST]          = { "first", "with", .flags = COLUMN_CODE },
	[FIRST_SIDE]     = { "first_side", "", .flags = COLUMN_SPARE },
	[SECOND]         = { "second", "then", .flags = COLUMN_CODE },
	[SECOND_SIDE]    = { "second_side", "", .flags = COLUMN_SPARE },
	[HELD_AT]        = { "held", "the first taken in", .flags = COLUMN_TEXT },
	[HOLDING_SITE]   = { "holding_site", "", .flags = COLUMN_DATA },
	[HOLDING_SOURCE] = { "holding_source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[SOURCE]         = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[SITE]           = { "site", "the second taken in", .unit = UNIT_NONE },
};

static const char *side(const struct view_input *in, uint32_t lock, int shared)
{
	return in->model->locks.v.v[lock].kind != HP_LOCK_KIND_RWLOCK ? NULL : shared ? "read" : "write";
}

/* The threads that did it; the last one to come stands first. */
static struct cell tids(const struct view_input *in, const struct lock_pair *pair)
{
	const struct lock_pairs *all = &in->model->lock_pairs;
	struct names *list = arena_zalloc(in->arena, sizeof(*list));

	list->at = arena_alloc(in->arena, (pair->thread_count + 1) * sizeof(*list->at));
	for (uint32_t t = pair->first_thread; t && list->count < pair->thread_count; t = all->threads.v[t - 1].next)
		list->at[list->count++] = view_text(in, "%u", in->model->threads.v.v[all->threads.v[t - 1].thread].tid);
	return cell_names(list);
}

static struct table *orders(const struct view_input *in, const struct lock_inversion *v)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "orders", "Orders", order_columns);

	for (uint32_t i = 0; i < v->count; i++) {
		const struct lock_pair *pair = &in->model->lock_pairs.v.v[in->model->lock_pairs.orders.v[v->first + i]];
		struct cell *c = table_row(t);

		table_fill(t, c, pair);
		c[BY] = tids(in, pair);
		c[FIRST] = cell_name(naming_lock(in->naming, pair->first));
		c[SECOND] = cell_name(naming_lock(in->naming, pair->second));
		c[FIRST_SIDE] = cell_name(side(in, pair->first, pair->first_shared));
		c[SECOND_SIDE] = cell_name(side(in, pair->second, pair->second_shared));
		c[HELD_AT] = cell_name(lock_place(in, pair->holding_site));
		c[HOLDING_SITE] = c[HOLDING_SOURCE] = cell_stack(pair->holding_site);
		c[SITE] = c[SOURCE] = cell_stack(pair->site);
	}
	return t;
}

static const struct lock_pair *order_of(const struct model *m, const struct lock_inversion *v, uint32_t i)
{
	return &m->lock_pairs.v.v[m->lock_pairs.orders.v[v->first + i]];
}

static struct cell locks(const struct view_input *in, const struct lock_inversion *v)
{
	struct names *list = arena_zalloc(in->arena, sizeof(*list));

	list->at = arena_alloc(in->arena, v->count * sizeof(*list->at));
	for (uint32_t i = 0; i < v->count; i++)
		list->at[list->count++] = naming_lock(in->naming, order_of(in->model, v, i)->first);
	return cell_names(list);
}

static const char *round_of(const struct view_input *in, const struct lock_inversion *v)
{
	struct buf text = { 0 };
	const char *copy;

	for (uint32_t i = 0; i < v->count; i++)
		buf_addf(&text, "%s -> ", naming_lock(in->naming, order_of(in->model, v, i)->first));
	buf_adds(&text, naming_lock(in->naming, order_of(in->model, v, 0)->first));
	copy = arena_strdup(in->arena, buf_text(&text));
	buf_free(&text);
	return copy;
}

/* A lock on the heap that nobody initialised by a call (a std::mutex): freed, its memory may have become another one. */
static bool may_be_reused(const struct view_input *in, const struct lock_inversion *v)
{
	for (uint32_t i = 0; i < v->count; i++) {
		const struct lock *l = &in->model->locks.v.v[order_of(in->model, v, i)->first];

		if (!l->init_stack && !naming_address(in->naming, l->process, l->address))
			return true;
	}
	return false;
}

static const char *verdict(const struct view_input *in, const struct lock_inversion *v)
{
	if (v->guard != LOCK_NONE)
		return view_text(in, "guarded by %s", naming_lock(in->naming, v->guard));
	if (v->alone)
		return v->threads == 1 ? "one thread only" : "too few threads to meet";
	return may_be_reused(in, v) ? "could hang, unless memory was reused" : "could hang";
}

static bool could_hang(const struct lock_inversion *v)
{
	return v->guard == LOCK_NONE && !v->alone;
}

void inversions_add(const struct view_input *in, struct doc *doc)
{
	const struct lock_pairs *all = &in->model->lock_pairs;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "lock_inversions", "Lock-order inversions (did not hang)", columns);

	for (size_t i = 0; i < all->inversions.n; i++) {
		const struct lock_inversion *v = &all->inversions.v[i];
		struct cell *c = table_row(t);

		table_fill(t, c, v);
		c[ONE_THREAD] = cell_bool(v->alone);
		if (v->guard != LOCK_NONE)
			c[GUARDED_BY] = cell_name(naming_lock(in->naming, v->guard));
		c[COULD_HANG] = cell_bool(could_hang(v));
		c[REUSED] = cell_bool(may_be_reused(in, v));
		c[LOCKS] = locks(in, v);
		c[VERDICT] = cell_name(verdict(in, v));
		c[ROUND] = cell_name(round_of(in, v));
		c[ORDERS] = cell_table(orders(in, v));
	}
	if (all->left_out || all->cycles_left_out)
		t->note = view_text(in, "not complete: %s orders were not noted, %s not looked at", fmt_count(all->left_out).s,
		                    fmt_count(all->cycles_left_out).s);
	doc_add(doc, t);
}

void summary_inversions(const struct view_input *in, struct doc *doc)
{
	const struct lock_pairs *all = &in->model->lock_pairs;
	struct table *t = table_new(in->arena, TABLE_OBJECT, NULL, "Lock order", NULL, 0);
	size_t n = 0;

	while (n < all->inversions.n && could_hang(&all->inversions.v[n]))
		n++;
	if (!n)
		return;
	t->note = view_text(in, "%s that did not hang, but could: %s%s", view_count(in, n, "inversion"), round_of(in, &all->inversions.v[0]),
	                    n > 1 ? ", ..." : "");
	doc_add(doc, t);
}
