/* blame_order.c - what each thread does next, and which thread is next; how long locks are known to be held. */
#include "blame_private.h"

#include <stdlib.h>

#include "util/alloc.h"

void blame_order_acts(struct blame_run *r)
{
	const struct acts *acts = &r->m->acts;
	uint32_t sum = 0;
	for (size_t i = 0; i < acts->v.n; i++)
		r->threads[acts->v.v[i].thread].end++;
	for (uint32_t i = 0; i < r->thread_count; i++) {
		r->threads[i].at = sum;
		sum += r->threads[i].end;
		r->threads[i].end = r->threads[i].at;
	}
	for (size_t i = 0; i < acts->v.n; i++)
		r->order[r->threads[acts->v.v[i].thread].end++] = (uint32_t)i;
}

void blame_find_holds(struct blame_run *r)
{
	const struct acts *acts = &r->m->acts;
	uint32_t *last = xcalloc(r->lock_count + 1, sizeof *last);  /* act + 1 */
	for (size_t i = 0; i < acts->v.n; i++) {
		const struct act *a = &acts->v.v[i];
		if ((a->kind != ACT_ACQUIRE && a->kind != ACT_RELEASE) || a->object >= r->lock_count)
			continue;
		uint32_t *l = &last[a->object];
		if (a->kind == ACT_RELEASE && *l && acts->v.v[*l - 1].thread == a->thread)
			r->known_holds[*l - 1] = 1;
		*l = a->kind == ACT_ACQUIRE ? (uint32_t)i + 1 : 0;
	}
	free(last);
}

static uint64_t due(const struct blame_run *r, uint32_t place)
{
	return r->threads[r->heap[place]].next_ns;
}

void blame_sink(struct blame_run *r, uint32_t i)
{
	for (;;) {
		uint32_t least = 2 * i + 1;
		if (least >= r->heap_count)
			return;
		if (least + 1 < r->heap_count && due(r, least + 1) < due(r, least))
			least++;
		if (due(r, i) <= due(r, least))
			return;
		uint32_t moved = r->heap[i];
		r->heap[i] = r->heap[least];
		r->heap[least] = moved;
		i = least;
	}
}
