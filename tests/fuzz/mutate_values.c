/* mutate_values.c - chance, and what is worth to stand in a word. */
#include <stddef.h>

#include "mutate.h"

static uint64_t state;

void dice_seed(unsigned seed)
{
	state = seed;
}

uint32_t dice(uint32_t sides)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((state >> 33) % sides);
}

int one_in(uint32_t n)
{
	return !dice(n);
}

static uint64_t start_ticks(void)
{
	for (unsigned i = 0; i < mutated.n; i++)
		if (!mutated.e[i].page && mutated.e[i].bytes >= offsetof(struct hp_header, start) + 8)
			return ((const struct hp_header *)(const void *)mutated.e[i].w)->start.ticks;
	return 0;
}

/* A word from anywhere in the input: ids and addresses that mean something there. */
uint32_t known_word(void)
{
	const struct extent *e = &mutated.e[dice(mutated.n)];
	return e->bytes ? e->w[dice(e->bytes / 4)] : 0;
}

uint32_t new_word(uint32_t old)
{
	switch (dice(14)) {
	case 0:  return 0;
	case 1:  return UINT32_MAX;
	case 2:  return 0x80000000;
	case 3:  return 0x7fffffff;
	case 4:  return old + 1;
	case 5:  return old - 1;
	case 6:  return old ^ 1u << dice(32);
	case 7:  return 1u << dice(32);
	case 8:  return dice(256) << 24 | dice(1 << 24);
	case 9:  return (uint32_t)start_ticks() + dice(1 << 20);
	case 10: return old + dice(1 << 12);
	case 11: case 12: return known_word();
	default: return dice(20);
	}
}

uint64_t new_time(void)
{
	uint64_t far = one_in(3) ? 1ull << dice(64) : dice(1 << 22);
	return one_in(8) ? far : one_in(4) ? start_ticks() - far : start_ticks() + far;
}
