#include "dump/resident.h"

#include <stdlib.h>

#include "memory_private.h"

/*
 * Each look goes through all live blocks of its process: the greatest and the last one always, others as long as no more than so many
 * places of heaps, threads and mappings are looked at in all.
 */
enum { PLACES = 1 << 26, OWN_MAPPING = 128 << 10 };

/* A mapping, and what of it is live. small: it holds blocks that are no mappings of their own. */
struct part_map { uint64_t lo, hi, rss, live, stacks; double slack; uint32_t kind; uint8_t small; };
struct part_maps { VEC_FIELDS(struct part_map) };

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* ---- which looks ---- */

static int by_time(const void *a, const void *b)
{
	const struct resident_look *x = a, *y = b;
	return x->ns < y->ns ? -1 : x->ns > y->ns;
}

static uint64_t ns_of(const struct dump *d, const struct dump_resident *r)
{
	uint64_t origin = (uint64_t)d->clock.origin;
	return r->monotonic > origin ? r->monotonic - origin : 0;
}

static const struct dump_scope *scope_of(const struct dump *d, uint32_t pid)
{
	uint32_t i = map64_get(&d->by_pid, pid);
	return i != MAP64_NONE ? d->scopes.v[i] : pid == d->file.header.pid ? d->scopes.v[0] : NULL;
}

static void add_looks(struct model *m, unsigned dump)
{
	struct resident *res = &m->memory.resident;
	const struct dump *d = m->dumps[dump];
	for (size_t i = 0; i < d->resident.n; i++) {
		const struct dump_resident *r = &d->resident.v[i];
		const struct dump_scope *scope = scope_of(d, r->pid);
		uint64_t ns = ns_of(d, r);
		if (!scope || ns < m->private->from_ns || ns > m->private->to_ns)
			continue;
		res->samples++;
		if (r->maps)
			vec_push(&res->looks, (struct resident_look){
				.ns = ns, .process = scope->model, .dump = dump, .sample = (uint32_t)i, .kib = r->rss,
			});
	}
}

void resident_begin(struct model *m)
{
	struct resident *res = &m->memory.resident;
	struct memory_private *p = m->memory.private;
	for (unsigned i = 0; i < m->dump_count; i++)
		add_looks(m, i);
	vec_sort(&res->looks, by_time);
	res->most = UINT32_MAX;
	for (size_t i = 0; i < res->looks.n; i++)
		if (res->most == UINT32_MAX || res->looks.v[i].kib > res->looks.v[res->most].kib)
			res->most = (uint32_t)i;
	p->look = 0;
	p->look_ns = res->looks.n ? res->looks.v[0].ns : UINT64_MAX;
	p->look_places = 0;
}

static int is_last(const struct resident *res, size_t look)
{
	for (size_t i = look + 1; i < res->looks.n; i++)
		if (res->looks.v[i].process == res->looks.v[look].process)
			return 0;
	return 1;
}

/* ---- what lies where ---- */

