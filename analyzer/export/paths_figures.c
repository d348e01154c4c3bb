/* paths_figures.c - the figures of call paths, from the model and from who looked on while it was read. */
#include <stdlib.h>
#include <string.h>

#include "export/paths_private.h"

/* ---- looking on ---- */

static void note_time(void *data, const struct watched_time *w)
{
	struct path_times *t = data;
	uint32_t *index;

	vec_ensure(&t->of_stack, w->stack);
	index = &t->of_stack.v[w->stack];
	if (!*index) {
		(void)vec_add(&t->v);
		*index = (uint32_t)t->v.n;
	}
	t->v.v[*index - 1].wait_ns[w->wait_class] += w->ns;
	t->v.v[*index - 1].io_bytes += w->bytes;
}

static void forget(void *data, const struct model *m, uint64_t ns)
{
	struct path_times *t = data;

	if (t->v.n)
		memset(t->v.v, 0, t->v.n * sizeof(*t->v.v));
}

const struct model_watch *paths_watch(struct path_times *t)
{
	t->watch = (struct model_watch){ .data = t, .time = note_time, .clear = forget };
	return &t->watch;
}

void path_times_free(struct path_times *t)
{
	vec_free(&t->of_stack);
	vec_free(&t->v);
}

/* ---- figures ---- */

static void add(struct paths *p, uint32_t node, unsigned metric, uint64_t value)
{
	struct path_node *n;

	if (!value || !(p->mask & 1u << metric))
		return;
	if (node == PATH_NONE)
		node = paths_child(p, PATH_NONE, paths_made_up(p, "[no call stack]"));
	n = &p->nodes.v[node];
	if (!n->row) {
		n->row = (uint32_t)p->rows.n;
		(void)vec_add(&p->rows);
	}
	p->rows.v[n->row].v[metric] += value;
	p->totals.v[metric] += value;
}

static void add_sites(struct paths *p)
{
	const struct memory *m = &p->in->model->memory;

	for (size_t i = 0; i < m->sites.n; i++) {
		const struct memory_site *s = &m->sites.v[i];
		uint32_t node = paths_of_stack(p, s->stack);

		add(p, node, METRIC_ALLOC_CALLS, s->calls);
		add(p, node, METRIC_ALLOC_BYTES, s->bytes);
		add(p, node, METRIC_PEAK, s->peak_bytes);
		add(p, node, METRIC_LEAKED, s->leaked_bytes);
		add(p, node, METRIC_LIVE, s->live_bytes);
		add(p, node, METRIC_TEMPORARY, s->temporary_calls);
	}
}

static const uint8_t metric_of_wait[WAIT_CLASS_COUNT] = {
	[WAIT_LOCK] = METRIC_LOCK_WAIT, [WAIT_COND] = METRIC_COND_WAIT, [WAIT_SEM] = METRIC_SEM_WAIT, [WAIT_BARRIER] = METRIC_BARRIER_WAIT,
	[WAIT_JOIN] = METRIC_JOIN_WAIT, [WAIT_POLL] = METRIC_POLL_WAIT, [WAIT_SLEEP] = METRIC_SLEEP, [WAIT_CHILD] = METRIC_CHILD_WAIT,
	[WAIT_IO] = METRIC_IO,
};

static void add_times(struct paths *p, const struct path_times *t)
{
	for (uint32_t stack = 0; stack < t->of_stack.n; stack++) {
		const struct path_time *one;
		uint32_t node;

		if (!t->of_stack.v[stack])
			continue;
		one = &t->v.v[t->of_stack.v[stack] - 1];
		node = paths_of_stack(p, stack);
		for (unsigned c = 0; c < WAIT_CLASS_COUNT; c++) {
			add(p, node, metric_of_wait[c], one->wait_ns[c]);
			add(p, node, c == WAIT_IO ? METRIC_IO : METRIC_WAIT, c == WAIT_IO ? 0 : one->wait_ns[c]);
		}
		add(p, node, METRIC_IO_BYTES, one->io_bytes);
	}
}

static void add_between(struct paths *p)
{
	const struct functions *f = &p->in->model->functions;

	for (uint32_t i = 0; i < f->between.n && f->nodes.n <= 1; i++) {
		const struct between_node *b = &f->between.v[i];

		if (!b->self_ns && !b->wait_ns)
			continue;
		add(p, paths_of_stack(p, i), METRIC_BETWEEN, b->self_ns);
		add(p, paths_of_stack(p, i), METRIC_TIME, b->self_ns + b->wait_ns);
	}
}

static void add_calls(struct paths *p)
{
	const struct functions *f = &p->in->model->functions;
	VEC(uint32_t) node_of = { 0 };

	vec_ensure(&node_of, f->nodes.n);
	for (uint32_t i = 1; i < f->nodes.n; i++) {
		const struct call_node *n = &f->nodes.v[i];

		node_of.v[i] = paths_child(p, node_of.v[n->parent], paths_place_of_call(p, &f->v.v[n->function]));
		add(p, node_of.v[i], METRIC_TIME, n->self_ns);
		add(p, node_of.v[i], METRIC_SELF, n->self_ns);
		add(p, node_of.v[i], METRIC_CALLS, n->calls);
	}
	vec_free(&node_of);
}

/* ---- the weightiest ---- */

static double weight(const struct paths *p, uint32_t node)
{
	const struct path_row *row = &p->rows.v[p->nodes.v[node].row];
	double most = 0;

	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		double share = p->totals.v[i] ? (double)row->v[i] / (double)p->totals.v[i] : 0;

		most = share > most ? share : most;
	}
	return most;
}

static int by_weight(const void *a, const void *b, void *paths)
{
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	double x = weight(paths, i), y = weight(paths, k);

	return x != y ? (x > y ? -1 : 1) : i < k ? -1 : i > k;
}

static void rank(struct paths *p)
{
	for (uint32_t i = 0; i < p->nodes.n; i++)
		if (p->nodes.v[i].row)
			vec_push(&p->ranked, i);
	if (p->ranked.n)
		qsort_r(p->ranked.v, p->ranked.n, sizeof(*p->ranked.v), by_weight, p);
}

void paths_build(struct paths *p, const struct view_input *in, const struct path_times *times, uint32_t mask)
{
	paths_begin(p, in);
	p->mask = mask;
	add_calls(p);
	add_sites(p);
	if (times)
		add_times(p, times);
	add_between(p);
	rank(p);
}
