/* The chain itself: segments one after the other, long runs of short ones drawn together. */
#include "table/path_private.h"

enum { STEPS_MOST = 500000 };

enum { START, TIME, THREAD, TID, KIND, WHAT, LOCK, SEGMENTS, STACK };
static const struct column columns[] = {
	[START]    = { "start_ns", "at", UNIT_TIME, 0, FROM(struct path_step, start) },
	[TIME]     = { "time_ns", "for", .unit = UNIT_NS },
	[THREAD]   = { "thread", "thread", .flags = COLUMN_TEXT },
	[TID]      = { "tid", "tid", .flags = COLUMN_DATA },
	[KIND]     = { "kind", "kind", .flags = COLUMN_WORDS },
	[WHAT]     = { "what", "what", .unit = UNIT_NONE },
	[LOCK]     = { "lock", "waited for in", .flags = COLUMN_SPARE },
	[SEGMENTS] = { "segments", "steps", UNIT_COUNT, 0, FROM(struct path_step, segments) },
	[STACK]    = { "stack", "stack", .flags = COLUMN_DATA },
};

struct steps { VEC_FIELDS(struct path_step) };

/* What makes two segments alike: one function, one thing that was waited for. */
static uint64_t alike(struct path_doc *d, const struct path_segment *s)
{
	if (s->act == ACT_NONE)
		return path_function(&d->names, s->path);
	const struct act *a = &d->in->model->acts.v.v[s->act];
	return 1ull << 63 | (uint64_t)a->kind << 40 | (uint64_t)(a->flags & ACT_CHANNEL) << 32 | a->object;
}

static void join(struct path_step *s, const struct path_segment *with, bool is_alike)
{
	s->end = with->end;
	s->segments++;
	s->thread = s->thread == with->thread ? s->thread : THREAD_NONE;
	s->kind = s->kind == with->kind ? s->kind : PATH_KIND_COUNT;
	if (!is_alike && with->end - with->start > s->longest->end - s->longest->start)
		s->longest = with;
}

/* Segments that are alike and follow one another are one step; so are those that each take no longer than `least`. */
static void make_steps(struct path_doc *d, struct steps *steps, uint64_t least)
{
	const struct path *p = d->path;
	uint64_t like = 0;
	bool brief = false;

	steps->n = 0;
	for (size_t i = 0; i < p->segments.n; i++) {
		const struct path_segment *s = &p->segments.v[i];
		struct path_step *last = steps->n ? &steps->v[steps->n - 1] : NULL;
		uint64_t now = alike(d, s);
		bool same = last && last->thread == s->thread && last->kind == s->kind && like == now && last->longest->lock == s->lock;
		bool is_brief = s->end - s->start <= least;

		if (same || (last && is_brief && brief)) {
			join(last, s, same);
			brief = brief && is_brief;
		} else {
			vec_push(steps, (struct path_step){ s->start, s->end, s->thread, s->kind, s, 1 });
			brief = is_brief;
		}
		like = now;
	}
}

static void all_steps(const struct path *p, struct steps *steps)
{
	for (size_t i = 0; i < p->segments.n; i++) {
		const struct path_segment *s = &p->segments.v[i];

		vec_push(steps, (struct path_step){ s->start, s->end, s->thread, s->kind, s, 1 });
	}
}

static void add_step(struct path_doc *d, struct table *t, const struct path_step *s)
{
	const struct path_segment *l = s->longest;
	struct cell *c = table_row(t);
	const char *thing = path_thing(d, l->kind, l->path, l->act);

	table_fill(t, c, s);
	c[TIME] = cell_int(s->end - s->start);
	c[THREAD] = cell_name(s->thread == THREAD_NONE ? "several" : path_thread_name(d->in, s->thread));
	if (s->thread != THREAD_NONE)
		c[TID] = cell_int(d->in->model->threads.v.v[s->thread].tid);
	c[KIND] = cell_name(s->kind == PATH_KIND_COUNT ? "several" : path_kind_name(s->kind));
	c[WHAT] = cell_name(s->segments > 1 && (s->kind == PATH_KIND_COUNT || s->thread == THREAD_NONE) ? view_text(d->in, "%s, and others", thing) : thing);
	if (l->lock != LOCK_NONE)
		c[LOCK] = cell_name(naming_lock(d->in->naming, l->lock));
	if (s->segments == 1)
		c[STACK] = cell_names(path_stack(&d->names, l->path));
}

struct table *path_chain(struct path_doc *d, size_t steps)
{
	struct table *t = TABLE_NEW(d->in->arena, TABLE_ROWS, "segments", "The chain", columns);
	struct steps v = { 0 };
	size_t most = steps ? steps : STEPS_MOST;

	if (!steps && d->path->segments.n <= most)
		all_steps(d->path, &v);
	else
		make_steps(d, &v, 0);
	for (uint64_t least = d->length / 10000 + 1; v.n > most; least *= 2)
		make_steps(d, &v, least);
	for (size_t i = 0; i < v.n; i++)
		add_step(d, t, &v.v[i]);
	vec_free(&v);
	return t;
}
