/* heaptrack_fit.c - which call paths' allocations fit into a limit. */
#include <stdlib.h>

#include "export/heaptrack.h"

static const struct memory_site *ranked_sites;

/* What was live at the peak or at the end is what heaptrack is for; of others those with the most bytes. */
static int by_weight(const void *a, const void *b)
{
	const struct memory_site *x = &ranked_sites[*(const uint32_t *)a], *y = &ranked_sites[*(const uint32_t *)b];
	uint64_t p = x->peak_bytes + x->live_bytes, q = y->peak_bytes + y->live_bytes;

	if (p != q)
		return p > q ? -1 : 1;
	return x->bytes != y->bytes ? (x->bytes > y->bytes ? -1 : 1) : 0;
}

static unsigned digits(uint64_t value)
{
	unsigned n = 1;

	for (; value > 15; value >>= 4)
		n++;
	return n;
}

void heaptrack_choose(const struct heaptrack_trial *trial, const struct view_input *in, uint64_t room, uint8_t *wanted)
{
	const struct memory *mem = &in->model->memory;
	VEC(uint32_t) order = { 0 };
	struct sink size = { .out = NULL };
	struct heaptrack_names n;
	uint64_t line = 3 + digits(trial->names->info_count), used = 0;

	heaptrack_names_begin(&n, in, &size);
	n.string_count = trial->names->string_count, n.ip_count = trial->names->ip_count, n.trace_count = trial->names->trace_count;
	for (uint32_t i = 0; i < mem->sites.n && i < trial->sites; i++)
		vec_push(&order, i);
	ranked_sites = mem->sites.v;
	vec_sort(&order, by_weight);
	for (size_t i = 0; i < order.n; i++) {
		uint32_t site = order.v[i];
		uint64_t lines = trial->lines[site] * line + trial->infos[site] * (21 + digits(2 * trial->names->trace_count));
		uint64_t names = size.bytes;

		if (used + lines > room)
			continue;
		heaptrack_trace(&n, in->model, site);
		names = size.bytes - names;
		if (used + lines + names > room)
			break;  /* names of what is not taken count as written from here on */
		used += lines + names;
		wanted[site] = 1;
	}
	heaptrack_names_free(&n);
	vec_free(&order);
}
