/*
 * Call paths of one side that differ from one of the other by functions that are missing in it: what a compiler put inline, where
 * debug information does not tell. They are taken for one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table/compare_private.h"
#include "table/normal.h"

/* Of one side's paths that the other has not, so many are looked at: pairs are their product. */
enum { PATHS_MOST = 400, FRAMES_MOST = 200 };

struct path { uint32_t row; size_t count; uint64_t frames[FRAMES_MOST]; };
struct paths { VEC_FIELDS(struct path) };
struct match { uint32_t old, new; double likeness; };
struct matches { VEC_FIELDS(struct match) };

static void split(struct path *p, const char *key)
{
	while (*key && p->count < FRAMES_MOST) {
		size_t n = strcspn(key, ";");
		uint64_t hash = 0xcbf29ce484222325u;

		for (size_t i = 0; i < n; i++)
			hash = (hash ^ (unsigned char)key[i]) * 0x100000001b3u;
		p->frames[p->count++] = hash;
		key += n + (key[n] == ';');
	}
}

static void split_stack(struct path *p, const struct compare *c, const struct compare_row *r)
{
	const struct compare_stack *s = r->stack ? &c->stacks.v[r->stack - 1] : NULL;
	struct buf key = { 0 };

	if (s)
		normal_stack(&key, s->frames, s->count, PLACES_OUT);
	split(p, buf_text(&key));
	buf_free(&key);
}

static void collect(const struct compare *c, uint32_t table, enum side side, struct paths *to)
{
	for (uint32_t i = 0; i < c->rows.n && to->n < PATHS_MOST; i++) {
		const struct compare_row *r = &c->rows.v[i];

		if (r->table != table || r->gone || !r->seen[side] || r->seen[!side])
			continue;
		vec_add(to)->row = i;
		split_stack(&to->v[to->n - 1], c, r);
	}
}

/* Whether `shorter` comes about by leaving functions of `longer` out: not the outermost one, nor more than half. */
static bool is_part(const struct path *shorter, const struct path *longer)
{
	size_t k = 0;

	if (shorter->count < 2 || shorter->count * 2 < longer->count || shorter->frames[0] != longer->frames[0])
		return false;
	for (size_t i = 0; i < longer->count && k < shorter->count; i++)
		k += longer->frames[i] == shorter->frames[k];
	return k == shorter->count;
}

static double likeness(const struct path *a, const struct path *b)
{
	const struct path *shorter = a->count < b->count ? a : b, *longer = shorter == a ? b : a;

	return is_part(shorter, longer) ? (double)shorter->count / (double)longer->count : 0;
}

static int most_alike_first(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	return (x->likeness < y->likeness) - (x->likeness > y->likeness);
}

static double joined(double a, double b, bool adds_up)
{
	if (isnan(a) || isnan(b))
		return isnan(a) ? b : a;
	return adds_up ? a + b : a > b ? a : b;
}

/* One row gets what the other has. */
static void join(struct compare *c, uint32_t one, uint32_t other)
{
	struct compare_row *to = &c->rows.v[one], *from = &c->rows.v[other];
	const struct compare_table *t = &c->tables.v[to->table];

	for (size_t run = 0; run < c->runs.n; run++) {
		if (run >= from->there.n || !from->there.v[run])
			continue;
		vec_ensure(&to->there, run);
		to->there.v[run] = 1;
		for (size_t f = 0; f < t->figures.n; f++) {
			size_t at = compare_place(t, run, f);

			while (to->values.n <= at)
				vec_push(&to->values, NAN);
			to->values.v[at] = joined(to->values.v[at], at < from->values.n ? from->values.v[at] : NAN, t->figures.v[f].adds_up);
		}
	}
	if (from->seen[SIDE_NEW])
		to->stack = from->stack;
	to->seen[SIDE_OLD] |= from->seen[SIDE_OLD];
	to->seen[SIDE_NEW] |= from->seen[SIDE_NEW];
	to->paired = true;
	from->gone = true;
}

/*
 * Rows with a function that has no name, of builds that are not the same: those of each side that only differ in places
 * are one row. Of what both sides know, as builds are the same, nothing is put together.
 */
static void join_places(struct compare *c)
{
	struct map64 sides = { 0 }, first = { 0 };

	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < c->rows.n; i++) {
			const struct compare_row *r = &c->rows.v[i];
			uint64_t key = r->rough + r->table == MAP64_EMPTY ? 0 : r->rough + r->table;
			uint32_t mask = map64_get(&sides, key), to = map64_get(&first, key);

			if (!r->rough || (r->seen[SIDE_OLD] && r->seen[SIDE_NEW]))
				continue;
			if (!pass)
				map64_put(&sides, key, (mask == MAP64_NONE ? 0 : mask) | (r->seen[SIDE_OLD] ? 1 : 2));
			else if (mask == 3 && to == MAP64_NONE)
				map64_put(&first, key, i);
			else if (mask == 3)
				join(c, to, i);
		}
	map64_free(&sides);
	map64_free(&first);
}

static void pair_table(struct compare *c, uint32_t table)
{
	struct paths old = { 0 }, new = { 0 };
	struct matches all = { 0 };

	collect(c, table, SIDE_OLD, &old);
	collect(c, table, SIDE_NEW, &new);
	for (size_t i = 0; i < old.n; i++)
		for (size_t k = 0; k < new.n; k++) {
			double like = likeness(&old.v[i], &new.v[k]);

			if (like > 0)
				vec_push(&all, (struct match){ old.v[i].row, new.v[k].row, like });
		}
	vec_sort(&all, most_alike_first);
	for (size_t i = 0; i < all.n; i++)
		if (!c->rows.v[all.v[i].old].paired && !c->rows.v[all.v[i].new].gone)
			join(c, all.v[i].old, all.v[i].new);
	vec_free(&old);
	vec_free(&new);
	vec_free(&all);
}

void compare_pair(struct compare *c)
{
	join_places(c);
	for (uint32_t i = 0; i < c->tables.n; i++)
		if (c->tables.v[i].has_stacks && !c->tables.v[i].is_nested)
			pair_table(c, i);
}
