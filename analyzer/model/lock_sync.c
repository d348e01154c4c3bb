/* lock_sync.c - conditions, semaphores, barriers, futexes: what wakes, and what is woken. */
#include "lock_pairs_private.h"
#include "locks_private.h"

#include <errno.h>

enum { NO_QUEUE_NS = 2000 };  /* a semaphore has no readable state: longer than this is contended */

static uint32_t kind_of_class(unsigned class)
{
	switch (class) {
	case HP_CLASS_COND:    return HP_LOCK_KIND_COND;
	case HP_CLASS_SEM:     return HP_LOCK_KIND_SEM;
	case HP_CLASS_BARRIER: return HP_LOCK_KIND_BARRIER;
	case HP_CLASS_FUTEX:   return HP_LOCK_KIND_FUTEX;
	default:               return HP_LOCK_KIND_NONE;
	}
}

/* What a wait on one of these comes to: how it ended, and whether it had to wait at all. */
static int note_outcome(struct lock_side *s, uint32_t kind, int error, uint64_t took, int count)
{
	if (error == EAGAIN && kind == HP_LOCK_KIND_SEM)
		s->try_failed += (uint64_t)count;
	else if (error)
		s->failed += (uint64_t)count;
	else if (kind == HP_LOCK_KIND_SEM)
		s->acquisitions += (uint64_t)count;
	return kind != HP_LOCK_KIND_SEM || took > NO_QUEUE_NS;
}

/* A condition wait is over: its mutex was given up at its start. */
static void retaken(struct feed *f, uint32_t mutex, uint32_t cond, const struct hp_r_wait *r, uint64_t start, uint32_t stack)
{
	lock_order_step(f, locks_slot(f, mutex), &(struct lock_step){
		.lock = mutex, .thread = f->thread, .use = lock_use(f, locks_private(f->m), mutex, stack), .waiter = cond,
		.act = acts_current(f->m), .kind = STEP_RETAKE, .low = (uint8_t)(hp_word_arg(r->w) >> 8), .count = (uint8_t)f->count, .time = (uint8_t)f->time,
		.full = !wait_errno(r->w), .ns = f->e->ns, .start = start, .site = stack,
	});
	lock_pairs_retaken(f, mutex, r->stack);
}

static void cond_wait(struct feed *f, uint32_t cond, const struct hp_r_wait *r, uint64_t start, uint32_t stack)
{
	int error = wait_errno(r->w);
	uint64_t address = hp_u64(r->object2);
	uint32_t mutex = address ? locks_known(f, address) : LOCK_NONE;
	lock_cond_wait(f, &f->m->locks.v.v[cond], mutex, start, error);
	if (mutex != LOCK_NONE && (!error || error == ETIMEDOUT || error == EOWNERDEAD))
		retaken(f, mutex, cond, r, start, stack);
}

void locks_wait(struct feed *f, const struct hp_r_wait *r, uint64_t start)
{
	uint32_t kind = kind_of_class(op_info(hp_word_sub(r->w))->class), stack = feed_stack(f, r->stack);
	if (kind == HP_LOCK_KIND_NONE)
		return;
	uint32_t lock = locks_by_address(f, hp_u64(r->object), kind), use = lock_use(f, locks_private(f->m), lock, stack);
	struct lock *l = &f->m->locks.v.v[lock];
	l->last_ns = f->e->ns;
	int error = wait_errno(r->w);
	if (f->count && !error && kind == HP_LOCK_KIND_SEM)
		locks_private(f->m)->uses.v[use].f.acquisitions++;
	if (f->time && note_outcome(&l->all, kind, error, f->e->ns - start, f->count))
		locks_count_wait(f, lock, 0, use, stack, start);
	if (kind == HP_LOCK_KIND_COND)
		cond_wait(f, lock, r, start, stack);
	if (kind == HP_LOCK_KIND_BARRIER && !error)
		lock_barrier_wait(f, &f->m->locks.v.v[lock], use, start);
}

/*
 * A cancelled condition wait, or one that was jumped out of: the mutex was given up at its start, and cancellation has taken
 * it again by now, which no record says.
 */
