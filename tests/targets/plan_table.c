/*
 * Threads that look things up in a table, and how it is locked: plan_table mutex | rwlock | none | COUNT (so many mutexes,
 * each for a part of the table).
 */
#include <pthread.h>

#include "plan.h"

enum { THREADS = 4, ROUNDS = 5, PARTS_MOST = 8 };
pthread_mutex_t table_lock[PARTS_MOST];
pthread_rwlock_t table_rwlock = PTHREAD_RWLOCK_INITIALIZER;
static const char *locking;
static int parts;

static void look_up(int part)
{
	if (is(locking, "rwlock"))
		pthread_rwlock_rdlock(&table_rwlock);
	else if (parts)
		pthread_mutex_lock(&table_lock[part % parts]);
	ordinary(14000);
	if (is(locking, "rwlock"))
		pthread_rwlock_unlock(&table_rwlock);
	else if (parts)
		pthread_mutex_unlock(&table_lock[part % parts]);
}

static void *work(void *index)
{
	for (int i = 0; i < ROUNDS; i++) {
		look_up((int)(long)index + i);
		ordinary(5000);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS];
	plan_begin(1, argv, 0);
	locking = word_at(argc, argv, 1, "mutex");
	parts = is(locking, "mutex") ? 1 : atoi(locking);
	for (int i = 0; i < PARTS_MOST; i++)
		pthread_mutex_init(&table_lock[i], NULL);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, work, (void *)i);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	plan_end();
}
