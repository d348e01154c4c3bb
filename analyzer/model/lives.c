/* lives.c - what is told of blocks one by one: sizes, lifetimes, who freed them, how often they were realloced. */
#include "memory_private.h"

/* ---- sites ---- */

void lives_site(struct memory *mem, struct memory_site *s)
{
	if (!mem->blocks.n)
		(void)vec_add(&mem->blocks);  /* all of them together */
	s->blocks = (uint32_t)mem->blocks.n;
	(void)vec_add(&mem->blocks);
}

void lives_clear(struct memory *mem)
{
	if (mem->blocks.n)
		memset(mem->blocks.v, 0, mem->blocks.n * sizeof *mem->blocks.v);
	for (size_t i = 0; i < mem->owners.n; i++)
		mem->owners.v[i].blocks = mem->owners.v[i].bytes = 0;
	mem->coarse.n = 0;
}

void lives_got(struct memory *mem, const struct memory_site *s, uint64_t size)
{
	coarse_add_size(&mem->coarse, &mem->blocks.v[s->blocks].sizes, size);
}

/* ---- who freed it ---- */

static uint32_t new_owner(struct memory *mem, uint32_t got_by, uint32_t freed_by)
{
	uint64_t key = (uint64_t)got_by << 32 | freed_by;
	uint32_t i = map64_get(&mem->private->owner_of, key);
	if (!mem->owners.n)
		vec_push(&mem->owners, (struct memory_owner){ THREAD_NONE, THREAD_NONE, 0, 0 });
	if (i != MAP64_NONE || mem->owners.n >= OWNERS_MAX)
		return i != MAP64_NONE ? i : 0;
	i = (uint32_t)mem->owners.n;
	map64_put(&mem->private->owner_of, key, i);
	vec_push(&mem->owners, (struct memory_owner){ got_by, freed_by, 0, 0 });
	return i;
}

static void count_owner(struct memory *mem, uint32_t owner, uint64_t size)
{
	mem->owners.v[owner].blocks++;
	mem->owners.v[owner].bytes += size;
}

/* ---- a block is gone ---- */

/* The part of its life that lies in the time that is reported on. */
static double byte_ns(const struct model *m, const struct block *b, uint64_t until)
{
	uint64_t from = b->ns > m->private->from_ns ? b->ns : m->private->from_ns;
	return until > from ? (double)b->size * (double)(until - from) : 0;
}

void lives_gone(struct feed *f, struct process_memory *pm, const struct memory_site *s, const struct block *b)
{
	struct memory *mem = &f->m->memory;
	struct site_blocks *x = &mem->blocks.v[s->blocks];
	uint64_t life = f->e->ns > b->ns ? f->e->ns - b->ns : 0;
	x->life_min_ns = !x->freed || life < x->life_min_ns ? life : x->life_min_ns;
	x->life_max_ns = life > x->life_max_ns ? life : x->life_max_ns;
	x->freed++;
	x->life_ns += life;
	x->byte_ns += byte_ns(f->m, b, f->e->ns);
	if (life <= f->m->options.short_ns) {
		x->short_calls++;
		x->short_bytes += b->size;
	}
	if (b->thread != f->thread) {
		x->passed_calls++;
		x->passed_bytes += b->size;
	}
	coarse_add(&mem->coarse, &x->lives, life);
	if (f->s->owner_thread != b->thread || !f->s->owner) {
		f->s->owner_thread = b->thread;
		f->s->owner = new_owner(mem, b->thread, f->thread);
	}
	count_owner(mem, f->s->owner, b->size);
	struct block *chain = b->chained ? heap_find(&pm->chains, b->address) : NULL;
	if (chain)
		heap_remove(&pm->chains, chain);
}

/* ---- reallocs ---- */

uint64_t lives_chain(const struct process_memory *pm, const struct block *b)
{
	const struct block *chain = b->chained ? heap_find(&pm->chains, b->address) : NULL;
	return chain ? chain->size : 0;
}

void lives_moved(struct feed *f, const struct block *old, uint64_t chain, uint64_t address)
{
	struct process_memory *pm = memory_of(f->m, f->process);
	struct block *b = heap_find(&pm->heap, address);
	struct site_blocks *x = &f->m->memory.blocks.v[f->m->memory.sites.v[b->site].blocks];
	int is_new;
	x->reallocs++;
	if (address != old->address) {
		x->moved++;
		x->copied_bytes += old->size < b->size ? old->size : b->size;
	}
	if (++chain > x->longest_chain)
		x->longest_chain = chain;
	b->chained = 1;
	*heap_take(&pm->chains, address, &is_new) = (struct block){ .address = address, .size = chain };
}

/* ---- at the end ---- */

/* It has lived to the end, or to that of its process. */
static void add_live(struct model *m, const struct block *b, uint64_t ended_ns)
{
	struct memory *mem = &m->memory;
	uint64_t end = ended_ns ? ended_ns : m->options.to_ns && m->options.to_ns < m->duration_ns ? m->options.to_ns : m->duration_ns;
	mem->blocks.v[mem->sites.v[b->site].blocks].byte_ns += byte_ns(m, b, end);
	count_owner(mem, new_owner(mem, b->thread, THREAD_NONE), b->size);
}

static void sum_up(struct memory *mem, const struct site_blocks *x)
{
	struct site_blocks *all = &mem->blocks.v[0];
	if (x->freed) {
		all->life_min_ns = !all->freed || x->life_min_ns < all->life_min_ns ? x->life_min_ns : all->life_min_ns;
		all->life_max_ns = x->life_max_ns > all->life_max_ns ? x->life_max_ns : all->life_max_ns;
	}
	all->freed += x->freed;
	all->life_ns += x->life_ns;
	all->byte_ns += x->byte_ns;
	all->short_calls += x->short_calls;
	all->short_bytes += x->short_bytes;
	all->passed_calls += x->passed_calls;
	all->passed_bytes += x->passed_bytes;
	all->reallocs += x->reallocs;
	all->moved += x->moved;
	all->copied_bytes += x->copied_bytes;
	all->longest_chain = x->longest_chain > all->longest_chain ? x->longest_chain : all->longest_chain;
	coarse_sum(&mem->coarse, &all->lives, &x->lives);
}

void lives_finish(struct model *m)
{
	struct memory *mem = &m->memory;
	if (!mem->blocks.n)
		return;
	for (size_t i = 0; i < mem->private->processes.n; i++) {
		const struct heap *h = &mem->private->processes.v[i].heap;
		for (size_t k = 0; h->bits && k < (size_t)1 << h->bits; k++)
			if (h->slots[k].address)
				add_live(m, &h->slots[k], mem->private->processes.v[i].ended_ns);
	}
	for (size_t i = 1; i < mem->blocks.n; i++)
		sum_up(mem, &mem->blocks.v[i]);
}
