/* The histogram of durations: quantiles within 1 % of sorted values, exact sums. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "model/hist.h"

enum { VALUES = 20000 };

static uint64_t values[VALUES];

/* Repeatable, and no generator of the code under test. */
static uint64_t random64(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15u;
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void expect_quantiles(const struct hist *h, size_t n)
{
	static const double asked[] = { 0.001, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999 };
	qsort(values, n, sizeof *values, by_size);
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		double exact = (double)values[(size_t)((double)n * asked[i])], told = (double)hist_quantile(h, asked[i]);
		cr_expect(fabs(told - exact) <= exact * 0.01, "quantile %g of %zu is %g, told as %g", asked[i], n, exact, told);
	}
	cr_expect_eq(hist_quantile(h, 0), values[0]);
	cr_expect_eq(hist_quantile(h, 1), values[n - 1]);
}

Test(hist, quantiles_are_within_a_percent_at_every_size)
{
	for (unsigned bits = 1; bits <= 64; bits++) {
		struct hist h = { 0 };
		for (size_t i = 0; i < 2000; i++)
			hist_add(&h, values[i] = random64() >> (64 - bits));
		expect_quantiles(&h, 2000);
		hist_free(&h);
	}
}

Test(hist, quantiles_are_within_a_percent_over_many_sizes_at_once)
{
	struct hist h = { 0 };
	for (size_t i = 0; i < VALUES; i++)
		hist_add(&h, values[i] = random64() >> random64() % 64);
	expect_quantiles(&h, VALUES);
	hist_free(&h);
}

Test(hist, each_single_value_is_told_within_a_percent)
{
	for (uint64_t value = 1; value < UINT64_MAX / 3; value += value / 5 + 1) {
		struct hist h = { 0 };
		hist_add(&h, value / 2);
		hist_add(&h, value);
		hist_add(&h, value + value / 2 + 1);
		double told = (double)hist_quantile(&h, 0.5);
		cr_expect(fabs(told - (double)value) <= (double)value * 0.01, "%llu is told as %g", (unsigned long long)value, told);
		hist_free(&h);
	}
}

static double deviation_of(size_t n)
{
	long double mean = 0, sum = 0;
	for (size_t i = 0; i < n; i++)
		mean += (long double)values[i] / (long double)n;
	for (size_t i = 0; i < n; i++)
		sum += ((long double)values[i] - mean) * ((long double)values[i] - mean);
	return (double)sqrtl(sum / (long double)n);
}

/* Steps of a histogram are far wider than this. */
Test(hist, the_deviation_of_values_that_lie_close_together_is_exact)
{
	struct hist h = { 0 };
	for (size_t i = 0; i < VALUES; i++)
		hist_add(&h, values[i] = 1000000000000 + random64() % 100);
	cr_expect_float_eq(hist_deviation(&h), deviation_of(VALUES), 1e-6);
	hist_free(&h);
}

Test(hist, nothing_and_one_value_have_no_deviation)
{
	struct hist h = { 0 };
	cr_expect_eq(hist_deviation(&h), 0);
	cr_expect_eq(hist_quantile(&h, 0.5), 0);
	hist_add(&h, 12345);
	cr_expect_eq(hist_deviation(&h), 0);
	hist_free(&h);
}

Test(hist, two_halves_make_the_whole)
{
	struct hist whole = { 0 }, half[2] = { 0 };
	for (size_t i = 0; i < VALUES; i++) {
		uint64_t value = random64() >> random64() % 64;
		hist_add(&whole, value >> 1);
		hist_add(&half[i % 2], value >> 1);
	}
	hist_merge(&half[0], &half[1]);
	cr_expect_eq(half[0].count, whole.count);
	cr_expect_eq(half[0].sum, whole.sum);
	cr_expect_eq(half[0].min, whole.min);
	cr_expect_eq(half[0].max, whole.max);
	cr_expect_eq(hist_deviation(&half[0]), hist_deviation(&whole));
	for (double q = 0; q <= 1; q += 0.01)
		cr_expect_eq(hist_quantile(&half[0], q), hist_quantile(&whole, q));
	hist_free(&whole);
	hist_free(&half[0]);
	hist_free(&half[1]);
}
