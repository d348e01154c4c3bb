#include "places.h"

#include <string.h>

enum { STEPS_MAX = 256 };  /* ranges looked at for one address, but for those that start where another one did: plugins that come and go */

static int by_lo(const void *a, const void *b)
{
	const struct place_range *x = a, *y = b;
	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	return x->module < y->module ? -1 : x->module > y->module;
}

/* A range by its low 32 bits: two, if it goes over their end. */
static void add_low(struct places *p, const struct dump_module *m, uint32_t module)
{
	uint64_t lo = (uint32_t)m->lo, hi = lo + (m->hi - m->lo);
	vec_push(&p->low, (struct place_range){ lo, hi, module });
	if (hi > UINT32_MAX)
		vec_push(&p->low, (struct place_range){ 0, hi - UINT32_MAX - 1, module });
}

static int is_same(const struct dump_module *a, const struct dump_module *b)
{
	return a->base == b->base && a->build_id_bytes == b->build_id_bytes && !memcmp(a->build_id, b->build_id, a->build_id_bytes)
		&& !strcmp(a->path, b->path) && (a->build_id_bytes || (a->dev == b->dev && a->ino == b->ino));
}

/* A module that was loaded again at the same place is no other one. */
static void find_mixed(struct places *p)
{
	const struct place_range *far = NULL;  /* the one that reaches furthest */
	for (size_t i = 0; i < p->low.n; i++) {
		const struct place_range *r = &p->low.v[i];
		if (far && r->lo < far->hi && !is_same(&p->scope->modules.v[far->module], &p->scope->modules.v[r->module])) {
			uint64_t hi = r->hi < far->hi ? r->hi : far->hi;
			struct place_range *last = p->mixed.n ? &p->mixed.v[p->mixed.n - 1] : NULL;
			if (last && r->lo <= last->hi)
				last->hi = hi > last->hi ? hi : last->hi;
			else
				vec_push(&p->mixed, (struct place_range){ r->lo, hi, UINT32_MAX });
		}
		if (!far || r->hi > far->hi)
			far = r;
	}
}

void places_init(struct places *p, const struct dump_scope *s)
{
	uint64_t reach = 0;
	*p = (struct places){ .scope = s };
	for (size_t i = 0; i < s->modules.n; i++) {
		const struct dump_module *m = &s->modules.v[i];
		if (m->lo >= m->hi || m->hi - m->lo > UINT32_MAX)
			continue;
		vec_push(&p->whole, (struct place_range){ m->lo, m->hi, (uint32_t)i });
		add_low(p, m, (uint32_t)i);
	}
	vec_sort(&p->whole, by_lo);
	vec_sort(&p->low, by_lo);
	for (size_t i = 0; i < p->whole.n; i++)
		vec_push(&p->whole_reach, reach = p->whole.v[i].hi > reach ? p->whole.v[i].hi : reach);
	reach = 0;
	for (size_t i = 0; i < p->low.n; i++)
		vec_push(&p->low_reach, reach = p->low.v[i].hi > reach ? p->low.v[i].hi : reach);
	find_mixed(p);
}

void places_free(struct places *p)
{
	vec_free(&p->whole);
	vec_free(&p->low);
	vec_free(&p->whole_reach);
	vec_free(&p->low_reach);
	vec_free(&p->mixed);
}

/*
 * Whether module a suits better than b: there at the time; else noted the soonest after it, as its first code to run is stamped
 * before it is noted; else noted the latest before it.
 */
static int better(const struct dump_scope *s, uint32_t a, uint32_t b, uint64_t ticks, uint32_t known)
{
	const struct dump_module *x = &s->modules.v[a], *y = &s->modules.v[b];
	if (known != UINT32_MAX)
		return (a < known) != (b < known) ? a < known : a < known ? a > b : a < b;
	int x_there = x->from <= ticks && ticks < x->to, y_there = y->from <= ticks && ticks < y->to;
	if (x_there != y_there)
		return x_there;
	int x_after = x->from > ticks, y_after = y->from > ticks;
	if (x_after != y_after)
		return x_after;
	return x_after ? x->from < y->from : x->from > y->from;
}

/*
 * v[0..end) start at or before the address. Where to begin to go back from: of those that start with the last one, and are
 * in the order of time, not the ones after the next.
 */
static size_t begin_at(const struct places *p, const struct place_range *v, size_t end, uint64_t ticks, uint32_t known)
{
	size_t a = 0, b = end;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		const struct place_range *r = &v[mid];
		int later = known != UINT32_MAX ? r->module >= known : p->scope->modules.v[r->module].from > ticks;
		if (r->lo == v[end - 1].lo && later)
			b = mid;
		else
			a = mid + 1;
	}
	return a < end ? a + 1 : end;
}

uint32_t places_find(const struct places *p, uint64_t address, int low, uint64_t ticks, uint32_t known)
{
	const struct place_range *v = low ? p->low.v : p->whole.v;
	const uint64_t *reach = low ? p->low_reach.v : p->whole_reach.v;
	size_t a = 0, b = low ? p->low.n : p->whole.n;
	uint32_t best = UINT32_MAX;
	if (low)
		address = (uint32_t)address;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (v[mid].lo <= address)
			a = mid + 1;
		else
			b = mid;
	}
	for (size_t i = begin_at(p, v, a, ticks, known), steps = 0; i-- > 0 && reach[i] > address && steps < STEPS_MAX; steps++)
		if (v[i].hi > address && (best == UINT32_MAX || better(p->scope, v[i].module, best, ticks, known)))
			best = v[i].module;
	return best;
}

int places_is_mixed(const struct places *p, uint32_t low32)
{
	size_t a = 0, b = p->mixed.n;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (p->mixed.v[mid].hi <= low32)
			a = mid + 1;
		else
			b = mid;
	}
	return a < p->mixed.n && p->mixed.v[a].lo <= low32;
}
