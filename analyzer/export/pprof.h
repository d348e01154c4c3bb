/* pprof.h - a profile that is being put together: its strings and places, each told once. */
#ifndef HP_EXPORT_PPROF_H
#define HP_EXPORT_PPROF_H

#include <pprof.pb-c.h>

#include "export/paths.h"
#include "util/arena.h"

typedef Perftools__Profiles__Profile  profile_t;
typedef Perftools__Profiles__Sample   sample_t;
typedef Perftools__Profiles__Location location_t;
typedef Perftools__Profiles__Mapping  mapping_t;

struct pprof {
	const struct paths *paths;
	unsigned            first;      /* metric that is shown first */
	struct arena       *arena;      /* of one drawing */
	profile_t           p;
	struct map64        by_string;
	VEC(char *)         strings;
	VEC(uint64_t)       location;   /* by place: its id, 0: not used so far */
	VEC(uint64_t)       function, mapping;
	VEC(sample_t *)     samples;
	VEC(location_t *)   locations;
	VEC(Perftools__Profiles__Function *) functions;
	VEC(mapping_t *)    mappings;
};

/* Declares a message of the drawing's. */
#define NEW(d, type, name, init) type *name = arena_alloc((d)->arena, sizeof(type)); perftools__profiles__##init##__init(name)

int64_t    pprof_string(struct pprof *, const char *text);
mapping_t *pprof_mapping(struct pprof *, uint32_t module);
/* Of a place of the paths: its id, as of the next. */
uint64_t   pprof_location(struct pprof *, uint32_t place);
/* The place that all that was not kept is at. */
uint64_t   pprof_other_location(struct pprof *);

#endif
