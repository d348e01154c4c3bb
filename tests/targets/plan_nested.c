/* Two locks, one taken inside the other: the planted delay is under the inner one, and holds up those that want the outer one. */
#include <pthread.h>

#include "plan.h"

enum { ROUNDS = 5 };
pthread_mutex_t outer_lock = PTHREAD_MUTEX_INITIALIZER, inner_lock = PTHREAD_MUTEX_INITIALIZER;

static void *take_both(void *unused)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&outer_lock);
		ordinary(5000);
		pthread_mutex_lock(&inner_lock);
		planted();
		pthread_mutex_unlock(&inner_lock);
		pthread_mutex_unlock(&outer_lock);
		ordinary(4000);
	}
	return unused;
}

static void *take_one(void *lock)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(lock);
		ordinary(6000);
		pthread_mutex_unlock(lock);
		ordinary(7000);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[4];
	plan_begin(argc, argv, 25000);
	for (int i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, take_both, NULL);
	pthread_create(&thread[2], NULL, take_one, &outer_lock);
	pthread_create(&thread[3], NULL, take_one, &inner_lock);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	plan_end();
}
