/* lock_pairs_private.h - what a thread holds, in the order in which it took it. For locks.c. */
#ifndef HP_MODEL_LOCK_PAIRS_PRIVATE_H
#define HP_MODEL_LOCK_PAIRS_PRIVATE_H

#include "private.h"

/* The acquisition of the event: `where` is a stack's id in the dump if `full`, else the low 32 bits of the call site. */
struct taken_lock { uint32_t lock, where; uint8_t shared, full, tried; };

void lock_pairs_nested(struct feed *, const struct taken_lock *);
void lock_pairs_left(struct feed *, uint32_t lock);

/* A lock was taken. Cost for a thread that holds none: a load, a branch, two stores. */
static inline void lock_pairs_taken(struct feed *f, const struct taken_lock *t)
{
	struct thread_state *s = f->s;
	if (s->held_count) {
		lock_pairs_nested(f, t);
		return;
	}
	s->outermost = (struct held_lock){ .lock = t->lock, .where = t->where, .depth = 1, .shared = t->shared, .full = t->full };
	s->held_count = 1;
}

static inline void lock_pairs_released(struct feed *f, uint32_t lock)
{
	struct thread_state *s = f->s;
	if (s->held_count == 1 && s->outermost.lock == lock && s->outermost.depth == 1)
		s->held_count = 0;
	else
		lock_pairs_left(f, lock);
}

/* A lock event's. */
static inline void lock_pairs_event(struct feed *f, unsigned kind, uint32_t lock, uint32_t where, int tried)
{
	int shared = kind == HP_R_LOCK_SH || kind == HP_R_LOCK_WAIT_SH, full = kind == HP_R_LOCK_WAIT || kind == HP_R_LOCK_WAIT_SH;
	if (kind == HP_R_UNLOCK || kind == HP_R_UNLOCK_WAITED)
		lock_pairs_released(f, lock);
	else if (full || kind == HP_R_LOCK || kind == HP_R_LOCK_SH)
		lock_pairs_taken(f, &(struct taken_lock){ lock, where, (uint8_t)shared, (uint8_t)full, tried != 0 });
}

/* A condition wait is over: the mutex was taken again, after whatever else the thread holds. */
static inline void lock_pairs_retaken(struct feed *f, uint32_t lock, uint32_t stack)
{
	if (f->s->held_count > 1) {
		lock_pairs_left(f, lock);
		lock_pairs_taken(f, &(struct taken_lock){ .lock = lock, .where = stack, .full = 1 });
	}
}

/* The lock is made anew: what it was before is another one, which nobody has any more. */
void lock_pairs_made(struct feed *, uint32_t lock);

#endif
