/* flags: -finstrument-functions -fno-builtin */
/* Threads that only calculate, in instrumented functions, and are cancelled asynchronously at any moment of that. */
#include <pthread.h>
#include <unistd.h>

#include "tally.h"

static pthread_key_t key;
static int destroyed;

__attribute__((noinline)) int inner(int n)
{
	__asm__ volatile("");
	return n + 1;
}

__attribute__((noinline)) int outer(int n)
{
	return inner(n) + inner(n + 1);
}

__attribute__((no_instrument_function)) static void destroy(void *unused)
{
	(void)unused;
	free(malloc(10));
	destroyed++;
}

__attribute__((no_instrument_function)) static void *calculate(void *ready)
{
	int n = 0;
	pthread_setspecific(key, ready);
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	__atomic_store_n((int *)ready, 1, __ATOMIC_RELEASE);
	for (;;)
		n = outer(n) & 0xffff;
	return NULL;
}

__attribute__((no_instrument_function)) int main(void)
{
	enum { THREADS = 200 };
	pthread_key_create(&key, destroy);
	int cancelled = 0;
	for (int i = 0; i < THREADS; i++) {
		pthread_t thread;
		void *result = NULL;
		int ready = 0;
		pthread_create(&thread, NULL, calculate, &ready);
		while (!__atomic_load_n(&ready, __ATOMIC_ACQUIRE))
			usleep(10);
		pthread_cancel(thread);
		pthread_join(thread, &result);
		cancelled += result == PTHREAD_CANCELED;
	}
	for (int i = 0; i < 500; i++)
		outer(i);
	tally("cancelled", cancelled);
	tally("destroyed", destroyed);
}
