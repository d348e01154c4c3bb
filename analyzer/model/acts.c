/* acts.c - an act of each event that is one. */
#include "acts_private.h"

#include <errno.h>
#include <stdlib.h>

#include "util/alloc.h"

enum { GROW_FROM = 1 << 18 };

/* ---- collecting ---- */

static struct acts_private *private_of(const struct feed *f)
{
	return f->m->acts.private;
}

/* There may be many: what is beyond the last one is memory, too. Large blocks are moved, not copied, so growing is cheap. */
static void grow(struct acts *a)
{
	size_t more = a->v.cap < GROW_FROM ? a->v.cap + 1024 : a->v.cap / 16;
	a->v.cap += more;
	a->v.v = xrealloc(a->v.v, a->v.cap, sizeof *a->v.v);
}

struct act *acts_add(struct feed *f, enum act_kind kind, uint64_t start)
{
	struct acts *a = &f->m->acts;
	if (a->v.n >= ACTS_MOST) {
		a->left_out++;
		return NULL;
	}
	if (a->v.n == a->v.cap)
		grow(a);
	a->private->current = (uint32_t)a->v.n;
	vec_push(&a->v, (struct act){
		.start = start < f->e->ns ? start : f->e->ns, .end = f->e->ns, .thread = f->thread, .object = ACT_NONE, .other = ACT_NONE,
		.gate = ACT_NONE, .kind = (uint8_t)kind, .flags = f->time ? 0 : ACT_OUTSIDE,
	});
	return &a->v.v[a->v.n - 1];
}

struct taken { unsigned record; uint32_t lock, where, sub; uint64_t start; const struct lock_slot *slot; };

static struct taken taken_of(struct feed *f)
{
	const uint32_t *w = f->e->r.w;
	const struct hp_r_lock_x *x = (const void *)w;
	const struct hp_r_lock_wait *r = (const void *)w;
	struct taken t = { f->e->r.kind, 0, w[2], hp_word_sub(w[0]), f->e->ns, NULL };
	struct lock_slot *slot;
	if (t.record == HP_R_LOCK_X)
		return (struct taken){ hp_word_sub(w[0]), locks_by_address(f, hp_u64(x->addr), hp_word_arg(w[0]) & ~HP_LOCK_TRIED), x->where, x->seq & 0xff,
			feed_start_ns(f, hp_u64(x->start)), NULL };
	t.lock = locks_by_index(f, hp_word_arg(w[0]) & ~HP_LOCK_TRIED, &slot);
	t.slot = slot;
	if (t.record == HP_R_LOCK_WAIT || t.record == HP_R_LOCK_WAIT_SH || t.record == HP_R_LOCK_FAIL)
		t.start = feed_start_ns(f, hp_u64(r->start));
	return t;
}

static int is_contended(unsigned record)
{
	return record == HP_R_LOCK_WAIT || record == HP_R_LOCK_WAIT_SH || record == HP_R_LOCK_FAIL;
}

/* The call site of what did not wait, the whole stack of what did; of most releases neither is known. */
static uint32_t stack_of(struct feed *f, unsigned record, uint32_t where)
{
	if (is_contended(record) || record == HP_R_UNLOCK_WAITED)
		return feed_stack(f, where);
	return where ? stacks_site(&f->m->stacks, f->scope, where, f->e->ticks) : 0;
}

static void lock_event(struct feed *f, enum act_kind kind)
{
	struct taken t = taken_of(f);
	if (!acts_all(f) && !is_contended(t.record))
		return;
	uint32_t stack = stack_of(f, t.record, t.where);
	struct act *a = acts_add(f, kind, t.start);
	if (!a)
		return;
	a->object = t.lock;
	a->stack = stack;
	if (is_contended(t.record))
		a->flags |= ACT_CONTENDED;
	if (kind == ACT_GAVE_UP)
		a->flags |= ACT_FAILED, a->number = t.sub, a->other = f->m->locks.v.v[t.lock].state->owner;
	else if (t.slot && kind != ACT_ACQUIRE_SH)
		a->number = lock_order_number(t.slot->number, t.sub);
	if (kind == ACT_ACQUIRE_SH)
		acts_shared(f, t.lock, f->m->acts.private->current);
}

