/* flags: -fno-builtin */
/*
 * Eight threads that allocate, resize and free blocks which they put into and take out of shared places: heap_swap ROUNDS.
 * Tallies what came of each call, and that no block was ever two's.
 */
#include <pthread.h>

#include "tally.h"

enum { THREADS = 8, PLACES = 32 };
static void *place[PLACES];
static long rounds, made, freed, resized, clashes;

__attribute__((noinline)) static void swap_blocks(unsigned seed)
{
	long n_made = 0, n_freed = 0, n_resized = 0;
	for (long i = 0; i < rounds; i++) {
		seed = seed * 1103515245 + 12345;
		unsigned *mine = malloc(8 + seed % 500);
		n_made++;
		*mine = seed;
		if (seed % 3 == 0) {
			mine = realloc(mine, 8 + (seed >> 8) % 900);
			n_resized++;
		}
		if (*mine != seed)
			__atomic_fetch_add(&clashes, 1, __ATOMIC_RELAXED);
		void *old = __atomic_exchange_n(&place[(seed >> 16) % PLACES], mine, __ATOMIC_ACQ_REL);
		n_freed += old != NULL;
		free(old);
	}
	__atomic_fetch_add(&made, n_made, __ATOMIC_RELAXED);
	__atomic_fetch_add(&freed, n_freed, __ATOMIC_RELAXED);
	__atomic_fetch_add(&resized, n_resized, __ATOMIC_RELAXED);
}

static void *thread(void *seed)
{
	swap_blocks((unsigned)(long)seed);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	rounds = number_at(argc, argv, 1, 10000);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, thread, (void *)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	int left = 0;
	for (int i = 0; i < PLACES; i++) {
		left += place[i] != NULL;
		if (i % 2)
			freed += place[i] != NULL, free(place[i]);
	}
	tally("made", made);
	tally("freed", freed);
	tally("resized", resized);
	tally("live", made - freed);
	tally("clashes", clashes);
	tally("left", left);
}
