#include "heap.h"

#include <stdlib.h>

#include "util/alloc.h"

enum { FIRST_BITS = 6, SPARSE_BITS = 16, MEDIUM_BITS = 19 };

static size_t room_of(unsigned bits)
{
	size_t slots = (size_t)1 << bits;
	return bits <= SPARSE_BITS ? slots / 8 : bits <= MEDIUM_BITS ? slots / 4 : slots / 8 * 5;
}

static void rehash(struct heap *h, unsigned bits)
{
	struct heap old = *h;
	*h = (struct heap){ .bits = bits, .room = SIZE_MAX, .slots = xcalloc((size_t)1 << bits, sizeof *h->slots) };
	for (size_t i = 0; old.bits && i < (size_t)1 << old.bits; i++) {
		int is_new;
		if (old.slots[i].address)
			*heap_take(h, old.slots[i].address, &is_new) = old.slots[i];
	}
	h->room = room_of(bits);
	free(old.slots);
}

void heap_grow(struct heap *h)
{
	unsigned bits = h->bits ? h->bits : FIRST_BITS - 1;
	while (room_of(++bits) <= h->n)
		;
	rehash(h, bits);
}

void heap_shrink(struct heap *h)
{
	unsigned bits = FIRST_BITS - 3;
	while (((size_t)1 << bits) / 8 * 5 < h->n)
		bits++;
	if (bits < h->bits)
		rehash(h, bits);
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
