/* flags: -fno-builtin */
/* Ends while detached threads are busy, and does more itself in handlers and destructors of the end. */
#include <pthread.h>

#include "tally.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int at_work;

static void *never_ends(void *unused)
{
	for (;;) {
		pthread_mutex_lock(&lock);
		free(malloc(100));
		pthread_mutex_unlock(&lock);
		close(-1);
		__atomic_fetch_add(&at_work, 1, __ATOMIC_RELAXED);
	}
	return unused;
}

__attribute__((noinline)) static void at_end(void)
{
	for (int i = 0; i < 50; i++)
		free(malloc(77));
}

__attribute__((destructor)) static void last(void)
{
	at_end();
	tally("last", 1);
}

int main(void)
{
	pthread_t thread;
	pthread_attr_t detached;
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < 4; i++)
		pthread_create(&thread, &detached, never_ends, NULL);
	while (__atomic_load_n(&at_work, __ATOMIC_RELAXED) < 2000)
		usleep(100);
	atexit(at_end);
	at_end();
	exit(6);
}
