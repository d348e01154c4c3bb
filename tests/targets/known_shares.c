/* flags: -finstrument-functions -finstrument-functions-exclude-function-list=main,now_ns,least_ns,spin,tally,number_at */
/* A function whose share of its caller's time is known: each has its own work only, which the program's clock times alone. */
#include <time.h>

#include "tally.h"

enum { CALLS = 2000, SMALL = 20, REST = 200 };

static inline __attribute__((always_inline)) void spin(int rounds)
{
	for (int i = 0; i < rounds; i++)
		__asm__ volatile("" : "+r"(i));
}

static __attribute__((noinline)) void small(void)
{
	spin(SMALL);
}

static __attribute__((noinline)) void caller(void)
{
	for (int i = 0; i < CALLS; i++) {
		small();
		spin(REST);
	}
}

static long long now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Of the same work without a call, the least of so many times. */
static long long least_ns(int rounds, long times)
{
	long long least = 1LL << 62;
	for (long k = 0; k < times; k++) {
		long long start = now_ns(), took;
		for (int i = 0; i < CALLS; i++)
			spin(rounds);
		took = now_ns() - start;
		least = took < least ? took : least;
	}
	return least;
}

int main(int argc, char **argv)
{
	long times = number_at(argc, argv, 1, 200);
	for (long i = 0; i < times; i++)
		caller();
	tally("small_ns", least_ns(SMALL, times));
	tally("rest_ns", least_ns(REST, times));
	return 0;
}
