/*
 * What programs do with locks that they should not, or only with care: lock_misuse HOW, one of
 *   foreign    a mutex is unlocked by another thread than the one that locked it
 *   dead       a thread ends with a robust mutex in its hands
 *   reused     a mutex is made anew where a locked one was
 *   destroyed  a semaphore's turn: the memory of a mutex becomes a semaphore, and a mutex again
 *   shared     a mutex that two processes share
 *   cancelled  a thread is cancelled in a condition wait, another one waiting for the mutex
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tally.h"

enum { ROUNDS = 20, MS = 1000 };

pthread_mutex_t odd_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t taken;
static union { pthread_mutex_t mutex; sem_t sem; } *place;

static void in_thread(void *(*function)(void *), void *argument)
{
	pthread_t thread;
	pthread_create(&thread, NULL, function, argument);
	pthread_join(thread, NULL);
}

static void *unlock(void *unused)
{
	usleep(2 * MS);
	pthread_mutex_unlock(&odd_lock);
	return unused;
}

static void foreign(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&odd_lock);
		in_thread(unlock, NULL);
		usleep(2 * MS);
	}
}

static void *lock_and_end(void *mutex)
{
	pthread_mutex_lock(mutex);
	usleep(2 * MS);
	return NULL;
}

static void dead(void)
{
	pthread_mutexattr_t attr;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&odd_lock, &attr);
	int died = 0;
	for (int i = 0; i < ROUNDS; i++) {
		in_thread(lock_and_end, &odd_lock);
		usleep(2 * MS);
		died += pthread_mutex_lock(&odd_lock) == EOWNERDEAD;
		pthread_mutex_consistent(&odd_lock);
		pthread_mutex_unlock(&odd_lock);
	}
	tally("died", died);
}

static void reused(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_init(&odd_lock, NULL);
		pthread_mutex_lock(&odd_lock);
		usleep(2 * MS);
	}
	pthread_mutex_unlock(&odd_lock);
}

static void destroyed(void)
{
	place = malloc(sizeof *place);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_init(&place->mutex, NULL);
		pthread_mutex_lock(&place->mutex);
		pthread_mutex_unlock(&place->mutex);
		pthread_mutex_destroy(&place->mutex);
		sem_init(&place->sem, 0, 1);
		sem_wait(&place->sem);
		sem_destroy(&place->sem);
	}
	free(place);
}

static void shared(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(mutex, &attr);
	pid_t child = fork();
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(mutex);
		usleep(1 * MS);
		pthread_mutex_unlock(mutex);
	}
	if (!child)
		_exit(0);
	waitpid(child, NULL, 0);
}

static void unlock_odd(void *unused)
{
	(void)unused;
	pthread_mutex_unlock(&odd_lock);
}

static void *wait_for_ever(void *unused)
{
	pthread_mutex_lock(&odd_lock);
	pthread_cleanup_push(unlock_odd, NULL);
	sem_post(&taken);
	for (;;)
		pthread_cond_wait(&never, &odd_lock);
	pthread_cleanup_pop(0);
	return unused;
}

/* One wait returns first, so that the mutex of the condition is known. */
static void cancelled(void)
{
	pthread_t thread;
	sem_init(&taken, 0, 0);
	pthread_create(&thread, NULL, wait_for_ever, NULL);
	sem_wait(&taken);
	pthread_mutex_lock(&odd_lock);
	pthread_cond_signal(&never);
	pthread_mutex_unlock(&odd_lock);
	usleep(60 * MS);
	pthread_cancel(thread);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*function)(void); } all[] = {
		{"foreign", foreign}, {"dead", dead}, {"reused", reused}, {"destroyed", destroyed}, {"shared", shared}, {"cancelled", cancelled},
	};
	const char *how = word_at(argc, argv, 1, "");
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (is(how, all[i].name))
			all[i].function();
	return 0;
}
