#include "table/worst.h"

#include <string.h>

#include "table/identity.h"
#include "util/map64.h"

/* What a figure of the whole is called in a list of call paths. */
static const struct { const char *of_all, *of_path; } aliases[] = {
	{ "alloc_calls", "calls" }, { "realloc_calls", "calls" }, { "bytes_allocated", "bytes" }, { "alloc_bytes", "bytes" }, { "peak_blocks", "peak_bytes" },
	{ "bytes_read", "bytes" }, { "bytes_written", "bytes" }, { "reads", "calls" }, { "writes", "calls" }, { "opens", "calls" },
	{ "acquisitions", "waits" }, { "contended", "waits" }, { "max_wait_ns", "wait_ns" }, { "time_ns", "wait_ns" }, { "calls", "waits" },
};

/* How well a table answers for a key: it has it, or what it is called of paths. */
enum fit { FIT_KEY, FIT_ALIAS, FITS };

static int column_that_fits(const struct table *t, const char *key, enum fit fit)
{
	int at = fit == FIT_KEY ? table_column(t, key) : -1;

	for (size_t i = 0; fit == FIT_ALIAS && at < 0 && i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcmp(aliases[i].of_all, key))
			at = table_column(t, aliases[i].of_path);
	return at;
}

static int column_for(const struct table *t, const char *key)
{
	int at = -1;

	for (enum fit fit = 0; at < 0 && fit < FITS; fit++)
		at = column_that_fits(t, key, fit);
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
	path->sum = lookup_adds_up(t, &t->columns[figure]) ? path->sum + number : number > path->sum ? number : path->sum;
	if (number <= path->most)
		return;
	path->most = number;
	path->worst = (struct worst){ row->cells[stack].stack, CELL_UNKNOWN, &t->columns[figure] };
}

/* The figure of a path may be of more than was asked for: its calls, where only its writes were. */
static struct worst heaviest(const struct paths *all, const char *key)
{
	const struct path *most = NULL;
	struct worst w = { .cell = CELL_UNKNOWN };

	for (size_t i = 0; i < all->v.n; i++)
		if (!most || all->v.v[i].sum > most->sum)
			most = &all->v.v[i];
	if (most) {
		w = most->worst;
		if (strcmp(w.column->key, key))
			return w;
		w.cell = most->sum < 1.8e19 ? cell_int((uint64_t)most->sum) : cell_int(UINT64_MAX);
	}
	return w;
}

/* Whether call paths stand in a table, or in those in its rows. */
static bool has_paths(const struct table *t)
{
	if (stack_column(t) >= 0)
		return true;
	for (size_t c = 0; t->shape != TABLE_MAP && t->row_count && c < t->column_count; c++)
		for (size_t r = 0; r < t->row_count; r++)
			if (t->rows[r].cells[c].type == CELL_TABLE && has_paths(t->rows[r].cells[c].table))
				return true;
	return false;
}

/* Of the tables in a row the first that fits best: others may tell of the same paths once more. */
static const struct table *table_for(const struct table *t, const struct row *row, const char *key)
{
	for (enum fit fit = 0; fit < FITS; fit++)
		for (size_t c = 0; c < t->column_count; c++) {
			const struct cell *cell = &row->cells[c];

			if (cell->type == CELL_TABLE && !(t->columns[c].flags & COLUMN_TEXT) && column_that_fits(cell->table, key, fit) >= 0 && has_paths(cell->table))
				return cell->table;
		}
	return NULL;
}

static void offer_below(struct paths *all, const struct table *of, const struct row *row, const char *key)
{
	const struct table *t = table_for(of, row, key);

	for (size_t r = 0; t && r < t->row_count; r++) {
		if (stack_column(t) >= 0)
			offer_row(all, t, &t->rows[r], key);
		else
			offer_below(all, t, &t->rows[r], key);
	}
}

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
			offer_below(all, locks, &locks->rows[r], "wait_ns");
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
			offer_below(&paths, f->table, f->row, key);
		if (!most || number_of(&f->cell) > number_of(&most->cell))
			most = f;
	}
	if (most && is_table(most, "waits"))
		offer_waits(&paths, doc, most);
	w = heaviest(&paths, most && is_table(most, "waits") ? "wait_ns" : key);
	if (most && is_table(most, "functions"))
		worst_call(&w, in, most);
	vec_free(&paths.v);
	map64_free(&paths.by_names);
	return w;
}
