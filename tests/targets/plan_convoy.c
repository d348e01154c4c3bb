/* Three threads, or as many as a fifth argument says, with the planted delay under one lock: they queue up. */
#include <pthread.h>

#include "plan.h"

enum { THREADS_MOST = 8, ROUNDS = 5 };
pthread_mutex_t convoy_lock = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *unused)
{
	for (long i = 0; i < ROUNDS * plan_repeat; i++) {
		pthread_mutex_lock(&convoy_lock);
		planted();
		pthread_mutex_unlock(&convoy_lock);
		ordinary(10000);
		ROUND_DONE;
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS_MOST];
	plan_begin(argc, argv, 15000);
	long threads = number_at(argc, argv, 5, 3);
	for (int i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	plan_end();
}
