/* flags: -fno-builtin */
/* Threads whose destructors use the heap: thread_keys_late THREADS ROUNDS [first]. With "first" they use it before, too. */
#include <pthread.h>

#include "tally.h"

static pthread_key_t key;
static long rounds;
static int first;
static void *volatile kept;

__attribute__((noinline)) static void in_destructor(void *round)
{
	if ((long)round < rounds)
		pthread_setspecific(key, (void *)((long)round + 1));
	kept = malloc(50);
	free(kept);
}

static void *thread(void *arg)
{
	if (first)
		free(malloc(10));
	pthread_setspecific(key, (void *)1);
	return arg;
}

int main(int argc, char **argv)
{
	long threads = number_at(argc, argv, 1, 100);
	rounds = number_at(argc, argv, 2, 1);
	first = argc > 3;
	pthread_key_create(&key, in_destructor);
	for (long i = 0; i < threads; i++) {
		pthread_t t;
		if (pthread_create(&t, NULL, thread, NULL) || pthread_join(t, NULL))
			return 1;
	}
	tally("in_destructor", threads * (rounds < 4 ? rounds : 4));
}
