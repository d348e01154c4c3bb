#include "merge.h"

#include <stdlib.h>

#include "cursor.h"
#include "util/alloc.h"

enum { SLACK_NS = 20000000 };

struct entry {
	uint64_t ns;        /* of the cursor's event; of one that has not begun, the least it can be */
	struct dump *dump;
	struct dump_thread *thread;
	struct cursor *cursor;   /* NULL: not begun */
};

struct dump_merge {
	VEC(struct entry) heap;  /* a binary heap by ns; [0] is current */
	uint64_t limit;          /* the current cursor goes on up to here */
	uint64_t done, regressions;
	int skip_functions;
	struct cursor *current;  /* whose event was returned last; the top of the heap */
};

/* Moves the entry at `i` down to its place. */
static void sift(struct dump_merge *m, size_t i)
{
	struct entry moved = m->heap.v[i];
	for (size_t child; (child = 2 * i + 1) < m->heap.n; i = child) {
		if (child + 1 < m->heap.n && m->heap.v[child + 1].ns < m->heap.v[child].ns)
			child++;
		if (m->heap.v[child].ns >= moved.ns)
			break;
		m->heap.v[i] = m->heap.v[child];
	}
	m->heap.v[i] = moved;
}

/*
 * The least time of a thread's first event: it was stamped before its chunk was made ready, and so before the OWNER record.
 */
static uint64_t least_ns(const struct dump *d, const struct dump_thread *t)
{
	uint64_t owner = clock_ns(&d->clock, t->segments.v[0].ticks);
	return owner > SLACK_NS ? owner - SLACK_NS : 0;
}

struct dump_merge *dump_merge_new(struct dump *const *dumps, unsigned n)
{
	struct dump_merge *m = xcalloc(1, sizeof *m);
	for (unsigned i = 0; i < n; i++) {
		for (size_t k = 0; k < dumps[i]->threads.n; k++) {
			struct dump_thread *t = dumps[i]->threads.v[k];
			if (t->segments.n)
				vec_push(&m->heap, (struct entry){ least_ns(dumps[i], t), dumps[i], t, NULL });
		}
		if (dumps[i]->late.n)
			vec_push(&m->heap, (struct entry){ 0, dumps[i], NULL, NULL });
	}
	for (size_t i = m->heap.n / 2; i-- > 0; )
		sift(m, i);
	return m;
}

void dump_merge_skip_functions(struct dump_merge *m)
{
	m->skip_functions = 1;
}

static void set_limit(struct dump_merge *m)
{
	m->limit = UINT64_MAX;
	for (size_t i = 1; i < 3 && i < m->heap.n; i++)
		if (m->heap.v[i].ns < m->limit)
			m->limit = m->heap.v[i].ns;
}

static void retire(struct dump_merge *m, struct cursor *c)
{
	m->done += c->done;
	m->regressions += c->regressions;
	cursor_free(c);
	free(c);
}

/* Advances the top entry by one event, or takes it out when it is over. */
static void advance_top(struct dump_merge *m)
{
	struct entry *top = &m->heap.v[0];
	if (!top->cursor) {
		top->cursor = xmalloc(sizeof *top->cursor);
		cursor_init(top->cursor, top->dump, top->thread);
		top->cursor->skip_functions = m->skip_functions;
	}
	if (cursor_next(top->cursor)) {
		top->ns = top->cursor->event.ns;
		return;
	}
	retire(m, top->cursor);
	*top = m->heap.v[--m->heap.n];
}

/* Another cursor's turn, it may be: the top's time is past the limit, or it is over. */
static const struct dump_event *turn(struct dump_merge *m)
{
	while (m->heap.n) {
		sift(m, 0);
		set_limit(m);
		struct cursor *c = m->heap.v[0].cursor;
		if (c)
			return &c->event;
		advance_top(m);
	}
	return NULL;
}

const struct dump_event *dump_merge_next(struct dump_merge *m)
{
	struct cursor *c = m->current;
	if (c && cursor_next(c)) {
		if (c->event.ns <= m->limit)
			return &c->event;
		m->heap.v[0].ns = c->event.ns;
	} else if (c) {
		retire(m, c);
		m->heap.v[0] = m->heap.v[--m->heap.n];
	}
	const struct dump_event *e = turn(m);
	m->current = e ? m->heap.v[0].cursor : NULL;
	return e;
}

struct cursor *dump_merge_current(struct dump_merge *m, uint64_t *limit)
{
	*limit = m->limit;
	return m->current;
}

uint64_t dump_merge_done(const struct dump_merge *m)
{
	uint64_t done = m->done;
	for (size_t i = 0; i < m->heap.n; i++)
		done += m->heap.v[i].cursor ? m->heap.v[i].cursor->done : 0;
	return done;
}

uint64_t dump_merge_regressions(const struct dump_merge *m)
{
	uint64_t sum = m->regressions;
	for (size_t i = 0; i < m->heap.n; i++)
		sum += m->heap.v[i].cursor ? m->heap.v[i].cursor->regressions : 0;
	return sum;
}

void dump_merge_free(struct dump_merge *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->heap.n; i++)
		if (m->heap.v[i].cursor)
			retire(m, m->heap.v[i].cursor);
	vec_free(&m->heap);
	free(m);
}
