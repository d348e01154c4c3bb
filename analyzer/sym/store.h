/*
 * store.h - what was found out about one file, in the form in which it is kept from one report to the next: answers, each
 * to a question (what, key), made of frames whose texts are numbered. In memory and as bytes; store_file.h puts those on disk.
 *
 * What is read back is not trusted: store_decode checks every number once, and takes all or nothing.
 */
#ifndef HP_SYM_STORE_H
#define HP_SYM_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "sym/cache.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/vec.h"

enum {
	STORE_DEEPEST = 64,      /* frames of an answer */
	STORE_MOST = 128 << 20,  /* bytes of all; what is too much is not kept */
};

/* Both are written as they are here. */
struct store_frame {
	uint64_t offset;
	uint32_t function, raw, file;  /* numbers of texts; 0: NULL */
	uint32_t line, inlined, unused;
};
struct store_answer {
	uint64_t key;
	uint32_t what;                 /* > 0 */
	uint32_t first, n;             /* of the frames; n may be 0: it is known that there is nothing */
	uint32_t unused;
};

/* A zeroed one is empty. */
struct store {
	VEC(struct store_answer) answers;
	VEC(struct store_frame)  frames;
	VEC(const char *)        texts;     /* [0] is NULL */
	struct cache index, by_text;
	struct arena arena;
	size_t   bytes;                     /* when it is written, about */
	size_t   loaded;                    /* so many answers were there at store_decode */
	uint32_t alt_path, alt_stamp;       /* texts: a further file that the answers are from, and what tells that it is the same */
	uint8_t  full;                      /* something was not kept */
};

/* The frames that answer a question, in *frames; how many, or -1: it is not known. */
int store_find(struct store *, uint32_t what, uint64_t key, const struct store_frame **frames);
/* Lives as long as the store. pre: `text` is a number of it */
const char *store_text(const struct store *, uint32_t text);

/* A key for what is asked by name. */
uint64_t store_hash(const char *text);

/* Keeps a copy of a text; its number. NULL: 0. */
uint32_t store_add_text(struct store *, const char *text);
/* pre: the question is new; n <= STORE_DEEPEST */
void store_add(struct store *, uint32_t what, uint64_t key, const struct store_frame *, size_t n);

/* `identity` says whose answers they are. store_decode fails (-1, the store stays empty) if it is another one. */
void store_encode(const struct store *, const char *identity, struct buf *out);
int  store_decode(struct store *, const char *identity, const void *data, size_t bytes);
void store_free(struct store *);

#endif
