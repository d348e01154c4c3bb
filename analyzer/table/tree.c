#include "table/tree.h"

#include "table/tree_build.h"
#include "util/fmt.h"

enum { LEAST_SHARE = 100 };
enum { PERCENT, TOTAL, SELF, ALL_TIME, OWN_TIME, FIGURES };  /* then the figures that occur, then: */
enum { MODULE, FILE_NAME, LINE, NAME, LAST_COUNT };

/* How one tree is drawn. */
struct drawing {
	const struct view_input   *in;
	const struct tree_options *o;
	struct tree               *t;
	uint64_t                   whole;      /* of the metric: what shares are of */
	enum tree_figure           figures[FIGURE_COUNT];
	size_t                     figure_count;
	uint64_t                   figure_wholes[FIGURE_COUNT];
	VEC(uint32_t)              order;      /* nodes by parent, heaviest first */
	VEC(uint32_t)              first;      /* of each parent: 1 + where its children begin in `order` */
	VEC(uint64_t)              weight;     /* of each node */
};

/* ---- columns ---- */

/* A figure that is 0 everywhere has no column; one that the metric is made of alone is not shown twice. */
static void choose_figures(struct drawing *d, const struct tree *all)
{
	for (unsigned i = 0; i < FIGURE_COUNT; i++) {
		d->figure_wholes[i] = tree_value(&all->total[i], 0);
		if (d->figure_wholes[i])
			d->figures[d->figure_count++] = (enum tree_figure)i;
	}
}

/* Behind the figures stand the percentiles. */
static size_t last_column(const struct drawing *d)
{
	return FIGURES + d->figure_count + d->o->percentiles.n;
}

/* What takes up less of the time than the smallest share that is worth a look has no room in a line either. */
static bool is_shown(const struct drawing *d, enum tree_figure figure)
{
	const struct tree_metric *m = d->o->metric;

	if (!(m->beside >> figure & 1) || m->figures == 1u << figure)
		return false;
	return figure == FIGURE_RUNNING || tree_figures[figure].unit != UNIT_NS || d->figure_wholes[figure] * LEAST_SHARE >= d->whole;
}

static struct column figure_column(const struct drawing *d, enum tree_figure figure)
{
	const struct tree_figure_info *f = &tree_figures[figure];
	bool shown = is_shown(d, figure);

	return (struct column){ f->key, f->title, f->unit, .flags = shown ? COLUMN_SPARE | COLUMN_EXTRA : COLUMN_DATA };
}

/* Turned over, a node's own share is that of paths which begin there: of no use to a reader. */
static const struct column *columns_of(const struct drawing *d, bool reverse)
{
	enum unit unit = d->o->metric->unit;
	struct column c[FIGURES + FIGURE_COUNT + PERCENTILES_MOST + LAST_COUNT] = {
		[PERCENT]  = { "percent", "", .unit = UNIT_PERCENT },
		[TOTAL]    = { "total", "total", .unit = unit },
		[SELF]     = { "self", "self", unit, .flags = reverse ? COLUMN_DATA : 0 },
		[ALL_TIME] = { "time_ns", "time", UNIT_NS, .flags = COLUMN_DATA },
		[OWN_TIME] = { "self_ns", "self", UNIT_NS, .flags = COLUMN_DATA },
	};
	const struct percentiles *p = &d->o->percentiles;
	struct column *last = &c[last_column(d)];

	for (size_t i = 0; i < d->figure_count; i++)
		c[FIGURES + i] = figure_column(d, d->figures[i]);
	for (size_t i = 0; i < p->n; i++)
		c[FIGURES + d->figure_count + i] = percentiles_column(d->in->arena, p->at[i]);
	last[MODULE] = (struct column){ "module", "module", .flags = COLUMN_DATA };
	last[FILE_NAME] = (struct column){ "file", "file", .flags = COLUMN_DATA };
	last[LINE] = (struct column){ "line", "line", .flags = COLUMN_DATA };
	last[NAME] = (struct column){ "name", "call path", .flags = COLUMN_CODE };
	return arena_copy(d->in->arena, c, (last_column(d) + LAST_COUNT) * sizeof(*c));
}

