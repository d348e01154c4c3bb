/* early_memory.c - see early_memory.h. A bump allocator with each block's size in the word before it. */
#include "early_memory.h"

_Alignas(64) char hp_early_arena[HP_EARLY_BYTES];
static size_t used;

void *hp_early_alloc(size_t alignment, size_t size)
{
	if (alignment < 16)
		alignment = 16;
	if (size > sizeof hp_early_arena || alignment > sizeof hp_early_arena)
		return NULL;
	size_t have = __atomic_fetch_add(&used, (size + alignment + 31) & ~(size_t)15, __ATOMIC_RELAXED);
	size_t at = (have + sizeof(size_t) + alignment - 1) & ~(alignment - 1);
	if (at + size > sizeof hp_early_arena)
		return NULL;
	((size_t *)(hp_early_arena + at))[-1] = size;
	return hp_early_arena + at;
}

size_t hp_early_size(const void *p)
{
	return ((const size_t *)p)[-1];
}
