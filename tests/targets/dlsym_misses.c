/* flags: -fno-builtin */
/* A hundred threads that look for functions which are nowhere; each finds its own error, and one more thread finds none. */
#include <dlfcn.h>
#include <pthread.h>

#include "tally.h"

static int missed, clean;

static void *look(void *number)
{
	char name[32];
	snprintf(name, sizeof name, "nowhere_%ld", (long)number);
	free(malloc(10));
	if (!dlsym(RTLD_DEFAULT, name)) {
		free(malloc(20));
		const char *error = dlerror();
		if (error && strstr(error, name))
			__atomic_fetch_add(&missed, 1, __ATOMIC_RELAXED);
	}
	free(malloc(30));
	if (!dlerror())
		__atomic_fetch_add(&clean, 1, __ATOMIC_RELAXED);
	return NULL;
}

int main(void)
{
	pthread_t thread[100];
	for (long i = 0; i < 100; i++)
		pthread_create(&thread[i], NULL, look, (void *)i);
	for (int i = 0; i < 100; i++)
		pthread_join(thread[i], NULL);
	tally("missed", missed);
	tally("clean", clean);
}
