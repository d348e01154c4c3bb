/* What the critical path spent in calls: I/O, sleeps, waits, and what was called. */
#include "table/path_private.h"

enum { PERCENT, TIME, TIMES, KIND, CALL, WHAT, IN };
static const struct column columns[] = {
	[PERCENT] = { "percent", "", .unit = UNIT_PERCENT },
	[TIME]    = { "time_ns", "on path", UNIT_NS, 0, FROM(struct path_wait, ns) },
	[TIMES]   = { "times", "times", UNIT_COUNT, 0, FROM(struct path_wait, times) },
	[KIND]    = { "kind", "kind", .flags = COLUMN_WORDS },
	[CALL]    = { "call", "call", .unit = UNIT_NONE },
	[WHAT]    = { "what", "of", .unit = UNIT_NONE },
	[IN]      = { "function", "in", .flags = COLUMN_CODE },
};

static int by_ns(const void *a, const void *b)
{
	const struct path_wait *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	return x->act < y->act ? -1 : x->act > y->act;
}

static uint64_t key_of(const struct path_doc *d, const struct path_object *o, uint32_t function)
{
	const struct act *a = &d->in->model->acts.v.v[o->act];
	const char *what = path_what(d->in, a);
	uint64_t hash = path_hash(path_hash(0, path_call(a)), what ? what : "");

	return path_hash(hash + function, path_kind_name(o->kind));
}

void path_waits_sum(struct path_doc *d)
{
	struct map64 by_name = { 0 };

	for (size_t i = 0; i < d->path->objects.n; i++) {
		const struct path_object *o = &d->path->objects.v[i];
		uint32_t function = path_own_function(&d->names, graph_stack_path(d->graph, d->in->model->acts.v.v[o->act].stack));
		uint64_t key = key_of(d, o, function);
		uint32_t at = map64_get(&by_name, key);

		if (at == MAP64_NONE) {
			at = (uint32_t)d->waits.n;
			map64_put(&by_name, key, at);
			vec_push(&d->waits, (struct path_wait){ 0, 0, o->kind, o->act, function });
		}
		d->waits.v[at].ns += o->ns;
		d->waits.v[at].times += o->times;
	}
	map64_free(&by_name);
	vec_sort(&d->waits, by_ns);
}

struct table *path_waits(const struct path_doc *d)
{
	struct table *t = TABLE_NEW(d->in->arena, TABLE_ROWS, "waits", "Waits and I/O on it", columns);

	for (size_t i = 0; i < d->waits.n; i++) {
		const struct path_wait *w = &d->waits.v[i];
		const struct act *a = &d->in->model->acts.v.v[w->act];
		struct cell *c = table_row(t);

		table_fill(t, c, w);
		c[PERCENT] = cell_share(w->ns, d->length);
		c[KIND] = cell_name(path_kind_name(w->kind));
		c[CALL] = cell_name(path_call(a));
		c[WHAT] = cell_name(path_what(d->in, a));
		if (a->stack)
			c[IN] = cell_name(d->names.functions.v[w->function].name);
	}
	return t;
}
