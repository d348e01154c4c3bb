/* Ticks to times: machines that sleep, and clocks that are set. */
#include <criterion/criterion.h>

#include "dump/clock.h"

#define SECOND 1000000000ull

static const struct hp_header header = { .ticks_per_second = SECOND, .start = { SECOND, 5 * SECOND, 100 * SECOND, 5 * SECOND } };

/* At `ticks` s after the start, MONOTONIC is `awake` s after it, and BOOTTIME `boot`. */
static void sample(struct dump_clock *c, uint64_t ticks, uint64_t awake, uint64_t boot)
{
	clock_sample(c, &(struct hp_clocks){ (1 + ticks) * SECOND, (5 + awake) * SECOND, 0, (5 + boot) * SECOND });
}

static uint64_t at(const struct dump_clock *c, double s)
{
	return clock_ns(c, SECOND + (uint64_t)(s * (double)SECOND));
}

/* Awake for 10 s, asleep for an hour, awake again for 10 s; the first sample after it is one second after. */
Test(dump_clock, j5_the_time_in_which_the_machine_sleeps_does_not_count)
{
	struct dump_clock c = { 0 };
	sample(&c, 5, 5, 5);
	sample(&c, 3611, 11, 3611);
	sample(&c, 3620, 20, 3620);
	clock_ready(&c, &header);
	cr_expect_eq(at(&c, 5), 5 * SECOND);
	cr_expect_eq(at(&c, 10), 10 * SECOND);
	cr_expect_eq(at(&c, 2000), 11 * SECOND);
	cr_expect_eq(at(&c, 3611), 11 * SECOND);
	cr_expect_eq(at(&c, 3615), 15 * SECOND);
	cr_expect_eq(at(&c, 3625), 25 * SECOND);
	uint64_t before = 0;
	for (double s = 0; s < 3630; s += 0.5) {
		cr_expect_geq(at(&c, s), before);
		before = at(&c, s);
	}
	cr_expect_eq(clock_ticks(&c, 15 * SECOND), 3616 * SECOND);
	cr_expect_eq(clock_ticks(&c, 8 * SECOND), 9 * SECOND);
	clock_free(&c);
}

/* Found by fuzzing: more ticks than there are numbers, on a clock that hardly moves. */
Test(dump_clock, a_sleep_of_a_clock_that_no_machine_has_is_no_trouble)
{
	static const struct hp_header fast = { .ticks_per_second = 100 * SECOND, .start = { 1, 5, 100, 5 } };
	struct dump_clock c = { 0 };
	clock_sample(&c, &(struct hp_clocks){ 1000, UINT64_MAX / 4, 0, UINT64_MAX / 2 });
	clock_ready(&c, &fast);
	cr_expect_eq(clock_ns(&c, 1000), UINT64_MAX / 4 - 5);
	clock_free(&c);
}

/* A virtual machine that was stopped together with its counter. */
Test(dump_clock, j5_a_sleep_of_the_counter_too)
{
	struct dump_clock c = { 0 };
	sample(&c, 5, 5, 5);
	sample(&c, 11, 11, 3611);
	sample(&c, 20, 20, 3620);
	clock_ready(&c, &header);
	cr_expect_eq(at(&c, 10), 10 * SECOND);
	cr_expect_eq(at(&c, 15), 15 * SECOND);
	clock_free(&c);
}

static void sample_us(struct dump_clock *c, uint64_t ticks, uint64_t awake, uint64_t boot)
{
	clock_sample(c, &(struct hp_clocks){ SECOND + ticks * 1000, 5 * SECOND + awake * 1000, 0, 5 * SECOND + boot * 1000 });
}

/* The thread waited for a processor before it read BOOTTIME. The rate that was measured at the start is 0.5 % off. */
Test(dump_clock, j5_an_interrupted_reading_of_the_clocks_is_no_sleep)
{
	static const struct hp_header rough = { .ticks_per_second = 995000000, .start = { SECOND, 5 * SECOND, 100 * SECOND, 5 * SECOND } };
	struct dump_clock c = { 0 };
	sample_us(&c, 4000, 4000, 4000);
	sample_us(&c, 5000, 5000, 25000);
	sample_us(&c, 6000, 6000, 6000);
	clock_ready(&c, &rough);
	for (double s = 0.001; s < 0.01; s += 0.00001)
		cr_expect_gt(at(&c, s), at(&c, s - 0.00001), "%f", s);
	clock_free(&c);
}

/* REALTIME is for the date of the start alone. */
Test(dump_clock, j5_a_clock_that_is_set_while_the_program_runs_changes_no_time)
{
	struct dump_clock c = { 0 };
	for (uint64_t s = 1; s <= 10; s++)
		clock_sample(&c, &(struct hp_clocks){ (1 + s) * SECOND, (5 + s) * SECOND, s % 2 ? 1 : 4000000000 * SECOND, (5 + s) * SECOND });
	clock_ready(&c, &header);
	for (uint64_t s = 0; s <= 12; s++)
		cr_expect_eq(at(&c, (double)s), s * SECOND);
	clock_free(&c);
}

/* What a hostile dump may say of sleeping. */
Test(dump_clock, j5_sleeps_that_make_no_sense)
{
	struct dump_clock c = { 0 };
	for (uint64_t i = 1; i < 60; i++)
		clock_sample(&c, &(struct hp_clocks){ i * i << i % 50, 1 + (i * 7919 << i % 40), i, 1 + (i * 104729 << i % 45) });
	clock_ready(&c, &header);
	for (uint64_t t = 0; t < 64; t++) {
		(void)clock_ns(&c, 1ull << t);
		(void)clock_ticks(&c, 1ull << t);
	}
	clock_free(&c);
}
