/*
 * hist.h - durations as a log-linear histogram: 64 steps an octave, so a quantile is off by less than 1 %. Minimum, maximum,
 * count, sum and standard deviation are exact. An octave costs 512 bytes once something falls into it. A zeroed one is empty.
 */
#ifndef HP_MODEL_HIST_H
#define HP_MODEL_HIST_H

#include <stdint.h>

enum { HIST_STEP_BITS = 6, HIST_STEPS = 1 << HIST_STEP_BITS, HIST_OCTAVES = 64 - HIST_STEP_BITS + 1 };

__extension__ typedef unsigned __int128 hist_wide;

struct hist {
	uint64_t count, sum, min, max;   /* min is 0 while count is */
	hist_wide squares;      /* their sum: steps are too wide for the deviation of values that lie close together */
	uint64_t **octaves;              /* HIST_OCTAVES pointers, allocated with the first value */
};

void hist_add_slow(struct hist *, unsigned octave);

static inline unsigned hist_octave(uint64_t value)
{
	return value < HIST_STEPS ? 0 : 64 - HIST_STEP_BITS - (unsigned)__builtin_clzll(value);
}

static inline void hist_add(struct hist *h, uint64_t value)
{
	unsigned octave = hist_octave(value);
	if (!h->octaves || !h->octaves[octave])
		hist_add_slow(h, octave);
	h->octaves[octave][value >> (octave ? octave - 1 : 0) & (HIST_STEPS - 1)]++;
	h->min = !h->count || value < h->min ? value : h->min;
	h->max = value > h->max ? value : h->max;
	h->count++;
	h->sum += value;
	h->squares += (hist_wide)value * value;
}

/* The value below which `q` (0..1) of all lie; within min..max; 0 when empty. */
uint64_t hist_quantile(const struct hist *, double q);
/* How far the values lie from their mean, as the root of the mean square; 0 when empty. */
double hist_deviation(const struct hist *);
/* One that was added is another one; the largest stays what it was. */
void hist_replace(struct hist *, uint64_t was, uint64_t is);
/* All values of `from` are added. */
void hist_merge(struct hist *to, const struct hist *from);
void hist_free(struct hist *);

#endif
