/*
 * acts_ends.c - acts that no event stands for: where threads begin and end, what they were in at the end, and releases that
 * somebody turned out to have waited for. Then all acts are put in one order.
 */
#include "acts_private.h"

#include <stdlib.h>

#include "io_private.h"
#include "util/alloc.h"

struct bounds { uint64_t first, last; };  /* ends of a thread's first and last act */

static struct bounds *bounds_of(const struct model *m)
{
	struct bounds *b = xcalloc(m->threads.v.n + 1, sizeof *b);
	for (size_t i = 0; i < m->threads.v.n; i++)
		b[i].first = UINT64_MAX;
	for (size_t i = 0; i < m->acts.v.n; i++) {
		const struct act *a = &m->acts.v.v[i];
		if (b[a->thread].first == UINT64_MAX)
			b[a->thread].first = a->end;
		b[a->thread].last = a->end;
	}
	return b;
}

/* Of releases, too, that are acts only now. */
static void widen(const struct model *m, struct bounds *b)
{
	const struct acts_private *p = m->acts.private;
	for (size_t i = 0; i < p->late.n; i++) {
		const struct act *a = &p->late.v[i];
		if (a->end < b[a->thread].first)
			b[a->thread].first = a->end;
		if (a->end > b[a->thread].last)
			b[a->thread].last = a->end;
	}
}

static void push(struct model *m, uint32_t thread, enum act_kind kind, uint64_t start, uint64_t end)
{
	int outside = m->options.tid && m->threads.v.v[thread].tid != m->options.tid;
	vec_push(&m->acts.private->late, (struct act){
		.start = start < end ? start : end, .end = end, .thread = thread, .object = ACT_NONE, .other = ACT_NONE, .gate = ACT_NONE,
		.kind = (uint8_t)kind, .flags = outside ? ACT_OUTSIDE : 0,
	});
}

/* A thread begins when it was created, and is there at its first sign of life; it ends after all that it did. */
static void place_thread(struct model *m, uint32_t i, const struct bounds *b)
{
	const struct acts_private *p = m->acts.private;
	const struct thread *t = &m->threads.v.v[i];
	uint64_t there = i < p->first_threads ? p->first_ns.v[i] : t->start_ns, end = t->end_ns > b->last ? t->end_ns : b->last;
	there = there < b->first ? there : b->first;
	there = there < end ? there : end;
	push(m, i, ACT_BEGIN, t->start_ns, there);
	push(m, i, ACT_END, end, end);
}

/* ---- calls in progress ---- */

static enum act_kind kind_of_pending(unsigned op)
{
	enum act_kind kind = acts_kind_of_call(op);
	return kind != ACT_GAVE_UP ? kind : op == HP_OP_RWLOCK_RDLOCK ? ACT_ACQUIRE_SH : ACT_ACQUIRE;
}

static void describe_pending(struct feed *f, const struct pending_call *c, struct act *a)
{
	switch (a->kind) {
	case ACT_ACQUIRE: case ACT_ACQUIRE_SH:
		a->object = locks_known(f, c->object);
		a->other = a->object == LOCK_NONE ? ACT_NONE : f->m->locks.v.v[a->object].state->owner;
		a->flags |= ACT_CONTENDED;
		break;
	case ACT_COND_WAIT:
		a->other = locks_known(f, c->object2);
		a->object = locks_known(f, c->object);
		break;
	case ACT_SEM_WAIT: case ACT_BARRIER: case ACT_FUTEX_WAIT:
		a->object = locks_known(f, c->object);
		break;
	case ACT_JOIN: case ACT_SLEEP:
		a->number = (int64_t)c->object;
		break;
	case ACT_READ: case ACT_WRITE: case ACT_IO:
		a->object = c->object <= INT32_MAX ? files_of(f, (int32_t)c->object) : ACT_NONE;
		break;
	default: break;
	}
}

static struct dump_thread **dump_threads(const struct model *m)
{
	struct dump_thread **of = xcalloc(m->threads.v.n + 1, sizeof *of);
	for (unsigned d = 0; d < m->dump_count; d++)
		for (size_t i = 0; i < m->dumps[d]->threads.n; i++)
			of[m->dumps[d]->threads.v[i]->model] = m->dumps[d]->threads.v[i];
	return of;
}

