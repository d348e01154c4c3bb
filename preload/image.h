/*
 * image.h - what is to be known of one loaded object, read from its program headers in memory. These may lie (a damaged or
 * hostile library): nothing is read outside of what is mapped.
 */
#ifndef HP_IMAGE_H
#define HP_IMAGE_H

#include "preload.h"
#include <link.h>

struct hp_image {
	uint64_t lo, hi;               /* of its code */
	uint64_t mapped_lo, mapped_hi;
	uint64_t unwind;               /* PT_GNU_EH_FRAME, 0: none */
	const unsigned char *id;       /* build id, in its notes */
	uint32_t id_bytes;
};

/* 0, or -1: there is no code. */
HP_HIDDEN int hp_image_of(const struct link_map *l, int is_main, struct hp_image *to);
/* Few of its functions have unwind tables that are loaded. */
HP_HIDDEN int hp_image_lacks_tables(const struct hp_image *image);

#endif
