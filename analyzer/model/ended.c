/*
 * ended.c - what a process leaves when it ends is leaked, but no longer there: the peak and the timeline of a run of many
 * processes, one after the other, have only those that live. The last one to end has nothing after it.
 */
#include "memory_private.h"

enum direction { LEAVES, COMES_BACK };

/* Blocks of an ended process no longer count as live; or they do again. */
static void move_blocks(struct model *m, uint32_t process, enum direction way)
{
	struct memory *mem = &m->memory;
	struct process_memory *pm = memory_of(m, process);
	for (size_t i = 0; pm->heap.bits && i < (size_t)1 << pm->heap.bits; i++) {
		const struct block *b = &pm->heap.slots[i];
		if (!b->address)
			continue;
		struct memory_site *s = blocks_site(mem, b->site);
		uint64_t bytes = way == LEAVES ? b->size : -(uint64_t)b->size, blocks = way == LEAVES ? 1 : UINT64_MAX;
		s->live_bytes -= bytes;
		s->live_blocks -= blocks;
		s->left_bytes += bytes;
		s->left_blocks += blocks;
		mem->live_bytes -= bytes;
		mem->live_blocks -= blocks;
	}
}

void memory_ended(struct feed *f)
{
	struct process_memory *pm = memory_of(f->m, f->process);
	struct memory_private *p = f->m->memory.private;
	if (pm->ended_ns || pm->revived)
		return;
	ended_check(f);
	p->ending = f->process + 1;
}

/* A process that goes on after all (its END was said by a handler, or by a child in its place) is not believed once more. */
void ended_check(struct feed *f)
{
	struct memory_private *p = f->m->memory.private;
	uint32_t ending = p->ending - 1;
	if (p->ending && ending != f->process) {
		memory_of(f->m, ending)->ended_ns = f->e->ns ? f->e->ns : 1;
		move_blocks(f->m, ending, LEAVES);
		heap_shrink(&memory_of(f->m, ending)->heap);
		p->ending = 0;
		p->ended++;
	}
	struct process_memory *pm = memory_of(f->m, f->process);
	if (!pm->ended_ns)
		return;
	pm->ended_ns = 0;
	pm->revived = 1;
	p->ended--;
	move_blocks(f->m, f->process, COMES_BACK);
	blocks_most(f);
}

void ended_finish(struct memory *mem)
{
	for (size_t i = 0; i < mem->sites.n; i++) {
		struct memory_site *s = &mem->sites.v[i];
		s->live_bytes += s->left_bytes;
		s->live_blocks += s->left_blocks;
		mem->live_bytes += s->left_bytes;
		mem->live_blocks += s->left_blocks;
	}
}
