/* flags: -finstrument-functions */
/* Threads whose destructors of thread-specific data call functions in every round, also when the recorder's own have run. */
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>

#include "tally.h"

enum { THREADS = 20 };
static pthread_key_t key;
static atomic_long calls;

__attribute__((noinline)) static void called(void) { calls++; }

static void destroy(void *value)
{
	called();
	pthread_setspecific(key, value);
}

static void *work(void *value)
{
	called();
	pthread_setspecific(key, value);
	return NULL;
}

int main(void)
{
	pthread_t thread;
	pthread_key_create(&key, destroy);
	for (int i = 0; i < THREADS; i++) {
		pthread_create(&thread, NULL, work, &key);
		pthread_join(thread, NULL);
	}
	tally("calls", calls);
	tally("rounds", PTHREAD_DESTRUCTOR_ITERATIONS);
}