/* ---- rows ---- */

/* Calls are a node's own; everything else has what is below it in it. */
static uint64_t figure_of(const struct tree *t, enum tree_figure figure, uint32_t node, bool reverse)
{
	bool own = !reverse && (figure == FIGURE_CALLS || figure == FIGURE_OPEN || figure == FIGURE_CUT);

	return tree_value(own ? &t->self[figure] : &t->total[figure], node);
}

static void add_node(const struct drawing *d, struct table *table, uint32_t node, bool reverse)
{
	const struct tree_node *n = &d->t->nodes.v[node];
	struct cell *c = table_tree_row(table, n->level - 1), *last = &c[last_column(d)];

	c[PERCENT] = cell_share(d->weight.v[node], d->whole);
	c[TOTAL] = cell_int(d->weight.v[node]);
	c[SELF] = cell_int(tree_sum(d->t->self, d->o->metric->figures, node));
	c[ALL_TIME] = cell_int(tree_sum(d->t->total, FIGURES_OF_TIME, node));
	c[OWN_TIME] = cell_int(tree_sum(d->t->self, FIGURES_OF_TIME, node));
	for (size_t i = 0; i < d->figure_count; i++) {
		uint64_t value = figure_of(d->t, d->figures[i], node, reverse);

		/* of code that is not instrumented nobody knows how often it was called */
		c[FIGURES + i] = value || d->figures[i] != FIGURE_CALLS ? cell_int(value) : CELL_UNKNOWN;
	}
	for (size_t i = 0; i < d->o->percentiles.n && node < d->t->times.n; i++)
		c[FIGURES + d->figure_count + i] = view_quantile(&d->t->times.v[node], d->o->percentiles.at[i] / 100);
	last[NAME] = cell_name(d->t->names.v[n->name]);
	last[MODULE] = cell_name(n->module[0] ? n->module : NULL);
	last[FILE_NAME] = cell_name(n->file);
	if (n->file)
		last[LINE] = cell_int(n->line);
}

static bool is_wanted(const struct drawing *d, uint32_t node)
{
	return d->weight.v[node] && (!d->o->depth || d->t->nodes.v[node].level <= d->o->depth)
		&& (double)d->weight.v[node] * 100 >= d->o->min * (double)d->whole;
}

static int compare_siblings(const void *a, const void *b, void *drawing)
{
	const struct drawing *d = drawing;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct tree_node *x = &d->t->nodes.v[i], *y = &d->t->nodes.v[k];

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (d->weight.v[i] != d->weight.v[k])
		return d->weight.v[i] > d->weight.v[k] ? -1 : 1;
	return strcmp(d->t->names.v[x->name], d->t->names.v[y->name]);
}

static void put_in_order(struct drawing *d)
{
	size_t count = d->t->nodes.n;

	for (uint32_t i = 0; i < count; i++)
		vec_push(&d->weight, tree_sum(d->t->total, d->o->metric->figures, i));
	for (uint32_t i = 1; i < count; i++)
		if (is_wanted(d, i))
			vec_push(&d->order, i);
	if (d->order.n)
		qsort_r(d->order.v, d->order.n, sizeof(*d->order.v), compare_siblings, d);
	vec_ensure(&d->first, count);
	for (size_t i = d->order.n; i-- > 0;)
		d->first.v[d->t->nodes.v[d->order.v[i]].parent] = (uint32_t)i + 1;
}

/* Rows in preorder; the stack holds 1 + the position in `order` of the next sibling on each level. */
static void add_nodes(const struct drawing *d, struct table *table, bool reverse)
{
	VEC(uint32_t) stack = { 0 };
	uint32_t parent = 0;

	vec_push(&stack, d->first.v[0]);
	while (stack.n) {
		uint32_t next = stack.v[stack.n - 1], node = next && next <= d->order.n ? d->order.v[next - 1] : 0;

		if (!node || d->t->nodes.v[node].parent != parent) {
			parent = d->t->nodes.v[parent].parent;
			stack.n--;
			continue;
		}
		stack.v[stack.n - 1]++;
		add_node(d, table, node, reverse);
		vec_push(&stack, d->first.v[node]);
		parent = node;
	}
	vec_free(&stack);
}

