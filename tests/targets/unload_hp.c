/* flags: -fno-builtin */
/* Loads libhp.so late, closes it again, and goes on with threads: unload_hp LIBHP. */
#include <dlfcn.h>
#include <pthread.h>

#include "tally.h"

static void *work(void *unused)
{
	for (int i = 0; i < 100; i++)
		free(malloc(100));
	return unused;
}

static void with_a_thread(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, work, NULL);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	void *hp = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) : NULL;
	void *(*theirs)(size_t) = hp ? (void *(*)(size_t))dlsym(hp, "malloc") : NULL;
	tally("loaded", hp != NULL);
	with_a_thread();
	tally("closed", hp && !dlclose(hp));
	with_a_thread();
	tally("still_there", theirs && theirs(10));
}
