#include "dump/stretch.h"
#include "memory_private.h"

static inline void count_size(struct feed *f, uint64_t size)
{
	struct memory *mem = &f->m->memory;
	unsigned i = coarse_class(size);
	mem->sizes[i].calls++;
	mem->sizes[i].bytes += size;
	mem->bytes_allocated += size;
	f->m->processes.v.v[f->process].bytes_allocated += size;
	f->t->alloc_bytes += size;
}

static void allocate(struct feed *f, uint64_t address, uint64_t size, uint32_t stack)
{
	if (!f->count || !address)
		return;
	f->m->memory.alloc_calls++;
	f->m->processes.v.v[f->process].alloc_calls++;
	f->t->alloc_calls++;
	count_size(f, size);
	blocks_add(f, address, size & BLOCK_SIZE_MAX, stack);
}

/* Whether what gives a block up here should have come before the allocation that took its address. */
static int is_swapped(struct feed *f, uint64_t address)
{
	struct memory_private *p = f->m->memory.private;
	if (f->e->ns > p->swap_until)
		return 0;
	for (unsigned i = 0; i < SWAPS; i++) {
		struct swap *w = &p->swaps[i];
		if (w->address != address || w->process != f->process || w->thread == f->thread || f->e->ns - w->ns > SWAP_NS)
			continue;
		w->address = 0;
		f->m->memory.clock_swaps++;
		f->m->memory.lost_frees--;
		return 1;
	}
	return 0;
}

static void count_unknown(struct feed *f, uint64_t address)
{
	f->s->last_site = UINT32_MAX;
	if (memory_is_inherited(f->m, f->process, address))
		f->m->memory.inherited_frees++;
	else
		f->m->memory.unknown_frees++;
}

/* Is given up before the thread that got it began another allocation. */
static int is_temporary(const struct feed *f, const struct block *b)
{
	const struct thread_state *s = f->m->private->states.v[b->thread];
	return s && s->last_alloc == b->address;
}

static void count_temporary(struct feed *f, const struct block *b)
{
	struct memory *mem = &f->m->memory;
	mem->temporary_calls++;
	mem->temporary_bytes += b->size;
	mem->sites.v[b->site].temporary_calls++;
	mem->sites.v[b->site].temporary_bytes += b->size;
}

static void release(struct feed *f, uint64_t address)
{
	struct memory *mem = &f->m->memory;
	struct process_memory *pm = memory_of(f->m, f->process);
	if (!address)
		return;
	if (is_swapped(f, address)) {
		mem->free_calls += (uint64_t)f->count;
		return;
	}
	struct block *b = heap_find(&pm->heap, address);
	if (!b) {
		if (f->count)
			count_unknown(f, address);
		return;
	}
	mem->free_calls += (uint64_t)f->count;
	if (is_temporary(f, b))
		count_temporary(f, b);
	blocks_retire(f, pm, b);
}

/* ---- realloc: the old block stays live until the new one is there ---- */

static void realloc_begin(struct feed *f, uint64_t address)
{
	int swapped = is_swapped(f, address);
	struct block *b = swapped ? NULL : heap_find(&memory_of(f->m, f->process)->heap, address);
	f->s->realloc_begun = 1;
	f->s->realloc_old = address;
	f->s->realloc_ns = b ? b->ns : 0;
	f->s->realloc_known = b || swapped;
	f->s->realloc_temporary = b && is_temporary(f, b);
	if (b)
		b->moving = 1;
}

/* The block that the realloc in progress began with; NULL, too, if another thread has got its address since. */
static struct block *moving_block(struct feed *f)
{
	struct block *b = heap_find(&memory_of(f->m, f->process)->heap, f->s->realloc_old);
	return b && b->moving && b->ns == f->s->realloc_ns ? b : NULL;
}

static void realloc_failed(struct feed *f)
{
	struct block *b = moving_block(f);
	if (b)
		b->moving = 0;
	f->s->realloc_begun = 0;
	f->s->last_alloc = 0;
	f->m->memory.failed_calls += (uint64_t)f->count;
}

/* The block that goes on as another one, and the reallocs it has been through; address 0: it is not known. */
struct moved { struct block old; uint64_t chain; };

