/* calls_wall.c - the time in which a function was open in some thread: the union of its outermost calls over all threads. */
#include "calls_private.h"

#include <math.h>
#include <stdlib.h>

#include "util/alloc.h"

enum { FIRST_GAP = 16 };

/* ---- which calls are outermost ---- */

void calls_open(struct calls_private *p, struct call_state *s, uint32_t function)
{
	if (!s->open_calls)
		s->open_calls = p->idle.n ? p->idle.v[--p->idle.n] : xcalloc(1, sizeof *s->open_calls);
	vec_ensure(s->open_calls, function);
	s->open_calls->v[function].open++;
}

/* A thread that has none open lets go of its counts: there may be very many threads. */
static void let_go(struct calls_private *p, struct call_state *s)
{
	if (s->calls.n)
		return;
	vec_push(&p->idle, s->open_calls);
	s->open_calls = NULL;
}

/* ---- a thread's intervals ---- */

/* Takes a later one of the same thread in, if the gap is short. */
static int prolong(struct span *last, const struct span *s, uint64_t gap)
{
	if (s->thread != last->thread || s->start < last->end || s->start - last->end > gap)
		return 0;
	last->end = s->end;
	last->busy += s->busy;
	return 1;
}

static int by_thread(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

static void close_gaps(struct function_spans *f, uint64_t gap)
{
	size_t n = 0;
	vec_sort(f, by_thread);
	for (size_t i = 0; i < f->n; i++) {
		struct span s = f->v[i];
		if (!n || !prolong(&f->v[n - 1], &s, gap))
			f->v[n++] = s;
	}
	f->n = n;
}

static void make_room(struct calls_private *p)
{
	while (p->span_count > MOST_SPANS / 2) {
		p->gap = p->gap ? p->gap * 4 : FIRST_GAP;
		p->round++;
		p->span_count = 0;
		for (size_t i = 0; i < p->spans.n; i++) {
			close_gaps(&p->spans.v[i], p->gap);
			p->span_count += p->spans.v[i].n;
		}
		if (p->gap > UINT64_MAX / 8)
			return;  /* as many threads as that */
	}
}

static uint32_t add_span(struct calls_private *p, struct function_spans *f, const struct span *s)
{
	uint32_t index = (uint32_t)f->n + 1;
	vec_push(f, *s);
	if (++p->span_count <= MOST_SPANS || p->gap > UINT64_MAX / 8)
		return index;
	make_room(p);
	return 0;
}

void calls_close(struct calls_private *p, struct call_state *s, uint32_t function, uint64_t start, uint64_t end)
{
	if (!s->open_calls || function >= s->open_calls->n || !s->open_calls->v[function].open)
		return;
	if (!--s->open_calls->v[function].open && end > start) {
		vec_ensure(&p->spans, function);
		struct function_spans *f = &p->spans.v[function];
		struct span one = { start, end, end - start, s->thread, 0 };
		uint32_t last = s->open_calls->v[function].round == p->round ? s->open_calls->v[function].span : 0;
		if (!last || last > f->n || !prolong(&f->v[last - 1], &one, p->gap)) {
			s->open_calls->v[function].span = add_span(p, f, &one);
			s->open_calls->v[function].round = p->round;
		}
	}
	let_go(p, s);
}

void calls_add_spans(struct calls_private *to, uint32_t function, const struct function_spans *f)
{
	for (size_t i = 0; i < f->n; i++) {
		vec_ensure(&to->spans, function);
		add_span(to, &to->spans.v[function], &f->v[i]);
	}
}

/* ---- all threads' ---- */

struct edge { uint64_t ns; double share; int begins; };
struct edges { VEC_FIELDS(struct edge) };

static int by_time(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	return (x->ns > y->ns) - (x->ns < y->ns);
}

/* Whole spans that are there, and others with their shares of the time. */
struct present { size_t whole, parts; double idle_log; };

static void count_edge(struct present *p, const struct edge *e)
{
	if (e->share >= 1) {
		p->whole += e->begins ? 1 : (size_t)-1;
		return;
	}
	p->parts += e->begins ? 1 : (size_t)-1;
	p->idle_log += (e->begins ? 1 : -1) * log1p(-e->share);
	if (!p->parts)
		p->idle_log = 0;
}

static struct edges edges_of(const struct function_spans *f)
{
	struct edges edges = { 0 };
	for (size_t i = 0; i < f->n; i++) {
		const struct span *s = &f->v[i];
		double share = s->busy >= s->end - s->start ? 1 : (double)s->busy / (double)(s->end - s->start);
		vec_push(&edges, (struct edge){ s->start, share, 1 });
		vec_push(&edges, (struct edge){ s->end, share, 0 });
	}
	vec_sort(&edges, by_time);
	return edges;
}

/* Time that hangs together. One span alone is busy as long as it says; of several, nobody knows how their gaps lie to each other. */
struct stretch { size_t spans; double error; };

static void finish_function(struct function *to, const struct function_spans *f)
{
	struct edges edges = edges_of(f);
	struct present present = { 0 };
	struct stretch stretch = { 0 };
	double sum = 0, errors = 0;
	uint64_t exact = 0;
	for (size_t i = 0; i + 1 < edges.n; i++) {
		uint64_t ns = edges.v[i + 1].ns - edges.v[i].ns;
		count_edge(&present, &edges.v[i]);
		stretch.spans += (size_t)edges.v[i].begins;
		if (present.whole) {
			exact += ns;
		} else if (present.parts) {
			double share = 1 - exp(present.idle_log);
			sum += share * (double)ns;
			stretch.error += (share > 0.5 ? share : 1 - share) * (double)ns;
		} else {
			errors += stretch.spans > 1 ? stretch.error : 0;
			stretch = (struct stretch){ 0 };
		}
	}
	errors += stretch.spans > 1 ? stretch.error : 0;
	vec_free(&edges);
	to->wall_ns = exact + (uint64_t)(sum + 0.5);
	to->wall_error_ns = (uint64_t)ceil(errors);
}

void calls_finish_wall(struct functions *fn)
{
	struct calls_private *p = fn->calls.private;
	for (size_t i = 0; i < p->spans.n && i < fn->v.n; i++)
		finish_function(&fn->v.v[i], &p->spans.v[i]);
}

void calls_free_wall(struct calls_private *p)
{
	for (size_t i = 0; i < p->spans.n; i++)
		vec_free(&p->spans.v[i]);
	for (size_t i = 0; i < p->idle.n; i++) {
		vec_free(p->idle.v[i]);
		free(p->idle.v[i]);
	}
	vec_free(&p->spans);
	vec_free(&p->idle);
}
