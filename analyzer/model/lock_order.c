/*
 * lock_order.c - exclusive owners of a lock in the order of its sequence numbers, which the recorder counts while it is held.
 *
 * Two cores' clocks may differ by some tens of ns, so that one thread's acquisition can seem to come before the release, or
 * even the acquisition, of its predecessor. What comes too early waits here until its turn; a thread's own steps stay in
 * their order. A predecessor that has not come within SKEW_NS was not recorded, or gave the lock up in a condition wait
 * that goes on: then the waiting steps are taken as they are numbered. Locks outside the recorder's table have no numbers:
 * they go by time.
 */
#include "locks_private.h"

enum { SKEW_NS = 5000, AHEAD_MOST = 32 };  /* further back than this is another count: it starts anew */

int64_t lock_order_number(int64_t last, unsigned low8)
{
	return last + (int8_t)(uint8_t)(low8 - (unsigned)(uint64_t)last);
}

static void note_owner(struct lock *l, const struct lock_step *step)
{
	struct lock_state *s = l->state;
	if (s->last_owner != THREAD_NONE && s->last_owner != step->thread)
		l->owner_changes += step->count;
	s->last_owner = step->thread;
}

static void note_number(struct lock_slot *slot, int64_t number)
{
	if (slot && (number > slot->number || slot->number - number > AHEAD_MOST))
		slot->number = number;
}

static void perform(const struct feed *f, struct lock_slot *slot, const struct lock_step *step)
{
	struct lock *l = &f->m->locks.v.v[step->lock];
	struct feed then = *f;
	then.thread = step->thread;
	then.count = step->count;
	then.time = step->time;
	if (f->m->acts.private)
		acts_lock_step(&then, slot, step);
	switch (step->kind) {
	case STEP_ACQUIRE:
		if (step->waiter != LOCK_NONE)
			lock_waits_held(&then, step->lock, step->waiter, step->start, step->ns);
		holds_acquire(&then, step->lock, 0, step->ns, step->site, step->use);
		break;
	case STEP_RETAKE:
		if (holds_interrupt(&then, step->lock, step->start, step->ns, step, step->full))
			l->reacquired += step->count;
		break;
	case STEP_RELEASE:
		if (!holds_release(&then, step->lock, step->ns, step->site, step->full) && step->count)
			f->m->locks.unmatched_unlocks++;
		return;
	}
	note_owner(l, step);
	note_number(slot, step->number);
}

static int is_ready(const struct feed *f, const struct lock_slot *slot, const struct lock_step *step)
{
	uint32_t owner = f->m->locks.v.v[step->lock].state->owner;
	if (step->kind == STEP_RELEASE || step->number <= slot->number)
		return 1;
	return step->number == slot->number + 1 && (owner == THREAD_NONE || owner == step->thread);
}

static int has_before(const struct lock_queue *q, unsigned count, uint32_t thread)
{
	for (unsigned i = 0; q && i < count; i++)
		if (q->v[i].thread == thread)
			return 1;
	return 0;
}

/* ---- the queue of a lock: only there while something waits in it ---- */

static void put(struct feed *f, struct lock_slot *slot, const struct lock_step *step)
{
	struct locks_private *p = locks_private(f->m);
	if (!slot->queue) {
		slot->queue = p->free_queues ? p->free_queues : arena_zalloc(&p->arena, sizeof *slot->queue);
		p->free_queues = slot->queue->next_free;
		slot->queue->n = 0;
	}
	slot->queue->v[slot->queue->n++] = *step;
}

static struct lock_step take(struct feed *f, struct lock_slot *slot, unsigned i)
{
	struct locks_private *p = locks_private(f->m);
	struct lock_queue *q = slot->queue;
	struct lock_step step = q->v[i];
	for (q->n--; i < q->n; i++)
		q->v[i] = q->v[i + 1];
	if (!q->n) {
		q->next_free = p->free_queues;
		p->free_queues = q;
		slot->queue = NULL;
	}
	return step;
}

static void perform_queued(struct feed *f, struct lock_slot *slot, unsigned i)
{
	struct lock_step step = take(f, slot, i);
	perform(f, slot, &step);
}

/* Whatever may go now. */
static void drain(struct feed *f, struct lock_slot *slot)
{
	for (unsigned i = 0; slot->queue && i < slot->queue->n;) {
		if (!has_before(slot->queue, i, slot->queue->v[i].thread) && is_ready(f, slot, &slot->queue->v[i])) {
			perform_queued(f, slot, i);
			i = 0;
		} else {
			i++;
		}
	}
}

/* The first by number, though its predecessors have not come. */
static void force(struct feed *f, struct lock_slot *slot)
{
	const struct lock_queue *q = slot->queue;
	unsigned first = 0;
	for (unsigned i = 1; i < q->n; i++)
		if (q->v[i].number < q->v[first].number && !has_before(q, i, q->v[i].thread))
			first = i;
	perform_queued(f, slot, first);
	drain(f, slot);
}

void lock_order_step(struct feed *f, struct lock_slot *slot, struct lock_step *step)
{
	if (!slot) {
		perform(f, NULL, step);
		return;
	}
	while (slot->queue && slot->queue->v[0].ns + SKEW_NS < step->ns)
		force(f, slot);
	step->number = lock_order_number(slot->number, step->low);
	if (!has_before(slot->queue, slot->queue ? slot->queue->n : 0, step->thread) && is_ready(f, slot, step)) {
		perform(f, slot, step);
	} else {
		put(f, slot, step);
		if (slot->queue->n == QUEUE_MOST)
			force(f, slot);
	}
	drain(f, slot);
}

void lock_order_flush_lock(struct feed *f, struct lock_slot *slot)
{
	while (slot && slot->queue)
		force(f, slot);
}

void lock_order_flush(struct model *m)
{
	struct locks_private *p = locks_private(m);
	struct feed f = { .m = m };
	for (size_t i = 0; i < p->scopes.n; i++)
		for (size_t k = 0; k < p->scopes.v[i].slots.n; k++)
			lock_order_flush_lock(&f, &p->scopes.v[i].slots.v[k]);
}
