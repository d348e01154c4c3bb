/*
 * places.h - which module an address belongs to, in one address space over time. Looked up by the whole address or by its
 * low 32 bits. Where several modules were at the same place, time decides.
 */
#ifndef HP_MODEL_PLACES_H
#define HP_MODEL_PLACES_H

#include "dump/dump.h"

struct place_range { uint64_t lo, hi; uint32_t module; };  /* module: index into the scope's modules */

struct places {
	const struct dump_scope *scope;
	VEC(struct place_range) whole, low;   /* by lo */
	VEC(uint64_t) whole_reach, low_reach; /* the greatest hi of the ranges up to here */
	VEC(struct place_range) mixed;        /* by lo: low 32 bits that were one module's, and then another's */
};

void places_init(struct places *, const struct dump_scope *);
void places_free(struct places *);

/*
 * Index of the scope's module, or UINT32_MAX. ticks: the one that was there at that time, or else the next one, which was
 * noted when code in it was already running, or else the last one before.
 * known: only the scope's first `known` modules, the latest of them; UINT32_MAX: go by ticks.
 */
uint32_t places_find(const struct places *, uint64_t address, int low, uint64_t ticks, uint32_t known);

/* Whether an address with these low 32 bits means another module at another time. */
int places_is_mixed(const struct places *, uint32_t low32);

#endif
