/* inherited.c - blocks that a forked child has from its parent: it may free its copy of what the parent has freed already. */
#include "memory_private.h"

#include "util/alloc.h"

enum { GHOSTS_MAX = 256, SAME_PID_MAX = 256 };  /* of one address, and children of one pid, that are looked at */

static int by_time(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static uint64_t child_key(uint32_t parent, uint32_t pid)
{
	return (uint64_t)parent << 32 | pid;
}

static void note_child(struct model *m, uint32_t i)
{
	const struct process *p = &m->processes.v.v[i];
	struct process_memory *child = memory_of(m, i), *parent = memory_of(m, p->parent);
	child->has_parent = 1;
	child->parent = p->parent;
	child->fork_from = child->fork_until = p->start_ns;
	child->adopted = p->ppid != m->processes.v.v[p->parent].pid;
	vec_push(&parent->forks, p->start_ns);
	child->same_pid = map64_get(&m->memory.private->children, child_key(p->parent, p->pid));
	map64_put(&m->memory.private->children, child_key(p->parent, p->pid), i);
}

void memory_forks(struct model *m)
{
	m->memory.private = xcalloc(1, sizeof *m->memory.private);
	if (m->processes.v.n)
		vec_ensure(&m->memory.private->processes, m->processes.v.n - 1);
	for (uint32_t i = (uint32_t)m->processes.v.n; i-- > 0; ) {
		const struct process *p = &m->processes.v.v[i];
		memory_of(m, i)->orphan = p->forked && p->parent == PROCESS_NONE;
		if (p->forked && p->parent != PROCESS_NONE)
			note_child(m, i);
	}
	for (uint32_t i = 0; i < m->processes.v.n; i++)
		vec_sort(&memory_of(m, i)->forks, by_time);
}

/*
 * The first one with this pid that began after the fork. Each later fork of that pid is a better guess: what an earlier one
 * made has left no recording, as a spawned child, and its pid was used again.
 */
static struct process_memory *forked_child(struct feed *f, uint32_t pid)
{
	uint64_t first = UINT64_MAX;
	struct process_memory *child = NULL;
	uint32_t i = map64_get(&f->m->memory.private->children, child_key(f->process, pid));
	for (unsigned steps = 0; i != MAP64_NONE && steps < SAME_PID_MAX; i = memory_of(f->m, i)->same_pid, steps++) {
		uint64_t start = f->m->processes.v.v[i].start_ns;
		if (start < f->e->stamp || start >= first)
			continue;
		first = start;
		child = memory_of(f->m, i);
	}
	if (child)
		child->fork_until = first;
	return child;
}

/* Memory is copied while other threads go on: what they get and give up between the two times, the child may have or not. */
void memory_forked(struct feed *f, uint32_t pid, uint64_t ticks)
{
	struct process_memory *parent = memory_of(f->m, f->process), *child = forked_child(f, pid);
	uint64_t from = f->e->stamp, until = ticks ? clock_ns(f->clock, f->e->ticks + ticks) : child ? child->fork_until : from;
	if (child) {
		child->fork_from = from;
		child->fork_until = until = until < child->fork_until ? until : child->fork_until;
	}
	if (until > parent->last_fork_ns)
		parent->last_fork_ns = until;
}

void memory_keep_ghost(struct process_memory *pm, const struct block *b, uint64_t now)
{
	while (pm->forks_past < pm->forks.n && pm->forks.v[pm->forks_past] <= now)
		pm->forks_past++;
	uint64_t last = pm->forks_past ? pm->forks.v[pm->forks_past - 1] : 0;
	if (b->ns > (last > pm->last_fork_ns ? last : pm->last_fork_ns))
		return;
	uint32_t next = map64_get(&pm->ghost_of, b->address);
	map64_put(&pm->ghost_of, b->address, (uint32_t)pm->ghosts.n);
	vec_push(&pm->ghosts, (struct ghost){ b->ns, now, next });
}

/*
 * When an adopted child's line left this process is not known: at one of its forks, each of which a ghost has lived through.
 */
static int was_live(const struct process_memory *pm, uint64_t address, uint64_t from, uint64_t until, int adopted)
{
	uint32_t i = map64_get(&pm->ghost_of, address);
	for (unsigned steps = 0; i != MAP64_NONE && steps < GHOSTS_MAX; i = pm->ghosts.v[i].next, steps++)
		if (pm->ghosts.v[i].from <= until && (adopted || from <= pm->ghosts.v[i].until))
			return 1;
	return 0;
}

int memory_is_inherited(struct model *m, uint32_t process, uint64_t address)
{
	const struct process_memory *pm = memory_of(m, process);
	uint64_t from = UINT64_MAX, until = UINT64_MAX;
	for (unsigned generations = 0; pm->has_parent && generations < 64; generations++) {
		int adopted = pm->adopted;
		from = pm->fork_from < from ? pm->fork_from : from;
		until = pm->fork_until < until ? pm->fork_until : until;
		pm = memory_of(m, pm->parent);
		const struct block *b = heap_find(&pm->heap, address);
		if ((b && b->ns <= until) || was_live(pm, address, from, until, adopted))
			return 1;
	}
	return pm->orphan;
}