static uint32_t kind_of_object(enum act_kind kind)
{
	switch (kind) {
	case ACT_COND_WAIT:  return HP_LOCK_KIND_COND;
	case ACT_SEM_WAIT:   return HP_LOCK_KIND_SEM;
	case ACT_BARRIER:    return HP_LOCK_KIND_BARRIER;
	case ACT_FUTEX_WAIT: return HP_LOCK_KIND_FUTEX;
	default:             return HP_LOCK_KIND_NONE;
	}
}

/* The mutex was given up, unless the wait was refused. */
static void cond_event(struct feed *f, struct act *a, uint32_t mutex, unsigned sequence, int error)
{
	a->other = mutex;
	const struct lock_slot *slot = mutex != LOCK_NONE && (!error || error == ETIMEDOUT) ? locks_slot(f, mutex) : NULL;
	if (slot)
		a->number = lock_order_number(slot->number, sequence);
}

static void describe_wait(struct feed *f, struct act *a, const struct hp_r_wait *r)
{
	uint64_t object = hp_u64(r->object);
	int error = wait_errno(r->w);
	if (error)
		a->flags |= ACT_FAILED;
	switch (a->kind) {
	case ACT_COND_WAIT:
		cond_event(f, a, hp_u64(r->object2) ? locks_known(f, hp_u64(r->object2)) : LOCK_NONE, hp_word_arg(r->w) >> 8, error);
		break;
	case ACT_JOIN: case ACT_SLEEP:
		a->number = (int64_t)object;  /* of a join the pthread_t, until it is known which thread that was */
		break;
	case ACT_CHILD:
		a->number = a->op == HP_OP_SYSTEM ? 0 : r->result ? r->result : a->op == HP_OP_WAITID && (int64_t)object > 0 ? (int64_t)object : 0;
		a->flags |= a->op != HP_OP_SYSTEM && !a->number ? ACT_FAILED : 0;
		break;
	case ACT_POLL:
		a->number = r->result;
		a->flags |= r->result <= 0 ? ACT_FAILED : 0;
		channel_polled(f, a, r);
		break;
	case ACT_FUTEX_WAIT: a->number = 0; break;
	default: break;
	}
}

static void wait_act(struct feed *f, enum act_kind kind)
{
	const struct hp_r_wait *r = (const void *)f->e->r.w;
	uint32_t stack = feed_stack(f, r->stack), object = kind_of_object(kind);
	object = object ? locks_by_address(f, hp_u64(r->object), object) : ACT_NONE;
	struct act *a = acts_add(f, kind, feed_start_ns(f, hp_u64(r->start)));
	if (!a)
		return;
	a->object = object;
	a->stack = stack;
	a->op = (uint16_t)hp_word_sub(r->w);
	describe_wait(f, a, r);
}

/* A call that was cancelled, or jumped out of, is noted at the thread's next event. */
static void abandoned_act(struct feed *f, enum act_kind kind)
{
	const struct hp_r_abandoned *r = (const void *)f->e->r.w;
	uint32_t stack = feed_stack(f, r->stack);
	int is_lock = kind == ACT_GAVE_UP || kind_of_object(kind);
	struct act *a = acts_add(f, kind, feed_start_ns(f, hp_u64(r->start)));
	if (!a)
		return;
	a->object = is_lock ? locks_known(f, hp_u64(r->object)) : ACT_NONE;
	a->stack = stack;
	a->op = (uint16_t)hp_word_sub(r->w);
	a->flags |= ACT_FAILED;
}

