/* Allocates at two places: many small blocks, and large ones, which slow_malloc.c takes twenty times as long for. */
#include <stdlib.h>

static __attribute__((noinline)) void *large_block(int i) { return malloc(4096 + (size_t)i % 64); }
static __attribute__((noinline)) void *small_block(int i) { return malloc(16 + (size_t)i % 64); }

int main(void)
{
	for (int i = 0; i < 24000; i++) {
		void *volatile p = i % 4 ? small_block(i) : large_block(i);
		free(p);
	}
	return 0;
}
