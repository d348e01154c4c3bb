/* work.c - the thread pass notes what each thread worked on between its acts. */
#include "thread_pass.h"

#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/*
 * Paths while events are read: nodes of the worker's own call tree, stacks with a bit of their own, and what is not known before
 * the next event with a stack. LOTS: from then on a worker keeps only the LEAST largest pieces of each interval.
 */
enum { LOTS = 8 << 20, LEAST = 2, PIECE_NS = 20000, MORE_MOST = 1 << 16 };
#define STACK_BIT 0x80000000u

void work_begin(struct model *m, struct call_state *states, size_t count)
{
	m->works = xcalloc(1, sizeof *m->works);
	if (count)
		vec_ensure(&m->works->threads, count - 1);
	for (size_t i = 0; i < count; i++) {
		states[i].work = &m->works->threads.v[i];
		states[i].work_ns = m->threads.v.v[i].start_ns;
	}
}

void work_free(struct works *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->threads.n; i++)
		vec_free(&w->threads.v[i]);
	vec_free(&w->threads);
	free(w);
}

/* ---- pieces ---- */

/* In pieces that fit. Damaged times would make them without end: what is too much is on no path. */
static void push(struct pass *p, struct call_state *s, uint32_t path, uint64_t ns)
{
	for (; ns > UINT32_MAX && p->full_pieces < WORK_FULL_MOST; ns -= UINT32_MAX, p->full_pieces++)
		vec_push(s->work, (struct work_piece){ path, UINT32_MAX });
	ns = ns < UINT32_MAX ? ns : UINT32_MAX;
	vec_push(s->work, (struct work_piece){ path, (uint32_t)ns });
}

/* The first of its path since the last act, or one that was too full. */
void work_new_piece(struct pass *p, struct call_state *s, uint32_t node, uint64_t ns)
{
	push(p, s, node ? node : WORK_BLANK, ns);
	vec_ensure(&p->piece_of, node);
	p->piece_of.v[node] = (uint32_t)s->work->n;
}

void work_charge(struct feed *f, uint64_t ns)
{
	work_step(f->pass, f->c, f->c->calls.n ? functions_innermost(f->c) : 0, ns);
}

/* A piece on a stack, with what it had already since the last act. */
static void add_on_stack(struct pass *p, struct call_state *s, uint32_t stack, uint64_t ns)
{
	vec_ensure(&p->piece_of_stack, stack);
	uint32_t at = p->piece_of_stack.v[stack];
	if (work_has_piece(s, at, STACK_BIT | stack, ns)) {
		s->work->v[at - 1].ns += (uint32_t)ns;
		return;
	}
	push(p, s, STACK_BIT | stack, ns);
	p->piece_of_stack.v[stack] = (uint32_t)s->work->n;
}

void work_between(struct feed *f, uint32_t stack)
{
	struct call_state *s = f->c;
	size_t n = s->work->n;
	for (size_t i = s->work_blank; i < n; i++)
		if (s->work->v[i].path == WORK_BLANK)
			s->work->v[i].path = STACK_BIT | stack;
	if (n > s->work_from && n - 1 >= s->work_blank && s->work->v[n - 1].path == (STACK_BIT | stack)) {
		s->work->n--;
		add_on_stack(f->pass, s, stack, s->work->v[n - 1].ns);
	}
	s->work_blank = s->work->n;
}

void work_inside(struct feed *f, uint32_t stack)
{
	struct call_state *s = f->c;
	if (s->calls.n) {
		work_charge(f, f->e->ns);
	} else if (f->e->ns > s->work_ns) {
		add_on_stack(f->pass, s, stack, f->e->ns - s->work_ns);
		s->work_ns = f->e->ns;
	}
}

/* ---- intervals ---- */

static uint32_t parent_of(const struct pass *p, uint32_t path)
{
	if (path >= WORK_BLANK)
		return 0;
	if (!(path & STACK_BIT))
		return p->fn.nodes.v[path].parent;
	uint32_t up = p->stacks[path & ~STACK_BIT].parent;
	return up ? STACK_BIT | up : 0;
}

static int by_ns(const void *a, const void *b)
{
	const struct work_piece *x = a, *y = b;
	return x->ns > y->ns ? -1 : x->ns < y->ns;
}

static int by_path(const void *a, const void *b)
{
	const struct work_piece *x = a, *y = b;
	return x->path < y->path ? -1 : x->path > y->path;
}