static struct table *rows_of(struct drawing *d, const char *key, const char *title, bool reverse)
{
	struct table *rows = table_new(d->in->arena, TABLE_TREE, key, title, columns_of(d, reverse), last_column(d) + LAST_COUNT);

	put_in_order(d);
	add_nodes(d, rows, reverse);
	vec_free(&d->order);
	vec_free(&d->first);
	vec_free(&d->weight);
	return rows;
}

/* ---- the document ---- */

static const char *amount(const struct view_input *in, enum unit unit, uint64_t value)
{
	return view_text(in, "%s in all", unit == UNIT_NS ? fmt_duration(value).s : unit == UNIT_BYTES ? fmt_bytes(value).s
		: fmt_count(value).s);
}

enum { METRIC, FUNCTION, WHOLE };
/* The document's own members: which metric it is, and what it comes to. */
static struct table *heading(const struct drawing *d)
{
	const struct column columns[] = {
		[METRIC]   = { "metric", "metric", .flags = COLUMN_DATA },
		[FUNCTION] = { "function", "function", .flags = COLUMN_DATA },
		[WHOLE]    = { "total", "total", d->o->metric->unit, .flags = COLUMN_DATA },
	};
	struct table *object = table_new(d->in->arena, TABLE_OBJECT, NULL, NULL, arena_copy(d->in->arena, columns, sizeof(columns)),
	                                 sizeof(columns) / sizeof(columns[0]));
	struct cell *c = table_row(object);

	c[METRIC] = cell_name(d->o->metric->name);
	c[FUNCTION] = cell_name(d->o->function);
	c[WHOLE] = cell_int(d->whole);
	return object;
}

static struct table *draw(struct drawing *d, struct tree *t, const char *key, const char *title, bool reverse)
{
	struct table *rows;

	d->t = t;
	rows = rows_of(d, key, title, reverse);
	if (!rows->row_count)
		rows->note = "nothing";
	return rows;
}

static void add_whole(struct drawing *d, struct doc *doc, struct tree *forward)
{
	struct tree turned = { .nodes = { 0 } };
	struct table *rows;

	if (d->o->reverse)
		tree_reverse(&turned, forward, d->o);
	rows = draw(d, d->o->reverse ? &turned : forward, "tree", d->o->metric->title, d->o->reverse);
	if (rows->row_count)
		rows->note = amount(d->in, d->o->metric->unit, d->whole);
	doc_add(doc, heading(d));
	doc_add(doc, rows);
	tree_free(&turned);
}

static bool add_around(struct drawing *d, struct doc *doc, struct tree *forward)
{
	struct tree callees = { .nodes = { 0 } }, callers = { .nodes = { 0 } };
	bool found = tree_around(&callees, &callers, forward, d->o);

	if (found) {
		doc_add(doc, heading(d));
		doc_add(doc, draw(d, &callers, "callers", view_text(d->in, "%s: who calls it", d->o->metric->title), true));
		doc_add(doc, draw(d, &callees, "callees", view_text(d->in, "%s: what it calls", d->o->metric->title), false));
	}
	tree_free(&callees);
	tree_free(&callers);
	return found;
}

bool tree_add(const struct view_input *in, struct doc *doc, const struct tree_options *o)
{
	struct tree forward = { .nodes = { 0 } };
	struct drawing d = { .in = in, .o = o };
	bool found = true;

	tree_of_model(&forward, in);
	choose_figures(&d, &forward);
	d.whole = tree_sum(forward.total, o->metric->figures, 0);
	if (o->function)
		found = add_around(&d, doc, &forward);
	else
		add_whole(&d, doc, &forward);
	tree_free(&forward);
	return found;
}
