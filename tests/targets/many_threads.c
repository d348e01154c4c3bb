/* flags: -fno-builtin */
/* Short threads with ten events each: many_threads N. */
#include <pthread.h>
#include <unistd.h>

#include "tally.h"

enum { AT_ONCE = 32, BLOCKS = 5 };

__attribute__((noinline)) static void *ten_events(void *unused)
{
	void *block[BLOCKS];
	for (int i = 0; i < BLOCKS; i++)
		block[i] = malloc(100);
	for (int i = 0; i < BLOCKS; i++)
		free(block[i]);
	return unused;
}

int main(int argc, char **argv)
{
	long threads = number_at(argc, argv, 1, 100000);
	pthread_t thread[AT_ONCE];
	for (long i = 0; i < threads; i++) {
		if (i >= AT_ONCE)
			pthread_join(thread[i % AT_ONCE], NULL);
		if (pthread_create(&thread[i % AT_ONCE], NULL, ten_events, NULL))
			return 1;
	}
	for (long i = 0; i < AT_ONCE && i < threads; i++)
		pthread_join(thread[i], NULL);
	tally("threads", threads);
	tally("blocks", threads * BLOCKS);
}
