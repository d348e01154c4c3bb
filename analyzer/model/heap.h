/*
 * heap.h - the live blocks of one process: a hash table by address, two blocks to a cache line, linear probing. A search that
 * goes on to a second slot costs a mispredicted branch, as much as all the rest: a table of up to 2 MiB is at most 1/8 full,
 * one of up to 16 MiB 1/4, where they are read from memory anyway 5/8. Pointers into it are good until the next insertion or
 * removal.
 */
#ifndef HP_MODEL_HEAP_H
#define HP_MODEL_HEAP_H

#include <stddef.h>
#include <stdint.h>

#define BLOCK_SIZE_MAX ((1ull << 62) - 1)

struct block {
	uint64_t address;        /* 0: no block */
	uint64_t size : 62, moving : 1, chained : 1;  /* moving: a realloc of it has begun; chained: it came from one */
	uint64_t ns;             /* when it was got */
	uint32_t site, thread;   /* index into memory.sites; who got it */
};

struct heap {
	struct block *slots;
	size_t n, room;          /* room: how many it may hold before it grows */
	unsigned bits;           /* log2 of the capacity, 0: none yet */
};

static inline size_t heap_slot(const struct heap *h, uint64_t address)
{
	return (size_t)((address >> 4) * 0x9e3779b97f4a7c15u >> (64 - h->bits));
}

/* The block, or NULL. */
static inline struct block *heap_find(const struct heap *h, uint64_t address)
{
	if (!h->n)
		return NULL;
	for (size_t mask = ((size_t)1 << h->bits) - 1, i = heap_slot(h, address);; i = (i + 1) & mask) {
		if (h->slots[i].address == address)
			return &h->slots[i];
		if (!h->slots[i].address)
			return NULL;
	}
}

/* Makes room for one more. */
void heap_grow(struct heap *);
/* Takes no more memory than it must: little will be looked up in it from now on. */
void heap_shrink(struct heap *);

/* The block at an address, which must not be 0; one that is not there is made, for the caller to fill, its address too. */
static inline struct block *heap_take(struct heap *h, uint64_t address, int *is_new)
{
	if (h->n >= h->room)
		heap_grow(h);
	size_t mask = ((size_t)1 << h->bits) - 1, i = heap_slot(h, address);
	while (h->slots[i].address && h->slots[i].address != address)
		i = (i + 1) & mask;
	*is_new = !h->slots[i].address;
	h->n += (size_t)*is_new;
	return &h->slots[i];
}

void heap_remove(struct heap *, struct block *);
void heap_free(struct heap *);

#endif
