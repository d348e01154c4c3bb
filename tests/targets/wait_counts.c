/* Conditions, semaphores and barriers that THREADS threads pass ROUNDS times, with a tally of every call. */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "tally.h"

pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t turn_cond = PTHREAD_COND_INITIALIZER;
pthread_barrier_t round_barrier;
sem_t token_sem;
static int threads, turn;
static long rounds;
static atomic_long cond_waits, serial;

static void take_turn(int me)
{
	pthread_mutex_lock(&turn_lock);
	while (turn != me) {
		pthread_cond_wait(&turn_cond, &turn_lock);
		cond_waits++;
	}
	turn = (turn + 1) % threads;
	pthread_cond_broadcast(&turn_cond);
	pthread_mutex_unlock(&turn_lock);
}

static void *work(void *me)
{
	for (long i = 0; i < rounds; i++) {
		take_turn((int)(long)me);
		sem_wait(&token_sem);
		sem_post(&token_sem);
		serial += pthread_barrier_wait(&round_barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	threads = (int)number_at(argc, argv, 1, 2);
	rounds = number_at(argc, argv, 2, 100);
	pthread_t thread[64];
	sem_init(&token_sem, 0, 1);
	pthread_barrier_init(&round_barrier, NULL, (unsigned)threads);
	for (long i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, work, (void *)i);
	for (int i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	tally("cond_waits", cond_waits);
	tally("turn_lock", threads * rounds);
	tally("sem_waits", threads * rounds);
	tally("barrier_waits", threads * rounds);
	tally("serial", serial);
	tally("joins", threads);
}
