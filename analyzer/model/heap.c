#include "heap.h"

#include <stdlib.h>

#include "util/alloc.h"

enum { FIRST_BITS = 6 };

/* Where it is, or would be. */
static inline struct block *place(struct heap *h, uint64_t address)
{
	size_t mask = ((size_t)1 << h->bits) - 1, i = heap_slot(h, address);
	while (h->slots[i].address && h->slots[i].address != address)
		i = (i + 1) & mask;
	return &h->slots[i];
}

static void grow(struct heap *h)
{
	struct heap old = *h;
	h->bits = old.bits ? old.bits + 1 : FIRST_BITS;
	h->slots = xcalloc((size_t)1 << h->bits, sizeof *h->slots);
	for (size_t i = 0; old.bits && i < (size_t)1 << old.bits; i++)
		if (old.slots[i].address)
			*place(h, old.slots[i].address) = old.slots[i];
	free(old.slots);
}

struct block *heap_take(struct heap *h, uint64_t address, int *is_new)
{
	if (!h->bits || h->n >= ((size_t)5 << h->bits) / 8)
		grow(h);
	struct block *b = place(h, address);
	*is_new = !b->address;
	if (b->address)
		return b;
	h->n++;
	*b = (struct block){ .address = address };
	return b;
}

/* Blocks that were pushed on by this one move back, so that no marks of removed ones are needed. */
void heap_remove(struct heap *h, struct block *b)
{
	size_t mask = ((size_t)1 << h->bits) - 1, hole = (size_t)(b - h->slots), i = hole;
	for (;;) {
		i = (i + 1) & mask;
		if (!h->slots[i].address)
			break;
		if (((i - heap_slot(h, h->slots[i].address)) & mask) >= ((i - hole) & mask)) {
			h->slots[hole] = h->slots[i];
			hole = i;
		}
	}
	h->slots[hole].address = 0;
	h->n--;
}

void heap_free(struct heap *h)
{
	free(h->slots);
	*h = (struct heap){ 0 };
}
