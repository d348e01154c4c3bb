#include "lock_times.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

static void become_many(struct lock_times *t)
{
	t->many = xcalloc(1, sizeof *t->many);
	for (uint32_t i = 0; i < t->n; i++)
		hist_add(t->many, t->few[i]);
	free(t->few);
	t->few = NULL;
	t->n = 0;
}

void lock_times_add_slow(struct lock_times *t, uint64_t ns)
{
	if (!t->few)
		t->few = xmalloc(LOCK_TIMES_FEW * sizeof *t->few);
	if (t->n < LOCK_TIMES_FEW) {
		t->few[t->n++] = ns;
		return;
	}
	become_many(t);
	hist_add(t->many, ns);
}

void lock_times_replace(struct lock_times *t, uint64_t was, uint64_t is)
{
	for (uint32_t i = 0; i < t->n; i++) {
		if (t->few[i] != was)
			continue;
		t->few[i] = is;
		return;
	}
	if (t->many)
		hist_replace(t->many, was, is);
}

uint64_t lock_times_count(const struct lock_times *t)
{
	return t->many ? t->many->count : t->n;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

uint64_t lock_times_quantile(const struct lock_times *t, double q)
{
	uint64_t sorted[LOCK_TIMES_FEW];
	if (t->many)
		return hist_quantile(t->many, q);
	if (!t->n)
		return 0;
	memcpy(sorted, t->few, t->n * sizeof *sorted);
	qsort(sorted, t->n, sizeof *sorted, by_value);
	uint32_t rank = q <= 0 ? 0 : (uint32_t)((double)t->n * q);
	return sorted[rank < t->n ? rank : t->n - 1];
}

void lock_times_merge(struct lock_times *to, const struct lock_times *from)
{
	for (uint32_t i = 0; i < from->n; i++)
		lock_times_add(to, from->few[i]);
	if (!from->many)
		return;
	if (!to->many)
		become_many(to);
	hist_merge(to->many, from->many);
}

void lock_times_free(struct lock_times *t)
{
	if (t->many)
		hist_free(t->many);
	free(t->many);
	free(t->few);
	*t = (struct lock_times){ 0 };
}
