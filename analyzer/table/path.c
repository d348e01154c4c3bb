/* path: the critical path, blamed on functions, locks, what was waited for, and threads. */
#include "table/path_private.h"

#include <string.h>

#include "dump/ops.h"

enum { ROWS = 10 };

#define MEMBERS(X) \
	X(FROM_NS, "from_ns", "from", UNIT_TIME, d->path->from_ns) \
	X(TO_NS, "to_ns", "to", UNIT_TIME, d->path->to_ns) \
	X(DURATION, "duration_ns", "duration", UNIT_NS, d->length) \
	X(WORK_NS, "work_ns", "work", UNIT_NS, d->path->kind_ns[PATH_WORK]) \
	X(IO_NS, "io_ns", "I/O", UNIT_NS, d->path->kind_ns[PATH_IO]) \
	X(SLEEP_NS, "sleep_ns", "sleep", UNIT_NS, d->path->kind_ns[PATH_SLEEP]) \
	X(WAIT_NS, "wait_ns", "wait", UNIT_NS, d->path->kind_ns[PATH_WAIT]) \
	X(HAND_OVER_NS, "hand_over_ns", "hand-over", UNIT_NS, d->path->kind_ns[PATH_HAND_OVER]) \
	X(START_NS, "start_ns", "starts", UNIT_NS, d->path->kind_ns[PATH_START]) \
	X(EXTERNAL_NS, "external_ns", "external", UNIT_NS, d->path->kind_ns[PATH_EXTERNAL]) \
	X(OUTSIDE_NS, "outside_ns", "outside", UNIT_NS, d->path->kind_ns[PATH_OUTSIDE]) \
	X(UNKNOWN_NS, "unknown_ns", "unknown code", UNIT_NS, d->path->work_ns[0]) \
	X(ALONE_NS, "alone_ns", "one thread worked", UNIT_NS, d->path->alone_ns) \
	X(IDLE_NS, "idle_ns", "none worked", UNIT_NS, d->path->idle_ns) \
	X(CHANGES, "thread_changes", "changes of thread", UNIT_COUNT, d->path->jumps) \
	X(UNMATCHED, "unmatched_acts", "acts without their work", UNIT_COUNT, d->graph->unmatched) \
	X(JOINED, "joined_segments", "segments joined", UNIT_COUNT, d->path->joined)

enum {
#define X(id, key, title, unit, value) id,
	MEMBERS(X)
#undef X
	OPEN,
};
static const struct column columns[] = {
#define X(id, k, t, u, value) [id] = { k, t, u, .flags = COLUMN_DATA },
	MEMBERS(X)
#undef X
	[OPEN] = { "in_progress", "in progress", .flags = COLUMN_DATA },
};

enum { L_PERCENT, L_HELD, L_HAND_OVERS, L_HAND_OVER_NS, L_ID, L_KIND, L_NAME };
static const struct column lock_columns[] = {
	[L_PERCENT]      = { "percent", "", .unit = UNIT_PERCENT },
	[L_HELD]         = { "held_ns", "held", UNIT_NS, 0, FROM(struct path_lock, held_ns) },
	[L_HAND_OVERS]   = { "hand_overs", "hand-overs", UNIT_COUNT, 0, FROM(struct path_lock, hand_overs) },
	[L_HAND_OVER_NS] = { "hand_over_ns", "waking up", UNIT_NS, 0, FROM(struct path_lock, hand_over_ns) },
	[L_ID]           = { "id", "id", .flags = COLUMN_DATA },
	[L_KIND]         = { "kind", "kind", .flags = COLUMN_WORDS },
	[L_NAME]         = { "name", "lock", .unit = UNIT_NONE },
};

enum { T_PERCENT, T_ON_PATH, T_WORK, T_SLACK, T_TID, T_PID, T_NAME };
static const struct column thread_columns[] = {
	[T_PERCENT] = { "percent", "", .unit = UNIT_PERCENT },
	[T_ON_PATH] = { "on_path_ns", "on path", UNIT_NS, 0, FROM(struct path_thread, on_path_ns) },
	[T_WORK]    = { "work_ns", "work", UNIT_NS, 0, FROM(struct path_thread, work_ns) },
	[T_SLACK]   = { "slack_ns", "slack", .unit = UNIT_NS },
	[T_TID]     = { "tid", "thread", .unit = UNIT_NONE },
	[T_PID]     = { "pid", "pid", .flags = COLUMN_DATA },
	[T_NAME]    = { "name", "name", .unit = UNIT_NONE },
};

static struct table *locks(const struct path_doc *d)
{
	struct table *t = TABLE_NEW(d->in->arena, TABLE_ROWS, "locks", "Locks on it", lock_columns);

