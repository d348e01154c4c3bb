#include "sym/spans.h"

static int by_address(const void *pa, const void *pb)
{
	const struct span *a = pa, *b = pb;

	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

void spans_seal(struct spans *s)
{
	uint64_t reach = 0;

	vec_sort(s, by_address);
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].hi > reach)
			reach = s->v[i].hi;
		s->v[i].reach = reach;
	}
}

static uint64_t distance(const struct span *s, uint64_t time)
{
	if (time < s->from)
		return s->from - time;
	return time > s->to ? time - s->to : 0;
}

/* Whether `a` fits `time` better than `b`. */
static int fits_better(const struct span *a, const struct span *b, uint64_t time)
{
	uint64_t da = distance(a, time), db = distance(b, time);

	return da < db || (da == db && a->from > b->from);
}

const struct span *spans_find(const struct spans *s, uint64_t address, uint64_t time)
{
	const struct span *best = NULL;
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->v[mid].lo <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo && s->v[lo - 1].reach > address; lo--) {
		const struct span *at = &s->v[lo - 1];

		if (address < at->hi && (!best || fits_better(at, best, time)))
			best = at;
	}
	return best;
}
