/* blocks.c - live blocks come and go; sums, the peak, and the sites' shares of it follow. */
#include "memory_private.h"

/* ---- sites ---- */

static uint32_t site_of(struct model *m, uint32_t stack)
{
	struct memory_private *p = memory_private(m);
	while (p->site_of.n <= stack)
		vec_push(&p->site_of, UINT32_MAX);
	uint32_t *site = &p->site_of.v[stack];
	if (*site == UINT32_MAX) {
		*site = (uint32_t)m->memory.sites.n;
		vec_push(&m->memory.sites, (struct memory_site){ .stack = stack });
	}
	return *site;
}

/*
 * A new peak of the run costs nothing per site: a site's share is what it has had since it was last touched, and is noted
 * before it is touched again.
 */
struct memory_site *blocks_site(struct model *m, uint32_t site)
{
	struct memory_site *s = &m->memory.sites.v[site];
	if (s->epoch != m->memory.private->epoch) {
		s->epoch = m->memory.private->epoch;
		s->peak_bytes = s->live_bytes;
		s->peak_blocks = s->live_blocks;
	}
	return s;
}

/* ---- blocks come and go ---- */

static void subtract(struct feed *f, const struct block *b)
{
	struct memory *mem = &f->m->memory;
	struct memory_site *s = blocks_site(f->m, b->site);
	struct process *p = &f->m->processes.v.v[f->process];
	s->live_bytes -= b->size;
	s->live_blocks--;
	mem->live_bytes -= b->size;
	mem->live_blocks--;
	p->live_bytes -= b->size;
	p->live_blocks--;
}

void blocks_retire(struct feed *f, struct process_memory *pm, struct block *b)
{
	subtract(f, b);
	if (pm->forks.n)
		memory_keep_ghost(pm, b, f->e->ns);
	heap_remove(&pm->heap, b);
}

static void check_peak(struct feed *f)
{
	struct memory *mem = &f->m->memory;
	struct process *p = &f->m->processes.v.v[f->process];
	if (p->live_bytes > p->peak_bytes)
		p->peak_bytes = p->live_bytes;
	if (mem->live_bytes <= mem->peak_bytes)
		return;
	mem->peak_bytes = mem->live_bytes;
	mem->peak_blocks = mem->live_blocks;
	mem->peak_ns = f->e->ns;
	mem->private->epoch++;
}

/* An address is given out though its block is live: a realloc freed it, or a free is on its way, or it never comes. */
static void displace(struct feed *f, struct process_memory *pm, struct block *b)
{
	struct memory_private *p = f->m->memory.private;
	if (!b->moving) {
		p->swaps[p->swap_next++ % SWAPS] = (struct swap){ b->address, f->e->ns, f->process, f->thread };
		p->swap_until = f->e->ns + SWAP_NS;
		f->m->memory.lost_frees++;
	}
	blocks_retire(f, pm, b);
}

void blocks_add(struct feed *f, uint64_t address, uint64_t size, uint32_t stack_id)
{
	struct memory *mem = &f->m->memory;
	struct process_memory *pm = memory_of(f->m, f->process);
	struct block *b = heap_find(&pm->heap, address);
	if (b)
		displace(f, pm, b);
	uint32_t site = site_of(f->m, feed_stack(f, stack_id));
	b = heap_insert(&pm->heap, address);
	b->size = size;
	b->ns = f->e->ns;
	b->site = site;
	b->thread = f->thread;
	f->s->last_alloc = address;

	struct memory_site *s = blocks_site(f->m, site);
	struct process *p = &f->m->processes.v.v[f->process];
	s->calls++;
	s->bytes += size;
	s->live_bytes += size;
	s->live_blocks++;
	mem->live_bytes += size;
	mem->live_blocks++;
	p->live_bytes += size;
	p->live_blocks++;
	check_peak(f);
}
