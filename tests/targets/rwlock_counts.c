/* Read-write locks with known answers: rwlock_counts THREADS ROUNDS. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "tally.h"

pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;
static long rounds;
static long volatile value;

static void *work(void *unused)
{
	struct timespec future = {.tv_sec = time(NULL) + 1000};
	for (long i = 0; i < rounds; i++) {
		pthread_rwlock_rdlock(&table_lock);
		pthread_rwlock_unlock(&table_lock);
		pthread_rwlock_timedrdlock(&table_lock, &future);
		pthread_rwlock_unlock(&table_lock);
		pthread_rwlock_wrlock(&table_lock);
		value++;
		pthread_rwlock_unlock(&table_lock);
		pthread_rwlock_clockwrlock(&table_lock, CLOCK_REALTIME, &future);
		value--;
		pthread_rwlock_unlock(&table_lock);
	}
	return unused;
}

int main(int argc, char **argv)
{
	int threads = (int)number_at(argc, argv, 1, 2), refused = 0;
	rounds = number_at(argc, argv, 2, 1000);
	pthread_t thread[64];
	for (int i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	pthread_rwlock_rdlock(&table_lock);
	refused += pthread_rwlock_trywrlock(&table_lock) == EBUSY;
	if (pthread_rwlock_tryrdlock(&table_lock) == 0)
		pthread_rwlock_unlock(&table_lock);
	pthread_rwlock_unlock(&table_lock);
	tally("read", threads * rounds * 2 + 2);
	tally("write", threads * rounds * 2);
	tally("refused", refused);
}
