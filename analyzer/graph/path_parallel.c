/* path_parallel.c - how many threads worked at a time, over all that lies in the window. */
#include "path_private.h"

#include "util/alloc.h"

/* A thread's next change: it begins to work behind the act at `place` - 1, or ends with the one at `place`. */
struct turn { uint64_t ns; uint32_t place, end; uint8_t working; };

/* The threads with something to come, the earliest on top. */
struct turns { struct turn *v; size_t n; };

static void sift_down(struct turns *h)
{
	for (size_t i = 0, k; (k = 2 * i + 1) < h->n; i = k) {
		k += k + 1 < h->n && h->v[k + 1].ns < h->v[k].ns;
		if (h->v[i].ns <= h->v[k].ns)
			return;
		struct turn t = h->v[i];
		h->v[i] = h->v[k];
		h->v[k] = t;
	}
}

static void push(struct turns *h, struct turn t)
{
	size_t i = h->n++;
	for (; i && h->v[(i - 1) / 2].ns > t.ns; i = (i - 1) / 2)
		h->v[i] = h->v[(i - 1) / 2];
	h->v[i] = t;
}

static uint64_t in_window(const struct path *p, uint64_t from, uint64_t to)
{
	from = from > p->from_ns ? from : p->from_ns;
	to = to < p->to_ns ? to : p->to_ns;
	return to > from ? to - from : 0;
}

/* The next change of the thread whose turn it was. 0: there is none. */
static int go_on(struct path *p, struct turn *t)
{
	const struct graph *g = p->graph;
	t->working = !t->working;
	if (!t->working) {
		if (++t->place == t->end)
			return 0;
		uint64_t end = path_act(g, t->place - 1)->end;
		t->ns = end > t->ns ? end : t->ns;
		return 1;
	}
	uint64_t start = graph_act_start(path_act(g, t->place), t->ns);
	p->threads[path_act(g, t->place)->thread].work_ns += in_window(p, t->ns, start);
	t->ns = start;
	return 1;
}

void path_parallel(struct path *p)
{
	const struct graph *g = p->graph;
	struct turns h = { xcalloc((size_t)g->thread_count + 1, sizeof *h.v), 0 };
	uint64_t since = p->from_ns;
	size_t working = 0;
	for (uint32_t t = 0; t < g->thread_count; t++)
		if (g->threads[t].count > 1)
			push(&h, (struct turn){ path_act(g, g->threads[t].first)->end, g->threads[t].first + 1, g->threads[t].first + g->threads[t].count, 0 });
	while (h.n) {
		struct turn *t = &h.v[0];
		uint64_t ns = in_window(p, since, t->ns);
		p->idle_ns += working == 0 ? ns : 0;
		p->alone_ns += working == 1 ? ns : 0;
		since = t->ns > since ? t->ns : since;
		working += t->working ? (size_t)-1 : 1;
		if (!go_on(p, t))
			*t = h.v[--h.n];
		sift_down(&h);
	}
	p->idle_ns += in_window(p, since, p->to_ns);
	free(h.v);
}
