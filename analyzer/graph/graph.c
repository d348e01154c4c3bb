/* graph.c - lays the acts of each thread in a row, with the work that was done before each. */
#include "graph_private.h"

#include "util/alloc.h"

enum { AHEAD = 8 };  /* an act's event is looked for among so many: others have none */

/* ---- paths ---- */

static void add_paths(struct graph *g)
{
	const struct model *m = g->model;
	const struct functions *fn = &m->functions;
	g->call_nodes = m->works->call_nodes;
	g->stack_count = (uint32_t)m->stacks.nodes.n - 1;
	vec_reserve(&g->paths, (size_t)g->call_nodes + g->stack_count + 64);
	vec_push(&g->paths, (struct graph_path){ .module = MODULE_NONE });
	for (uint32_t i = 1; i < g->call_nodes; i++) {
		const struct function *f = &fn->v.v[fn->nodes.v[i].function];
		vec_push(&g->paths, (struct graph_path){ fn->nodes.v[i].parent, f->module, f->offset, 1 });
	}
	for (uint32_t i = 1; i <= g->stack_count; i++) {
		const struct stack_node *s = &m->stacks.nodes.v[i];
		vec_push(&g->paths, (struct graph_path){ graph_stack_path(g, s->parent), s->module,
			s->offset + !!(s->flags & HP_NODE_EXACT), 0 });
	}
}

/* ---- places ---- */

/* By thread: where the next act of it goes. */
static void order_acts(struct graph *g)
{
	const struct acts *a = &g->model->acts;
	uint32_t n = 0;
	g->threads = xcalloc((size_t)g->thread_count + 1, sizeof *g->threads);
	g->order = xcalloc(a->v.n + 1, sizeof *g->order);
	for (size_t i = 0; i < a->v.n; i++)
		g->threads[a->v.v[i].thread].count++;
	for (uint32_t t = 0; t < g->thread_count; t++) {
		g->threads[t].first = n;
		n += g->threads[t].count;
		g->threads[t].count = 0;
	}
	for (size_t i = 0; i < a->v.n; i++) {
		struct graph_thread *t = &g->threads[a->v.v[i].thread];
		g->order[t->first + t->count++] = (uint32_t)i;
	}
}

uint32_t graph_place(const struct graph *g, uint32_t act)
{
	const struct graph_thread *t = &g->threads[g->model->acts.v.v[act].thread];
	uint32_t from = t->first, to = t->first + t->count;
	while (to - from > 1) {
		uint32_t mid = from + (to - from) / 2;
		if (g->order[mid] <= act)
			from = mid;
		else
			to = mid;
	}
	return from;
}

/* ---- work ---- */

/* The pieces of a thread that are still to be laid beside acts. marks: a ring of places just behind the next ends of acts. */
struct pieces { const struct work_piece *v; size_t at, n, seen, marks[AHEAD]; unsigned first, count; };

static void look_ahead(struct pieces *w)
{
	for (; w->count < AHEAD && w->seen < w->n; w->seen++)
		if (w->v[w->seen].path == WORK_ACT)
			w->marks[(w->first + w->count++) % AHEAD] = w->seen + 1;
}

/* How far the pieces before an act go; 0: it has none. */
static size_t mark_of(struct pieces *w, uint64_t end)
{
	look_ahead(w);
	for (unsigned i = 0; i < w->count; i++) {
		size_t mark = w->marks[(w->first + i) % AHEAD];
		if (w->v[mark - 1].ns != (uint32_t)end)
			continue;
		w->first = (w->first + i + 1) % AHEAD;
		w->count -= i + 1;
		return mark;
	}
	return 0;
}

/*
 * The time between two acts: how much of it is not laid out yet, and where the thread was before and after it. startup: the path
 * of what it does first of all.
 */
struct gap { uint64_t left; uint32_t stack_before, stack, startup; };

static void add_piece(struct graph_builder *b, struct gap *gap, uint32_t path, uint64_t ns)
{
	struct graph *g = b->g;
	if (ns > gap->left)
		ns = gap->left;
	gap->left -= ns;
	path = ns ? graph_known_path(b, path, gap->stack_before, gap->stack) : 0;
	if (path)
		gap->startup = 0;  /* it has begun */
	else
		path = gap->startup;
	if (!path) {
		g->unknown_ns += ns;
		return;
	}
	for (; ns > UINT32_MAX && b->full_pieces < WORK_FULL_MOST; ns -= UINT32_MAX, b->full_pieces++)
		vec_push(&g->work, (struct graph_work){ path, UINT32_MAX });
	uint32_t rest = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
	g->unknown_ns += ns - rest;
	vec_push(&g->work, (struct graph_work){ path, rest });
}

