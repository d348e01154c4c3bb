/* Two threads that are certain to wait: main holds the lock until both are seen to sleep on it. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "tally.h"

pthread_mutex_t convoy_lock = PTHREAD_MUTEX_INITIALIZER;
static volatile pid_t waiter_tid[2];

__attribute__((noinline)) static void wait_in_line(void)
{
	pthread_mutex_lock(&convoy_lock);
	pthread_mutex_unlock(&convoy_lock);
}

static void *waiter(void *index)
{
	waiter_tid[(long)index] = gettid();
	wait_in_line();
	return NULL;
}

static int sleeps(pid_t tid)
{
	char path[64], text[256] = "";
	snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
	int fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, text, sizeof text - 1) < 0)
		return 0;
	close(fd);
	const char *state = strrchr(text, ')');
	return state && state[2] == 'S';
}

int main(void)
{
	pthread_t thread[2];
	pthread_mutex_lock(&convoy_lock);
	for (long i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, waiter, (void *)i);
	for (int i = 0; i < 2; i++)
		while (!waiter_tid[i] || !sleeps(waiter_tid[i]))
			usleep(1000);
	usleep(50000);
	pthread_mutex_unlock(&convoy_lock);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	tally("acquisitions", 3);
	tally("contended", 2);
}
