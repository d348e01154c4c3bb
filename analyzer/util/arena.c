#include "util/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "util/err.h"

struct arena_block {
	struct arena_block *older;
	alignas(16) char data[];
};

enum { BLOCK_FIRST = 4096, BLOCK_LARGEST = 1 << 20, ALIGN = 16 };

/* Blocks double with the arena, so that small arenas stay small and large ones make few blocks. */
static void add_block(struct arena *a, size_t bytes)
{
	size_t size = a->total < BLOCK_FIRST ? BLOCK_FIRST : a->total < BLOCK_LARGEST ? a->total : BLOCK_LARGEST;
	struct arena_block *b;

	if (size < bytes)
		size = bytes;
	b = xmalloc(sizeof *b + size);
	b->older = a->blocks;
	a->blocks = b;
	a->next = b->data;
	a->end = b->data + size;
	a->total += sizeof *b + size;
}

static void *take(struct arena *a, size_t bytes, size_t align)
{
	size_t pad = -(uintptr_t)a->next & (align - 1);
	char *at;

	if (bytes > SIZE_MAX / 2)
		err_die("out of memory");
	if (!a->blocks || (size_t)(a->end - a->next) < pad || (size_t)(a->end - a->next) - pad < bytes) {
		add_block(a, bytes);
		pad = 0;
	}
	at = a->next + pad;
	a->next = at + bytes;
	return at;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	return take(a, bytes, ALIGN);
}

void *arena_zalloc(struct arena *a, size_t bytes)
{
	return memset(take(a, bytes, ALIGN), 0, bytes);
}

void *arena_copy(struct arena *a, const void *data, size_t bytes)
{
	void *at = take(a, bytes, ALIGN);

	if (bytes)
		memcpy(at, data, bytes);
	return at;
}

char *arena_strndup(struct arena *a, const char *text, size_t bytes)
{
	char *at = take(a, bytes + 1, 1);

	if (bytes)
		memcpy(at, text, bytes);
	at[bytes] = '\0';
	return at;
}

char *arena_strdup(struct arena *a, const char *text)
{
	return arena_strndup(a, text, strlen(text));
}

void arena_free(struct arena *a)
{
	struct arena_block *b = a->blocks, *older;

	for (; b; b = older) {
		older = b->older;
		free(b);
	}
	*a = (struct arena){ 0 };
}
