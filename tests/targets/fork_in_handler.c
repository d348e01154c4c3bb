/* A signal handler forks while its thread waits for a lock; the child returns from the handler into the wait. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "tally.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile pid_t child = -1;

static void on_signal(int number)
{
	(void)number;
	child = fork();
}

static void *waits(void *arg)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 400000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	int error = pthread_mutex_timedlock(&mutex, &until);
	if (!child)
		_exit(error == ETIMEDOUT ? 0 : 1);
	return error == ETIMEDOUT ? arg : NULL;
}

int main(void)
{
	pthread_t t;
	void *result = NULL;
	int status = -1;
	signal(SIGUSR1, on_signal);
	pthread_mutex_lock(&mutex);
	if (pthread_create(&t, NULL, waits, &mutex))
		return 1;
	usleep(100000);
	pthread_kill(t, SIGUSR1);
	pthread_join(t, &result);
	waitpid(child, &status, 0);
	tally("timed_out", result != NULL);
	tally("child", status);
}
