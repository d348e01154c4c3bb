/* Mutexes and spin locks with known answers: lock_counts THREADS ROUNDS. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "tally.h"

pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t nested_lock;
pthread_mutex_t held_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_spinlock_t spin_lock;
static pthread_barrier_t together;
static long rounds, refused, late;
long counter, spun;

static void *work(void *unused)
{
	for (long i = 0; i < rounds; i++) {
		pthread_mutex_lock(&shared_lock);
		counter++;
		pthread_mutex_unlock(&shared_lock);
		pthread_mutex_lock(&nested_lock);
		pthread_mutex_lock(&nested_lock);
		pthread_mutex_unlock(&nested_lock);
		pthread_mutex_unlock(&nested_lock);
		pthread_spin_lock(&spin_lock);
		spun++;
		pthread_spin_unlock(&spin_lock);
	}
	pthread_barrier_wait(&together);  /* main holds held_lock now */
	int try = pthread_mutex_trylock(&held_lock);
	struct timespec past = {0};
	int timed = pthread_mutex_timedlock(&held_lock, &past);
	pthread_mutex_lock(&shared_lock);
	refused += try == EBUSY;
	late += timed == ETIMEDOUT;
	pthread_mutex_unlock(&shared_lock);
	pthread_barrier_wait(&together);
	return unused;
}

int main(int argc, char **argv)
{
	int threads = (int)number_at(argc, argv, 1, 2);
	rounds = number_at(argc, argv, 2, 1000);
	pthread_t thread[64];
	pthread_mutexattr_t recursive;
	pthread_mutexattr_init(&recursive);
	pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&nested_lock, &recursive);
	pthread_spin_init(&spin_lock, PTHREAD_PROCESS_PRIVATE);
	pthread_barrier_init(&together, NULL, (unsigned)threads + 1);
	for (int i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, work, NULL);
	pthread_mutex_lock(&held_lock);
	pthread_barrier_wait(&together);
	pthread_barrier_wait(&together);
	pthread_mutex_unlock(&held_lock);
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	if (pthread_mutex_trylock(&held_lock) == 0)
		pthread_mutex_unlock(&held_lock);
	tally("shared_lock", threads * rounds + threads);
	tally("nested_lock", threads * rounds * 2);
	tally("spin_lock", threads * rounds);
	tally("held_lock", 2);
	tally("refused", refused);
	tally("late", late);
	tally("counter", counter);
	tally("spun", spun);
}
