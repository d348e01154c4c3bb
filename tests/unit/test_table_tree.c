/* Call trees, from a model made by hand: its frames have no symbols, so their names are addresses. */
#include <criterion/criterion.h>

#include <string.h>

#include "table/tree.h"

static struct model model;
static struct arena arena;
static struct view_input in = { .model = &model, .arena = &arena };

static uint32_t add_node(uint32_t parent, uint64_t address)
{
	vec_push(&model.stacks.nodes, (struct stack_node){ .parent = parent, .module = MODULE_NONE, .offset = address });
	return (uint32_t)model.stacks.nodes.n - 1;
}

/* main (1) calls a (2) and b (3); a calls itself; b calls a. */
static void setup(void)
{
	uint32_t first, a;

	add_node(0, 0);
	first = add_node(0, 1);
	a = add_node(first, 2);
	add_node(first, 3);
	add_node(a, 2);
	add_node(3, 2);
	in.naming = naming_new(&model, NULL);
}

static struct table *tree_of(const uint64_t *weights, size_t n, struct tree_options o, const char *key)
{
	struct doc doc;

	for (uint32_t i = 1; i < n; i++)
		vec_push(&model.functions.paths.v, (struct path_costs){ .stack = i, .between_ns = weights[i] });
	doc_init(&doc, &arena);
	o.metric = tree_metric_find("time");
	if (!tree_add(&in, &doc, &o))
		return NULL;
	model.functions.paths.v.n = 0;
	for (size_t i = 0; i < doc.table_count; i++)
		if (doc.tables[i]->key && !strcmp(doc.tables[i]->key, key))
			return doc.tables[i];
	return NULL;
}

static struct table *tree(const uint64_t *weights, size_t n, const struct tree_options *o)
{
	return tree_of(weights, n, *o, "tree");
}

static void expect_row(const struct table *t, size_t row, uint32_t level, const char *name, int64_t total, int64_t self)
{
	const struct row *r = &t->rows[row];

	cr_assert_lt(row, t->row_count);
	cr_assert_str_eq(r->cells[table_column(t, "name")].name, name, "row %zu", row);
	cr_assert_eq(r->level, level, "row %zu is on level %u", row, r->level);
	cr_assert_eq(r->cells[table_column(t, "total")].integer, total, "row %zu", row);
	cr_assert_eq(r->cells[table_column(t, "self")].integer, self, "row %zu", row);
}

Test(tree, sums_what_is_below_and_puts_the_heaviest_first, .init = setup)
{
	static const uint64_t weights[] = { 0, 1, 10, 20, 30, 40 };
	struct table *t = tree(weights, 6, &(struct tree_options){ 0 });

	cr_assert_eq(t->row_count, 5);
	expect_row(t, 0, 0, "0x1", 101, 1);
	expect_row(t, 1, 1, "0x3", 60, 20);
	expect_row(t, 2, 2, "0x2", 40, 40);
	expect_row(t, 3, 1, "0x2", 40, 10);
	expect_row(t, 4, 2, "0x2", 30, 30);
}

Test(tree, leaves_out_what_is_small_or_deep, .init = setup)
{
	static const uint64_t weights[] = { 0, 1, 10, 20, 30, 40 };
	struct table *t = tree(weights, 6, &(struct tree_options){ .min = 45 });

	cr_assert_eq(t->row_count, 2);
	t = tree(weights, 6, &(struct tree_options){ .depth = 2 });
	cr_assert_eq(t->row_count, 3);
	expect_row(t, 2, 1, "0x2", 40, 10);
}

Test(tree, turns_round_to_show_callers_below_callees, .init = setup)
{
	static const uint64_t weights[] = { 0, 0, 10, 0, 30, 40 };
	struct table *t = tree(weights, 6, &(struct tree_options){ .reverse = true });

	expect_row(t, 0, 0, "0x2", 80, 0);
	expect_row(t, 1, 1, "0x3", 40, 0);
	expect_row(t, 2, 2, "0x1", 40, 40);
	expect_row(t, 3, 1, "0x2", 30, 0);
	cr_assert_eq(t->rows[t->row_count - 1].cells[table_column(t, "total")].integer, 10);
}

