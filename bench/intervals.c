/*
 * PROGRAM THREADS OPS, an even number of threads: what a what-if has to replay. An operation calls one of 144 functions, which works a little before and while
 * it holds one of 32 locks that all threads share; every 4096th one hands a token to another thread and takes one.
 */
#include <semaphore.h>

#include "bench.h"

enum { FUNCTIONS = 144, LOCKS = 32, TOKENS = 4096 };

static struct { _Alignas(128) pthread_mutex_t mutex; long count; } lock[LOCKS];
static sem_t tokens[MOST_THREADS];

__attribute__((no_instrument_function)) static void spend(long rounds)
{
	for (volatile long left = rounds; left > 0; left--)
		;
}

#define WORK(a, b) \
	__attribute__((noinline)) static void work_##a##_##b(unsigned at) \
	{ \
		spend(20 + 4 * a); \
		pthread_mutex_lock(&lock[at % LOCKS].mutex); \
		spend(40 - 2 * b); \
		lock[at % LOCKS].count++; \
		pthread_mutex_unlock(&lock[at % LOCKS].mutex); \
	}
#define NAME(a, b) work_##a##_##b,
#define TWELVE(X, a) X(a, 0) X(a, 1) X(a, 2) X(a, 3) X(a, 4) X(a, 5) X(a, 6) X(a, 7) X(a, 8) X(a, 9) X(a, 10) X(a, 11)
#define ALL(X) TWELVE(X, 0) TWELVE(X, 1) TWELVE(X, 2) TWELVE(X, 3) TWELVE(X, 4) TWELVE(X, 5) TWELVE(X, 6) TWELVE(X, 7) TWELVE(X, 8) \
	TWELVE(X, 9) TWELVE(X, 10) TWELVE(X, 11)
ALL(WORK)
static void (*const functions[FUNCTIONS])(unsigned) = { ALL(NAME) };

static void *work(void *thread)
{
	long me = (long)thread, other = me ^ 1;
	unsigned at = (unsigned)me * 7;

	for (long i = 0; i < ops; i++) {
		at = at * 1664525 + 1013904223;
		functions[(at >> 8) % FUNCTIONS](at >> 20);
		if (i % TOKENS == TOKENS - 1) {
			sem_post(&tokens[other]);
			sem_wait(&tokens[me]);
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	for (int i = 0; i < LOCKS; i++)
		pthread_mutex_init(&lock[i].mutex, NULL);
	for (int i = 0; i < MOST_THREADS; i++)
		sem_init(&tokens[i], 0, 0);
	return bench(argc, argv, work);
}