/* Stamped before its call: but no earlier than what its thread has done by then, which calls in it may have added to. */
static void begun(struct feed *f, enum act_kind kind, uint32_t stack_id, int64_t number)
{
	uint32_t stack = feed_stack(f, stack_id);
	struct act *a = acts_add(f, kind, f->e->stamp);
	if (!a)
		return;
	a->stack = stack;
	a->number = number;
}

static void process_act(struct feed *f, enum act_kind kind)
{
	const uint32_t *w = f->e->r.w;
	if (kind == ACT_CREATE)
		begun(f, kind, ((const struct hp_r_thread_create *)(const void *)w)->stack, 0);
	else if (kind == ACT_FORK)
		begun(f, kind, ((const struct hp_r_fork *)(const void *)w)->stack, ((const struct hp_r_fork *)(const void *)w)->pid);
	else
		begun(f, kind, ((const struct hp_r_exec *)(const void *)w)->stack, 0);
}

void acts_event(struct feed *f)
{
	enum act_kind kind = acts_kind_of(&f->e->r);
	private_of(f)->current = ACT_NONE;
	switch (f->e->r.kind) {
	case HP_R_LOCK: case HP_R_LOCK_SH: case HP_R_UNLOCK: case HP_R_UNLOCK_WAITED:
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL: case HP_R_LOCK_X:
		if (kind != ACT_KIND_COUNT)
			lock_event(f, kind);
		break;
	case HP_R_WAIT:
		if (kind != ACT_KIND_COUNT)
			wait_act(f, kind);
		break;
	case HP_R_ABANDONED:
		if (kind != ACT_KIND_COUNT)
			abandoned_act(f, kind);
		break;
	case HP_R_THREAD_CREATE: case HP_R_FORK: case HP_R_EXEC:
		if (kind != ACT_KIND_COUNT)
			process_act(f, kind);
		break;
	case HP_R_END:
		vec_ensure(&private_of(f)->exits, f->process);
		private_of(f)->exits.v[f->process] = f->thread + 1;
		acts_held(f);
		break;
	default: break;
	}
}

void acts_sync(struct feed *f)
{
	const struct hp_r_sync *r = (const void *)f->e->r.w;
	enum act_kind kind = acts_kind_of(&f->e->r);
	uint32_t lock = locks_known(f, hp_u64(r->object));
	if (hp_word_sub(r->w) == HP_OP_BARRIER_INIT && lock != LOCK_NONE)
		vec_push(&private_of(f)->parties, (struct barrier_parties){ lock, (uint32_t)r->value, f->e->ns });
	if (kind == ACT_KIND_COUNT)
		return;
	uint32_t stack = feed_stack(f, r->stack);
	struct act *a = acts_add(f, kind, f->e->ns);
	if (!a)
		return;
	a->object = lock;
	a->stack = stack;
	a->op = (uint16_t)hp_word_sub(r->w);
	a->number = kind == ACT_SEM_POST ? 1 : r->value;
}

uint32_t acts_current(const struct model *m)
{
	return m->acts.private ? m->acts.private->current : ACT_NONE;
}

void acts_begin(struct model *m)
{
	if (!(m->options.parts & MODEL_ACTS))
		return;
	struct acts_private *p = m->acts.private = xcalloc(1, sizeof *p);
	p->first_threads = (uint32_t)m->threads.v.n;
	p->current = ACT_NONE;
	for (size_t i = 0; i < m->threads.v.n; i++)
		vec_push(&p->first_ns, m->threads.v.v[i].start_ns);
}

void acts_free(struct acts *a)
{
	struct acts_private *p = a->private;
	vec_free(&a->v);
	vec_free(&a->channels);
	if (!p)
		return;
	vec_free(&p->first_ns);
	vec_free(&p->exits);
	vec_free(&p->locks);
	vec_free(&p->wants);
	map64_free(&p->wanted);
	vec_free(&p->late);
	vec_free(&p->parties);
	map64_free(&p->channels);
	vec_free(&p->counted);
	free(p->end_of);
	free(p->begin_of);
	free(p->process_end);
	free(p);
}
