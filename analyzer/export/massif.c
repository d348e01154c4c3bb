/*
 * massif: how much memory was live over time, with the call paths at the peak and at the end. Times are ms, as massif has no
 * finer unit; a short run is given in bytes allocated instead of time, as massif's --time-unit=B does.
 */
#include <inttypes.h>
#include <string.h>

#include "export/export.h"
#include "export/paths.h"
#include "util/text.h"

enum { SNAPSHOTS = 100, SHORT_MS = 100 };

struct snapshot { uint64_t ns, allocated, live; };

/* One a step of time; or, without one, each so many blocks: when there are 2 * SNAPSHOTS, each second one goes. */
struct history {
	VEC(struct snapshot) v;
	uint64_t             step_ns, next_ns, every, blocks;
	struct snapshot      peak, last;
	struct model_watch   watch;
};

struct tree_node { uint32_t parent, place; uint64_t self, total; uint32_t children; };

struct drawing {
	const struct paths   *paths;
	const struct history *history;
	bool                  in_bytes;     /* the time axis */
	struct sink          *to;
};

/* ---- what happened ---- */

static void thin_out(struct history *h)
{
	size_t n = 0;

	for (size_t i = 1; i < h->v.n; i += 2)
		h->v.v[n++] = h->v.v[i];
	h->v.n = n;
	h->every *= 2;
}

static void note(void *data, const struct model *m, const struct watched_block *b)
{
	struct history *h = data;

	h->last = (struct snapshot){ b->ns, m->memory.bytes_allocated, m->memory.live_bytes };
	if (m->memory.live_bytes > h->peak.live)
		h->peak = h->last;
	if (h->step_ns ? b->ns < h->next_ns : h->blocks++ % h->every > 0)
		return;
	h->next_ns = b->ns + h->step_ns;
	vec_push(&h->v, h->last);
	if (h->v.n == 2 * SNAPSHOTS)
		thin_out(h);
}

/* What is live stays. */
static void note_clear(void *data, const struct model *m, uint64_t ns)
{
	struct history *h = data;

	h->v.n = 0;
	h->every = 1;
	h->blocks = h->next_ns = 0;
	h->peak = h->last = (struct snapshot){ ns, 0, m->memory.live_bytes };
}

/* ---- trees: the innermost at the top, callers below ---- */

