/* flags: -fno-builtin */
/*
 * As a garbage collector does it: threads are stopped by a signal wherever they are, in the middle of a hook for one, and the collector
 * allocates, locks and writes while they stand: stop_the_world ROUNDS.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>

#include "tally.h"

enum { WORKERS = 4 };
static sem_t stopped;
static atomic_int round_no, ended;
static sigset_t all_but_go_on;

static void stop(int signo)
{
	int error = errno, now = atomic_load(&round_no);
	(void)signo;
	sem_post(&stopped);
	while (atomic_load(&round_no) == now)
		sigsuspend(&all_but_go_on);
	errno = error;
}

static void go_on(int signo) { (void)signo; }

static void *work(void *lock)
{
	while (!atomic_load(&ended)) {
		pthread_mutex_lock(lock);
		close(-1);
		pthread_mutex_unlock(lock);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	long rounds = number_at(argc, argv, 1, 300);
	pthread_t worker[WORKERS];
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, own[WORKERS];
	struct sigaction stops = {.sa_handler = stop}, goes_on = {.sa_handler = go_on};
	sigfillset(&stops.sa_mask), sigfillset(&all_but_go_on), sigdelset(&all_but_go_on, SIGUSR2);
	sem_init(&stopped, 0, 0);
	sigaction(SIGUSR1, &stops, NULL), sigaction(SIGUSR2, &goes_on, NULL);
	for (long i = 0; i < WORKERS; i++)
		pthread_create(&worker[i], NULL, work, &own[i]);
	for (long i = 0; i < rounds; i++) {
		for (int k = 0; k < WORKERS; k++)
			pthread_kill(worker[k], SIGUSR1);
		for (int k = 0; k < WORKERS; k++)
			while (sem_wait(&stopped))
				;
		for (int k = 0; k < 300; k++) {
			void *volatile block = malloc(100);
			pthread_mutex_lock(&lock);
			pthread_mutex_unlock(&lock);
			free(block);
		}
		atomic_fetch_add(&round_no, 1);
		for (int k = 0; k < WORKERS; k++)
			pthread_kill(worker[k], SIGUSR2);
	}
	atomic_store(&ended, 1);
	for (int k = 0; k < WORKERS; k++)
		pthread_join(worker[k], NULL);
	tally("collections", rounds);
}
