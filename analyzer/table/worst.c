#include "table/worst.h"

#include <string.h>

#include "table/identity.h"
#include "util/map64.h"

/* A node of the call tree among stacks. */
#define CALL_NODE (UINT64_C(1) << 32)

/* What a figure of the whole is called in a list of call paths. */
static const struct { const char *of_all, *of_path; } aliases[] = {
	{ "alloc_calls", "calls" }, { "realloc_calls", "calls" }, { "bytes_allocated", "bytes" }, { "alloc_bytes", "bytes" }, { "peak_blocks", "peak_bytes" },
	{ "bytes_read", "bytes" }, { "bytes_written", "bytes" }, { "reads", "calls" }, { "writes", "calls" }, { "opens", "calls" },
	{ "acquisitions", "waits" }, { "contended", "waits" }, { "max_wait_ns", "wait_ns" }, { "time_ns", "wait_ns" }, { "calls", "waits" },
};

static int column_for(const struct table *t, const char *key)
{
	int at = table_column(t, key);

	for (size_t i = 0; at < 0 && i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcmp(aliases[i].of_all, key))
			at = table_column(t, aliases[i].of_path);
	for (size_t i = 0; at < 0 && i < t->column_count; i++)
		if (t->columns[i].unit == UNIT_BYTES || t->columns[i].unit == UNIT_NS)
			at = (int)i;
	return at;
}

static int stack_column(const struct table *t)
{
	int at = identity_column(t);

	return at >= 0 && t->row_count && t->rows[0].cells[at].type == CELL_STACK ? at : -1;
}

static double number_of(const struct cell *c)
{
	return c->type == CELL_REAL ? c->real : c->type == CELL_INT ? (double)c->integer : 0;
}

/* Sites that look alike, as those in a loop that was unrolled do, are one path. */
struct path { struct worst worst; double sum, most; };
struct paths { const struct doc *doc; struct map64 by_names; VEC(struct path) v; };

static uint64_t names_key(const struct doc *doc, uint64_t stack)
{
	size_t count = 0;
	const struct frame *f = doc->stacks.frames ? doc->stacks.frames(doc->stacks.context, stack, &count) : NULL;
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < count; i++, hash = (hash ^ 0xff) * 0x100000001b3u)
		for (const char *name = f[i].name; *name; name++)
			hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
	return hash == MAP64_EMPTY ? 0 : hash;
}

static struct path *path_of(struct paths *all, uint64_t stack)
{
	uint64_t key = names_key(all->doc, stack);
	uint32_t i = map64_get(&all->by_names, key);

	if (i == MAP64_NONE) {
		i = (uint32_t)all->v.n;
		map64_put(&all->by_names, key, i);
		vec_add(&all->v);
	}
	return &all->v.v[i];
}

static void offer_row(struct paths *all, const struct table *t, const struct row *row, const char *key)
{
	int stack = stack_column(t), figure = column_for(t, key);
	double number = figure < 0 ? 0 : number_of(&row->cells[figure]);
	struct path *path;

	if (stack < 0 || number <= 0 || row->cells[stack].type != CELL_STACK || !row->cells[stack].stack)
		return;
	path = path_of(all, row->cells[stack].stack);
	path->sum = lookup_adds_up(&t->columns[figure]) ? path->sum + number : number > path->sum ? number : path->sum;
	if (number <= path->most)
		return;
	path->most = number;
	path->worst = (struct worst){ row->cells[stack].stack, CELL_UNKNOWN, &t->columns[figure] };
}

static struct worst heaviest(const struct paths *all)
{
	const struct path *most = NULL;
	struct worst w = { .cell = CELL_UNKNOWN };

	for (size_t i = 0; i < all->v.n; i++)
		if (!most || all->v.v[i].sum > most->sum)
			most = &all->v.v[i];
	if (most) {
		w = most->worst;
		w.cell = cell_int((uint64_t)most->sum);
	}
	return w;
}

static void offer_below(struct paths *all, const struct row *row, size_t columns, const char *key);

static void offer_table(struct paths *all, const struct table *t, const char *key)
{
	for (size_t r = 0; r < t->row_count; r++) {
		if (stack_column(t) >= 0)
			offer_row(all, t, &t->rows[r], key);
		else
			offer_below(all, &t->rows[r], t->column_count, key);
	}
}

static void offer_below(struct paths *all, const struct row *row, size_t columns, const char *key)
{
	for (size_t c = 0; c < columns; c++)
		if (row->cells[c].type == CELL_TABLE && row->cells[c].table->shape != TABLE_MAP)
			offer_table(all, row->cells[c].table, key);
}

/* ---- functions ---- */

static uint64_t weight_of(const struct functions *f, const struct call_node *n, const char *key)
{
	const struct call_costs *costs = n->costs < f->costs.n ? &f->costs.v[n->costs] : NULL;

	if (!strcmp(key, "calls"))
		return n->calls;
	if (!strcmp(key, "self_ns"))
		return n->self_ns;
	if (!strncmp(key, "alloc_bytes", 11) && costs)
		return costs->alloc_bytes;
	if (!strncmp(key, "alloc_calls", 11) && costs)
		return costs->alloc_calls;
	return n->total_ns;
}

