/*
 * early_memory.h - an allocator for the calls that come before libhp.so is relocated (IFUNC resolvers of other objects)
 * or before the loader is done: the real one cannot be reached yet. Blocks are never given back; free and realloc know
 * them by address, for ever.
 */
#ifndef HP_EARLY_MEMORY_H
#define HP_EARLY_MEMORY_H

#include "state.h"

enum { HP_EARLY_BYTES = 1 << 18 };
extern HP_HIDDEN char hp_early_arena[HP_EARLY_BYTES];

HP_HIDDEN HP_COLD void *hp_early_alloc(size_t alignment, size_t size);
HP_HIDDEN HP_COLD size_t hp_early_size(const void *p);

HP_INLINE int hp_early_owns(const void *p)
{
	return (uintptr_t)p - (uintptr_t)hp_early_arena < sizeof hp_early_arena;
}

#endif
