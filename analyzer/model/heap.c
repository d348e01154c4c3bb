#include "heap.h"

#include <stdlib.h>

#include "util/alloc.h"

enum { FIRST_BITS = 6 };

void heap_grow(struct heap *h)
{
	struct heap old = *h;
	h->bits = old.bits ? old.bits + 1 : FIRST_BITS;
	h->room = ((size_t)5 << h->bits) / 8;
	h->n = 0;
	h->slots = xcalloc((size_t)1 << h->bits, sizeof *h->slots);
	for (size_t i = 0; old.bits && i < (size_t)1 << old.bits; i++) {
		int is_new;
		if (old.slots[i].address)
			*heap_take(h, old.slots[i].address, &is_new) = old.slots[i];
	}
	free(old.slots);
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
