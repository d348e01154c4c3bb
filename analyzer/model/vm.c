/* vm.c - the address space that the program maps by itself: the sum of its mappings, exact under overlaps. */
#include "memory_private.h"

#include <stdlib.h>
#include <string.h>

enum { MAPPINGS_MAX = 1 << 16 };  /* Linux allows no more in a process; beyond, ranges are not told apart */

static size_t first_ending_after(const struct process_memory *pm, uint64_t lo)
{
	size_t a = 0, b = pm->mappings.n;
	while (a < b) {
		size_t mid = a + (b - a) / 2;
		if (pm->mappings.v[mid].hi > lo)
			b = mid;
		else
			a = mid + 1;
	}
	return a;
}

static void insert_at(struct process_memory *pm, size_t i, struct mapping x)
{
	vec_push(&pm->mappings, x);
	memmove(&pm->mappings.v[i + 1], &pm->mappings.v[i], (pm->mappings.n - 1 - i) * sizeof x);
	pm->mappings.v[i] = x;
}

/* Takes lo..hi out of the mappings; returns how much of it was mapped. */
static uint64_t cut(struct process_memory *pm, uint64_t lo, uint64_t hi)
{
	uint64_t gone = 0;
	size_t i = first_ending_after(pm, lo), end = i;
	if (i < pm->mappings.n && pm->mappings.v[i].lo < lo) {
		struct mapping was = pm->mappings.v[i];
		pm->mappings.v[i].hi = lo;
		insert_at(pm, ++i, (struct mapping){ lo, was.hi });
		end = i;
	}
	for (; end < pm->mappings.n && pm->mappings.v[end].hi <= hi; end++)
		gone += pm->mappings.v[end].hi - pm->mappings.v[end].lo;
	if (end < pm->mappings.n && pm->mappings.v[end].lo < hi) {
		gone += hi - pm->mappings.v[end].lo;
		pm->mappings.v[end].lo = hi;
	}
	if (end > i)
		memmove(&pm->mappings.v[i], &pm->mappings.v[end], (pm->mappings.n - end) * sizeof *pm->mappings.v);
	pm->mappings.n -= end - i;
	return gone;
}

/* Puts lo..hi in, where nothing is; neighbours become one. */
static void put(struct process_memory *pm, uint64_t lo, uint64_t hi)
{
	size_t i = first_ending_after(pm, lo);
	if (i > 0 && pm->mappings.v[i - 1].hi == lo)
		pm->mappings.v[i - 1].hi = hi;
	else if (i < pm->mappings.n && pm->mappings.v[i].lo == hi)
		pm->mappings.v[i].lo = lo;
	else if (pm->mappings.n < MAPPINGS_MAX)
		insert_at(pm, i, (struct mapping){ lo, hi });
}

static void change(struct memory *mem, uint64_t ns, uint64_t more, uint64_t less)
{
	mem->mapped_bytes += more;
	mem->mapped_bytes -= less < mem->mapped_bytes ? less : mem->mapped_bytes;
	if (mem->mapped_bytes > mem->mapped_peak_bytes)
		mem->mapped_peak_bytes = mem->mapped_bytes;
	timeline_note(&mem->timeline, TIMELINE_MAPPED_BYTES, ns, mem->mapped_bytes);
}

/* The break has moved to `to`. What lies below where it was first seen is not ours. */
static void move_break(struct memory *mem, struct process_memory *pm, uint64_t ns, uint64_t to, int64_t increment)
{
	uint64_t from = pm->has_break ? pm->program_break : to - (uint64_t)increment;
	pm->has_break = 1;
	pm->program_break = to;
	if (to >= from)
		change(mem, ns, to - from, 0);
	else
		change(mem, ns, 0, from - to);
}

void vm_event(struct feed *f)
{
	const struct hp_r_vm *r = (const void *)f->e->r.w;
	struct memory *mem = &f->m->memory;
	struct process_memory *pm = memory_of(f->m, f->process);
	uint64_t lo = hp_u64(r->addr), length = hp_u64(r->length), hi = lo + length;
	unsigned op = hp_word_sub(r->w), class = op_info(op)->class;
	if (class == HP_CLASS_BREAK) {
		move_break(mem, pm, f->e->ns, lo, op == HP_OP_SBRK ? (int64_t)length : 0);
		return;
	}
	if (hi <= lo)
		return;
	uint64_t gone = cut(pm, lo, hi);
	if (class == HP_CLASS_MAP)
		put(pm, lo, hi);
	change(mem, f->e->ns, class == HP_CLASS_MAP ? length : 0, gone);
}
