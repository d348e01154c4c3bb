/*
 * map64.h - a hash table from 64-bit keys to 32-bit values, open addressing, for hot paths. Any key but MAP64_EMPTY.
 * A zeroed one is empty. There is no removal. Never fails (see alloc.h).
 */
#ifndef HP_UTIL_MAP64_H
#define HP_UTIL_MAP64_H

#include <stddef.h>
#include <stdint.h>

#define MAP64_EMPTY UINT64_MAX
#define MAP64_NONE  UINT32_MAX

struct map64_entry { uint64_t key; uint32_t value, unused; };
struct map64 {
	struct map64_entry *entries;
	size_t n;
	unsigned bits;   /* log2 of the capacity; 0: none yet */
};

static inline size_t map64_slot(const struct map64 *m, uint64_t key)
{
	uint64_t h = key * 0x9e3779b97f4a7c15u;
	return (size_t)((h ^ h >> 29) * 0xbf58476d1ce4e5b9u >> (64 - m->bits));
}

/* The value, or MAP64_NONE. */
static inline uint32_t map64_get(const struct map64 *m, uint64_t key)
{
	if (!m->bits)
		return MAP64_NONE;
	for (size_t mask = ((size_t)1 << m->bits) - 1, i = map64_slot(m, key);; i = (i + 1) & mask) {
		if (m->entries[i].key == key)
			return m->entries[i].value;
		if (m->entries[i].key == MAP64_EMPTY)
			return MAP64_NONE;
	}
}

/* Sets a key's value, new or not. */
void map64_put(struct map64 *, uint64_t key, uint32_t value);
void map64_free(struct map64 *);

#endif
