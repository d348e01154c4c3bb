#include "pass_units.h"

int pass_units_chosen(const struct model *m, const struct dump_thread *t)
{
	return !m->options.tid || m->threads.v.v[t->model].tid == m->options.tid;
}

static int piece_order(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	return x->from_ns < y->from_ns ? -1 : x->from_ns > y->from_ns;
}

static int unit_order(const void *a, const void *b)
{
	const struct unit *x = a, *y = b;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return x->first < y->first ? -1 : 1;
}

static void list_pieces(const struct model *m, struct pass_units *p)
{
	for (unsigned d = 0; d < m->dump_count; d++) {
		struct dump *dump = m->dumps[d];
		for (size_t i = 0; i < dump->threads.n; i++) {
			struct dump_thread *t = dump->threads.v[i];
			uint64_t bytes = 0;
			if (!t->segments.n || !pass_units_chosen(m, t))
				continue;
			for (size_t k = 0; k < t->segments.n; k++)
				bytes += t->segments.v[k].bytes;
			vec_push(&p->pieces, (struct piece){ t->model, clock_ns(&dump->clock, t->segments.v[0].ticks), bytes, dump, t });
		}
	}
	vec_sort(&p->pieces, piece_order);
}

static void list_units(struct pass_units *p)
{
	for (size_t i = 0, end; i < p->pieces.n; i = end) {
		uint64_t bytes = 0;
		for (end = i; end < p->pieces.n && p->pieces.v[end].thread == p->pieces.v[i].thread; end++)
			bytes += p->pieces.v[end].bytes;
		vec_push(&p->units, (struct unit){ (uint32_t)i, (uint32_t)(end - i), bytes });
		p->bytes += bytes;
	}
	vec_sort(&p->units, unit_order);
}

void pass_units_list(const struct model *m, struct pass_units *p)
{
	list_pieces(m, p);
	list_units(p);
}

void pass_units_free(struct pass_units *p)
{
	vec_free(&p->pieces);
	vec_free(&p->units);
}
