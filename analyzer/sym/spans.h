/*
 * spans.h - which module an address belonged to, at a time: modules come and go, and one may take another's place.
 * A zeroed struct is an empty set; add all, seal once, then look up.
 */
#ifndef HP_SYM_SPANS_H
#define HP_SYM_SPANS_H

#include <stdint.h>

#include "util/vec.h"

struct span {
	uint64_t lo, hi;    /* addresses */
	uint64_t from, to;  /* times */
	int32_t  module;
	uint64_t reach;     /* greatest hi of this span and those before it */
};
struct spans { VEC_FIELDS(struct span) };

void spans_seal(struct spans *);
/* The span around `address` that was there at `time`, else the one nearest to it in time; NULL: none ever was. */
const struct span *spans_find(const struct spans *, uint64_t address, uint64_t time);

#endif
