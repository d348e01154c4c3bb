/* Fifty read locks, each of which is had at once, while a writer waits for the first reader. */
#include <pthread.h>

#include "tally.h"

static pthread_rwlock_t shared_lock = PTHREAD_RWLOCK_INITIALIZER;

static void *writer(void *arg)
{
	pthread_rwlock_wrlock(&shared_lock);
	pthread_rwlock_unlock(&shared_lock);
	return arg;
}

int main(void)
{
	pthread_t t;
	pthread_rwlock_rdlock(&shared_lock);
	if (pthread_create(&t, NULL, writer, NULL))
		return 1;
	usleep(100000);
	for (int i = 0; i < 50; i++) {
		pthread_rwlock_rdlock(&shared_lock);
		pthread_rwlock_unlock(&shared_lock);
	}
	pthread_rwlock_unlock(&shared_lock);
	pthread_join(t, NULL);
}