static int by_address(const void *a, const void *b)
{
	const struct part_map *x = a, *y = b;
	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* The mapping that an address is in, or the number of mappings. */
static size_t find(const struct part_maps *maps, uint64_t address)
{
	size_t lo = 0, hi = maps->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (maps->v[mid].hi > address)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo < maps->n && maps->v[lo].lo <= address ? lo : maps->n;
}

static void put_block(struct part_maps *maps, const struct alloc_cost *cost, const struct block *b)
{
	uint64_t at = b->address, left = b->size;
	size_t i = find(maps, at);
	if (i == maps->n)
		return;
	maps->v[i].small |= left < OWN_MAPPING;
	maps->v[i].slack += alloc_cost_slack(cost, left);
	for (; i < maps->n && maps->v[i].lo <= at && left; i++) {
		uint64_t here = least(left, maps->v[i].hi - at);
		maps->v[i].live += here;
		left -= here;
		at = maps->v[i].hi;
	}
}

static uint64_t put_blocks(struct part_maps *maps, const struct memory *mem, const struct heap *h)
{
	uint64_t live = 0;
	for (size_t i = 0; h->bits && i < (size_t)1 << h->bits; i++) {
		if (!h->slots[i].address)
			continue;
		live += h->slots[i].size;
		put_block(maps, &mem->cost, &h->slots[i]);
	}
	return live;
}

static void put_stacks(struct part_maps *maps, const struct model *m, uint32_t process, uint64_t ns)
{
	for (size_t i = 0; i < m->dump_count; i++) {
		const struct dump *d = m->dumps[i];
		for (size_t k = 0; k < d->threads.n; k++) {
			const struct dump_thread *t = d->threads.v[k];
			size_t at = t->stack_hi ? find(maps, t->stack_hi - 1) : maps->n;
			if (at == maps->n || t->scope->model != process || clock_ns(&d->clock, t->start_ticks) > ns)
				continue;
			uint64_t lo = t->stack_lo > maps->v[at].lo ? t->stack_lo : maps->v[at].lo;
			if (t->stack_hi > lo)
				maps->v[at].stacks += t->stack_hi - lo;
		}
	}
}

/* ---- parts ---- */

static uint64_t take(uint64_t *rest, uint64_t want)
{
	uint64_t got = least(*rest, want);
	*rest -= got;
	return got;
}

/*
 * What is left of an anonymous mapping after stacks and live blocks: free in its allocator, if it holds small blocks; a mapping of large ones
 * alone has grown together with others that are not the allocator's.
 */
static void divide(struct resident_look *look, const struct part_map *p)
{
	uint64_t rest = p->rss, *parts = look->parts;
	int allocators = p->kind == HP_MAP_HEAP || p->kind == HP_MAP_ARENA || p->small;
	if (p->kind == HP_MAP_STACK) {
		parts[RESIDENT_STACKS] += take(&rest, rest);
		return;
	}
	parts[RESIDENT_LIVE] += take(&rest, p->live);
	parts[RESIDENT_SLACK] += take(&rest, p->slack < 1e18 ? (uint64_t)p->slack : 0);
	parts[RESIDENT_STACKS] += take(&rest, p->stacks);
	parts[allocators ? RESIDENT_FREE : RESIDENT_ANONYMOUS] += rest;
}

/* Mappings of which only the sum is known. */
static enum resident_part part_of_sum(uint32_t kind)
{
	switch (kind) {
	case HP_MAP_HEAP: case HP_MAP_ARENA: return RESIDENT_FREE;
	case HP_MAP_STACK:    return RESIDENT_STACKS;
	case HP_MAP_FILE:     return RESIDENT_FILES;
	case HP_MAP_SHARED:   return RESIDENT_SHARED;
	case HP_MAP_RECORDER: return RESIDENT_RECORDER;
	case HP_MAP_KERNEL:   return RESIDENT_KERNEL;
	default:              return RESIDENT_ANONYMOUS;
	}
}

static void take_maps(struct resident_look *look, const struct resident_maps *from, struct part_maps *to)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct hp_resident_map *r = &from->v[i];
		uint64_t rss = (uint64_t)r->rss * 1024;
		look->rss += rss;
		if (r->kind <= HP_MAP_STACK && hp_u64(r->hi) > hp_u64(r->lo))
			vec_push(to, (struct part_map){ .lo = hp_u64(r->lo), .hi = hp_u64(r->hi), .rss = rss, .kind = r->kind });
		else
			look->parts[part_of_sum(r->kind)] += rss;
	}
	vec_sort(to, by_address);
}

