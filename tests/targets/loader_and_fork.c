/* flags: -fno-builtin */
/* Libraries that come and go, allocations, stdio and forks at once: loader_and_fork PLUGIN ROUNDS. Nobody may wait for ever. */
#include <dlfcn.h>
#include <pthread.h>
#include <sys/wait.h>

#include "tally.h"

static const char *library;
static int ended, loads;

static void *load(void *unused)
{
	while (!__atomic_load_n(&ended, __ATOMIC_RELAXED)) {
		void *plugin = dlopen(library, RTLD_NOW);
		if (!plugin || dlclose(plugin))
			_exit(9);
		loads++;
	}
	return unused;
}

static void *allocate(void *unused)
{
	char text[64];
	for (unsigned i = 0; !__atomic_load_n(&ended, __ATOMIC_RELAXED); i++) {
		free(malloc(i % 5000));
		snprintf(text, sizeof text, "%u", i);
		FILE *f = fopen("/dev/null", "w");
		fputs(text, f);
		fclose(f);
	}
	return unused;
}

int main(int argc, char **argv)
{
	library = word_at(argc, argv, 1, "");
	long rounds = number_at(argc, argv, 2, 100), good = 0;
	pthread_t a, b;
	pthread_create(&a, NULL, load, NULL);
	pthread_create(&b, NULL, allocate, NULL);
	for (long i = 0; i < rounds; i++) {
		int status = -1;
		pid_t child = fork();
		if (!child) {
			for (int k = 0; k < 50; k++)
				free(malloc(100));
			_exit(7);
		}
		good += waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7;
	}
	__atomic_store_n(&ended, 1, __ATOMIC_RELAXED);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	tally("children", good);
	tally("loaded", loads > 0);
}
