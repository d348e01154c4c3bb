/*
 * deadlock_stuck.c - processes in which nobody runs: does one of its threads wait for something outside, with locks in its hands that
 * others want, or is nobody left to wake anybody?
 */
#include "deadlock_private.h"
#include "locks_private.h"

#include "util/alloc.h"

/* Two that wake each other may have their stamps in the other order than their calls, as long as one is kept off the CPU between both. */
enum { QUIET_NS = 500000000, HELD_UP_NS = 1000000000, SLACK_NS = 1000000 };

/* Of one process. */
struct census {
	uint32_t alive, waiting, unseen;
	uint32_t outside;            /* that something outside may wake, or time, or that nobody is known to keep */
	uint32_t idle;               /* that only threads of the process could wake, and that are not known to be stuck yet */
	uint64_t newest;             /* start of the last call */
	uint8_t  in_transit;         /* a wake may be on its way */
};

/* Something happened to what it waits for since it began to wait, or just before. */
static int may_be_woken(const struct model *m, const struct waiter *x)
{
	const struct lock *l = x->lock == LOCK_NONE ? NULL : &m->locks.v.v[x->lock];
	return l && l->last_ns + (l->wakes ? SLACK_NS : 0) > x->start_ns;
}

static uint32_t come_to(const struct map64 *come, uint32_t barrier)
{
	uint32_t n = map64_get(come, barrier);
	return n == MAP64_NONE ? 0 : n;
}

/* All have come to a barrier: they are on their way out. Also if it is not known how many all are. */
static int is_full(const struct waits_at_end *w, const struct waiter *x, const struct map64 *come)
{
	uint64_t wanted = x->lock != LOCK_NONE && w->m->locks.v.v[x->lock].barrier ? w->m->locks.v.v[x->lock].barrier->count : 0;
	return come_to(come, x->lock) >= wanted;
}

static int is_barrier(const struct waits_at_end *w, const struct waiter *x)
{
	return op_info(w->m->pending.v[x->pending].op)->class == HP_CLASS_BARRIER;
}

static void count_waiter(struct census *c, const struct waits_at_end *w, const struct waiter *x, const struct map64 *come)
{
	c->waiting++;
	c->newest = x->start_ns > c->newest ? x->start_ns : c->newest;
	if (x->deadlocked || x->behind)
		return;
	if (x->end == END_ANYONE && !x->timed) {
		c->idle++;
		c->in_transit |= (uint8_t)(may_be_woken(w->m, x) || (is_barrier(w, x) && is_full(w, x, come)));
	} else if (x->end != END_OWNER || x->timed || !x->edges) {
		c->outside++;
	}
}

static struct census *take_census(const struct waits_at_end *w)
{
	const struct model *m = w->m;
	struct census *all = xcalloc(m->processes.v.n + 1, sizeof *all);
	struct map64 come = { 0 };
	for (uint32_t i = 0; i < m->threads.v.n; i++) {
		struct census *c = &all[m->threads.v.v[i].process];
		if (!m->threads.v.v[i].tid)
			c->unseen++;
		else if (thread_lives(m, i))
			c->alive++;
	}
	for (size_t i = 0; i < w->v.n; i++) {
		const struct waiter *x = &w->v.v[i];
		if (x->lock != LOCK_NONE && is_barrier(w, x))
			map64_put(&come, x->lock, come_to(&come, x->lock) + 1);
	}
	for (size_t i = 0; i < w->v.n; i++)
		count_waiter(&all[w->v.v[i].process], w, &w->v.v[i], &come);
	map64_free(&come);
	return all;
}

/* Long enough after the last call for whoever is woken to have gone on; of one that was killed it may not be known how long that was. */
static int is_quiet(const struct model *m, uint32_t process, const struct census *c)
{
	if (deadlocks_last_known(m, process) >= c->newest + QUIET_NS)
		return 1;
	return m->processes.v.v[process].end == PROCESS_KILLED && !c->in_transit;
}

/* All wait, and not one for anything but what another one would have to do. */
static void find_nobody(struct waits_at_end *w, const struct census *all)
{
	for (uint32_t p = 0; p < w->m->processes.v.n && !deadlocks_full(w); p++) {
		const struct census *c = &all[p];
		if (!c->idle || c->outside || c->unseen || c->waiting != c->alive || !is_quiet(w->m, p, c))
			continue;
		deadlocks_begin(w, DEADLOCK_NOBODY, p);
		for (uint32_t i = 0; i < w->v.n; i++)
			if (w->v.v[i].process == p && w->v.v[i].end == END_ANYONE && !w->v.v[i].timed && !w->v.v[i].deadlocked && !w->v.v[i].behind)
				deadlocks_add(w, i, THREAD_NONE);
		deadlocks_close(w, DOUBT_SIGNALS);
	}
}

/* Somebody waits for a lock that it has. */
static int holds_up(const struct waits_at_end *w, uint32_t waiter)
{
	for (uint32_t e = w->back_start[waiter]; e < w->back_start[waiter + 1]; e++) {
		const struct waiter *x = &w->v.v[w->back[e]];
		uint64_t lasts = w->m->duration_ns > x->start_ns ? w->m->duration_ns - x->start_ns : 0;
		int runs = w->m->processes.v.v[x->process].end == PROCESS_RUNNING;
		if (x->lock != LOCK_NONE && (!runs || lasts >= HELD_UP_NS))
			return 1;
	}
	return 0;
}

/* A thread that waits for no other one. */
static void find_outside(struct waits_at_end *w, const struct census *all)
{
	for (uint32_t i = 0; i < w->v.n && !deadlocks_full(w); i++) {
		const struct waiter *x = &w->v.v[i];
		const struct census *c = &all[x->process];
		if (x->end == END_OWNER || x->edges || x->deadlocked || x->behind || c->waiting < c->alive || !holds_up(w, i))
			continue;
		deadlocks_begin(w, DEADLOCK_OUTSIDE, x->process);
		deadlocks_add(w, i, THREAD_NONE);
		deadlocks_close(w, 0);
	}
}

void deadlocks_find_stuck(struct waits_at_end *w)
{
	struct census *all = take_census(w);
	find_nobody(w, all);
	find_outside(w, all);
	free(all);
}