static void split(struct model *m, struct resident_look *look)
{
	const struct dump *d = m->dumps[look->dump];
	struct resident_maps raw = { 0 };
	struct part_maps maps = { 0 };
	if (dump_resident_maps(d, &d->resident.v[look->sample], &raw) == 0) {
		take_maps(look, &raw, &maps);
		put_stacks(&maps, m, look->process, look->ns);
		look->live_bytes = put_blocks(&maps, &m->memory, &memory_of(m, look->process)->heap);
		for (size_t i = 0; i < maps.n; i++)
			divide(look, &maps.v[i]);
	}
	vec_free(&raw);
	vec_free(&maps);
}

void resident_turn(struct model *m, uint64_t ns)
{
	struct resident *res = &m->memory.resident;
	struct memory_private *p = m->memory.private;
	for (; p->look < res->looks.n && res->looks.v[p->look].ns <= ns; p->look++) {
		struct resident_look *look = &res->looks.v[p->look];
		const struct heap *h = &memory_of(m, look->process)->heap;
		uint64_t places = (h->bits ? (uint64_t)1 << h->bits : 0) + m->dumps[look->dump]->threads.n + RESIDENT_MAPS;
		if (p->look != res->most && p->look_places + places > PLACES && !is_last(res, p->look))
			continue;
		p->look_places += places;
		split(m, look);
	}
	p->look_ns = p->look < res->looks.n ? res->looks.v[p->look].ns : UINT64_MAX;
}

/* ---- over the time ---- */

/* Of one process: its last value up to each interval's end, from its first sample to its end. */
static void add_process(struct model *m, const struct dump *d, uint32_t pid, struct timeline_point *sums)
{
	const struct timeline *line = &m->memory.timeline;
	const struct dump_scope *scope = scope_of(d, pid);
	struct timeline_point own[TIMELINE_POINTS] = { { 0 } };
	uint64_t end = scope && m->processes.v.v[scope->model].end != PROCESS_RUNNING ? m->processes.v.v[scope->model].last_ns : UINT64_MAX;
	for (size_t i = 0; i < d->resident.n; i++) {
		const struct dump_resident *r = &d->resident.v[i];
		uint64_t ns = ns_of(d, r), rss = (uint64_t)r->rss * 1024;
		if (r->pid != pid || ns < m->private->from_ns || ns > m->private->to_ns)
			continue;
		struct timeline_point *at = &own[timeline_at(line, ns)];
		at->most = rss > at->most ? rss : at->most;
		at->last = rss;
	}
	uint64_t last = 0;
	for (unsigned i = 0; i < line->points; i++) {
		last = own[i].last ? own[i].last : line->from_ns + i * line->width_ns <= end ? last : 0;
		sums[i].last += last;
		sums[i].most += own[i].most ? own[i].most : last;
	}
}

/* The sum of all processes'; unknown before the first sample of any. */
static void fill_timeline(struct model *m)
{
	struct timeline *line = &m->memory.timeline;
	struct timeline_point sums[TIMELINE_POINTS] = { { 0 } };
	for (unsigned k = 0; k < m->dump_count; k++)
		if (m->dumps[k]->resident.n)
			add_process(m, m->dumps[k], m->dumps[k]->resident.v[0].pid, sums);
	int known = 0;
	for (unsigned i = 0; i < line->points; i++) {
		known |= sums[i].most != 0;
		if (known)
			timeline_set(line, TIMELINE_RSS_BYTES, i, sums[i]);
	}
}

/* Before the timeline is finished. Looks that were left out go. */
void resident_finish(struct model *m)
{
	struct resident *res = &m->memory.resident;
	size_t left = 0;
	resident_turn(m, UINT64_MAX);
	res->most = UINT32_MAX;
	for (size_t i = 0; i < res->looks.n; i++) {
		if (!res->looks.v[i].rss)
			continue;
		res->looks.v[left] = res->looks.v[i];
		if (res->most == UINT32_MAX || res->looks.v[left].rss > res->looks.v[res->most].rss)
			res->most = (uint32_t)left;
		left++;
	}
	res->looks.n = left;
	fill_timeline(m);
}

void resident_free(struct resident *res)
{
	vec_free(&res->looks);
}
