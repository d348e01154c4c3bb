/*
 * shared.c - chunks that all threads fill: metadata, and what threads do after their end. One addition to `pos` reserves
 * room; whoever finds no room takes a chunk, and the first of them publishes it.
 */
#include "state.h"

enum { SHARED_STEP = 16384 };

/* No more room in this chunk; unless another one is current by now. */
static void close_shared(struct hp_shared_chunk *c, uint64_t key)
{
	uint64_t pos = HP_LOAD(&c->pos);
	while (pos >> 32 == key >> 32 && (uint32_t)pos < HP_CHUNK_BYTES &&
	       !__atomic_compare_exchange_n(&c->pos, &pos, key | HP_CHUNK_BYTES, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
}

/* 0: committed up to `end`; 1: not, and in a sandbox that can't be done, as others may be storing there; -1: stopped. */
static int commit_shared(struct hp_shared_chunk *c, char *chunk, uint64_t key, size_t end)
{
	uint64_t have = HP_LOAD(&c->committed);
	int same = have >> 32 == key >> 32;  /* another one: the current chunk has moved on meanwhile */
	if (same && have >= key + end)
		return 0;
	if (hp_sandboxed)
		return same;  /* a chunk of the sandbox was committed whole */
	size_t from = same ? (size_t)(uint32_t)have : 0;
	size_t to = (end + SHARED_STEP - 1) & ~(size_t)(SHARED_STEP - 1);
	int r = hp_file_commit(chunk + from, to - from);
	if (r) {
		hp_stop_uncommitted(r);
		return -1;
	}
	while (have < key + to && !__atomic_compare_exchange_n(&c->committed, &have, key + to, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
	return 0;
}

/* Chunk 0 is the header: what a child of a handler's fork in the middle of this adds to a wiped position names no chunk. */
static int has_chunk(uint64_t pos)
{
	return pos >> 32 != 0;
}

uint32_t *hp_shared_reserve(struct hp_shared_chunk *c, enum hp_chunk_kind kind, size_t bytes)
{
	for (int tries = 0; tries < 64; tries++) {
		uint64_t pos = HP_LOAD(&c->pos);
		if (has_chunk(pos))
			pos = __atomic_fetch_add(&c->pos, bytes, __ATOMIC_ACQ_REL);
		size_t at = (uint32_t)pos;
		uint64_t key = pos >> 32 << 32;
		if (has_chunk(pos) && at + bytes <= HP_CHUNK_BYTES) {
			char *chunk = hp_file_chunk((uint32_t)(pos >> 32));
			int uncommitted = chunk ? commit_shared(c, chunk, key, at + bytes) : -1;
			if (uncommitted < 0)
				return NULL;
			if (uncommitted) {
				close_shared(c, key);
				continue;
			}
			uint32_t *r = (uint32_t *)(chunk + at);
			*(volatile uint32_t *)r = hp_word(HP_R_OPEN, HP_R_LATE, (unsigned)(bytes / 4));
			HP_BARRIER();
			return r;
		}
		size_t step = hp_sandboxed ? HP_CHUNK_BYTES : SHARED_STEP;
		char *chunk = hp_chunk_new(kind, step);
		if (!chunk)
			return NULL;
		key = (uint64_t)((struct hp_chunk *)chunk)->index << 32;
		/* Of several threads that found it full, one publishes its chunk; the others' stay empty: 16 KiB, rarely. */
		pos = HP_LOAD(&c->pos);
		if (!has_chunk(pos) || (uint32_t)pos + bytes > HP_CHUNK_BYTES) {
			if (__atomic_compare_exchange_n(&c->pos, &pos, key | sizeof(struct hp_chunk), 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
				uint64_t have = HP_LOAD(&c->committed);
				while (have < key + step &&
				       !__atomic_compare_exchange_n(&c->committed, &have, key + step, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
					;
			}
		}
	}
	return NULL;
}
