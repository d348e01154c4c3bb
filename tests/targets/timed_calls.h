/* The calls of timed_calls.c and timed_calls_gprof.c; times in ms. */
#include <pthread.h>
#include <time.h>

#include "tally.h"

#define PLAIN __attribute__((no_instrument_function, noinline))
#define CALL  __attribute__((noinline))

static volatile int sink;
static pthread_barrier_t barrier;

PLAIN static void nap(long ms)
{
	struct timespec t = { 0, ms * 1000000 };
	nanosleep(&t, NULL);
}

CALL void short_nap(void) { nap(5); }
CALL void long_nap(void)
{
	nap(20);
	short_nap();
}
CALL void counts_down(int n)
{
	nap(10);
	if (n > 1)
		counts_down(n - 1);
	sink++;
}
CALL void ping(int n);
CALL void pong(int n)
{
	nap(2);
	if (n)
		ping(n - 1);
	sink++;
}
CALL void ping(int n)
{
	pong(n);
	sink++;
}
CALL void tiny(void) { sink++; }
CALL void works(void)
{
	for (int i = 0; i < 500; i++)
		tiny();
	long_nap();
}
CALL void together(void)
{
	pthread_barrier_wait(&barrier);
	nap(80);
}
PLAIN static void *runs(void *unused)
{
	together();
	return unused;
}

int main(void)
{
	pthread_t thread[2];
	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < 3; i++)
		works();
	counts_down(4);
	ping(5);
	short_nap();
	for (int i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, runs, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	return 0;
}