static bool is_named(const struct view_input *in, uint32_t function, const char *name)
{
	const struct function *f = &in->model->functions.v.v[function];

	return !strcmp(naming_function(in->naming, f->module, f->offset).name, name);
}

static void offer_calls(struct worst *w, const struct view_input *in, const char *name, const char *key, const struct column *column)
{
	const struct functions *f = &in->model->functions;
	uint64_t most = 0;

	for (uint32_t i = 1; i < f->nodes.n; i++) {
		uint64_t weight = weight_of(f, &f->nodes.v[i], key);

		if (weight <= most || !is_named(in, f->nodes.v[i].function, name))
			continue;
		most = weight;
		*w = (struct worst){ CALL_NODE | i, cell_int(weight), column };
	}
}

/* Of a program without function calls: where its time between events was. */
static void offer_between(struct worst *w, const struct view_input *in, const char *name, const struct column *column)
{
	const struct functions *f = &in->model->functions;
	uint64_t most = 0;

	for (uint32_t i = 1; i < f->between.n; i++) {
		size_t count;
		const struct frame *frames;

		if (f->between.v[i].self_ns <= most)
			continue;
		frames = naming_node(in->naming, i, &count);
		if (!count || strcmp(frames[0].name, name))
			continue;
		most = f->between.v[i].self_ns;
		*w = (struct worst){ i, cell_int(most), column };
	}
}

static void offer_function(struct worst *w, const struct view_input *in, const struct finding *f)
{
	int name = table_column(f->table, "name");

	if (name < 0 || f->row->cells[name].type != CELL_NAME)
		return;
	if (in->model->functions.nodes.n > 1)
		offer_calls(w, in, f->row->cells[name].name, f->column->key, f->column);
	else
		offer_between(w, in, f->row->cells[name].name, f->column);
}

/* ---- all ---- */

static bool is_table(const struct finding *f, const char *key)
{
	return f->table->key && !strcmp(f->table->key, key);
}

static const struct table *of_doc(const struct doc *doc, const char *key)
{
	const struct column *column = NULL;

	return lookup_table(doc, key, &column);
}

/* Which kinds of locks a class of waits is made of. */
static const struct { const char *class, *kinds; } lock_kinds[] = {
	{ "lock", "mutex rwlock spin" }, { "cond", "cond" }, { "sem", "sem" }, { "barrier", "barrier" },
};

static void offer_kinds(struct paths *all, const struct table *locks, const char *kinds)
{
	int kind = table_column(locks, "kind");

	for (size_t r = 0; kind >= 0 && r < locks->row_count; r++)
		if (locks->rows[r].cells[kind].type == CELL_NAME && strstr(kinds, locks->rows[r].cells[kind].name))
			offer_below(all, &locks->rows[r], locks->column_count, "wait_ns");
}

/* Waiting for locks is what the waiters of locks did. */
static void offer_waits(struct paths *all, const struct doc *doc, const struct finding *f)
{
	const struct table *locks = of_doc(doc, "locks");

	for (size_t i = 0; locks && f->row->cells[0].type == CELL_NAME && i < sizeof(lock_kinds) / sizeof(lock_kinds[0]); i++)
		if (!strcmp(lock_kinds[i].class, f->row->cells[0].name))
			offer_kinds(all, locks, lock_kinds[i].kinds);
}

struct worst worst_path(const struct view_input *in, const struct doc *doc, const struct findings *found, const char *key)
{
	struct paths paths = { .doc = doc };
	const struct finding *most = NULL;
	struct worst w;

	for (size_t i = 0; i < found->n; i++) {
		const struct finding *f = &found->v[i];

		if (!f->row)
			continue;
		if (stack_column(f->table) >= 0)
			offer_row(&paths, f->table, f->row, key);
		else
			offer_below(&paths, f->row, f->table->column_count, key);
		if (!most || number_of(&f->cell) > number_of(&most->cell))
			most = f;
	}
	if (most && is_table(most, "waits"))
		offer_waits(&paths, doc, most);
	w = heaviest(&paths);
	if (most && is_table(most, "functions"))
		offer_function(&w, in, most);
	vec_free(&paths.v);
	map64_free(&paths.by_names);
	return w;
}

static const struct frame *frames(void *context, uint64_t stack, size_t *count)
{
	struct worst_stacks *w = context;
	const struct functions *f = &w->in->model->functions;

	if (!(stack & CALL_NODE))
		return w->plain.frames(w->plain.context, stack, count);
	w->frames.n = 0;
	for (uint32_t i = (uint32_t)stack; i && i < f->nodes.n; i = f->nodes.v[i].parent) {
		const struct function *called = &f->v.v[f->nodes.v[i].function];
		struct function_name name = naming_function(w->in->naming, called->module, called->offset);

		vec_push(&w->frames, (struct frame){ name.name, name.file, name.line, name.owner });
	}
	*count = w->frames.n;
	return w->frames.v;
}

struct stack_source worst_stacks(struct worst_stacks *w, const struct view_input *in, struct stack_source plain)
{
	*w = (struct worst_stacks){ .in = in, .plain = plain };
	return (struct stack_source){ frames, w };
}

void worst_stacks_free(struct worst_stacks *w)
{
	vec_free(&w->frames);
}
