/* flags: -fno-builtin -Wno-alloc-size-larger-than -Wno-deprecated-declarations -Wno-nonnull */
/* What the allocator's functions answer where the standards leave it open, and to mistakes. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>

#include "tally.h"

static void *volatile p;

static void is_block(const char *what, void *block, int error)
{
	tally(what, block ? 1 + (long)((size_t)block % 16) : 0);
	tally("errno", error);
	free(block);
}
#define BLOCK(call) do { errno = 0; p = call; is_block(#call, p, errno); } while (0)

int main(void)
{
	for (int i = 0; i < 3; i++) {
		BLOCK(malloc(0));
		BLOCK(calloc(0, 10));
		BLOCK(calloc(10, 0));
		BLOCK(calloc(SIZE_MAX, 2));
		BLOCK(realloc(NULL, 0));
		BLOCK(realloc(malloc(10), 0));
		BLOCK(reallocarray(NULL, SIZE_MAX, 2));
		BLOCK(reallocarray(malloc(10), 0, 5));
		BLOCK(aligned_alloc(3, 100));
		BLOCK(aligned_alloc(64, 1));
		BLOCK(memalign(0, 100));
		BLOCK(memalign(SIZE_MAX, 100));
		BLOCK(valloc(0));
		BLOCK(pvalloc(0));
		BLOCK(malloc(PTRDIFF_MAX));
		for (size_t alignment = 0; alignment < 70; alignment += 7) {
			void *block = &block, *before = block;
			tally("posix_memalign", posix_memalign(&block, alignment, 100));
			tally("untouched", block == before);
			if (block != before)
				free(block);
		}
		free(NULL);
		tally("usable", (long)malloc_usable_size(NULL));
	}
}
