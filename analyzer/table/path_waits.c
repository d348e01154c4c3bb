/* What the critical path spent in calls: I/O, sleeps, waits, and what was called. */
#include "table/path_private.h"

#include <string.h>

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

static bool is_socket(const struct model *m, const struct act *a)
{
	if (a->kind != ACT_READ && a->kind != ACT_WRITE && a->kind != ACT_IO && a->kind != ACT_POLL)
		return false;
	if (a->flags & ACT_CHANNEL || a->kind == ACT_POLL)
		return a->object < m->acts.channels.n && m->acts.channels.v[a->object].kind == CHANNEL_SOCKET;
	return a->object < m->io.files.n && !strcmp(m->io.files.v[a->object].kind, "socket");
}

static uint64_t key_of(const struct path_doc *d, const struct path_object *o, uint32_t function, const char *what)
{
	const struct act *a = &d->in->model->acts.v.v[o->act];
	uint64_t hash = path_hash(path_hash(0, path_call(a)), what ? what : "");

	return path_hash(hash + function, path_kind_name(o->kind));
}

/* The row with the key. */
static struct path_wait *row_of(struct path_doc *d, struct map64 *by_name, uint64_t key, const struct path_object *o, uint32_t function)
{
	uint32_t at = map64_get(by_name, key);

	if (at == MAP64_NONE) {
		at = (uint32_t)d->waits.n;
		map64_put(by_name, key, at);
		vec_push(&d->waits, (struct path_wait){ 0, 0, o->kind, o->act, function, 0 });
	}
	return &d->waits.v[at];
}

void path_waits_sum(struct path_doc *d, bool together)
{
	struct map64 by_name = { 0 }, sockets = { 0 };

	for (size_t i = 0; i < d->path->objects.n; i++) {
		const struct path_object *o = &d->path->objects.v[i];
		const struct act *a = &d->in->model->acts.v.v[o->act];
		uint32_t function = path_own_function(&d->names, graph_stack_path(d->graph, a->stack));
		bool socket = together && is_socket(d->in->model, a);
		const char *what = path_what(d->in, a);
		uint64_t key = key_of(d, o, function, socket ? "" : what), one = key_of(d, o, function, what);
		struct path_wait *w = row_of(d, &by_name, key, o, function);

		w->ns += o->ns;
		w->times += o->times;
		if (socket && map64_get(&sockets, one) == MAP64_NONE) {
			w->others += w->times != o->times;
			map64_put(&sockets, one, 1);
		}
	}
	map64_free(&by_name);
	map64_free(&sockets);
	vec_sort(&d->waits, by_ns);
}

static const char *and_others(const struct path_doc *d, const char *what, const struct path_wait *w)
{
	return w->others ? view_text(d->in, "%s and %u more", what ? what : "", w->others) : what;
}

const char *path_wait_thing(struct path_doc *d, const struct path_wait *w)
{
	const struct act *a = &d->in->model->acts.v.v[w->act];

	return path_call_of(d, a, and_others(d, path_what(d->in, a), w));
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
		c[WHAT] = cell_name(and_others(d, path_what(d->in, a), w));
		if (a->stack)
			c[IN] = cell_name(d->names.functions.v[w->function].name);
	}
	return t;
}
