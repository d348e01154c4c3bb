/* flags: -shared -fPIC -fno-builtin */
/* A library whose constructor, under the loader's lock, waits for a thread that uses heap and locks for the first time. */
#include <pthread.h>
#include <stdlib.h>

static int done;

__attribute__((noinline)) static void *in_constructor(void *unused)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&lock);
	void *volatile block = malloc(60);
	free(block);
	pthread_mutex_unlock(&lock);
	done = 1;
	return unused;
}

__attribute__((constructor)) static void start(void)
{
	pthread_t thread;
	if (!pthread_create(&thread, NULL, in_constructor, NULL))
		pthread_join(thread, NULL);
}

int ready(void) { return done; }
