/* Threads that use as much of a CPU, one after the other, as they can get, and sleep in between: burn_and_sleep THREADS BURN_MS SLEEP_MS ROUNDS */
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

#include "tally.h"

static long burn_ms, sleep_ms, rounds;
static long long used[64], asleep[64], lived[64];

static long long clock_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

__attribute__((noinline)) static void burn(void)
{
	long long until = clock_of(CLOCK_THREAD_CPUTIME_ID) + burn_ms * 1000000LL;
	while (clock_of(CLOCK_THREAD_CPUTIME_ID) < until)
		;
}

__attribute__((noinline)) static void rest(long long *asleep_ns)
{
	long long before = clock_of(CLOCK_MONOTONIC);
	nanosleep(&(struct timespec){ sleep_ms / 1000, sleep_ms % 1000 * 1000000 }, NULL);
	*asleep_ns += clock_of(CLOCK_MONOTONIC) - before;
}

static void *work(void *index)
{
	long i = (long)index;
	long long born = clock_of(CLOCK_MONOTONIC);
	struct rusage u;
	for (long r = 0; r < rounds; r++) {
		burn();
		if (sleep_ms)
			rest(&asleep[i]);
	}
	getrusage(RUSAGE_THREAD, &u);
	used[i] = (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000LL + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000LL;
	lived[i] = clock_of(CLOCK_MONOTONIC) - born;
	return NULL;
}

int main(int argc, char **argv)
{
	long threads = number_at(argc, argv, 1, 4);
	pthread_t t[64];
	long long all_used = 0, all_asleep = 0, all_lived = 0;
	threads = threads > 64 ? 64 : threads;
	burn_ms = number_at(argc, argv, 2, 50), sleep_ms = number_at(argc, argv, 3, 20), rounds = number_at(argc, argv, 4, 1);
	for (long i = 0; i < threads; i++)
		pthread_create(&t[i], NULL, work, (void *)i);
	for (long i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	for (long i = 0; i < threads; i++)
		all_used += used[i], all_asleep += asleep[i], all_lived += lived[i];
	tally("used_ns", all_used);
	tally("asleep_ns", all_asleep);
	tally("lived_ns", all_lived);
	return 0;
}
