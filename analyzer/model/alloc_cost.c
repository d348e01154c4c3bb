#include "private.h"

#include <math.h>
#include <string.h>

/* Of a normal distribution, 95 % lie that many deviations around its middle. */
#define TWO_SIDED_95 1.96

uint64_t alloc_cost_ns(const struct feed *f, const struct hp_r_alloc_sample *r)
{
	uint64_t ns = clock_span(f->clock, f->e->ticks, r->ticks), stamp = f->dump_thread->scope->dump->stamp_picoseconds / 1000;
	return ns > stamp ? ns - stamp : 0;
}

static enum alloc_cost_kind kind_of(unsigned op)
{
	return op == HP_OP_REALLOC ? ALLOC_COST_MOVE : op_info(op)->class == HP_CLASS_FREE ? ALLOC_COST_FREE : ALLOC_COST_GET;
}

void alloc_cost_add(struct feed *f, const struct hp_r_alloc_sample *r, uint32_t site, uint64_t size)
{
	struct alloc_cost *c = &f->m->memory.cost;
	uint64_t ns = alloc_cost_ns(f, r), stamp = f->dump_thread->scope->dump->stamp_picoseconds / 1000;
	enum alloc_cost_kind kind = kind_of(hp_word_sub(r->w));
	int is_long = ns >= ALLOC_COST_LONG_NS;
	hist_add(&c->ns[kind], ns);
	c->long_calls += (uint64_t)is_long;
	c->long_ns += is_long ? ns : 0;
	if (!is_long) {
		c->sums[kind].ns += (double)ns;
		c->sums[kind].squares += (double)ns * (double)ns;
	}
	if (site != UINT32_MAX && !is_long) {
		vec_ensure(&c->sites, site);
		c->sites.v[site].samples++;
		c->sites.v[site].ns += ns;
	}
	if (size && r->usable >= size) {
		c->slack[coarse_class(size)].blocks++;
		c->slack[coarse_class(size)].bytes += r->usable - size;
	}
	c->stamp_ns = stamp > c->stamp_ns ? stamp : c->stamp_ns;
}

void alloc_cost_clear(struct alloc_cost *c)
{
	struct alloc_cost was = *c;
	alloc_cost_free(c);
	memcpy(c->slack, was.slack, sizeof c->slack);
}

/* The mean of those of one kind that were sampled, times all of them; the variance of that. */
static void estimate(struct alloc_cost *c, enum alloc_cost_kind kind, double *variance)
{
	const struct hist *h = &c->ns[kind];
	double n = (double)h->count, all = (double)c->calls[kind];
	if (!h->count)
		return;
	if (all < n)
		all = n;
	double mean = c->sums[kind].ns / n, spread = h->count > 1 ? (c->sums[kind].squares - n * mean * mean) / (n - 1) : 0;
	c->kind_ns[kind] = all * mean;
	c->all_ns += c->kind_ns[kind];
	*variance += spread > 0 ? all * all * spread / n * (1 - n / all) : 0;
}

void alloc_cost_finish(struct memory *mem)
{
	struct alloc_cost *c = &mem->cost;
	double variance = 0;
	c->calls[ALLOC_COST_GET] = mem->alloc_calls;
	c->calls[ALLOC_COST_MOVE] = mem->realloc_calls;
	c->calls[ALLOC_COST_FREE] = mem->free_calls + mem->unknown_frees + mem->inherited_frees;
	c->all_ns = 0;
	c->samples = 0;
	for (unsigned kind = 0; kind < ALLOC_COST_KINDS; kind++) {
		c->samples += c->ns[kind].count;
		estimate(c, kind, &variance);
	}
	c->error_ns = TWO_SIDED_95 * sqrt(variance);
}

void alloc_cost_free(struct alloc_cost *c)
{
	for (unsigned kind = 0; kind < ALLOC_COST_KINDS; kind++)
		hist_free(&c->ns[kind]);
	vec_free(&c->sites);
	memset(c, 0, sizeof *c);
}
