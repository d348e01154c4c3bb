#include "export/slices.h"

#include <string.h>

#include "util/alloc.h"
#include "util/vec.h"

enum { WAITING_MOST = 64 };

/* A function call. begun: it was told; it is not before something in it is, or it has lasted long enough. */
struct call { struct stack_place function; uint64_t start_ns; uint8_t begun; };

/*
 * A call with a duration is known when it ends, after those within it: fwrite after its write. So they wait, by their beginning,
 * for one that is around them.
 */
struct track {
	VEC(struct call)  calls;
	VEC(struct slice) waiting;
	uint64_t last_ns;        /* of what was told */
	uint64_t seen_ns;        /* of any event */
};

struct slices {
	struct slices_to     to;
	struct slices_window window;
	uint64_t             min_ns, dropped;
	VEC(struct track *)  tracks;   /* by thread */
	VEC(uint64_t)        ends;     /* of the group that is being told */
};

struct slices_window slices_window(struct model *m)
{
	struct slices_window w = { m->options.from_ns, m->options.to_ns ? m->options.to_ns : UINT64_MAX };

	m->options.from_ns = 0;
	m->options.crossing = 1;
	return w;
}

struct slices *slices_new(struct slices_window window, uint64_t min_ns, const struct slices_to *to)
{
	struct slices *s = xcalloc(1, sizeof(*s));

	s->to = *to;
	s->window = window;
	s->min_ns = min_ns;
	return s;
}

static struct track *track_of(struct slices *s, uint32_t thread)
{
	vec_ensure(&s->tracks, thread);
	if (!s->tracks.v[thread])
		s->tracks.v[thread] = xcalloc(1, sizeof(struct track));
	return s->tracks.v[thread];
}

