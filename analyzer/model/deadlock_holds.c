/* deadlock_holds.c - what is held at the end, by thread. */
#include "deadlock_private.h"
#include "locks_private.h"

#include "util/alloc.h"

int waits_gave_up(const struct waits_at_end *w, uint32_t thread, const struct lock *l)
{
	uint32_t i = w->by_thread[thread];
	const struct pending_call *c = i == WAITER_NONE ? NULL : &w->m->pending.v[w->v.v[i].pending];
	return c && op_info(c->op)->class == HP_CLASS_COND && c->object2 == l->address;
}

static void add_hold(struct waits_at_end *w, uint32_t lock, uint32_t thread, const struct hold *h, int shared)
{
	const struct lock *l = &w->m->locks.v.v[lock];
	enum process_end end = w->m->processes.v.v[l->process].end;
	if (!h->depth || h->over || (end != PROCESS_RUNNING && end != PROCESS_KILLED) || waits_gave_up(w, thread, l))
		return;
	vec_push(&w->holds, (struct open_hold){ thread, lock, h->from, h->site, (uint8_t)shared });
}

static int by_thread_and_time(const void *a, const void *b)
{
	const struct open_hold *x = a, *y = b;
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->lock < y->lock ? -1 : x->lock > y->lock;
}

void deadlocks_find_holds(struct waits_at_end *w)
{
	struct locks_private *p = locks_private(w->m);
	size_t threads = w->m->threads.v.n;
	for (uint32_t i = 0; i < w->m->locks.v.n; i++)
		if (w->m->locks.v.v[i].state->owner != THREAD_NONE)
			add_hold(w, i, w->m->locks.v.v[i].state->owner, &w->m->locks.v.v[i].state->hold, 0);
	for (size_t i = 0; p->holds.bits && i < (size_t)1 << p->holds.bits; i++) {
		const struct map64_entry *e = &p->holds.entries[i];
		if (e->key != MAP64_EMPTY && w->m->locks.v.v[e->key >> 32].kind == HP_LOCK_KIND_RWLOCK)
			add_hold(w, (uint32_t)(e->key >> 32), (uint32_t)e->key, &p->others.v[e->value], 1);
	}
	vec_sort(&w->holds, by_thread_and_time);
	w->first_hold = xcalloc(threads + 1, sizeof *w->first_hold);
	for (size_t i = 0; i < w->holds.n; i++)
		w->first_hold[w->holds.v[i].thread + 1]++;
	for (size_t i = 0; i < threads; i++)
		w->first_hold[i + 1] += w->first_hold[i];
}
