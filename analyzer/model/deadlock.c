/* deadlock.c - what is told of threads that cannot go on: see deadlock.h. */
#include "deadlock_private.h"
#include "locks_private.h"

enum { LOOKS_MOST = 1000 };  /* there is one a process now and then, so the last one is not far */

int deadlocks_full(const struct waits_at_end *w)
{
	return w->m->deadlocks.v.n >= DEADLOCKS_MOST;
}

struct deadlock *deadlocks_begin(struct waits_at_end *w, unsigned kind, uint32_t process)
{
	struct deadlocks *all = &w->m->deadlocks;
	vec_push(&all->v, (struct deadlock){ .kind = (uint8_t)kind, .process = process, .gone = THREAD_NONE,
		.first_member = (uint32_t)all->members.n, .first_behind = (uint32_t)all->behind.n });
	return &all->v.v[all->v.n - 1];
}

static uint32_t add_member(struct waits_at_end *w, uint32_t waiter, uint32_t of_thread)
{
	struct deadlocks *all = &w->m->deadlocks;
	const struct waiter *x = &w->v.v[waiter];
	vec_push(&all->members, (struct deadlock_member){ .pending = x->pending, .lock = x->lock, .mutex = x->mutex, .of_thread = of_thread,
		.first_hold = (uint32_t)all->holds.n, .shared = x->shared, .timed = x->timed });
	struct deadlock_member *member = &all->members.v[all->members.n - 1];
	for (uint32_t i = w->first_hold[x->thread]; i < w->first_hold[x->thread + 1]; i++, member->holds++) {
		const struct open_hold *h = &w->holds.v[i];
		uint32_t site = site_node(w->m, w->m->locks.v.v[h->lock].state, h->site);
		vec_push(&all->holds, (struct deadlock_hold){ h->lock, site, h->from, h->shared });
	}
	return (uint32_t)all->members.n - 1;
}

void deadlocks_add(struct waits_at_end *w, uint32_t waiter, uint32_t of_thread)
{
	struct deadlocks *all = &w->m->deadlocks;
	add_member(w, waiter, of_thread);
	w->v.v[waiter].deadlocked = 1;
	all->v.v[all->v.n - 1].members++;
}

/* ---- who waits behind them ---- */

/* Those that wait for a waiter, and are not known to be stuck yet. The list of members is the queue: it only grows. */
static void add_behind(struct waits_at_end *w, uint32_t waiter)
{
	struct deadlocks *all = &w->m->deadlocks;
	for (uint32_t e = w->back_start[waiter]; e < w->back_start[waiter + 1]; e++) {
		struct waiter *x = &w->v.v[w->back[e]];
		if (x->deadlocked || x->behind)
			continue;
		x->behind = 1;
		vec_push(&all->behind, w->back[e]);
		all->v.v[all->v.n - 1].behind++;
	}
}

static void find_behind(struct waits_at_end *w, struct deadlocks *all, size_t deadlock)
{
	const struct deadlock *d = &all->v.v[deadlock];
	for (uint32_t i = 0; i < d->members; i++)
		add_behind(w, w->by_thread[w->m->pending.v[all->members.v[d->first_member + i].pending].thread]);
	for (uint32_t i = 0; i < all->v.v[deadlock].behind; i++)
		add_behind(w, all->behind.v[all->v.v[deadlock].first_behind + i]);
}

/* Waiters become members of `all`, which are told like the others. */
static void tell_behind(struct waits_at_end *w, struct deadlocks *all, struct deadlock *d)
{
	for (uint32_t i = 0; i < d->behind; i++) {
		uint32_t waiter = all->behind.v[d->first_behind + i], of = THREAD_NONE;
		for (uint32_t e = w->start[waiter]; e < w->start[waiter + 1] && of == THREAD_NONE; e++)
			if (w->v.v[w->to[e]].deadlocked || w->v.v[w->to[e]].behind)
				of = w->v.v[w->to[e]].thread;
		all->behind.v[d->first_behind + i] = add_member(w, waiter, of);
	}
}

/* ---- how certain it is ---- */

static unsigned doubts_of_process(const struct model *m, uint32_t process)
{
	const struct process *p = &m->processes.v.v[process];
	const struct dump *d = p->last_scope->dump;
	unsigned doubts = 0;
	if (dump_dropped(d) || d->live.stop_reason != HP_STOP_NONE)
		doubts |= DOUBT_DROPPED;
	if (d->damage.chunks || d->damage.records || d->damage.ids)
		doubts |= DOUBT_DAMAGED;
	if (d->file.header.flags & HP_FLAG_STARTED_OFF || !(d->live.control & HP_LOCK) || d->live.control_off & HP_LOCK || m->private->process_states.v[process].locks_off)
		doubts |= DOUBT_SWITCHED;
	return doubts;
}

static unsigned doubts_of_member(const struct model *m, const struct deadlock_member *x)
{
	const struct lock *l = x->lock == LOCK_NONE ? NULL : &m->locks.v.v[x->lock];
	int needs_mutex = op_info(m->pending.v[x->pending].op)->class == HP_CLASS_COND;  /* whether it is over in time or not */
	return (x->timed && !needs_mutex ? DOUBT_TIMED : 0) | (l && l->foreign_unlocks ? DOUBT_PASSED : 0);
}

uint64_t deadlocks_last_known(const struct model *m, uint32_t process)
{
	const struct process *p = &m->processes.v.v[process];
	const struct dump *d = p->last_scope->dump;
	uint64_t last = p->last_ns, origin = (uint64_t)d->clock.origin;
	for (size_t i = d->resident.n, n = 0; i-- > 0 && n < LOOKS_MOST; n++) {
		const struct dump_resident *r = &d->resident.v[i];
		if (r->pid == p->pid && r->monotonic > origin)
			return r->monotonic - origin > last ? r->monotonic - origin : last;
	}
	return last;
}

void deadlocks_close(struct waits_at_end *w, unsigned doubts)
{
	struct deadlocks *all = &w->m->deadlocks;
	size_t at = all->v.n - 1;
	uint64_t begun = 0, last = deadlocks_last_known(w->m, all->v.v[at].process);
	find_behind(w, all, at);
	struct deadlock *d = &all->v.v[at];
	for (uint32_t i = 0; i < d->members; i++) {
		const struct deadlock_member *x = &all->members.v[d->first_member + i];
		uint64_t start = w->m->pending.v[x->pending].start_ns;
		begun = start > begun ? start : begun;
		doubts |= doubts_of_process(w->m, w->m->threads.v.v[w->m->pending.v[x->pending].thread].process);
		if (d->kind == DEADLOCK_CYCLE || d->kind == DEADLOCK_GONE)
			doubts |= doubts_of_member(w->m, x);
	}
	d->doubts = doubts;
	d->waited_ns = last > begun ? last - begun : 0;
	tell_behind(w, all, d);
}

static int by_kind(const void *a, const void *b)
{
	const struct deadlock *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->first_member < y->first_member ? -1 : x->first_member > y->first_member;
}

void deadlocks_finish(struct model *m)
{
	struct waits_at_end w;
	if (!(m->options.parts & MODEL_LOCKS))
		return;
	m->deadlocks.looked = 1;
	if (waits_at_end(&w, m)) {
		deadlocks_find_cycles(&w);
		deadlocks_find_stuck(&w);
		vec_sort(&m->deadlocks.v, by_kind);
	}
	waits_at_end_free(&w);
}

void deadlocks_free(struct deadlocks *all)
{
	vec_free(&all->v);
	vec_free(&all->members);
	vec_free(&all->holds);
	vec_free(&all->behind);
}
