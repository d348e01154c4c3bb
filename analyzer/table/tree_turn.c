/* A call tree turned over: callers below their callees; or what is around one function. */
#include "table/tree_build.h"

#include <stdlib.h>

#include "table/name_match.h"

/* Paths from their ends are many more than nodes of the tree: followed out to such a number of them, they end there. */
enum { NODES_PER_NODE = 16, NODES_OF_ANY = 1000, NODES_MOST = 4 << 20 };

/*
 * All paths are followed outwards at the same time, level by level: each is at one node of the old tree, and has come to one
 * of the new.
 */
struct path { uint32_t begin, at, place; };

struct walk {
	struct tree *to;
	const struct tree *from;
	const struct tree_options *o;
	VEC(struct path) paths;
	bool inclusive;              /* paths carry what is below them too, but for calls */
};

#define OWN_FIGURES (FIGURE_BIT(CALLS) | FIGURE_BIT(OPEN) | FIGURE_BIT(CUT))

static const struct tree_values *weights(const struct walk *w, unsigned figure)
{
	return w->inclusive && !(1u << figure & OWN_FIGURES) ? &w->from->total[figure] : &w->from->self[figure];
}

static void charge(struct walk *w, struct tree_values *values, const struct path *p)
{
	for (unsigned i = 0; i < FIGURE_COUNT; i++)
		if (w->from->self[i].n)
			tree_charge(&values[i], p->place, tree_value(weights(w, i), p->begin));
}

static bool is_large(const struct walk *w, uint32_t place)
{
	uint32_t figures = w->o->metric->figures;

	return (double)tree_sum(w->to->total, figures, place) * 100 >= w->o->min * (double)tree_sum(w->from->total, figures, 0);
}

static void begin_path(struct walk *w, uint32_t node)
{
	struct path p = { node, node, tree_child_like(w->to, 0, w->from, node) };

	charge(w, w->to->total, &p);
	vec_push(&w->paths, p);
}

/* To the callers: false where there is none, or none that matters. */
static bool step_out(struct walk *w, struct path *p)
{
	uint32_t caller = w->from->nodes.v[p->at].parent;

	if (!caller || !is_large(w, p->place))
		return false;
	p->at = caller;
	p->place = tree_child_like(w->to, p->place, w->from, caller);
	return true;
}

static void step_all(struct walk *w)
{
	size_t left = 0, all = w->paths.n;

	for (size_t i = 0; i < all; i++) {
		if (step_out(w, &w->paths.v[i]))
			w->paths.v[left++] = w->paths.v[i];
		else
			charge(w, w->to->self, &w->paths.v[i]);
	}
	w->paths.n = left;
	for (size_t i = 0; i < left; i++)
		charge(w, w->to->total, &w->paths.v[i]);
}

static void walk_out(struct walk *w)
{
	uint32_t levels = w->o->depth ? w->o->depth : TREE_LEVELS_OUT;
	size_t most = w->from->nodes.n * NODES_PER_NODE + NODES_OF_ANY;

	if (most > NODES_MOST)
		most = NODES_MOST;
	for (uint32_t level = 1; level < levels && w->paths.n && w->to->nodes.n < most; level++)
		step_all(w);
	for (size_t i = 0; i < w->paths.n; i++)
		charge(w, w->to->self, &w->paths.v[i]);
	for (unsigned i = 0; i < FIGURE_COUNT; i++)
		if (w->from->total[i].n)
			tree_charge(&w->to->total[i], 0, w->from->total[i].v[0]);
	vec_free(&w->paths);
}

static bool has_own(const struct tree *t, uint32_t node)
{
	for (unsigned i = 0; i < FIGURE_COUNT; i++)
		if (tree_value(&t->self[i], node))
			return true;
	return false;
}

void tree_reverse(struct tree *to, const struct tree *from, const struct tree_options *o)
{
	struct walk w = { .to = to, .from = from, .o = o };

	tree_begin_like(to, from);
	for (uint32_t i = 1; i < from->nodes.n; i++)
		if (has_own(from, i))
			begin_path(&w, i);
	walk_out(&w);
}

/* ---- around a function ---- */

static bool *matching_names(const struct tree *t, const char *pattern)
{
	bool *yes = calloc(t->names.n + 1, sizeof(*yes));

	for (size_t i = 0; yes && i < t->names.n; i++)
		yes[i] = name_matches(pattern, t->names.v[i]);
	return yes;
}

struct around { struct walk out; struct tree *in; const bool *yes; VEC(uint32_t) place; };

/* Nodes come after their parents: `place` is 0 outside of the function. */
static void add_around(struct around *a, uint32_t node)
{
	const struct tree *from = a->out.from;
	const struct tree_node *n = &from->nodes.v[node];
	uint32_t above = a->place.v[n->parent];

	if (!above && !a->yes[n->name])
		return;
	a->place.v[node] = tree_child_like(a->in, above, from, node);
	for (unsigned i = 0; i < FIGURE_COUNT; i++)
		tree_charge(&a->in->self[i], a->place.v[node], tree_value(&from->self[i], node));
	if (node < from->times.n)
		tree_add_times(a->in, a->place.v[node], &from->times.v[node]);
	if (!above)
		begin_path(&a->out, node);
}

bool tree_around(struct tree *callees, struct tree *callers, const struct tree *from, const struct tree_options *o)
{
	bool *yes = matching_names(from, o->function);
	struct around a = { { .to = callers, .from = from, .o = o, .inclusive = true }, .in = callees, .yes = yes };
	bool found;

	tree_begin_like(callees, from);
	tree_begin_like(callers, from);
	vec_ensure(&a.place, from->nodes.n);
	for (uint32_t i = 1; yes && i < from->nodes.n; i++)
		add_around(&a, i);
	found = a.out.paths.n > 0;
	tree_total(callees);
	walk_out(&a.out);
	vec_free(&a.place);
	free(yes);
	return found;
}
