/* flags: -fno-builtin */
/* Reaches a peak of exactly 3,000,000 bytes in 30 blocks, in one of several ways, and goes down to nothing. */
#include <malloc.h>
#include <pthread.h>

#include "tally.h"

enum { BLOCKS = 30, BYTES = 100000 };
static void *block[BLOCKS];
static pthread_barrier_t at_peak;

__attribute__((noinline)) static void *reach(const char *how)
{
	void *p = NULL;
	if (is(how, "realloc"))
		return realloc(realloc(realloc(NULL, BYTES / 2), 10), BYTES);
	if (is(how, "calloc"))
		return calloc(BYTES / 100, 100);
	if (is(how, "memalign"))
		return posix_memalign(&p, 4096, BYTES) ? NULL : p;
	if (is(how, "aligned_alloc"))
		return aligned_alloc(32, BYTES);
	return malloc(BYTES);
}

static void *hold_a_third(void *first)
{
	void **mine = first;
	for (int i = 0; i < BLOCKS / 3; i++)
		mine[i] = reach("malloc");
	pthread_barrier_wait(&at_peak);
	for (int i = 0; i < BLOCKS / 3; i++)
		free(mine[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	const char *how = word_at(argc, argv, 1, "malloc");
	if (is(how, "threads")) {
		pthread_t thread[2];
		pthread_barrier_init(&at_peak, NULL, 3);
		for (int i = 0; i < 2; i++)
			pthread_create(&thread[i], NULL, hold_a_third, block + (i + 1) * BLOCKS / 3);
		hold_a_third(block);
		for (int i = 0; i < 2; i++)
			pthread_join(thread[i], NULL);
	} else {
		for (int i = 0; i < BLOCKS; i++)
			block[i] = reach(how);
		for (int i = 0; i < BLOCKS; i++)
			free(block[i]);
	}
	/* A lower peak after it. */
	for (int i = 0; i < BLOCKS / 2; i++)
		block[i] = reach("malloc");
	for (int i = 0; i < BLOCKS / 2; i++)
		free(block[i]);
	tally("peak", (long long)BLOCKS * BYTES);
}
