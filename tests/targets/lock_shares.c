/*
 * A lock that is taken at three places by threads of different habits, each of which counts what it does there: lock_shares
 * THREADS ROUNDS. Half of the calls try first, so that the program knows what was held when it came.
 */
#include <pthread.h>

#include "tally.h"

enum { THREADS_MOST = 16 };

pthread_mutex_t shares_lock = PTHREAD_MUTEX_INITIALIZER;
static long threads, rounds, counter, refused[THREADS_MOST];

__attribute__((noinline)) static void take_often(void)
{
	pthread_mutex_lock(&shares_lock);
	counter++;
	pthread_mutex_unlock(&shares_lock);
}

__attribute__((noinline)) static void take_seldom(void)
{
	pthread_mutex_lock(&shares_lock);
	counter++;
	pthread_mutex_unlock(&shares_lock);
}

/* Found held by another thread for sure, if the try fails; the lock call may find it free by then. */
__attribute__((noinline)) static void try_first(long self)
{
	if (pthread_mutex_trylock(&shares_lock)) {
		refused[self]++;
		pthread_mutex_lock(&shares_lock);
	}
	counter++;
	pthread_mutex_unlock(&shares_lock);
}

static void *work(void *index)
{
	long self = (long)index;
	for (long i = 0; i < rounds; i++) {
		take_often();
		if (i % 10 == 0)
			take_seldom();
		if (i % 2 == 0)
			try_first(self);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS_MOST];
	long all = 0;
	threads = number_at(argc, argv, 1, 4);
	rounds = number_at(argc, argv, 2, 1000);
	for (long i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, work, (void *)i);
	for (long i = 0; i < threads; i++) {
		pthread_join(thread[i], NULL);
		all += refused[i];
	}
	tally("take_often", threads * rounds);
	tally("take_seldom", threads * ((rounds + 9) / 10));
	tally("try_first", threads * ((rounds + 1) / 2));
	tally("refused", all);
	tally("each", rounds + (rounds + 9) / 10 + (rounds + 1) / 2);
	return counter == threads * (rounds + (rounds + 9) / 10 + (rounds + 1) / 2) ? 0 : 1;
}
