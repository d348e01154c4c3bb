#include "table/noise.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

enum { FEW = 5, RANKED_MOST = 40 };

/*
 * How much further than their own range the sides must lie apart, by the number of runs of the smaller and of the larger side: that
 * which 1 of 100 pairs of samples of one distribution reaches (normal or log-normal, the greater of both; 40,000 trials).
 */
static const double factors[FEW][FEW + 1] = {
	[1] = { 0, HUGE_VAL, HUGE_VAL, 15, 7.5, 5.5 },
	[2] = { 0, 0, 5.7, 1.9, 1.2, 0.8 },
	[3] = { 0, 0, 0, 0.85, 0.5, 0.3 },
	[4] = { 0, 0, 0, 0, 0.25, 0.1 },
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double middle(const double *v, size_t n)
{
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

struct sample noise_sample(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), compare);
	return (struct sample){ middle(v, n), v[0], v[n - 1] };
}

/* The usual deviation from the median, as large as the standard deviation would be of a normal distribution. */
static double deviation(const double *v, size_t n)
{
	double *away = xcalloc(n, sizeof(*away)), median = middle(v, n), result;

	for (size_t i = 0; i < n; i++)
		away[i] = fabs(v[i] - median);
	qsort(away, n, sizeof(*away), compare);
	result = 1.4826 * middle(away, n);
	free(away);
	return result;
}

/* Pairs in which the old value is greater, equal ones counting half. */
static double greater_pairs(const double *old, size_t n, const double *new, size_t m)
{
	double u = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			u += old[i] > new[k] ? 1 : old[i] == new[k] ? 0.5 : 0;
	return u;
}

/* In how many of all orders of n + m values at most `u` pairs are greater: exact, of so few. */
static double share_of_orders(size_t n, size_t m, size_t u)
{
	size_t most = n * m;
	double *ways = xcalloc(most + 1, sizeof(*ways)), all = 0, few = 0;

	/* The generating function: a product over i of (1 - x^(m + i)) / (1 - x^i). */
	ways[0] = 1;
	for (size_t i = 1; i <= n; i++) {
		for (size_t k = most; k >= m + i; k--)
			ways[k] -= ways[k - (m + i)];
		for (size_t k = i; k <= most; k++)
			ways[k] += ways[k - i];
	}
	for (size_t k = 0; k <= most; k++) {
		all += ways[k];
		few += k <= u ? ways[k] : 0;
	}
	free(ways);
	return few / all;
}

/* Of many values the distribution of that number is a normal one. */
double noise_chance(size_t n, size_t m, double u)
{
	double pairs = (double)n * (double)m;

	u = u > pairs / 2 ? pairs - u : u;
	if (n + m <= RANKED_MOST)
		return 2 * share_of_orders(n, m, (size_t)u);
	return erfc((pairs / 2 - u) / sqrt(pairs * (double)(n + m + 1) / 12) / sqrt(2));
}

static enum noise by_ranks(const double *old, size_t n, const double *new, size_t m)
{
	double change = fabs(middle(new, m) - middle(old, n));

	if (change <= deviation(old, n) || change <= deviation(new, m))
		return NOISE_WITHIN;
	return noise_chance(n, m, greater_pairs(old, n, new, m)) <= 0.01 ? NOISE_BEYOND : NOISE_WITHIN;
}

static enum noise by_ranges(const double *old, size_t n, const double *new, size_t m)
{
	size_t fewer = n < m ? n : m, more = n < m ? m : n;
	double factor = factors[fewer][more < FEW ? more : FEW];
	double gap = old[0] > new[m - 1] ? old[0] - new[m - 1] : new[0] - old[n - 1];
	double a = old[n - 1] - old[0], b = new[m - 1] - new[0];

	if (isinf(factor))
		return NOISE_UNKNOWN;
	return gap > 0 && gap > factor * (a > b ? a : b) ? NOISE_BEYOND : NOISE_WITHIN;
}

enum noise noise_judge(const double *old, size_t n, const double *new, size_t m)
{
	bool steady = old[0] == old[n - 1] && new[0] == new[m - 1];

	if (steady && old[0] == new[0])
		return NOISE_SAME;
	if (steady && n + m > 2)
		return NOISE_EXACT;
	if (middle(old, n) == middle(new, m))
		return n + m > 2 ? NOISE_WITHIN : NOISE_SAME;
	return n < FEW || m < FEW ? by_ranges(old, n, new, m) : by_ranks(old, n, new, m);
}
