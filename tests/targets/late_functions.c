/* flags: -fno-builtin -finstrument-functions */
/* A thread's destructors call functions, in the last round too. */
#include <pthread.h>

#include "tally.h"

#define PLAIN __attribute__((no_instrument_function))
static pthread_key_t key;
static volatile long calls;

__attribute__((noinline)) static void in_destructor(void)
{
	calls++;
}

PLAIN static void destructor(void *round)
{
	if ((long)round < 4)
		pthread_setspecific(key, (void *)((long)round + 1));
	in_destructor();
}

PLAIN static void *thread(void *arg)
{
	free(malloc(10));
	pthread_setspecific(key, (void *)1);
	return arg;
}

PLAIN int main(void)
{
	pthread_t t;
	pthread_key_create(&key, destructor);
	if (pthread_create(&t, NULL, thread, NULL) || pthread_join(t, NULL))
		return 1;
	tally("in_destructor", calls);
}
