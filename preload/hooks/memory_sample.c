#include "memory_sample.h"
#include "../elf_lookup.h"
#include "../event.h"
#include "../real.h"

enum { EVERY = 64 };

/* An allocator without a malloc_usable_size of its own must not have its blocks given to libc's. */
static uint8_t has_usable_size;

void hp_sample_init(void)
{
	const struct link_map *l = hp_elf_next_object("malloc");
	has_usable_size = l && l == hp_elf_next_object("malloc_usable_size");
}

/* Bits that no habit of the program goes along with: low ones of the clock, spread. */
static unsigned random_place(void)
{
	return (unsigned)((hp_ticks() ^ (uintptr_t)&hp_tls) * 0x9e3779b97f4a7c15u >> 58);
}

/*
 * Calls are taken in blocks of EVERY, of which one, at a random place, is sampled. The clock may only be read once the thread
 * is known: elsewhere that may be forbidden.
 */
int hp_sample_turn(struct hp_sampling *s)
{
	int first = !s->drawn;
	if (!hp_known()) {
		s->in = 0;
		return 0;
	}
	unsigned place = random_place();
	s->in = (int32_t)((first ? 0 : s->rest) + place);
	s->rest = (uint8_t)(EVERY - 1 - place);
	s->drawn = 1;
	return !first;
}

void hp_sample_put(unsigned op, uint64_t ticks, void *p)
{
	struct hp_thread *t = hp_enter(HP_MEMORY);
	if (!t)
		return;
	size_t usable = p && has_usable_size ? hp_real.malloc_usable_size(p) : 0;
	struct hp_r_alloc_sample *r = (void *)hp_open(t, hp_ticks(), HP_R_ALLOC_SAMPLE, sizeof *r / 4);
	r->ticks = ticks < UINT32_MAX ? (uint32_t)ticks : UINT32_MAX;
	r->usable = usable < UINT32_MAX ? (uint32_t)usable : 0;
	hp_commit(&r->w, hp_word(HP_R_ALLOC_SAMPLE, op, 0));
}
