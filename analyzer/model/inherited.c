/* inherited.c - blocks that a forked child has from its parent: it may free its copy of what the parent has freed already. */
#include "memory_private.h"

static int by_time(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

void memory_forks(struct model *m)
{
	for (uint32_t i = 0; i < m->processes.v.n; i++) {
		const struct process *p = &m->processes.v.v[i];
		struct process_memory *child = memory_of(m, i);
		child->orphan = p->forked && p->parent == PROCESS_NONE;
		if (!p->forked || p->parent == PROCESS_NONE)
			continue;
		child->has_parent = 1;
		child->parent = p->parent;
		child->fork_ns = p->start_ns;
		vec_push(&memory_of(m, p->parent)->forks, p->start_ns);
	}
	for (uint32_t i = 0; i < m->processes.v.n; i++)
		vec_sort(&memory_of(m, i)->forks, by_time);
}

void memory_forked(struct feed *f, uint32_t pid)
{
	struct process_memory *parent = memory_of(f->m, f->process), *child = NULL;
	for (uint32_t i = 0; i < f->m->processes.v.n; i++) {
		const struct process *p = &f->m->processes.v.v[i];
		if (p->pid == pid && p->parent == f->process && p->forked && p->start_ns >= f->e->ns &&
		    (!child || p->start_ns < child->fork_ns))
			child = memory_of(f->m, i);
	}
	if (!child)
		return;
	for (size_t i = 0; i < parent->forks.n; i++)
		if (parent->forks.v[i] == child->fork_ns)
			parent->forks.v[i] = f->e->ns;
	child->fork_ns = f->e->ns;
}

void memory_keep_ghost(struct process_memory *pm, const struct block *b, uint64_t now)
{
	while (pm->forks_past < pm->forks.n && pm->forks.v[pm->forks_past] <= now)
		pm->forks_past++;
	if (!pm->forks_past || b->ns > pm->forks.v[pm->forks_past - 1] || heap_find(&pm->ghosts, b->address))
		return;
	struct block *ghost = heap_insert(&pm->ghosts, b->address);
	ghost->ns = b->ns;
	ghost->size = now;  /* until when it was live */
}

/* Whether a forked process got the block from those that it comes from, or may have: their recording is not here. */
int memory_is_inherited(struct model *m, uint32_t process, uint64_t address)
{
	const struct process_memory *pm = memory_of(m, process);
	uint64_t before = UINT64_MAX;
	for (unsigned generations = 0; pm->has_parent && generations < 64; generations++) {
		before = pm->fork_ns < before ? pm->fork_ns : before;
		pm = memory_of(m, pm->parent);
		const struct block *b = heap_find(&pm->heap, address), *ghost = heap_find(&pm->ghosts, address);
		if ((b && b->ns <= before) || (ghost && ghost->ns <= before && ghost->size >= before))
			return 1;
	}
	return pm->orphan;
}
