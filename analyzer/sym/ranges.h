/*
 * ranges.h - which of many address ranges is the innermost around an address. Add all, seal once, then look up by
 * binary search. A zeroed struct is an empty set.
 */
#ifndef HP_SYM_RANGES_H
#define HP_SYM_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "util/vec.h"

struct range { uint64_t lo, hi; uint32_t value; };

struct ranges { VEC_FIELDS(struct range) };

/* Empty ranges are left out. */
void ranges_add(struct ranges *, uint64_t lo, uint64_t hi, uint32_t value);
/* Where ranges overlap, the one that starts last wins; of those that start together the shortest; of equal ones the largest value. */
void ranges_seal(struct ranges *);
/* The winner at `at`; NULL: there is none. Its lo and hi are those of the piece of it that is not covered by others. */
const struct range *ranges_find(const struct ranges *, uint64_t at);
void ranges_free(struct ranges *);

#endif
