/*
 * plan.h - for the plan_* targets: each has a delay in planted() that an argument takes away, so that what a what-if answer
 * says of it can be compared with what happens.
 *
 *     plan_X [DELAY_US [sleep | spin | work [REPEAT [LOOPS_PER_MS]]]]
 *
 * All their time is spent in one way: asleep; busy until so much time has passed (both as long on a loaded machine as on an
 * idle one); or busy with so much work, as real programs are. They print how long they took, and REPEAT makes them longer.
 */
#ifndef PLAN_H
#define PLAN_H

#include <time.h>

#include "tally.h"
#ifdef PLAN_COZ
#include <coz.h>
#define ROUND_DONE COZ_PROGRESS_NAMED("round")
#else
#define ROUND_DONE ((void)0)
#endif

#define NOT_TRACED __attribute__((no_instrument_function))
#define IN_PLACE   static inline __attribute__((always_inline, no_instrument_function))

enum { PLAN_SLEEP, PLAN_SPIN, PLAN_WORK };
static long planted_us, loops_per_ms, plan_repeat;
static int plan_how;
static struct timespec plan_began;

IN_PLACE long long plan_us_since(struct timespec from)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - from.tv_sec) * 1000000LL + (now.tv_nsec - from.tv_nsec) / 1000;
}

IN_PLACE void plan_spend(long us)
{
	struct timespec from, asleep = {us / 1000000, us % 1000000 * 1000};
	if (plan_how == PLAN_SLEEP) {
		nanosleep(&asleep, NULL);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &from);
	while (plan_how == PLAN_SPIN && plan_us_since(from) < us)
		;
}

/* A macro: Coz tells lines apart, and a function of both would have the same ones. */
#define WORK(loops) do { for (volatile long left_ = (loops); left_ > 0; left_--) ; } while (0)
#define SPEND(us) do { \
	if (plan_how == PLAN_WORK) WORK((us) * loops_per_ms / 1000); \
	else if ((us) > 0) plan_spend(us); \
} while (0)

__attribute__((noinline, unused)) static void planted(void)
{
	SPEND(planted_us);
}

__attribute__((noinline, unused)) static void ordinary(long us)
{
	SPEND(us);
}

NOT_TRACED static void plan_begin(int argc, char **argv, long delay_us)
{
	const char *how = word_at(argc, argv, 2, "sleep");
	planted_us = number_at(argc, argv, 1, delay_us);
	plan_how = is(how, "sleep") ? PLAN_SLEEP : is(how, "spin") ? PLAN_SPIN : PLAN_WORK;
	plan_repeat = number_at(argc, argv, 3, 1);
	loops_per_ms = number_at(argc, argv, 4, 1);
	clock_gettime(CLOCK_MONOTONIC, &plan_began);
}

NOT_TRACED static void plan_end(void)
{
	tally("elapsed_us", plan_us_since(plan_began));
}

#endif
