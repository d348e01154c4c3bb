/*
 * arena.h - memory that is given back all at once. An arena belongs to one thread; what it returns stays where it is
 * until arena_free. A zeroed struct arena is an empty one. Never returns NULL (see alloc.h).
 */
#ifndef HP_UTIL_ARENA_H
#define HP_UTIL_ARENA_H

#include <stddef.h>

struct arena {
	struct arena_block *blocks;  /* newest first */
	char  *next, *end;           /* what is left of the newest */
	size_t total;                /* bytes taken from malloc */
};

/* 16-byte aligned, contents undefined. */
void *arena_alloc(struct arena *, size_t bytes) __attribute__((returns_nonnull, alloc_size(2)));
void *arena_zalloc(struct arena *, size_t bytes) __attribute__((returns_nonnull, alloc_size(2)));
void *arena_copy(struct arena *, const void *data, size_t bytes) __attribute__((returns_nonnull));
/* A copy of `bytes` bytes with a NUL behind them; without alignment. */
char *arena_strndup(struct arena *, const char *text, size_t bytes) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *, const char *text) __attribute__((returns_nonnull));
void  arena_free(struct arena *);

#endif