static uint64_t clip(const struct slices *s, uint64_t ns)
{
	return ns < s->window.from_ns ? s->window.from_ns : ns < s->window.to_ns ? ns : s->window.to_ns;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* ---- telling ---- */

static void begin(struct slices *s, uint32_t thread, struct track *t, struct slice *one)
{
	one->start_ns = later(one->start_ns, t->last_ns);
	t->last_ns = one->start_ns;
	s->to.begin(s->to.data, thread, one);
}

static void end(struct slices *s, uint32_t thread, struct track *t, uint64_t ns)
{
	t->last_ns = later(ns, t->last_ns);
	s->to.end(s->to.data, thread, t->last_ns);
}

/* What is about to be told lies in all open calls. */
static void begin_calls(struct slices *s, uint32_t thread, struct track *t)
{
	size_t i = t->calls.n;

	while (i && !t->calls.v[i - 1].begun)
		i--;
	for (; i < t->calls.n; i++) {
		struct slice one = { .start_ns = t->calls.v[i].start_ns, .function = t->calls.v[i].function, .kind = HP_FUNCTION };

		begin(s, thread, t, &one);
		t->calls.v[i].begun = 1;
	}
}

/* The first `n` of those that wait, well nested. */
static void tell_waiting(struct slices *s, uint32_t thread, struct track *t, size_t n)
{
	if (!n)
		return;
	begin_calls(s, thread, t);
	s->ends.n = 0;
	for (size_t i = 0; i < n; i++) {
		struct slice *one = &t->waiting.v[i];

		while (s->ends.n && s->ends.v[s->ends.n - 1] <= one->start_ns)
			end(s, thread, t, s->ends.v[--s->ends.n]);
		if (s->ends.n && one->end_ns > s->ends.v[s->ends.n - 1])
			one->end_ns = s->ends.v[s->ends.n - 1];
		begin(s, thread, t, one);
		vec_push(&s->ends, one->end_ns);
	}
	while (s->ends.n)
		end(s, thread, t, s->ends.v[--s->ends.n]);
	memmove(t->waiting.v, t->waiting.v + n, (t->waiting.n - n) * sizeof(*t->waiting.v));
	t->waiting.n -= n;
}

/* ---- calls that took time ---- */

/* The first one and what lies in it. */
static size_t first_group(const struct track *t)
{
	size_t n = 1;

	while (n < t->waiting.n && t->waiting.v[n].start_ns < t->waiting.v[0].end_ns)
		n++;
	return n;
}

/* In front of those that begin with it or later: they lie in it. */
static void wait_for_more(struct slices *s, uint32_t thread, struct track *t, const struct slice *one)
{
	size_t i = t->waiting.n;

	if (t->waiting.n >= WAITING_MOST)
		tell_waiting(s, thread, t, first_group(t));
	i = t->waiting.n;
	vec_push(&t->waiting, *one);
	for (; i && t->waiting.v[i - 1].start_ns >= one->start_ns; i--)
		t->waiting.v[i] = t->waiting.v[i - 1];
	t->waiting.v[i] = *one;
}

static void took_time(struct slices *s, struct track *t, const struct model_event *e)
{
	struct slice one = {
		.start_ns = clip(s, e->start_ns), .end_ns = clip(s, e->ns), .name = e->name, .kind = e->kind, .stack = e->stack,
		.object = e->object, .size = e->size, .fd = e->fd, .error = e->error,
		.has_object = e->has_object, .has_size = e->has_size, .has_fd = e->has_fd,
	};

	if (one.end_ns <= one.start_ns)
		return;
	if (one.end_ns - one.start_ns < s->min_ns)
		s->dropped++;
	else if (s->to.whole)
		s->to.whole(s->to.data, e->thread, &one);
	else
		wait_for_more(s, e->thread, t, &one);
}

/* ---- calls of functions ---- */

static void leave(struct slices *s, uint32_t thread, struct track *t, uint64_t ns)
{
	struct call *c = &t->calls.v[t->calls.n - 1];
	uint64_t start = clip(s, c->start_ns), stop = clip(s, ns);
	struct slice one = { .start_ns = start, .end_ns = stop, .function = c->function, .kind = HP_FUNCTION };

	if (s->window.from_ns > ns || c->start_ns > s->window.to_ns)
		t->calls.n--;
	else if (s->to.whole) {
		t->calls.n--;
		if (stop - start >= s->min_ns)
			s->to.whole(s->to.data, thread, &one);
		else
			s->dropped++;
	} else if (!c->begun && stop - start < s->min_ns) {
		s->dropped++;
		t->calls.n--;
	} else {
		begin_calls(s, thread, t);
		t->calls.n--;
		end(s, thread, t, stop);
	}
}

static void function_event(struct slices *s, struct track *t, const struct model_event *e)
{
	uint64_t count = 1;

	tell_waiting(s, e->thread, t, t->waiting.n);
	if (e->has_function) {
		vec_push(&t->calls, (struct call){ e->function, clip(s, e->ns), 0 });
		return;
	}
	if (e->has_size)  /* cut: so many at once */
		count = e->size;
	for (; count && t->calls.n; count--)
		leave(s, e->thread, t, e->ns);
}

static int is_function(unsigned record)
{
	return record == DUMP_FN_ENTER || record == DUMP_FN_EXIT || record == HP_R_FN_ENTER_WIDE || record == HP_R_FN_CUT;
}

void slices_event(struct slices *s, const struct model_event *e)
{
	struct track *t = track_of(s, e->thread);

	if (e->ns <= s->window.to_ns)
		t->seen_ns = e->ns;
	if (is_function(e->raw->r.kind))
		function_event(s, t, e);
	else if (e->duration_ns && e->raw->r.kind != HP_R_ABANDONED)  /* when that ended is not known */
		took_time(s, t, e);
}

void slices_finish(struct slices *s)
{
	for (uint32_t i = 0; i < s->tracks.n; i++) {
		struct track *t = s->tracks.v[i];

		if (!t)
			continue;
		tell_waiting(s, i, t, t->waiting.n);
		while (t->calls.n)
			leave(s, i, t, t->seen_ns);
	}
}

uint64_t slices_dropped(const struct slices *s)
{
	return s->dropped;
}

void slices_free(struct slices *s)
{
	for (size_t i = 0; i < s->tracks.n; i++) {
		struct track *t = s->tracks.v[i];

		if (!t)
			continue;
		vec_free(&t->calls);
		vec_free(&t->waiting);
		free(t);
	}
	vec_free(&s->tracks);
	vec_free(&s->ends);
	free(s);
}
