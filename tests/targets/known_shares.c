/* flags: -finstrument-functions -finstrument-functions-exclude-function-list=main,now_ns,work_ns,by_value,median,spin,tally,number_at */
/* A function whose share of its caller's time is known: each has its own work only, which the program's clock times alone. */
#include <time.h>

#include "tally.h"

enum { CALLS = 2000, SMALL = 20, REST = 200, TIMES_MOST = 1000 };

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

/* The same work without a call. */
static long long work_ns(int rounds)
{
	long long start = now_ns();
	for (int i = 0; i < CALLS; i++)
		spin(rounds);
	return now_ns() - start;
}

static int by_value(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;
	return x < y ? -1 : x > y;
}

static long long median(long long *values, long count)
{
	qsort(values, (size_t)count, sizeof *values, by_value);
	return values[count / 2];
}

/* In turns, so that whatever else the machine does slows all of them down. */
int main(int argc, char **argv)
{
	static long long small_ns[TIMES_MOST], rest_ns[TIMES_MOST];
	long times = number_at(argc, argv, 1, 200);
	for (long i = 0; i < times && i < TIMES_MOST; i++) {
		caller();
		small_ns[i] = work_ns(SMALL);
		rest_ns[i] = work_ns(REST);
	}
	tally("small_ns", median(small_ns, times));
	tally("rest_ns", median(rest_ns, times));
	return 0;
}
