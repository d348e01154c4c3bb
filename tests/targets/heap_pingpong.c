/* flags: -fno-builtin */
/* Blocks that one thread allocates and another frees, so that the same few addresses go round and round. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "tally.h"

enum { ON_THE_WAY = 64 };
static _Atomic(void *) handed_over[ON_THE_WAY];
static long rounds;

__attribute__((noinline)) static void *make_block(long i)
{
	return malloc(16 + (size_t)(i % 8) * 16);
}

static void *free_them(void *unused)
{
	for (long i = 0; i < rounds; i++) {
		void *block;
		while (!(block = atomic_exchange(&handed_over[i % ON_THE_WAY], NULL)))
			sched_yield();
		free(block);
	}
	return unused;
}

int main(int argc, char **argv)
{
	rounds = number_at(argc, argv, 1, 1000000);
	pthread_t other;
	pthread_create(&other, NULL, free_them, NULL);
	for (long i = 0; i < rounds; i++) {
		void *block = make_block(i);
		while (atomic_load(&handed_over[i % ON_THE_WAY]))
			sched_yield();
		atomic_store(&handed_over[i % ON_THE_WAY], block);
	}
	pthread_join(other, NULL);
	tally("made", rounds);
}
