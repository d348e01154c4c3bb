/* blocks.c - live blocks come and go; sums, the peak, and the sites' shares of it follow. */
#include "memory_private.h"

/* ---- sites ---- */

static uint32_t new_site(struct model *m, uint32_t stack)
{
	struct memory_private *p = m->memory.private;
	while (p->site_of.n <= stack)
		vec_push(&p->site_of, UINT32_MAX);
	if (p->site_of.v[stack] == UINT32_MAX) {
		p->site_of.v[stack] = (uint32_t)m->memory.sites.n;
		vec_push(&m->memory.sites, (struct memory_site){ .stack = stack, .moment = p->moment });
		if (m->options.parts & MODEL_BLOCKS)
			lives_site(&m->memory, &m->memory.sites.v[m->memory.sites.n - 1]);
	}
	return p->site_of.v[stack];
}

/* Remembers an id's site, as long as all that is remembered stays small. */
static void note_id(struct memory_private *p, uint32_t scope, uint32_t id, uint32_t site)
{
	vec_ensure(&p->known, scope);
	struct known_sites *k = &p->known.v[scope];
	if (id >= k->n && p->known_ids + (id - k->n) >= KNOWN_IDS_MAX)
		return;
	for (; k->n <= id; p->known_ids++)
		vec_push(k, UINT32_MAX);
	k->v[id] = site;
}

static __attribute__((noinline)) uint32_t find_site(struct feed *f, uint32_t stack_id)
{
	uint32_t node = feed_stack(f, stack_id), site = new_site(f->m, node);
	if (node)
		note_id(f->m->memory.private, f->scope, stack_id, site);
	return site;
}

static inline uint32_t site_of(struct feed *f, uint32_t stack_id)
{
	const struct memory_private *p = f->m->memory.private;
	const struct known_sites *k = f->scope < p->known.n ? &p->known.v[f->scope] : NULL;
	uint32_t site = k && stack_id < k->n ? k->v[stack_id] : UINT32_MAX;
	return site != UINT32_MAX ? site : find_site(f, stack_id);
}

/* ---- blocks come and go ---- */

static inline void tell(const struct feed *f, const struct block *b, int got)
{
	const struct model_watch *w = f->m->options.watch;
	if (w && w->block)
		w->block(w->data, f->m, &(struct watched_block){ f->e->ns, b->size, b->site, f->process, b->thread, got });
}

void blocks_retire(struct feed *f, struct process_memory *pm, struct block *b)
{
	struct memory *mem = &f->m->memory;
	struct memory_site *s = blocks_site(mem, b->site);
	struct process *p = &f->m->processes.v.v[f->process];
	uint64_t size = b->size;
	f->s->last_site = b->site;
	s->live_bytes -= size;
	s->live_blocks--;
	mem->live_bytes -= size;
	mem->live_blocks--;
	p->live_bytes -= size;
	p->live_blocks--;
	tell(f, b, 0);
	if (f->e->ns >= mem->private->late_ns && b->ns < mem->private->late_ns) {
		s->late_bytes += size;
		s->late_blocks++;
	}
	if (s->blocks)
		lives_gone(f, pm, s, b);
	if (pm->forks.n)
		memory_keep_ghost(pm, b, f->e->ns);
	heap_remove(&pm->heap, b);
}

/* A new peak of an interval of the timeline; it may be one of the run. */
void blocks_most(struct feed *f)
{
	struct memory *mem = &f->m->memory;
	if (mem->live_bytes <= mem->private->turn_most)
		return;
	mem->private->turn_most = mem->live_bytes;
	if (mem->live_bytes <= mem->peak_bytes)
		return;
	mem->peak_bytes = mem->live_bytes;
	mem->peak_blocks = mem->live_blocks;
	mem->peak_ns = f->e->ns;
	mem->private->moment++;
}

/* An address is given out though its block is live: a realloc freed it, or a free is on its way, or it never comes. */
static __attribute__((noinline)) void displace(struct feed *f, struct process_memory *pm, struct block *b)
{
	struct memory_private *p = f->m->memory.private;
	if (!b->moving) {
		p->swaps[p->swap_next++ % SWAPS] = (struct swap){ b->address, f->e->ns, f->process, f->thread };
		p->swap_until = f->e->ns + SWAP_NS;
		f->m->memory.lost_frees++;
	}
	blocks_retire(f, pm, b);
}

/* The site's figures and all sums. */
static inline void add_up(struct feed *f, struct memory_site *s, uint64_t size)
{
	struct memory *mem = &f->m->memory;
	struct process *p = &f->m->processes.v.v[f->process];
	s->calls++;
	s->bytes += size;
	s->live_blocks++;
	s->live_bytes += size;
	if (s->live_bytes > s->own_peak_bytes) {
		s->own_peak_bytes = s->live_bytes;
		s->own_peak_ns = f->e->ns;
	}
	mem->live_bytes += size;
	mem->live_blocks++;
	p->live_bytes += size;
	p->live_blocks++;
	if (p->live_bytes > p->peak_bytes)
		p->peak_bytes = p->live_bytes;
	if (mem->live_blocks > mem->private->turn_most_blocks)
		mem->private->turn_most_blocks = mem->live_blocks;
	if (mem->live_bytes > mem->private->turn_most)
		blocks_most(f);
}

void blocks_add(struct feed *f, uint64_t address, uint64_t size, uint32_t stack_id)
{
	struct memory *mem = &f->m->memory;
	struct process_memory *pm = memory_of(f->m, f->process);
	uint32_t site = site_of(f, stack_id);
	int is_new;
	struct block *b = heap_take(&pm->heap, address, &is_new);
	if (!is_new) {
		displace(f, pm, b);
		b = heap_take(&pm->heap, address, &is_new);
	}
	*b = (struct block){ .address = address, .size = size, .ns = f->e->ns, .site = site, .thread = f->thread };
	f->s->last_alloc = address;
	f->s->last_site = site;

	struct memory_site *s = blocks_site(mem, site);
	if (s->blocks)
		lives_got(mem, s, size);
	add_up(f, s, size);
	tell(f, b, 1);
}
