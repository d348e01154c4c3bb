/* Three threads that meet at a barrier each round, of which one comes late by the planted delay. */
#include <pthread.h>

#include "plan.h"

enum { THREADS = 3, ROUNDS = 6 };
pthread_barrier_t round_barrier;

static void *work(void *index)
{
	for (int i = 0; i < ROUNDS; i++) {
		ordinary(15000);
		if ((long)index == 1)
			planted();
		pthread_barrier_wait(&round_barrier);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS];
	plan_begin(argc, argv, 30000);
	pthread_barrier_init(&round_barrier, NULL, THREADS);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, work, (void *)i);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	plan_end();
}