static struct moved give_up_old(struct feed *f)
{
	struct process_memory *pm = memory_of(f->m, f->process);
	struct block *b = moving_block(f);
	struct moved moved = { .chain = 0 };
	if (b) {
		if (f->s->realloc_temporary)
			count_temporary(f, b);
		moved = (struct moved){ *b, lives_chain(pm, b) };
		blocks_retire(f, pm, b);
	} else if (!f->s->realloc_known && f->count && f->s->realloc_begun && !f->m->private->focus) {
		count_unknown(f, f->s->realloc_old);
	}
	return moved;
}

static void realloc_end(struct feed *f, uint64_t address, uint64_t size, uint32_t stack)
{
	if (!address && size) {
		realloc_failed(f);
		return;
	}
	struct moved moved = give_up_old(f);
	f->s->realloc_begun = 0;
	if (!f->count)
		return;
	if (!address) {
		f->m->memory.free_calls++;
		return;
	}
	f->m->memory.realloc_calls++;
	f->t->alloc_calls++;
	count_size(f, size);
	blocks_add(f, address, size & BLOCK_SIZE_MAX, stack);
	if (moved.old.address && f->m->options.parts & MODEL_BLOCKS)
		lives_moved(f, &moved.old, moved.chain, address);
}

static void failed(struct feed *f, unsigned op)
{
	if ((op == HP_OP_REALLOC || op == HP_OP_REALLOCARRAY) && f->s->realloc_begun) {
		realloc_failed(f);
		return;
	}
	f->s->last_alloc = 0;
	f->m->memory.failed_calls += (uint64_t)f->count;
}

/* Of the call before it. */
static void sample(struct feed *f, const struct hp_r_alloc_sample *r)
{
	const struct block *b = heap_find(&memory_of(f->m, f->process)->heap, f->s->last_alloc);
	if (f->count)
		alloc_cost_add(f, r, f->s->last_site, r->usable && b ? b->size : 0);
}

/* What goes with time, whatever the event is. */
static inline void before_event(struct feed *f)
{
	const struct memory_private *p = f->m->memory.private;
	if (f->e->ns >= p->turn_ns)
		growth_turn(f->m, f->e->ns);
	if (f->e->ns >= p->look_ns)
		resident_turn(f->m, f->e->ns);
	if (p->ending | p->ended)
		ended_check(f);
}

uint64_t memory_stretch(struct feed *f, struct cursor *cursor, uint64_t limit)
{
	struct dump_event *e = &cursor->event;
	struct model_private *p = f->m->private;
	uint64_t allocs = 0, frees = 0;
	struct stretch s = stretch_begin(cursor);
	for (unsigned kind; (kind = stretch_block(&s, limit)); ) {
		e->ns = s.ns;
		before_event(f);
		if (kind == HP_R_FREE) {
			release(f, s.address);
			frees++;
			continue;
		}
		e->offset = cursor->offset + (uint64_t)((const char *)s.at - (const char *)cursor->buf);
		allocate(f, s.address, s.size, s.stack);
		allocs++;
	}
	stretch_end(cursor, &s);
	p->record_counts[HP_R_ALLOC] += f->count ? allocs : 0;
	p->record_counts[HP_R_FREE] += f->count ? frees : 0;
	f->s->events += allocs + frees;
	f->s->last_ns = s.ns;
	return allocs + frees;
}

void memory_event(struct feed *f)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_alloc *a = (const void *)w;
	const struct hp_r_alloc_wide *x = (const void *)w;
	const struct hp_r_free_wide *y = (const void *)w;
	before_event(f);
	switch (f->e->r.kind) {
	case HP_R_ALLOC:         allocate(f, address48(w), a->size, a->stack); break;
	case HP_R_FREE:          release(f, address48(w)); break;
	case HP_R_REALLOC_BEGIN: realloc_begin(f, address48(w)); break;
	case HP_R_REALLOC_END:   realloc_end(f, address48(w), a->size, a->stack); break;
	case HP_R_ALLOC_WIDE:
		(hp_word_arg(w[0]) ? realloc_end : allocate)(f, hp_u64(x->addr), hp_u64(x->size), x->stack);
		break;
	case HP_R_FREE_WIDE:
		(hp_word_arg(w[0]) ? realloc_begin : release)(f, hp_u64(y->addr));
		break;
	case HP_R_ALLOC_FAIL:    failed(f, hp_word_sub(w[0])); break;
	case HP_R_ALLOC_SAMPLE:  sample(f, (const void *)w); break;
	default: break;
	}
}
