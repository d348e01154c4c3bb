/* cache.h - a hash table from (module, offset, what) to an answer. A zeroed struct is an empty one; nothing is removed. */
#ifndef HP_SYM_CACHE_H
#define HP_SYM_CACHE_H

#include <stddef.h>
#include <stdint.h>

struct cache_entry {
	uint64_t    offset;
	uint32_t    module;
	uint32_t    what;   /* 0 marks an empty place */
	size_t      n;      /* the answer: the caller's */
	const void *answer;
};
struct cache {
	struct cache_entry *places;
	size_t used, mask;  /* mask + 1 places, a power of two */
};

/* The entry for a key; a new one has answer NULL. Good until the next call. pre: what > 0 */
struct cache_entry *cache_at(struct cache *, uint32_t module, uint64_t offset, uint32_t what);
void cache_free(struct cache *);

#endif
