/*
 * alloc_cost.h - what the allocator itself takes: an estimate, from the calls that took a second stamp (one of 64, at random). What the
 * stamps cost is taken out of each. How many calls there were is known exactly, so only the means are estimated.
 */
#ifndef HP_MODEL_ALLOC_COST_H
#define HP_MODEL_ALLOC_COST_H

#include "coarse.h"
#include "hist.h"
#include "util/vec.h"

enum alloc_cost_kind { ALLOC_COST_GET, ALLOC_COST_MOVE, ALLOC_COST_FREE, ALLOC_COST_KINDS };

/*
 * From here on a call counts as long: its thread had to wait for a processor, or the kernel had much to do for it. These are told apart: a
 * few of them would make any estimate worthless.
 */
enum { ALLOC_COST_LONG_NS = 500000 };

/* Of the calls that are not long: what the estimate is made from. */
struct alloc_cost_sums { double ns, squares; };

/* Of a site: the sampled calls that got its blocks, moved them there, and gave them up. */
struct site_cost { uint64_t samples, ns; };

struct alloc_cost {
	struct hist ns[ALLOC_COST_KINDS];          /* of the sampled calls, long ones among them */
	struct alloc_cost_sums sums[ALLOC_COST_KINDS];
	uint64_t long_calls, long_ns;              /* sampled ones */
	VEC(struct site_cost) sites;               /* by index of memory.sites, as far as there are any */
	struct { uint64_t blocks, bytes; } slack[COARSE_SIZES];  /* of sampled blocks by size: usable less requested */

	/* known at the end */
	uint64_t calls[ALLOC_COST_KINDS];          /* all of them */
	double   kind_ns[ALLOC_COST_KINDS];        /* estimates of all calls together */
	double   all_ns, error_ns;                 /* error: 95 % of all estimates come that near */
	uint64_t samples;                          /* 0: nothing is known */
	uint64_t stamp_ns;                         /* what was taken out of each, at most */
};

struct feed;
struct hp_r_alloc_sample;
struct memory;
struct dump_clock;

/* What the call took, without the stamp's own cost. */
uint64_t alloc_cost_ns(const struct feed *, const struct hp_r_alloc_sample *);
/* A sampled call; site: index, UINT32_MAX: not known. size: of its block, 0: none. */
void alloc_cost_add(struct feed *, const struct hp_r_alloc_sample *, uint32_t site, uint64_t size);
void alloc_cost_clear(struct alloc_cost *);
void alloc_cost_finish(struct memory *);
void alloc_cost_free(struct alloc_cost *);
/* How much larger a block of this size is than what was asked for, on average. */
static inline double alloc_cost_slack(const struct alloc_cost *c, uint64_t size)
{
	unsigned class = coarse_class(size);
	return c->slack[class].blocks ? (double)c->slack[class].bytes / (double)c->slack[class].blocks : 0;
}

#endif
