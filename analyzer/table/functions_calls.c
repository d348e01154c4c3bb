/* Single calls of the functions that were asked for: the recent ones, and the longest. */
#include "table/functions.h"
#include "util/buf.h"

enum { FRAMES_MOST = 64 };  /* of a call path; a recursion may be a million levels deep */

enum { START, TOOK, TID, THREAD, ENDED, PATH, SHOWN };
static const struct column columns[] = {
	[START]  = { "start_ns", "at", UNIT_STAMP, FROM(struct single_call, start_ns) },
	[TOOK]   = { "duration_ns", "took", UNIT_NS, FROM(struct single_call, ns) },
	[TID]    = { "tid", "tid", .unit = UNIT_NONE },
	[THREAD] = { "thread", "thread", .flags = COLUMN_SPARE | COLUMN_EXTRA },
	[ENDED]  = { "ended", "ended", .unit = UNIT_NONE },
	[PATH]   = { "path", "", .flags = COLUMN_DATA },
	[SHOWN]  = { "shown", "call path", .flags = COLUMN_TEXT },
};

/* Names, the innermost first. */
static struct names *path_of(const struct view_input *in, uint32_t node)
{
	const struct functions *f = &in->model->functions;
	struct names *path = arena_alloc(in->arena, sizeof(*path));

	path->count = 0;
	path->at = arena_alloc(in->arena, FRAMES_MOST * sizeof(*path->at));
	for (; node && path->count < FRAMES_MOST; node = f->nodes.v[node].parent) {
		const struct function *function = &f->v.v[f->nodes.v[node].function];

		if (function->module != MODULE_THREAD)
			path->at[path->count++] = naming_function(in->naming, function->module, function->offset).name;
	}
	return path;
}

static const char *path_text(const struct view_input *in, const struct names *path)
{
	struct buf text = { 0 };
	const char *copy;

	for (size_t i = 0; i < path->count; i++)
		buf_addf(&text, "%s%s", i ? " < " : "", path->at[i]);
	copy = arena_strdup(in->arena, buf_text(&text));
	buf_free(&text);
	return copy;
}

static void add_call(const struct view_input *in, struct table *t, const struct single_call *call)
{
	const struct thread *thread = &in->model->threads.v.v[call->thread];
	struct names *path = path_of(in, call->node);
	struct cell *c = table_row(t);

	table_fill(t, c, call);
	c[TID] = cell_int(thread->tid);
	c[THREAD] = cell_name(thread->name[0] ? thread->name : NULL);
	c[ENDED] = cell_name(call_end_name(call->end));
	c[PATH] = cell_names(path);
	c[SHOWN] = cell_name(path_text(in, path));
}

static struct table *list(const struct view_input *in, const char *key, const char *title, const struct single_calls *calls)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, key, title, columns);

	for (size_t i = 0; i < calls->n; i++)
		add_call(in, t, &calls->v[i]);
	return t;
}

struct table *functions_recent(const struct view_input *in)
{
	return list(in, "recent_calls", "Recent calls", &in->model->functions.calls.recent);
}

struct table *functions_longest(const struct view_input *in)
{
	return list(in, "longest_calls", "Longest calls", &in->model->functions.calls.longest);
}
