/* memory_end.c - where the time that is reported on begins and ends: what starts anew, what was never freed. */
#include "memory_private.h"

#include <stdlib.h>
#include <string.h>

void memory_begin(struct model *m)
{
	growth_begin(m, m->options.from_ns);
	resident_begin(m);
}

/* What is known of live blocks stays, and what belongs to it. */
void memory_clear(struct model *m)
{
	struct memory *mem = &m->memory, was = *mem;
	memset(mem, 0, offsetof(struct memory, timeline));
	mem->live_bytes = mem->peak_bytes = was.live_bytes;
	mem->live_blocks = mem->peak_blocks = was.live_blocks;
	mem->peak_ns = m->private->from_ns;
	mem->mapped_bytes = mem->mapped_peak_bytes = was.mapped_bytes;
	growth_begin(m, m->private->from_ns);
	growth_clear(mem);
	lives_clear(mem);
	alloc_cost_clear(&mem->cost);
	if (was.mapped_bytes)
		timeline_note(&mem->timeline, TIMELINE_MAPPED_BYTES, m->private->from_ns, was.mapped_bytes);
	for (size_t i = 0; i < mem->sites.n; i++) {
		struct memory_site *s = &mem->sites.v[i];
		s->calls = s->bytes = s->temporary_calls = s->temporary_bytes = s->late_bytes = s->late_blocks = 0;
	}
}

static void take_leaks(struct model *m)
{
	struct memory *mem = &m->memory;
	mem->leaked_bytes = mem->live_bytes;
	mem->leaked_blocks = mem->live_blocks;
	for (size_t i = 0; i < mem->sites.n; i++) {
		struct memory_site *s = &mem->sites.v[i];
		s->leaked_bytes = s->live_bytes;
		s->leaked_blocks = s->live_blocks;
		mem->late_bytes += s->late_bytes;
		mem->late_blocks += s->late_blocks;
	}
	for (size_t i = 0; i < m->processes.v.n; i++) {
		m->processes.v.v[i].leaked_bytes = m->processes.v.v[i].live_bytes;
		m->processes.v.v[i].leaked_blocks = m->processes.v.v[i].live_blocks;
	}
}

void memory_finish(struct model *m)
{
	resident_finish(m);
	growth_finish(m);
	ended_finish(&m->memory);
	alloc_cost_finish(&m->memory);
	take_leaks(m);
	lives_finish(m);
	for (size_t i = 0; i < m->processes.v.n; i++)
		if (m->processes.v.v[i].maxrss_bytes > m->memory.rss_peak_bytes)
			m->memory.rss_peak_bytes = m->processes.v.v[i].maxrss_bytes;
}

/* ---- suppressions ---- */

static void suppress_site(struct memory *mem, struct memory_site *s)
{
	s->suppressed_bytes += s->leaked_bytes;
	s->suppressed_blocks += s->leaked_blocks;
	mem->suppressed_bytes += s->leaked_bytes;
	mem->suppressed_blocks += s->leaked_blocks;
	mem->leaked_bytes -= s->leaked_bytes;
	mem->leaked_blocks -= s->leaked_blocks;
	s->leaked_bytes = s->leaked_blocks = 0;
}

/* A process's part is not kept by site, but its blocks are here. */
static void suppress_blocks(struct process *p, const struct heap *h, const uint8_t *marked)
{
	for (size_t i = 0; h->bits && i < (size_t)1 << h->bits; i++) {
		if (!h->slots[i].address || !marked[h->slots[i].site])
			continue;
		p->leaked_bytes -= h->slots[i].size;
		p->leaked_blocks--;
	}
}

void memory_suppress(struct model *m, const uint8_t *marked)
{
	struct memory *mem = &m->memory;
	for (size_t i = 0; i < mem->sites.n; i++)
		if (marked[i])
			suppress_site(mem, &mem->sites.v[i]);
	for (size_t i = 0; i < m->processes.v.n; i++)
		suppress_blocks(&m->processes.v.v[i], &memory_of(m, (uint32_t)i)->heap, marked);
}

void memory_free(struct memory *mem)
{
	struct memory_private *p = mem->private;
	for (size_t i = 0; p && i < p->processes.n; i++) {
		heap_free(&p->processes.v[i].heap);
		heap_free(&p->processes.v[i].chains);
		map64_free(&p->processes.v[i].ghost_of);
		vec_free(&p->processes.v[i].ghosts);
		vec_free(&p->processes.v[i].mappings);
		vec_free(&p->processes.v[i].forks);
	}
	if (p) {
		vec_free(&p->processes);
		for (size_t i = 0; i < p->known.n; i++)
			vec_free(&p->known.v[i]);
		vec_free(&p->known);
		vec_free(&p->site_of);
		vec_free(&p->series);
		map64_free(&p->children);
		map64_free(&p->owner_of);
	}
	free(p);
	vec_free(&mem->sites);
	alloc_cost_free(&mem->cost);
	resident_free(&mem->resident);
	vec_free(&mem->blocks);
	vec_free(&mem->owners);
	vec_free(&mem->coarse);
}
