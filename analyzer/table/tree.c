#include "table/tree.h"

#include "table/tree_build.h"
#include "util/fmt.h"

enum { PERCENT, TOTAL, SELF, MODULE, FILE_NAME, LINE, NAME, COLUMN_COUNT };

/* The columns; figures are in the unit of the metric, so they are made for each tree. */
static const struct column *columns_in(struct arena *arena, enum unit unit)
{
	const struct column columns[COLUMN_COUNT] = {
		[PERCENT]   = { "percent", "", .unit = UNIT_PERCENT },
		[TOTAL]     = { "total", "total", .unit = unit },
		[SELF]      = { "self", "self", .unit = unit },
		[MODULE]    = { "module", "module", .flags = COLUMN_DATA },
		[FILE_NAME] = { "file", "file", .flags = COLUMN_DATA },
		[LINE]      = { "line", "line", .flags = COLUMN_DATA },
		[NAME]      = { "name", "call path", .flags = COLUMN_CODE },
	};

	return arena_copy(arena, columns, sizeof(columns));
}

static void add_node(struct tree *t, struct table *table, const struct tree_node *n)
{
	struct cell *c = table_tree_row(table, n->level - 1);

	c[PERCENT] = cell_share(n->total, t->nodes.v[0].total);
	c[TOTAL] = cell_int(n->total);
	c[SELF] = cell_int(n->self);
	c[NAME] = cell_name(n->name);
	c[MODULE] = cell_name(n->module[0] ? n->module : NULL);
	c[FILE_NAME] = cell_name(n->file);
	if (n->file)
		c[LINE] = cell_int(n->line);
}

static bool is_wanted(const struct tree *t, const struct tree_options *o, const struct tree_node *n)
{
	return n->total && (!o->depth || n->level <= o->depth)
		&& (double)n->total * 100 >= o->min * (double)t->nodes.v[0].total;
}

struct level { uint32_t parent, next; };

/* Rows in preorder; the stack holds the position in `order` of the next sibling on each level. */
static void add_nodes(struct tree *t, struct table *table, const struct tree_options *o)
{
	VEC(struct level) stack = { 0 };

	vec_ensure(&stack, 0);
	stack.v[0].next = t->first.v[0];
	while (stack.n) {
		uint32_t next = stack.v[stack.n - 1].next, index;

		if (!next || next > t->order.n || t->nodes.v[t->order.v[next - 1]].parent != stack.v[stack.n - 1].parent) {
			stack.n--;
			continue;
		}
		stack.v[stack.n - 1].next++;
		index = t->order.v[next - 1];
		if (!is_wanted(t, o, &t->nodes.v[index]))
			continue;
		add_node(t, table, &t->nodes.v[index]);
		vec_ensure(&stack, stack.n);
		stack.v[stack.n - 1].parent = index;
		stack.v[stack.n - 1].next = t->first.v[index];
	}
	vec_free(&stack);
}

enum { METRIC, ALL, TREE };

struct table *tree_table(const struct view_input *in, const char *metric, const char *title, enum unit unit,
                         const struct tree_weights *weights, const struct tree_options *options)
{
	const struct column columns[] = {
		[METRIC] = { "metric", "metric", .flags = COLUMN_DATA },
		[ALL]    = { "total", "total", unit, .flags = COLUMN_DATA },
		[TREE]   = { "tree", "tree", .unit = UNIT_NONE },
	};
	const struct column *own = arena_copy(in->arena, columns, sizeof(columns));
	struct tree t = { .in = in, .weights = weights };
	struct table *object = table_new(in->arena, TABLE_OBJECT, NULL, NULL, own, sizeof(columns) / sizeof(columns[0]));
	struct table *rows = table_new(in->arena, TABLE_TREE, "tree", title, columns_in(in->arena, unit), COLUMN_COUNT);
	struct cell *c = table_row(object);

	tree_build(&t, options->reverse);
	add_nodes(&t, rows, options);
	c[METRIC] = cell_name(metric);
	c[ALL] = cell_int(t.nodes.v[0].total);
	rows->note = unit == UNIT_NS ? view_text(in, "%s in all", fmt_duration(t.nodes.v[0].total).s)
		: unit == UNIT_BYTES ? view_text(in, "%s in all", fmt_bytes(t.nodes.v[0].total).s)
		: view_text(in, "%s in all", fmt_count(t.nodes.v[0].total).s);
	c[TREE] = cell_table(rows);
	if (!rows->row_count) {
		object->title = title;
		object->note = "nothing";
	}
	tree_free(&t);
	return object;
}