static void place_pending(struct model *m, const struct bounds *b)
{
	struct acts_private *p = m->acts.private;
	struct dump_thread **of = dump_threads(m);
	for (size_t i = 0; i < m->pending.n; i++) {
		const struct pending_call *c = &m->pending.v[i];
		enum act_kind kind = kind_of_pending(c->op);
		if (c->abandoned || c->thread == THREAD_NONE || kind == ACT_KIND_COUNT || !of[c->thread])
			continue;
		const struct thread *t = &m->threads.v.v[c->thread];
		struct feed f = { .m = m, .thread = c->thread, .process = t->process, .dump_thread = of[c->thread] };
		push(m, c->thread, kind, c->start_ns, t->end_ns > b[c->thread].last ? t->end_ns : b[c->thread].last);
		struct act *a = &p->late.v[p->late.n - 1];
		a->op = (uint16_t)c->op;
		a->stack = c->stack;
		a->flags |= ACT_OPEN;
		describe_pending(&f, c, a);
	}
	free(of);
}

/* ---- one order ---- */

struct placed { uint64_t end; uint32_t rank, late; };

static int placed_order(const void *x, const void *y)
{
	const struct placed *a = x, *b = y;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->late < b->late ? -1 : a->late > b->late;
}

/* At one time: first a thread begins, then come the acts that events are, then the rest, and its end. */
static uint32_t rank_of(const struct act *a)
{
	return a->kind == ACT_BEGIN ? 0 : a->kind == ACT_END ? 3 : a->flags & ACT_OPEN ? 2 : 1;
}

static struct placed *sorted_late(const struct acts_private *p)
{
	struct placed *s = xcalloc(p->late.n + 1, sizeof *s);
	for (size_t i = 0; i < p->late.n; i++)
		s[i] = (struct placed){ p->late.v[i].end, rank_of(&p->late.v[i]), (uint32_t)i };
	qsort(s, p->late.n, sizeof *s, placed_order);
	return s;
}

/* Where acts have gone: those of events, and the late ones. */
struct moves { uint32_t *events, *late; };

static uint32_t moved(const struct moves *to, uint32_t i)
{
	return i == ACT_NONE ? i : i & ACT_LATE ? to->late[i & ~ACT_LATE] : to->events[i];
}

/* From the end, so that it is done in place. */
static void merge(struct acts *acts, const struct placed *late, const struct moves *to)
{
	struct acts_private *p = acts->private;
	size_t n = acts->v.n, k = p->late.n;
	acts->v.n += k;
	acts->v.cap = acts->v.n;
	acts->v.v = xrealloc(acts->v.v, acts->v.cap, sizeof *acts->v.v);
	for (size_t at = acts->v.n; at-- > 0; ) {
		int event = n && (!k || acts->v.v[n - 1].end > late[k - 1].end || (acts->v.v[n - 1].end == late[k - 1].end && !late[k - 1].rank));
		if (event)
			acts->v.v[at] = acts->v.v[--n], to->events[n] = (uint32_t)at;
		else
			k--, acts->v.v[at] = p->late.v[late[k].late], to->late[late[k].late] = (uint32_t)at;
	}
}

static void note_outside(const struct model *m, struct act *a)
{
	if (a->end < m->private->from_ns || a->start > m->private->to_ns)
		a->flags |= ACT_OUTSIDE;
}

static void follow(struct model *m, const struct moves *to)
{
	struct acts_private *p = m->acts.private;
	p->begin_of = xcalloc(m->threads.v.n + 1, sizeof *p->begin_of);
	p->end_of = xcalloc(m->threads.v.n + 1, sizeof *p->end_of);
	for (size_t i = 0; i < m->acts.v.n; i++) {
		struct act *a = &m->acts.v.v[i];
		a->gate = moved(to, a->gate);
		note_outside(m, a);
		if (a->kind == ACT_BEGIN)
			p->begin_of[a->thread] = (uint32_t)i;
		else if (a->kind == ACT_END)
			p->end_of[a->thread] = (uint32_t)i;
	}
	for (size_t i = 0; i < m->private->creates.n; i++)
		m->private->creates.v[i].act = moved(to, m->private->creates.v[i].act);
}

static void put_in_order(struct model *m)
{
	struct acts_private *p = m->acts.private;
	struct placed *late = sorted_late(p);
	struct moves to = { xcalloc(m->acts.v.n + 1, sizeof *to.events), xcalloc(p->late.n + 1, sizeof *to.late) };
	merge(&m->acts, late, &to);
	follow(m, &to);
	vec_free(&p->late);
	free(to.events);
	free(to.late);
	free(late);
}

void acts_finish(struct model *m)
{
	if (!m->acts.private)
		return;
	struct bounds *b = bounds_of(m);
	widen(m, b);
	for (uint32_t i = 0; i < m->threads.v.n; i++)
		place_thread(m, i, &b[i]);
	place_pending(m, b);
	free(b);
	put_in_order(m);
	edges_find(m);
}
