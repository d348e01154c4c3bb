/* A read-write lock with two readers and a writer, which has the planted delay while it holds all others off. */
#include <pthread.h>

#include "plan.h"

enum { READERS = 2 };
pthread_rwlock_t index_lock;

static void *read_index(void *unused)
{
	for (int i = 0; i < 9; i++) {
		pthread_rwlock_rdlock(&index_lock);
		ordinary(6000);
		pthread_rwlock_unlock(&index_lock);
		ordinary(9000);
	}
	return unused;
}

static void *write_index(void *unused)
{
	for (int i = 0; i < 4; i++) {
		ordinary(12000);
		pthread_rwlock_wrlock(&index_lock);
		planted();
		pthread_rwlock_unlock(&index_lock);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t reader[READERS], writer;
	pthread_rwlockattr_t attributes;
	plan_begin(argc, argv, 40000);
	pthread_rwlockattr_init(&attributes);
	pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&index_lock, &attributes);
	for (int i = 0; i < READERS; i++)
		pthread_create(&reader[i], NULL, read_index, NULL);
	pthread_create(&writer, NULL, write_index, NULL);
	for (int i = 0; i < READERS; i++)
		pthread_join(reader[i], NULL);
	pthread_join(writer, NULL);
	plan_end();
}