	for (size_t i = 0; i < d->path->locks.n; i++) {
		const struct path_lock *l = &d->path->locks.v[i];
		struct cell *c;

		if (!l->hand_overs)
			continue;
		c = table_row(t);
		table_fill(t, c, l);
		c[L_PERCENT] = cell_share(l->held_ns + l->hand_over_ns, d->length);
		c[L_ID] = cell_int(d->in->model->locks.v.v[i].id);
		c[L_KIND] = cell_name(lock_kind_name(d->in->model->locks.v.v[i].kind));
		c[L_NAME] = cell_name(naming_lock(d->in->naming, (uint32_t)i));
	}
	if (t->row_count)
		t->note = "held by somebody for whom it waited; also counted where that time went";
	table_sort(t, "percent");
	return t;
}

static struct table *threads(const struct path_doc *d)
{
	const struct model *m = d->in->model;
	struct table *t = TABLE_NEW(d->in->arena, TABLE_ROWS, "threads", "Threads on it", thread_columns);

	for (uint32_t i = 0; i < d->graph->thread_count; i++) {
		const struct path_thread *p = &d->path->threads[i];
		struct cell *c;

		if (!p->on_path_ns && !p->work_ns)
			continue;
		c = table_row(t);
		table_fill(t, c, p);
		c[T_PERCENT] = cell_share(p->on_path_ns, d->length);
		c[T_SLACK] = path_slack_cell(p->slack_ns);
		c[T_TID] = cell_int(m->threads.v.v[i].tid);
		c[T_PID] = cell_int(m->processes.v.v[m->threads.v.v[i].process].pid);
		c[T_NAME] = cell_name(m->threads.v.v[i].name[0] ? m->threads.v.v[i].name : NULL);
	}
	table_sort(t, "work_ns");
	table_sort(t, "on_path_ns");
	return t;
}

/* ---- the document ---- */

static const char *with_function(struct path_doc *d, const char *thing, uint32_t path)
{
	uint32_t f = path_own_function(&d->names, path);

	return path ? view_text(d->in, "%s in %s", thing, path_code(d->in, d->names.functions.v[f].name)) : thing;
}

const char *path_code(const struct view_input *in, const char *name)
{
	return strpbrk(name, "( ") || strstr(name, "+0x") || !strncmp(name, "0x", 2) ? name : view_text(in, "%s()", name);
}

const char *path_call_of(struct path_doc *d, const struct act *a, const char *what)
{
	uint32_t path = graph_stack_path(d->graph, a->stack);

	if (a->kind == ACT_BEGIN)
		return view_text(d->in, "begin of %s", path_thread_name(d->in, a->thread));
	return with_function(d, what ? view_text(d->in, "%s %s", path_call(a), what) : path_call(a), path);
}

const char *path_thing(struct path_doc *d, unsigned kind, uint32_t path, uint32_t act)
{
	const struct act *a = act == ACT_NONE ? NULL : &d->in->model->acts.v.v[act];

	if (kind == PATH_OUTSIDE)
		return "not recorded";
	if (!a)
		return path_code(d->in, path_function_name(&d->names, path));
	return path_call_of(d, a, path_what(d->in, a));
}

const char *path_open(struct path_doc *d)
{
	uint32_t act = d->path->open_act;

	return act == ACT_NONE ? NULL : path_thing(d, PATH_WAIT, 0, act);
}

/* A reader wants the first ones. */
static void add_table(struct doc *doc, struct table *t, size_t steps)
{
	if (steps)
		table_cut(t, steps > ROWS ? ROWS : steps);
	doc_add(doc, t);
}

static void add_tables(struct path_doc *d, struct doc *doc, size_t steps)
{
	struct table *t = TABLE_NEW(d->in->arena, TABLE_OBJECT, "path", NULL, columns);
	struct cell *c = table_row(t);

#define X(id, key, title, unit, value) c[id] = cell_int(value);
	MEMBERS(X)
#undef X
	c[OPEN] = cell_name(path_open(d));
	doc_add(doc, path_words(d));
	doc_add(doc, t);
	add_table(doc, path_functions(d), steps);
	add_table(doc, locks(d), steps);
	add_table(doc, path_waits(d), steps);
	add_table(doc, threads(d), steps);
	doc_add(doc, path_chain(d, steps));
}

/* Tids come round: the last thread of that number. */
static uint32_t thread_of(const struct model *m, uint32_t tid)
{
	for (size_t i = m->threads.v.n; tid && i-- > 0; )
		if (m->threads.v.v[i].tid == tid)
			return (uint32_t)i;
	return THREAD_NONE;
}

bool path_add(const struct view_input *in, struct doc *doc, const struct path_choice *choice)
{
	struct graph *g = path_graph(in);
	struct path_options o = { choice->from_ns, choice->to_ns, thread_of(in->model, choice->tid) };
	struct path *p = path_new(g, &o);
	struct path_doc d = { .in = in, .graph = g, .path = p };

	if (p) {
		d.length = p->to_ns - p->from_ns;
		path_names_init(&d.names, in, g);
		path_functions_sum(&d);
		path_waits_sum(&d, choice->steps != 0);
		add_tables(&d, doc, choice->steps);
		path_names_free(&d.names);
		vec_free(&d.functions);
		vec_free(&d.waits);
	}
	path_free(p);
	graph_free(g);
	return p != NULL;
}
