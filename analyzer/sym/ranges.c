#include "sym/ranges.h"

void ranges_add(struct ranges *r, uint64_t lo, uint64_t hi, uint32_t value)
{
	if (lo < hi)
		vec_push(r, (struct range){ lo, hi, value });
}

/* Outer ranges before inner ones. */
static int outer_first(const void *pa, const void *pb)
{
	const struct range *a = pa, *b = pb;

	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	if (a->hi != b->hi)
		return a->hi > b->hi ? -1 : 1;
	return a->value < b->value ? -1 : a->value > b->value;
}

/* Appends what is left of `top` between the end of the last piece and `end`. */
static void cut_piece(struct ranges *pieces, const struct range *top, uint64_t *done, uint64_t end)
{
	uint64_t lo = top->lo > *done ? top->lo : *done;

	if (end > top->hi)
		end = top->hi;
	if (lo >= end)
		return;
	vec_push(pieces, (struct range){ lo, end, top->value });
	*done = end;
}

/* Replaces nested ranges by disjoint pieces, each belonging to the innermost range there. */
void ranges_seal(struct ranges *r)
{
	struct ranges pieces = { 0 }, open = { 0 };
	uint64_t done = 0;

	vec_sort(r, outer_first);
	for (size_t i = 0; i < r->n; i++) {
		while (open.n && open.v[open.n - 1].hi <= r->v[i].lo) {
			cut_piece(&pieces, &open.v[open.n - 1], &done, UINT64_MAX);
			open.n--;
		}
		if (open.n)
			cut_piece(&pieces, &open.v[open.n - 1], &done, r->v[i].lo);
		vec_push(&open, r->v[i]);
	}
	for (; open.n; open.n--)
		cut_piece(&pieces, &open.v[open.n - 1], &done, UINT64_MAX);
	vec_free(&open);
	vec_free(r);
	*r = pieces;
}

const struct range *ranges_find(const struct ranges *r, uint64_t at)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->v[mid].lo <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && at < r->v[lo - 1].hi ? &r->v[lo - 1] : NULL;
}

void ranges_free(struct ranges *r)
{
	vec_free(r);
}
