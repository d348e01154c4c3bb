/* A queue with a condition from which three threads take jobs; each job has the planted delay. */
#include <pthread.h>
#include <stdbool.h>

#include "plan.h"

enum { WORKERS = 3, JOBS = 12 };
pthread_mutex_t jobs_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t jobs_cond = PTHREAD_COND_INITIALIZER;
static int waiting, put;

static bool take_job(void)
{
	pthread_mutex_lock(&jobs_lock);
	while (waiting == 0 && put < JOBS)
		pthread_cond_wait(&jobs_cond, &jobs_lock);
	bool taken = waiting > 0;
	waiting -= taken;
	pthread_mutex_unlock(&jobs_lock);
	return taken;
}

static void put_job(void)
{
	pthread_mutex_lock(&jobs_lock);
	waiting++;
	put++;
	if (put < JOBS)
		pthread_cond_signal(&jobs_cond);
	else
		pthread_cond_broadcast(&jobs_cond);
	pthread_mutex_unlock(&jobs_lock);
}

static void *work(void *unused)
{
	while (take_job()) {
		ordinary(15000);
		planted();
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread[WORKERS];
	plan_begin(argc, argv, 45000);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	for (int i = 0; i < JOBS; i++) {
		ordinary(2000);
		put_job();
	}
	for (int i = 0; i < WORKERS; i++)
		pthread_join(thread[i], NULL);
	plan_end();
}