static struct work_piece *find(struct work_piece *v, size_t n, uint32_t path)
{
	struct work_piece key = { path, 0 };
	return bsearch(&key, v, n, sizeof *v, by_path);
}

/* The innermost path that both lie on. A parent's number is less than its children's. */
static uint32_t common(const struct pass *p, uint32_t a, uint32_t b)
{
	while (a != b) {
		uint32_t *deeper = a > b ? &a : &b;
		*deeper = parent_of(p, *deeper);
	}
	return a;
}

/* Gives a piece to the nearest caller that has one of those that stay. 0: none has, or it would not fit. */
static int give(const struct pass *p, struct work_piece *stay, size_t n, const struct work_piece *piece)
{
	for (uint32_t at = piece->path; (at = parent_of(p, at)); ) {
		struct work_piece *to = find(stay, n, at);
		if (!to)
			continue;
		if (to->ns > UINT32_MAX - piece->ns)
			return 0;
		to->ns += piece->ns;
		return 1;
	}
	return 0;
}

/* Keeps the `most` - 1 largest pieces; those that go to nobody's caller become one, of what they have in common. */
static void fold(struct pass *p, struct call_state *s, size_t most)
{
	struct work_piece *v = s->work->v + s->work_from;
	size_t n = s->work->n - s->work_from, stay = most - 1;
	uint64_t rest = 0;
	uint32_t path = WORK_ACT;
	qsort(v, n, sizeof *v, by_ns);
	qsort(v, stay, sizeof *v, by_path);
	for (size_t i = stay; i < n; i++) {
		if (give(p, v, stay, &v[i]))
			continue;
		rest += v[i].ns;
		path = path == WORK_ACT ? v[i].path : common(p, path, v[i].path);
	}
	s->work->n = s->work_from + stay;
	if (rest)
		push(p, s, path, rest);
}

/* How many pieces an interval may have. */
static size_t most_pieces(const struct pass *p, uint64_t ns)
{
	if (p->work_pieces > LOTS)
		return LEAST;
	uint64_t more = ns / PIECE_NS;
	return WORK_PIECES_MOST + (more < MORE_MOST ? (size_t)more : MORE_MOST);
}

static void close_interval(struct pass *p, struct call_state *s)
{
	uint64_t ns = s->work_ns - s->work_began;
	if (s->work->n - s->work_from > most_pieces(p, ns))
		fold(p, s, most_pieces(p, ns));
	p->work_pieces += s->work->n - s->work_from + 1;
}

void work_act(struct feed *f, uint64_t start)
{
	struct call_state *s = f->c;
	work_charge(f, start);
	close_interval(f->pass, s);
	vec_push(s->work, (struct work_piece){ WORK_ACT, (uint32_t)f->e->ns });
	s->work_from = s->work->n;
	if (f->e->ns > s->work_ns)
		s->work_ns = f->e->ns;
	s->work_began = s->work_ns;
}

/* ---- the end ---- */

void work_still_waits(struct feed *f, uint32_t stack, uint64_t start)
{
	work_charge(f, start);
	if (!f->c->calls.n)
		between_common(f, stack);
	if (f->c->work_ns < f->t->end_ns)
		f->c->work_ns = f->t->end_ns;
}

void work_end(struct model *m, struct call_state *s, uint32_t thread)
{
	struct feed f = { .m = m, .pass = s->pass, .c = s, .thread = thread };
	if (!s->pass || !s->work)
		return;
	work_charge(&f, m->threads.v.v[thread].end_ns);
	close_interval(s->pass, s);
}

void work_renumber(struct thread_work *w, const uint32_t *nodes)
{
	for (size_t i = 0; i < w->n; i++)
		if (!(w->v[i].path & STACK_BIT))
			w->v[i].path = nodes[w->v[i].path];
}

void work_finish(struct model *m)
{
	struct works *w = m->works;
	w->call_nodes = m->functions.nodes.n ? (uint32_t)m->functions.nodes.n : 1;
	for (size_t t = 0; t < w->threads.n; t++) {
		struct thread_work *v = &w->threads.v[t];
		for (size_t i = 0; i < v->n; i++)
			if (v->v[i].path == WORK_BLANK)
				v->v[i].path = 0;
			else if (v->v[i].path & STACK_BIT && v->v[i].path != WORK_ACT)
				v->v[i].path = work_stack_path(w, v->v[i].path & ~STACK_BIT);
	}
}
