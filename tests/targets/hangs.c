/* Prints "ready" and hangs for ever, in the way that is asked for: hangs WHERE. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tally.h"

pthread_mutex_t stuck_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t stuck_cond = PTHREAD_COND_INITIALIZER;
pthread_rwlock_t stuck_rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_barrier_t stuck_barrier;
sem_t stuck_sem;
static int pipes[2];

__attribute__((noinline)) static void hang(const char *where)
{
	char byte;
	if (is(where, "mutex"))
		pthread_mutex_lock(&stuck_lock);
	if (is(where, "rwlock"))
		pthread_rwlock_wrlock(&stuck_rwlock);
	if (is(where, "cond"))
		pthread_cond_wait(&stuck_cond, &stuck_lock);
	if (is(where, "barrier"))
		pthread_barrier_wait(&stuck_barrier);
	if (is(where, "timed"))
		pthread_mutex_timedlock(&stuck_lock, &(struct timespec){.tv_sec = 4000000000});
	for (int i = 0; i < 2 && is(where, "flock"); i++)  /* the second one waits for the first */
		flock(open("locked", O_CREAT | O_RDWR, 0600), LOCK_EX);
	if (is(where, "sigwait")) {
		int signal;
		sigset_t user;
		sigemptyset(&user);
		sigaddset(&user, SIGUSR1);
		sigwait(&user, &signal);
	}
	if (is(where, "sem"))
		sem_wait(&stuck_sem);
	if (is(where, "read"))
		(void)!read(pipes[0], &byte, 1);
	if (is(where, "poll"))
		poll(&(struct pollfd){.fd = pipes[0], .events = POLLIN}, 1, -1);
	if (is(where, "sleep"))
		sleep(100000);
	if (is(where, "nanosleep"))
		nanosleep(&(struct timespec){.tv_sec = 100000}, NULL);
}

static void *sleeper(void *unused)
{
	pause();
	return unused;
}

int main(int argc, char **argv)
{
	const char *where = word_at(argc, argv, 1, "read");
	pthread_t thread;
	pthread_barrier_init(&stuck_barrier, NULL, 2);
	sem_init(&stuck_sem, 0, 0);
	if (pipe(pipes))
		return 1;
	pthread_mutex_lock(&stuck_lock);
	pthread_rwlock_rdlock(&stuck_rwlock);
	pthread_create(&thread, NULL, sleeper, NULL);
	tally("ready", 1);
	if (is(where, "join"))
		pthread_join(thread, NULL);
	if (is(where, "wait") && fork() == 0)
		for (;;)
			pause();
	if (is(where, "wait"))
		wait(NULL);
	hang(where);
	return 1;
}
