/* flags: -fno-builtin */
/* Two threads load and unload a library each, at the same time, and allocate through it: plugin_threads TURNS FIRST OTHER. */
#include <dlfcn.h>
#include <pthread.h>

#include "tally.h"

struct job { const char *path, *function; long turns; };

static void *load_and_unload(void *arg)
{
	const struct job *j = arg;
	for (long i = 0; i < j->turns; i++) {
		void *plugin = dlopen(j->path, RTLD_NOW);
		if (!plugin)
			exit(1);
		void *(*make)(size_t) = (void *(*)(size_t))dlsym(plugin, j->function);
		for (int k = 0; k < 3; k++)
			free(make(100));
		dlclose(plugin);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	long turns = number_at(argc, argv, 1, 1);
	struct job jobs[] = { { argv[2], "first_make", turns }, { argv[3], "other_make", turns } };
	pthread_t t[2];
	for (int i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, load_and_unload, &jobs[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	tally("of_each", 3 * turns);
}
