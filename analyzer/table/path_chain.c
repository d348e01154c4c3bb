/* The chain itself: segments one after the other, long runs of short ones drawn together. */
#include "table/path_private.h"

#include <string.h>

enum { STEPS_MOST = 500000, PAIRS_MOST = 4096, MOSTLY_PERCENT = 90 };

enum { START, END, TIME, THREAD, TID, KIND, WHAT, LOCK, SEGMENTS, STACK };
static const struct column columns[] = {
	[START]    = { "start_ns", "at", UNIT_TIME, 0, FROM(struct path_step, start) },
	[END]      = { "end_ns", "to", UNIT_TIME, .flags = COLUMN_DATA },
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

/* The two neighbours that are shortest together become one, until there are no more than `most`. */
static void join_shortest(struct steps *steps, size_t most)
{
	while (steps->n > most) {
		size_t at = 0;

		for (size_t i = 1; i + 1 < steps->n; i++)
			if (steps->v[i + 1].end - steps->v[i].start < steps->v[at + 1].end - steps->v[at].start)
				at = i;
		struct path_step *a = &steps->v[at], *b = a + 1;
		a->end = b->end;
		a->segments += b->segments;
		a->thread = a->thread == b->thread ? a->thread : THREAD_NONE;
		a->kind = a->kind == b->kind ? a->kind : PATH_KIND_COUNT;
		if (b->longest->end - b->longest->start > a->longest->end - a->longest->start)
			a->longest = b->longest;
		memmove(b, b + 1, (steps->n - at - 2) * sizeof(*b));
		steps->n--;
	}
}

static void all_steps(const struct path *p, struct steps *steps)
{
	for (size_t i = 0; i < p->segments.n; i++) {
		const struct path_segment *s = &p->segments.v[i];

		vec_push(steps, (struct path_step){ s->start, s->end, s->thread, s->kind, s, 1 });
	}
}

/* A step that is nearly all of one segment is called by that. */
static bool is_mixed(const struct path_step *s)
{
	const struct path_segment *l = s->longest;

	return (s->kind == PATH_KIND_COUNT || s->thread == THREAD_NONE) && (l->end - l->start) * 100 < (s->end - s->start) * MOSTLY_PERCENT;
}

static void add_step(struct path_doc *d, struct table *t, const struct path_step *s)
{
	const struct path_segment *l = s->longest;
	struct cell *c = table_row(t);
	const char *thing = path_thing(d, l->kind, l->path, l->act);
	bool mixed = is_mixed(s), threads = mixed && s->thread == THREAD_NONE;

	table_fill(t, c, s);
	c[TIME] = cell_int(s->end - s->start);
	c[END] = cell_int(s->end);
	c[THREAD] = cell_name(threads ? "several" : path_thread_name(d->in, l->thread));
	if (!threads)
		c[TID] = cell_int(d->in->model->threads.v.v[l->thread].tid);
	c[KIND] = cell_name(mixed && s->kind == PATH_KIND_COUNT ? "several" : path_kind_name(l->kind));
	c[WHAT] = cell_name(mixed ? view_text(d->in, "%s, and others", thing) : thing);
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
	for (uint64_t least = d->length / 100000 + 1; v.n > most && v.n > PAIRS_MOST; least *= 2)
		make_steps(d, &v, least);
	join_shortest(&v, most);
	for (size_t i = 0; i < v.n; i++)
		add_step(d, t, &v.v[i]);
	vec_free(&v);
	return t;
}
