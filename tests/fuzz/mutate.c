/*
 * mutate.c - changes to dumps that keep them dumps: records, their words, segments, chunks and headers are turned into others
 * of their sort, so that what is tried gets past the reader and into the models.
 */
#include <string.h>

#include "mutate.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two, size_t two_size,
                                 uint8_t *out, size_t max_size, unsigned seed);

enum { CHANGES = 5 };

struct packed mutated;
static struct packed other;

/* ---- chunks, slots and the header ---- */

static void copy_chunk(struct extent *e)
{
	if (mutated.n == PACKED_EXTENTS)
		return;
	mutated.e[mutated.n] = *e;
	mutated.e[mutated.n].page = e->page % PACKED_PAGES_A_CHUNK + PACKED_PAGES_A_CHUNK * (1 + dice(mutated.n + 2));
	mutated.n++;
}

static void drop_chunk(struct extent *e)
{
	if (mutated.n > 2 && e != &mutated.e[0])
		*e = mutated.e[--mutated.n];
}

static void change_chunk(struct extent *e)
{
	struct hp_chunk *h = (void *)e->w;
	if (e->bytes < sizeof *h || e->page % PACKED_PAGES_A_CHUNK || !e->page)
		return;
	switch (dice(4)) {
	case 0: h->kind = 1 + dice(5); break;
	case 1: h->pid = known_word(); break;
	case 2: e->page = PACKED_PAGES_A_CHUNK * (1 + dice(mutated.n + 2)); break;
	case 3: e->w[dice(sizeof *h / 4)] = new_word(known_word()); break;
	}
}

/* Any word: of slots, and of the header. */
static void change_any_word(struct extent *e)
{
	uint32_t n = e->bytes / 4;
	if (n) {
		uint32_t *w = &e->w[dice(n)];
		*w = new_word(*w);
	}
}

static void change_length(struct extent *e)
{
	uint32_t most = e->bytes + 256 < sizeof e->w ? e->bytes + 256 : (uint32_t)sizeof e->w;
	uint32_t bytes = dice(most + 1) & ~3u;
	for (uint32_t i = e->bytes / 4; i < bytes / 4; i++)
		e->w[i] = one_in(4) ? new_word(0) : 0;
	e->bytes = bytes;
}

static void change_bytes(struct extent *e)
{
	e->bytes = (uint32_t)LLVMFuzzerMutate((uint8_t *)e->w, e->bytes, sizeof e->w) & ~3u;
}

static void change_file(struct extent *e) { e->file = !e->file && one_in(2); }

static void change_extent(void)
{
	static void (*const changes[])(struct extent *) = {
		copy_chunk, drop_chunk, change_chunk, change_chunk, change_any_word, change_any_word, change_length, change_bytes,
		change_file,
	};
	changes[dice(sizeof changes / sizeof changes[0])](&mutated.e[dice(mutated.n)]);
}

static void change_head(void)
{
	switch (dice(4)) {
	case 0: mutated.head.cut = one_in(4) ? dice(4 * HP_CHUNK_BYTES) : 0; break;
	case 1: mutated.head.from_us = dice(2u << dice(20)); break;
	case 2: mutated.head.to_us = mutated.head.from_us + dice(2u << dice(20)); break;
	case 3: mutated.head.flags ^= 1u << dice(PACKED_FLAGS); break;
	}
}

/* ---- what makes it a dump ---- */

static void mend_header(struct hp_header *h)
{
	uint32_t chunks = 1;
	for (unsigned i = 0; i < mutated.n; i++)
		if (mutated.e[i].page / PACKED_PAGES_A_CHUNK >= chunks)
			chunks = mutated.e[i].page / PACKED_PAGES_A_CHUNK + 1;
	memcpy(h->magic, HP_MAGIC, sizeof h->magic);
	h->endian = HP_ENDIAN;
	h->version = HP_VERSION;
	h->chunk_bytes = HP_CHUNK_BYTES;
	if (!one_in(16))
		h->next_chunk = chunks;
}

static void mend(struct extent *e)
{
	struct hp_chunk *h = (void *)e->w;
	if (!e->page) {
		for (; e->bytes < sizeof(struct hp_header); e->bytes += 4)
			e->w[e->bytes / 4] = 0;
		mend_header((void *)e->w);
	} else if (e->page % PACKED_PAGES_A_CHUNK == 0 && e->bytes >= sizeof *h) {
		h->magic = HP_CHUNK_MAGIC;
		h->index = e->page / PACKED_PAGES_A_CHUNK;
		if (!h->kind || h->kind > HP_CHUNK_SLOTS)
			h->kind = HP_CHUNK_EVENTS;
	}
}

static size_t finish(uint8_t *data, size_t max_size)
{
	for (unsigned i = 0; i < mutated.n; i++)
		if (!one_in(100))
			mend(&mutated.e[i]);
	return packed_write(&mutated, data, max_size);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	dice_seed(seed);
	packed_read(&mutated, data, size);
	if (!mutated.n)
		return LLVMFuzzerMutate(data, size, max_size);
	for (unsigned i = 0, n = 1 + dice(CHANGES); i < n; i++) {
		if (one_in(30))
			change_head();
		else if (one_in(5))
			change_extent();
		else
			change_record();
	}
	return finish(data, max_size);
}

/* Chunks of the other one come in, in the place of others or behind them. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two, size_t two_size,
                                 uint8_t *out, size_t max_size, unsigned seed)
{
	dice_seed(seed);
	packed_read(&mutated, one, one_size);
	packed_read(&other, two, two_size);
	for (unsigned i = 0, n = other.n && mutated.n ? 1 + dice(other.n) : 0; i < n; i++) {
		const struct extent *from = &other.e[dice(other.n)];
		if (one_in(2) && mutated.n < PACKED_EXTENTS)
			mutated.e[mutated.n++] = *from;
		else
			mutated.e[dice(mutated.n)] = *from;
	}
	return finish(out, max_size);
}
