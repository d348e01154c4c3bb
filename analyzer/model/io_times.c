/* io_times.c - how long calls took: a few numbers while there are few of them, a histogram from then on. */
#include "io_private.h"

#include <stdlib.h>

void io_took(struct model *m, struct io_times *t, uint64_t ns)
{
	struct io_private *p = io_private(m);
	t->ns += ns;
	t->max_ns = ns > t->max_ns ? ns : t->max_ns;
	if (t->many) {
		coarse_add(&m->io.coarse, t->many, ns);
	} else if (t->calls < IO_FEW) {
		if (!t->few)
			t->few = arena_alloc(&p->arena, IO_FEW * sizeof *t->few);
		t->few[t->calls] = ns;
	} else {
		t->many = arena_zalloc(&p->arena, sizeof *t->many);
		for (unsigned i = 0; i < IO_FEW; i++)
			coarse_add(&m->io.coarse, t->many, t->few[i]);
		coarse_add(&m->io.coarse, t->many, ns);
	}
	t->calls++;
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

uint64_t io_quantile(const struct io *io, const struct io_times *t, double q)
{
	uint64_t few[IO_FEW], value;
	if (!t->calls || q >= 1)
		return t->max_ns;
	if (t->many) {
		value = coarse_quantile(&io->coarse, t->many, q);
	} else {
		size_t rank = (size_t)((double)t->calls * q);
		memcpy(few, t->few, t->calls * sizeof *few);
		qsort(few, t->calls, sizeof *few, by_value);
		value = few[rank < t->calls ? rank : t->calls - 1];
	}
	return value < t->max_ns ? value : t->max_ns;
}