void locks_abandoned(struct feed *f, const struct hp_r_abandoned *r)
{
	unsigned op = hp_word_sub(r->w);
	uint32_t cond = op_info(op)->class == HP_CLASS_COND ? locks_known(f, hp_u64(r->object)) : LOCK_NONE;
	struct lock_cond *c = cond != LOCK_NONE ? f->m->locks.v.v[cond].cond : NULL;
	if (!c || c->mutex == LOCK_NONE)
		return;
	uint32_t stack = feed_stack(f, r->stack);
	uint64_t start = feed_start_ns(f, hp_u64(r->start));
	lock_order_flush_lock(f, locks_slot(f, c->mutex));
	if (!holds_interrupt(f, c->mutex, start, f->e->ns, &(struct lock_step){
		.use = lock_use(f, locks_private(f->m), c->mutex, stack), .waiter = LOCK_NONE, .site = stack }, 0))
		holds_cut(f, c->mutex, start);
}

static uint32_t kind_of_sync(unsigned op)
{
	switch (op) {
	case HP_OP_MUTEX_INIT: case HP_OP_MUTEX_DESTROY:     return HP_LOCK_KIND_MUTEX;
	case HP_OP_RWLOCK_INIT: case HP_OP_RWLOCK_DESTROY:   return HP_LOCK_KIND_RWLOCK;
	case HP_OP_SPIN_INIT: case HP_OP_SPIN_DESTROY:       return HP_LOCK_KIND_SPIN;
	case HP_OP_COND_INIT: case HP_OP_COND_DESTROY:
	case HP_OP_COND_SIGNAL: case HP_OP_COND_BROADCAST:   return HP_LOCK_KIND_COND;
	case HP_OP_SEM_INIT: case HP_OP_SEM_DESTROY:
	case HP_OP_SEM_OPEN: case HP_OP_SEM_CLOSE:
	case HP_OP_SEM_POST:                                 return HP_LOCK_KIND_SEM;
	case HP_OP_BARRIER_INIT: case HP_OP_BARRIER_DESTROY: return HP_LOCK_KIND_BARRIER;
	case HP_OP_FUTEX_WAKE:                               return HP_LOCK_KIND_FUTEX;
	default:                                             return HP_LOCK_KIND_NONE;
	}
}

static void woken(struct feed *f, const struct hp_r_sync *r, uint32_t kind)
{
	unsigned op = hp_word_sub(r->w);
	uint32_t lock = locks_by_address(f, hp_u64(r->object), kind);
	struct lock *l = &f->m->locks.v.v[lock];
	l->wakes += (uint64_t)f->count;
	l->last_ns = f->e->ns;
	if (kind == HP_LOCK_KIND_COND)
		lock_cond_signal(f, l, op == HP_OP_COND_BROADCAST);
}

static struct lock *known(struct feed *f, uint64_t address, uint32_t kind)
{
	uint32_t lock = locks_known(f, address);
	return lock != LOCK_NONE && f->m->locks.v.v[lock].kind == kind ? &f->m->locks.v.v[lock] : NULL;
}

void locks_sync(struct feed *f)
{
	const struct hp_r_sync *r = (const void *)f->e->r.w;
	unsigned op = hp_word_sub(r->w), class = op_info(op)->class;
	uint32_t kind = kind_of_sync(op);
	struct lock *l;
	if (kind == HP_LOCK_KIND_NONE)
		return;
	if (class == HP_CLASS_INIT)
		locks_initialised(f, hp_u64(r->object), kind, hp_word_arg(r->w), feed_stack(f, r->stack));
	else if (class == HP_CLASS_WAKE)
		woken(f, r, kind);
	else if (class == HP_CLASS_DESTROY && (l = known(f, hp_u64(r->object), kind)))
		holds_drop(f, l->id - 1);
	if (op == HP_OP_BARRIER_INIT && r->value > 0 && (l = known(f, hp_u64(r->object), kind)))
		l->barrier->count = (uint64_t)r->value;
}

void lock_sync_clear(struct lock *l)
{
	lock_cond_clear(l);
	lock_barrier_clear(l);
}
