/*
 * noise.h - whether two sets of values of a figure differ by more than chance. Values of one side are those of repeated runs.
 *
 *   all values of a side the same, on both sides     they are exact: any difference counts
 *   less than five on a side                         the sides must not overlap, and lie further apart than the values of
 *                                                    either do, times a factor that is the smaller the more there are
 *   five or more on both                             Mann-Whitney's test, and medians further apart than the deviation
 *
 * Of figures that did not change, one in a hundred is taken for changed so. With one value a side, or one against two,
 * nothing is known of chance.
 */
#ifndef HP_TABLE_NOISE_H
#define HP_TABLE_NOISE_H

#include <stddef.h>

enum noise { NOISE_SAME, NOISE_WITHIN, NOISE_BEYOND, NOISE_EXACT, NOISE_UNKNOWN };

struct sample { double median, low, high; };

/* Sorts the values, of which there must be one at least. */
struct sample noise_sample(double *values, size_t n);
/* Of sorted values. */
enum noise noise_judge(const double *old, size_t n, const double *new, size_t m);

/*
 * Mann-Whitney's test: how likely it is that of n * m pairs of an old and a new value, all from one distribution, `u` or fewer have
 * the old one greater, or as few the new one.
 */
double noise_chance(size_t n, size_t m, double u);

#endif
