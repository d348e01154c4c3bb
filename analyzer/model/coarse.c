#include "coarse.h"

uint32_t coarse_line(struct coarse_pool *p)
{
	if (!p->n)
		vec_add(p);
	vec_add(p);
	return (uint32_t)(p->n - 1);
}

static void add_line(struct coarse_pool *p, uint32_t *to, uint32_t from)
{
	if (!*to)
		*to = coarse_line(p);
	for (unsigned i = 0; i < COARSE_STEPS; i++) {
		uint32_t *sum = &p->v[*to].steps[i], more = p->v[from].steps[i];
		*sum = *sum > UINT32_MAX - more ? UINT32_MAX : *sum + more;
	}
}

void coarse_sum(struct coarse_pool *p, struct coarse *to, const struct coarse *from)
{
	for (unsigned o = 0; o < COARSE_OCTAVES; o++)
		if (from->line[o])
			add_line(p, &to->line[o], from->line[o]);
}

/* The middle of a step. */
static uint64_t step_value(unsigned octave, unsigned step)
{
	if (octave < 2)
		return octave ? COARSE_STEPS + step : step;
	return ((uint64_t)(COARSE_STEPS + step) << (octave - 1)) + (1ull << (octave - 1)) / 2;
}

static uint64_t count_of(const struct coarse_pool *p, const struct coarse *c, unsigned octave)
{
	uint64_t sum = 0;
	for (unsigned i = 0; c->line[octave] && i < COARSE_STEPS; i++)
		sum += p->v[c->line[octave]].steps[i];
	return sum;
}

uint64_t coarse_quantile(const struct coarse_pool *p, const struct coarse *c, double q)
{
	uint64_t all = 0, seen = 0, value = 0;
	for (unsigned o = 0; o < COARSE_OCTAVES; o++)
		all += count_of(p, c, o);
	uint64_t rank = (uint64_t)((double)all * q);
	for (unsigned o = 0; o < COARSE_OCTAVES && seen <= rank; o++) {
		for (unsigned i = 0; c->line[o] && i < COARSE_STEPS && seen <= rank; i++) {
			uint32_t n = p->v[c->line[o]].steps[i];
			seen += n;
			value = n ? step_value(o, i) : value;
		}
	}
	return value;
}

struct coarse_size coarse_size(const struct coarse_pool *p, const struct coarse_sizes *c, unsigned class)
{
	static const struct coarse_size none;
	uint32_t line = c->line[class / COARSE_SIZES_A_LINE];
	return line ? p->v[line].sizes[class % COARSE_SIZES_A_LINE] : none;
}
