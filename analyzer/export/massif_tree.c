/* massif_tree.c - trees of call paths with the innermost at the top and callers below, as massif has them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "export/massif.h"
#include "util/buf.h"
#include "util/text.h"

struct tree_node { uint32_t parent, place; uint64_t self, total; uint32_t children; };

struct tree {
	const struct paths   *paths;
	struct sink          *to;
	VEC(struct tree_node) v;
	struct map64          by_edge;
	VEC(uint32_t)         order;    /* by parent, the heaviest first */
	VEC(uint32_t)         first;    /* of each node's children in `order` */
};

static uint32_t child(struct tree *t, uint32_t parent, uint32_t place)
{
	uint64_t key = (uint64_t)parent << 32 | place;
	uint32_t found = map64_get(&t->by_edge, key);

	if (found != MAP64_NONE)
		return found;
	found = (uint32_t)t->v.n;
	vec_push(&t->v, (struct tree_node){ .parent = parent, .place = place });
	t->v.v[parent].children++;
	map64_put(&t->by_edge, key, found);
	return found;
}

static int heavier_sibling(const void *a, const void *b, void *nodes)
{
	const struct tree_node *v = nodes, *x = &v[*(const uint32_t *)a], *y = &v[*(const uint32_t *)b];

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return x->total != y->total ? (x->total > y->total ? -1 : 1) : 0;
}

/* Those of `keep` paths; the others' sum is the root's own. */
static void build_tree(struct tree *t, const struct paths *p, unsigned metric, size_t keep)
{
	*t = (struct tree){ 0 };
	vec_push(&t->v, (struct tree_node){ 0 });
	for (size_t i = 0; i < p->ranked.n; i++) {
		uint32_t at = 0;
		uint64_t value = p->rows.v[p->nodes.v[p->ranked.v[i]].row].v[metric];

		for (uint32_t n = value && i < keep ? p->ranked.v[i] : 0; n; n = p->nodes.v[n].parent)
			at = child(t, at, p->nodes.v[n].place);
		t->v.v[at].self += value;
	}
	for (size_t i = t->v.n; i-- > 0;) {
		t->v.v[i].total += t->v.v[i].self;
		if (i)
			t->v.v[t->v.v[i].parent].total += t->v.v[i].total;
	}
	for (uint32_t i = 1; i < t->v.n; i++)
		vec_push(&t->order, i);
	if (t->order.n)
		qsort_r(t->order.v, t->order.n, sizeof(*t->order.v), heavier_sibling, t->v.v);
	vec_ensure(&t->first, t->v.n);
	for (size_t i = t->order.n; i-- > 0;)
		t->first.v[t->v.v[t->order.v[i]].parent] = (uint32_t)i;
}

static void free_tree(struct tree *t)
{
	vec_free(&t->v);
	vec_free(&t->order);
	vec_free(&t->first);
	map64_free(&t->by_edge);
}

/* '#' begins a comment there. */
static void add_name(struct buf *line, const char *name)
{
	size_t from = line->n;

	text_escape(line, name, strlen(name));
	for (; from < line->n; from++)
		if (line->s[from] == '#')
			line->s[from] = '?';
}

/* "0x4011D6: grow (heap.c:21)"; inlined functions have the same address, each its own line. */
static void add_line(const struct paths *paths, struct buf *line, uint32_t place, uint32_t index)
{
	const struct path_place *p = &paths->places.v[place];
	const struct path_line *l = &paths->lines.v[p->first_line + index];
	const struct path_function *f = &paths->functions.v[l->function];

	buf_addf(line, "0x%" PRIX64 ": ", p->module == MODULE_NONE ? 0 : p->address);
	add_name(line, f->name);
	buf_adds(line, " (");
	if (f->file) {
		add_name(line, view_base_name(f->file));
		buf_addf(line, ":%u", l->line);
	} else {
		buf_adds(line, "in ");
		add_name(line, f->module == MODULE_NONE ? "???" : paths->in->model->stacks.modules.v[f->module].path);
	}
	buf_adds(line, ")\n");
}

static void node_lines(const struct tree *t, uint32_t node, size_t depth, uint32_t children)
{
	const struct tree_node *n = &t->v.v[node];
	uint32_t lines = t->paths->places.v[n->place].lines;
	struct buf line = { 0 };

	for (uint32_t i = 0; i < lines; i++) {
		buf_fill(&line, ' ', depth + i);
		buf_addf(&line, "n%u: %" PRIu64 " ", i + 1 < lines ? 1 : children, n->total);
		add_line(t->paths, &line, n->place, i);
	}
	sink_write(t->to, line.s, line.n);
	buf_free(&line);
}

/* What is no child's, as a child of its own. */
static void rest_line(const struct tree *t, uint32_t node, size_t depth)
{
	struct buf line = { 0 };

	buf_fill(&line, ' ', depth);
	buf_addf(&line, "n0: %" PRIu64 " %s\n", t->v.v[node].self, node ? "(called from the outside)" : "(other)");
	sink_write(t->to, line.s, line.n);
	buf_free(&line);
}

static bool has_rest(const struct tree *t, uint32_t node)
{
	return t->v.v[node].children && t->v.v[node].self;
}

/* In preorder, without recursion: paths may be very long. */
static void draw_nodes(const struct tree *t)
{
	VEC(struct { uint32_t node, next; size_t depth; }) at = { 0 };

	(void)vec_add(&at);
	while (at.n) {
		uint32_t node = at.v[at.n - 1].node, next = at.v[at.n - 1].next++, child_node;
		size_t depth = at.v[at.n - 1].depth;

		if (next == t->v.v[node].children) {
			if (has_rest(t, node))
				rest_line(t, node, depth);
			at.n--;
			continue;
		}
		child_node = t->order.v[t->first.v[node] + next];
		node_lines(t, child_node, depth, t->v.v[child_node].children + has_rest(t, child_node));
		(void)vec_add(&at);
		at.v[at.n - 1].node = child_node;
		at.v[at.n - 1].depth = depth + t->paths->places.v[t->v.v[child_node].place].lines;
	}
	vec_free(&at);
}

void massif_tree(const struct paths *paths, unsigned metric, size_t keep, struct sink *to)
{
	struct tree t;

	build_tree(&t, paths, metric, keep);
	t.paths = paths;
	t.to = to;
	sink_format(to, "n%u: %" PRIu64 " (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n", t.v.v[0].children + has_rest(&t, 0),
	            t.v.v[0].total);
	draw_nodes(&t);
	free_tree(&t);
}
