/* strings.h - texts that are kept once each, however often they come. */
#ifndef HP_TABLE_STRINGS_H
#define HP_TABLE_STRINGS_H

#include <stdint.h>

#include "util/arena.h"
#include "util/map64.h"
#include "util/vec.h"

struct strings { struct arena arena; struct map64 by_hash; VEC(const char *) all; };

/* The kept copy; NULL of NULL. */
const char *strings_keep(struct strings *, const char *text);
void strings_free(struct strings *);

/* A hash of a text, to be continued; never MAP64_EMPTY. */
uint64_t strings_hash(uint64_t before, const char *text);

#endif
