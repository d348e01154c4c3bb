#include "hist.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

void hist_add_slow(struct hist *h, unsigned octave)
{
	if (!h->octaves)
		h->octaves = xcalloc(HIST_OCTAVES, sizeof *h->octaves);
	if (!h->octaves[octave])
		h->octaves[octave] = xcalloc(HIST_STEPS, sizeof **h->octaves);
}

/* The middle of a step. */
static uint64_t step_value(unsigned octave, unsigned step)
{
	if (octave < 2)
		return octave ? HIST_STEPS + (step & (HIST_STEPS - 1)) : step;
	uint64_t width = 1ull << (octave - 1);
	return ((uint64_t)(HIST_STEPS + step) << (octave - 1)) + width / 2;
}

static uint64_t within(const struct hist *h, uint64_t value)
{
	return value < h->min ? h->min : value > h->max ? h->max : value;
}

uint64_t hist_quantile(const struct hist *h, double q)
{
	if (q <= 0 || !h->count)
		return h->min;
	if (q >= 1)
		return h->max;
	uint64_t rank = (uint64_t)((double)h->count * q), seen = 0;
	for (unsigned o = 0; o < HIST_OCTAVES; o++) {
		for (unsigned s = 0; h->octaves[o] && s < HIST_STEPS; s++) {
			seen += h->octaves[o][s];
			if (seen > rank)
				return within(h, step_value(o, s));
		}
	}
	return h->max;
}

/* The whole numbers are subtracted before anything is rounded. A count that waits of before have no share in is no mean's. */
double hist_deviation(const struct hist *h)
{
	hist_wide sum = h->sum;
	if (!h->count || h->squares < sum * sum / h->count)
		return 0;
	long double variance = (long double)(h->squares - sum * sum / h->count) / (long double)h->count;
	return (double)sqrtl(variance);
}

void hist_replace(struct hist *h, uint64_t was, uint64_t is)
{
	unsigned octave = hist_octave(was);
	uint64_t *step = h->octaves && h->octaves[octave] ? &h->octaves[octave][was >> (octave ? octave - 1 : 0) & (HIST_STEPS - 1)] : NULL;
	if (!step || !*step)
		return;
	--*step;
	h->count--;
	h->sum -= was;
	h->squares -= (hist_wide)was * was;
	hist_add(h, is);
}

void hist_merge(struct hist *to, const struct hist *from)
{
	for (unsigned o = 0; from->octaves && o < HIST_OCTAVES; o++) {
		if (!from->octaves[o])
			continue;
		hist_add_slow(to, o);
		for (unsigned s = 0; s < HIST_STEPS; s++)
			to->octaves[o][s] += from->octaves[o][s];
	}
	if (from->count) {
		to->min = !to->count || from->min < to->min ? from->min : to->min;
		to->max = from->max > to->max ? from->max : to->max;
	}
	to->count += from->count;
	to->sum += from->sum;
	to->squares += from->squares;
}

void hist_free(struct hist *h)
{
	for (unsigned o = 0; h->octaves && o < HIST_OCTAVES; o++)
		free(h->octaves[o]);
	free(h->octaves);
	*h = (struct hist){ 0 };
}
