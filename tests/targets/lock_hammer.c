/* Many threads at one lock: each owner notes its number under the lock, so that the program knows who had it after whom. */
#include <pthread.h>
#include <sched.h>

#include "tally.h"

enum { THREADS_MOST = 64, OWNERS_MOST = 1 << 20 };

pthread_mutex_t hammered = PTHREAD_MUTEX_INITIALIZER;
pthread_spinlock_t hammered_spin;
pthread_rwlock_t hammered_rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t together;
static int owner[OWNERS_MOST], spin_owner[OWNERS_MOST], writer[OWNERS_MOST];
static long owners, spin_owners, writers, rounds, waits;
static pid_t tid[THREADS_MOST];

static void note(int *list, long *count, int self)
{
	if (*count < OWNERS_MOST)
		list[(*count)++] = self;
}

/* Now and then an owner gives the mutex up in a condition wait, and is its owner again when somebody else signals. */
static void wait_a_moment(int self)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 20000;
	if (until.tv_nsec >= 1000000000)
		until.tv_sec++, until.tv_nsec -= 1000000000;
	pthread_cond_timedwait(&turn, &hammered, &until);
	note(owner, &owners, self);
	waits++;
}

/* Every fourth time as a reader. */
static void read_or_write(int self, long i)
{
	if (i % 4 == 0) {
		pthread_rwlock_rdlock(&hammered_rw);
	} else {
		pthread_rwlock_wrlock(&hammered_rw);
		note(writer, &writers, self);
	}
	pthread_rwlock_unlock(&hammered_rw);
}

static void *hammer(void *index)
{
	int self = (int)(long)index;
	tid[self] = gettid();
	pthread_barrier_wait(&together);
	for (long i = 0; i < rounds; i++) {
		pthread_mutex_lock(&hammered);
		note(owner, &owners, self);
		if (i % 64 == 63)
			wait_a_moment(self);
		else if (i % 16 == 0)
			pthread_cond_signal(&turn);
		pthread_mutex_unlock(&hammered);
		pthread_spin_lock(&hammered_spin);
		note(spin_owner, &spin_owners, self);
		pthread_spin_unlock(&hammered_spin);
		read_or_write(self, i);
		if (i % 3 == 0)
			sched_yield();
	}
	return NULL;
}

static long changes(const int *list, long count)
{
	long sum = 0;
	for (long i = 1; i < count; i++)
		sum += list[i] != list[i - 1];
	return sum;
}

int main(int argc, char **argv)
{
	long threads = number_at(argc, argv, 1, 8);
	pthread_t thread[THREADS_MOST];
	rounds = number_at(argc, argv, 2, 1000);
	pthread_spin_init(&hammered_spin, PTHREAD_PROCESS_PRIVATE);
	pthread_barrier_init(&together, NULL, (unsigned)threads);
	for (long i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, hammer, (void *)i);
	for (long i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	tally("changes", changes(owner, owners));
	tally("spin_changes", changes(spin_owner, spin_owners));
	tally("writer_changes", changes(writer, writers));
	tally("waits", waits);
	for (long i = 0; i < spin_owners; i++)
		printf("spin %d\n", tid[spin_owner[i]]);
	for (long i = 0; i < writers; i++)
		printf("rwlock %d\n", tid[writer[i]]);
	for (long i = 0; i < owners; i++)
		printf("mutex %d\n", tid[owner[i]]);
	return 0;
}