struct tree {
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
static void add_line(struct drawing *d, struct buf *line, uint32_t place, uint32_t index)
{
	const struct path_place *p = &d->paths->places.v[place];
	const struct path_line *l = &d->paths->lines.v[p->first_line + index];
	const struct path_function *f = &d->paths->functions.v[l->function];

	buf_addf(line, "0x%" PRIX64 ": ", p->module == MODULE_NONE ? 0 : p->address);
	add_name(line, f->name);
	buf_adds(line, " (");
	if (f->file) {
		add_name(line, view_base_name(f->file));
		buf_addf(line, ":%u", l->line);
	} else {
		buf_adds(line, "in ");
		add_name(line, f->module == MODULE_NONE ? "???" : d->paths->in->model->stacks.modules.v[f->module].path);
	}
	buf_adds(line, ")\n");
}

static void node_lines(struct drawing *d, const struct tree *t, uint32_t node, size_t depth, uint32_t children)
{
	const struct tree_node *n = &t->v.v[node];
	uint32_t lines = d->paths->places.v[n->place].lines;
	struct buf line = { 0 };

	for (uint32_t i = 0; i < lines; i++) {
		buf_fill(&line, ' ', depth + i);
		buf_addf(&line, "n%u: %" PRIu64 " ", i + 1 < lines ? 1 : children, n->total);
		add_line(d, &line, n->place, i);
	}
	sink_write(d->to, line.s, line.n);
	buf_free(&line);
}

/* In preorder, without recursion: paths may be very long. A rest that is no child's is one of its own. */
static void draw_nodes(struct drawing *d, const struct tree *t)
{
	VEC(struct { uint32_t node, next; size_t depth; }) at = { 0 };

	(void)vec_add(&at);
	while (at.n) {
		uint32_t node = at.v[at.n - 1].node, next = at.v[at.n - 1].next++, child_node;
		size_t depth = at.v[at.n - 1].depth;

		if (next == t->v.v[node].children) {
			if (t->v.v[node].children && t->v.v[node].self) {
				struct buf line = { 0 };

				buf_fill(&line, ' ', depth);
				buf_addf(&line, "n0: %" PRIu64 " %s\n", t->v.v[node].self, node ? "(called from the outside)" : "(other)");
				sink_write(d->to, line.s, line.n);
				buf_free(&line);
			}
			at.n--;
			continue;
		}
		child_node = t->order.v[t->first.v[node] + next];
		node_lines(d, t, child_node, depth, t->v.v[child_node].children + (t->v.v[child_node].children && t->v.v[child_node].self));
		(void)vec_add(&at);
		at.v[at.n - 1].node = child_node;
		at.v[at.n - 1].depth = depth + d->paths->places.v[t->v.v[child_node].place].lines;
	}
	vec_free(&at);
}

static void draw_tree(struct drawing *d, unsigned metric, size_t keep)
{
	struct tree t;

	build_tree(&t, d->paths, metric, keep);
	sink_format(d->to, "n%u: %" PRIu64 " (heap allocation functions) malloc/new/new[], --alloc-fns, etc.\n",
	            t.v.v[0].children + (t.v.v[0].children && t.v.v[0].self), t.v.v[0].total);
	draw_nodes(d, &t);
	free_tree(&t);
}

/* ---- snapshots ---- */

static void draw_snapshot(struct drawing *d, unsigned number, const struct snapshot *s, const char *tree)
{
	uint64_t from = d->paths->in->model->options.from_ns, ns = s->ns > from ? s->ns - from : 0;

	sink_format(d->to, "#-----------\nsnapshot=%u\n#-----------\ntime=%" PRIu64 "\nmem_heap_B=%" PRIu64
	            "\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=%s\n",
	            number, d->in_bytes ? s->allocated : ns / 1000000, s->live, tree);
}

static void draw_head(struct drawing *d)
{
	const struct process *p = &d->paths->in->model->processes.v.v[0];
	struct buf line = { 0 };

	buf_adds(&line, "desc: --time-unit=");
	buf_adds(&line, d->in_bytes ? "B" : "ms");
	buf_adds(&line, " (recorded by hp)\ncmd: ");
	for (uint32_t i = 0; i < p->cmdline_bytes && !d->paths->in->no_cmdline; i += (uint32_t)strnlen(p->cmdline + i, p->cmdline_bytes - i) + 1) {
		buf_adds(&line, i ? " " : "");
		text_escape(&line, p->cmdline + i, strnlen(p->cmdline + i, p->cmdline_bytes - i));
	}
	buf_addf(&line, "\ntime_unit: %s\n", d->in_bytes ? "B" : "ms");
	sink_write(d->to, line.s, line.n);
	buf_free(&line);
}

static void draw(void *data, size_t keep, struct sink *to)
{
	struct drawing d = *(const struct drawing *)data;
	const struct history *h = d.history;
	unsigned number = 0;
	bool peaked = !h->peak.live;

	d.to = to;
	draw_head(&d);
	for (size_t i = 0; i <= h->v.n; i++) {
		const struct snapshot *s = i < h->v.n ? &h->v.v[i] : &h->last;

		if (!peaked && s->ns >= h->peak.ns) {
			draw_snapshot(&d, number++, &h->peak, "peak");
			draw_tree(&d, METRIC_PEAK, keep);
			peaked = true;
			if (i < h->v.n && s->ns == h->peak.ns && s->live == h->peak.live)
				continue;
		}
		draw_snapshot(&d, number++, s, i < h->v.n ? "empty" : "detailed");
	}
	draw_tree(&d, METRIC_LIVE, keep);
}

static int write_massif(struct export *e)
{
	struct history h = { .every = 1 };
	const struct view_input *in;
	struct paths p;
	bool in_bytes;
	size_t kept;
	int code;

	h.watch = (struct model_watch){ .data = &h, .block = note, .clear = note_clear };
	in = e->open(e, MODEL_MEMORY, &h.watch);
	if (!in)
		return -1;
	in_bytes = in->model->duration_ns < SHORT_MS * UINT64_C(1000000);
	h.step_ns = in_bytes ? 0 : in->model->duration_ns / SNAPSHOTS;
	e->run(e, in);
	paths_build(&p, in, NULL, METRIC_BIT(PEAK) | METRIC_BIT(LIVE));
	h.last.live = p.totals.v[METRIC_LIVE];  /* with what processes that have ended did not free */
	code = export_fit(e, p.ranked.n, draw, &(struct drawing){ .paths = &p, .history = &h, .in_bytes = in_bytes }, &kept);
	if (kept < p.ranked.n)
		export_left_out(e, "%zu of %zu call paths, together in (other)", p.ranked.n - kept, p.ranked.n);
	paths_free(&p);
	vec_free(&h.v);
	return code;
}

const struct exporter export_massif = {
	.name = "massif", .opened_by = "ms_print, massif-visualizer", .write = write_massif,
};