Test(tree, is_empty_without_figures, .init = setup)
{
	cr_assert_eq(tree(NULL, 0, &(struct tree_options){ 0 })->row_count, 0);
	cr_assert_eq(tree((const uint64_t[]){ 0, 0 }, 2, &(struct tree_options){ 0 })->row_count, 0);
}

Test(tree, keeps_weight_without_a_call_path_out, .init = setup)
{
	static const uint64_t weights[] = { 7, 1 };
	struct table *t = tree(weights, 2, &(struct tree_options){ 0 });

	cr_assert_eq(t->row_count, 1);
	expect_row(t, 0, 0, "0x1", 1, 1);
}

Test(tree, follows_paths_of_any_depth, .init = setup)
{
	static uint64_t weights[20000];
	uint32_t last = 0;
	struct table *t;

	while (model.stacks.nodes.n < 20000)
		last = add_node(last ? last : 1, 100 + model.stacks.nodes.n % 2);
	weights[last] = 5;
	t = tree(weights, 20000, &(struct tree_options){ 0 });
	cr_assert_eq(t->row_count, 20000 - 6 + 1);
	cr_assert_eq(t->rows[t->row_count - 1].cells[table_column(t, "self")].integer, 5);
}

/* main (1) has 1, a (2) has 10 and in itself 30, b (3) has 20, and its a 40. */
Test(tree, shows_what_a_function_calls_with_its_recursion_counted_once, .init = setup)
{
	static const uint64_t weights[] = { 0, 1, 10, 20, 30, 40 };
	struct table *t = tree_of(weights, 6, (struct tree_options){ .function = "0x2" }, "callees");

	cr_assert_eq(t->row_count, 2);
	expect_row(t, 0, 0, "0x2", 80, 50);
	expect_row(t, 1, 1, "0x2", 30, 30);
}

Test(tree, shows_who_calls_a_function_with_all_that_is_below_it, .init = setup)
{
	static const uint64_t weights[] = { 0, 1, 10, 20, 30, 40 };
	struct table *t = tree_of(weights, 6, (struct tree_options){ .function = "0x2" }, "callers");

	cr_assert_eq(t->row_count, 4);
	expect_row(t, 0, 0, "0x2", 80, 0);
	expect_row(t, 1, 1, "0x1", 40, 40);
	expect_row(t, 2, 1, "0x3", 40, 0);
	expect_row(t, 3, 2, "0x1", 40, 40);
}

Test(tree, does_not_know_a_function_that_is_on_no_path, .init = setup)
{
	static const uint64_t weights[] = { 0, 1 };

	cr_assert_null(tree_of(weights, 2, (struct tree_options){ .function = "0x3" }, "callers"));
	cr_assert_not_null(tree_of(weights, 2, (struct tree_options){ .function = "0x[0-9]" }, "callers"));
}

/* Followed out to the end, the callers of a million calls of one recursion would be as many trees as there are calls. */
Test(tree, turns_a_deep_recursion_round_in_no_time, .init = setup)
{
	enum { LEVELS = 200000 };
	uint64_t *weights = calloc(LEVELS, sizeof *weights);
	struct table *t;
	uint32_t last = 1;

	while (model.stacks.nodes.n < LEVELS)
		last = add_node(last, 100);
	for (uint32_t i = 6; i < LEVELS; i++)
		weights[i] = 1;
	t = tree(weights, LEVELS, &(struct tree_options){ .reverse = true });
	cr_assert_geq(t->row_count, TREE_LEVELS_OUT);
	cr_assert_leq(t->row_count, 2 * TREE_LEVELS_OUT);
	expect_row(t, 0, 0, "0x64", LEVELS - 6, 0);
	free(weights);
}
