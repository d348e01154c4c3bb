/* One thread holds the loader's lock while another allocates, locks, reads and starts a thread, on stacks that are new. */
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <semaphore.h>

#include "tally.h"

enum { DEPTH = 40 };
static sem_t held, done;
static void *volatile kept;
static long allocs;

__attribute__((noinline)) static void new_stacks(int depth)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	kept = malloc((size_t)depth + 1);
	allocs++;
	free(kept);
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	if (read(0, &mutex, 0) < 0)
		_exit(1);
	if (depth)
		new_stacks(depth - 1);
	kept = NULL;
}

static int hold(struct dl_phdr_info *info, size_t bytes, void *unused)
{
	(void)info, (void)bytes, (void)unused;
	sem_post(&held);
	sem_wait(&done);
	return 1;
}

static void *holder(void *unused)
{
	(void)unused;
	dl_iterate_phdr(hold, NULL);
	return NULL;
}

int main(void)
{
	pthread_t thread;
	sem_init(&held, 0, 0);
	sem_init(&done, 0, 0);
	pthread_create(&thread, NULL, holder, NULL);
	sem_wait(&held);
	new_stacks(DEPTH);
	sem_post(&done);
	pthread_join(thread, NULL);
	tally("allocs", allocs);
	return 0;
}
