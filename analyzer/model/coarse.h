/*
 * coarse.h - histograms for very many things: a site has one of lifetimes and one of sizes, and a large program has 100,000
 * sites. Counters come in lines of 64 bytes from a pool, and only where something falls. hist.h is finer, and larger.
 *
 * Lifetimes: 16 steps an octave, so a quantile is off by about 3 % at most. Sizes: a step an octave. A zeroed one is empty.
 */
#ifndef HP_MODEL_COARSE_H
#define HP_MODEL_COARSE_H

#include "util/vec.h"
#include <stdint.h>

enum {
	COARSE_STEPS = 16, COARSE_OCTAVES = 61,  /* [0]: 0..15, by one; then 16 << (i - 1), and as much more */
	COARSE_SIZES = 65, COARSE_SIZES_A_LINE = 4, COARSE_SIZE_LINES = (COARSE_SIZES + 3) / 4,
};

struct coarse_size { uint64_t calls, bytes; };
union coarse_line {
	uint32_t steps[COARSE_STEPS];            /* stops at UINT32_MAX */
	struct coarse_size sizes[COARSE_SIZES_A_LINE];
};
_Static_assert(sizeof(union coarse_line) == 64, "a cache line");

struct coarse_pool { VEC_FIELDS(union coarse_line) };  /* [0] is not used */

struct coarse { uint32_t line[COARSE_OCTAVES]; };
struct coarse_sizes { uint32_t line[COARSE_SIZE_LINES]; };

/* A new line; its number. */
uint32_t coarse_line(struct coarse_pool *);

static inline void coarse_add(struct coarse_pool *p, struct coarse *c, uint64_t value)
{
	unsigned octave = value < COARSE_STEPS ? 0 : 60 - (unsigned)__builtin_clzll(value);
	uint32_t *line = &c->line[octave], *counter;
	if (!*line)
		*line = coarse_line(p);
	counter = &p->v[*line].steps[value >> (octave ? octave - 1 : 0) & (COARSE_STEPS - 1)];
	*counter += *counter != UINT32_MAX;
}

/* The class of a size: 0, or that of 2^(i-1) .. 2^i - 1. */
static inline unsigned coarse_class(uint64_t size)
{
	return size ? 64 - (unsigned)__builtin_clzll(size) : 0;
}

static inline void coarse_add_size(struct coarse_pool *p, struct coarse_sizes *c, uint64_t size)
{
	unsigned class = coarse_class(size);
	uint32_t *line = &c->line[class / COARSE_SIZES_A_LINE];
	if (!*line)
		*line = coarse_line(p);
	p->v[*line].sizes[class % COARSE_SIZES_A_LINE].calls++;
	p->v[*line].sizes[class % COARSE_SIZES_A_LINE].bytes += size;
}

/* `from` is added to `to`. */
void coarse_sum(struct coarse_pool *, struct coarse *to, const struct coarse *from);

/* The value below which `q` (0..1) of all lie, about; 0 when empty. */
uint64_t coarse_quantile(const struct coarse_pool *, const struct coarse *, double q);
struct coarse_size coarse_size(const struct coarse_pool *, const struct coarse_sizes *, unsigned class);

#endif