/* The pieces up to `end`, as far as there is time for them; what they leave is on no path that the thread pass knows. */
static void add_pieces(struct graph_builder *b, struct pieces *w, size_t end, struct gap *gap)
{
	for (; w->at < end; w->at++)
		if (w->v[w->at].path != WORK_ACT)
			add_piece(b, gap, w->v[w->at].path, w->v[w->at].ns);
	add_piece(b, gap, 0, gap->left);
}

static size_t pieces_end(struct graph *g, struct pieces *w, const struct act *a)
{
	size_t end = mark_of(w, a->end);
	if (end || a->kind == ACT_BEGIN)
		return end;
	if (!w->count)  /* behind the last event */
		return w->n;
	g->unmatched++;
	return 0;
}

/* Lays the work of a thread beside its acts. */
static void add_work(struct graph_builder *b, uint32_t thread)
{
	struct graph *g = b->g;
	const struct graph_thread *t = &g->threads[thread];
	const struct works *works = g->model->works;
	struct pieces w = { 0 };
	struct gap gap = { 0 };
	uint64_t before = 0;
	if (thread < works->threads.n)
		w = (struct pieces){ .v = works->threads.v[thread].v, .n = works->threads.v[thread].n };
	graph_known_thread(b, thread);
	for (uint32_t p = t->first; p < t->first + t->count; p++) {
		const struct act *a = &g->model->acts.v.v[g->order[p]];
		uint64_t start = graph_act_start(a, before);
		gap.left = p == t->first ? 0 : start - before;
		gap.stack = a->stack;
		gap.startup = p == t->first + 1 ? graph_known_startup(b, thread) : 0;
		g->work_first[p] = (uint32_t)g->work.n;
		g->work_ns += gap.left;
		add_pieces(b, &w, pieces_end(g, &w, a), &gap);
		before = graph_act_end(a, start);
		gap.stack_before = a->stack;
	}
	if (thread < works->threads.n)
		vec_free(&works->threads.v[thread]);
}

/* ---- all ---- */

/* Whether a thread was in a call that had not returned when it ended: it is not the one that ended its process. */
static int ends_waiting(const struct graph *g, uint32_t thread)
{
	const struct graph_thread *t = &g->threads[thread];
	return t->count > 1 && g->model->acts.v.v[g->order[t->first + t->count - 2]].flags & ACT_OPEN;
}

/* A process ends with its last thread, or all its threads with the one that exits: mostly the one that it began with. */
static int ends_later(const struct graph *g, const struct act *a, const struct act *than)
{
	const struct model *m = g->model;
	if (a->end != than->end)
		return a->end > than->end;
	if (ends_waiting(g, a->thread) != ends_waiting(g, than->thread))
		return ends_waiting(g, than->thread);
	return m->threads.v.v[a->thread].tid == m->processes.v.v[0].pid;
}

/* The root process, or what that has become by exec. */
static int is_root(const struct model *m, uint32_t thread)
{
	const struct process *p = &m->processes.v.v[m->threads.v.v[thread].process], *root = &m->processes.v.v[0];
	return p->pid == root->pid && p->start_ns >= root->start_ns;
}

/* The last END of the root process; of a run without any, the last act of all. */
static uint32_t find_end(const struct graph *g)
{
	const struct acts *a = &g->model->acts;
	uint32_t last = ACT_NONE, end = ACT_NONE;
	for (size_t i = 0; i < a->v.n; i++) {
		const struct act *act = &a->v.v[i];
		if (last == ACT_NONE || act->end >= a->v.v[last].end)
			last = (uint32_t)i;
		if (act->kind == ACT_END && is_root(g->model, act->thread) && (end == ACT_NONE || ends_later(g, act, &a->v.v[end])))
			end = (uint32_t)i;
	}
	return end == ACT_NONE ? last : end;
}

struct graph *graph_new(const struct model *m, graph_function *function, void *data)
{
	struct graph *g = xcalloc(1, sizeof *g);
	struct graph_builder b = { .g = g, .function = function, .data = data };
	g->model = m;
	g->thread_count = (uint32_t)m->threads.v.n;
	add_paths(g);
	order_acts(g);
	g->work_first = xcalloc(m->acts.v.n + 1, sizeof *g->work_first);
	for (uint32_t t = 0; t < g->thread_count; t++)
		add_work(&b, t);
	vec_reserve(&g->work, 1);  /* an address, even where there is no work */
	g->work_first[m->acts.v.n] = (uint32_t)g->work.n;
	vec_free(&b.functions);
	map64_free(&b.inside);
	map64_free(&b.threads);
	g->end_act = find_end(g);
	g->to_ns = g->end_act == ACT_NONE ? 0 : m->acts.v.v[g->end_act].end;
	return g;
}

void graph_free(struct graph *g)
{
	if (!g)
		return;
	vec_free(&g->paths);
	vec_free(&g->work);
	free(g->order);
	free(g->work_first);
	free(g->threads);
	free(g);
}
