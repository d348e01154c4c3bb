/* A lock that is held shortly by two threads, and now and then for long by a third one. */
#include <pthread.h>

#include "plan.h"

enum { WORKERS = 2 };
pthread_mutex_t records_lock = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *unused)
{
	for (int i = 0; i < 16; i++) {
		ordinary(9000);
		pthread_mutex_lock(&records_lock);
		ordinary(1000);
		pthread_mutex_unlock(&records_lock);
	}
	return unused;
}

static void *clean_up(void *unused)
{
	for (int i = 0; i < 2; i++) {
		ordinary(25000);
		pthread_mutex_lock(&records_lock);
		planted();
		pthread_mutex_unlock(&records_lock);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t worker[WORKERS], cleaner;
	plan_begin(argc, argv, 70000);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&worker[i], NULL, work, NULL);
	pthread_create(&cleaner, NULL, clean_up, NULL);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(worker[i], NULL);
	pthread_join(cleaner, NULL);
	plan_end();
}
