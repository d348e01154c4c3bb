/* Waves of a thousand threads that all live at the same time; prints by how many KiB its private memory grew in the later ones. */
#include <pthread.h>

#include "tally.h"

enum { THREADS = 1000, WAVES = 8, WARM = 3 };
static pthread_barrier_t all_there;
static pthread_t threads[THREADS];

static void *thread(void *arg)
{
	free(malloc(10));
	pthread_barrier_wait(&all_there);
	return arg;
}

static long private_kib(void)
{
	char line[200];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "RssAnon: %ld", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

int main(void)
{
	long first = 0;
	pthread_attr_t small;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 1 << 16);
	for (int wave = 0; wave < WAVES; wave++) {
		pthread_barrier_init(&all_there, NULL, THREADS);
		for (int i = 0; i < THREADS; i++)
			if (pthread_create(&threads[i], &small, thread, NULL))
				return 1;
		for (int i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		if (wave == WARM)
			first = private_kib();
	}
	tally("grew_kib", private_kib() - first);
}
