#include "sym/cache.h"

#include <stdlib.h>

#include "util/alloc.h"

static size_t hash(uint32_t module, uint64_t offset, uint32_t what)
{
	uint64_t h = (offset ^ (uint64_t)module << 40 ^ (uint64_t)what << 60) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(h ^ h >> 32);
}

static struct cache_entry *place_of(struct cache *c, uint32_t module, uint64_t offset, uint32_t what)
{
	size_t i = hash(module, offset, what) & c->mask;

	for (;; i = (i + 1) & c->mask) {
		struct cache_entry *e = &c->places[i];

		if (!e->what || (e->offset == offset && e->module == module && e->what == what))
			return e;
	}
}

static void grow(struct cache *c)
{
	struct cache old = *c;

	c->mask = old.places ? old.mask * 2 + 1 : 1023;
	c->places = xcalloc(c->mask + 1, sizeof *c->places);
	for (size_t i = 0; old.places && i <= old.mask; i++) {
		struct cache_entry *e = &old.places[i];

		if (e->what)
			*place_of(c, e->module, e->offset, e->what) = *e;
	}
	free(old.places);
}

struct cache_entry *cache_at(struct cache *c, uint32_t module, uint64_t offset, uint32_t what)
{
	struct cache_entry *e;

	if (!c->places || c->used > c->mask / 2)
		grow(c);
	e = place_of(c, module, offset, what);
	if (!e->what) {
		*e = (struct cache_entry){ .offset = offset, .module = module, .what = what };
		c->used++;
	}
	return e;
}

void cache_free(struct cache *c)
{
	free(c->places);
	*c = (struct cache){ 0 };
}
