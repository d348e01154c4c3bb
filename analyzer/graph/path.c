/* path.c - walks back from the end. */
#include "path_private.h"

#include "util/alloc.h"

/*
 * STILL_MOST: so often the walk may go from thread to thread at one and the same time: stamps that are not quite in order must
 * not lead it round and round. HOLD_MOST: so many acts may a hold have. LOOKS: half a second.
 */
enum { STILL_MOST = 64, HOLD_MOST = 1 << 20, LOOKS = 1 << 28, LOOKS_AN_ACT = 16 };

/* Where the walk is: all after `t` is known; the act at `place` is the last one of its thread that may have begun before that. */
struct walk {
	const struct graph *g;
	const struct acts *acts;
	struct path *p;
	struct path_blame blame;
	uint32_t place, thread;
	uint64_t t;
	uint64_t still_at, looks;    /* so many acts, threads and processes may still be looked at to find one */
	unsigned still;
	VEC(struct forced { uint32_t lock; uint64_t begin; }) forced;  /* holds that the path is in, the last one innermost */
};

/* ---- segments ---- */

static uint32_t forcing_lock(struct walk *w)
{
	while (w->forced.n && w->forced.v[w->forced.n - 1].begin >= w->t)
		w->forced.n--;
	return w->forced.n ? w->forced.v[w->forced.n - 1].lock : LOCK_NONE;
}

/* What lies in the window, of time from `start` up to where the walk is. It is there then. */
static void segment(struct walk *w, uint64_t start, unsigned kind, uint32_t path, uint32_t act)
{
	struct path *p = w->p;
	struct path_segment s = { start, w->t, w->thread, kind, path, act, forcing_lock(w) };
	if (start >= w->t)
		return;
	w->t = start;
	if (s.start < p->from_ns)
		s.start = p->from_ns;
	if (s.end > p->to_ns)
		s.end = p->to_ns;
	if (s.start >= s.end)
		return;
	path_blame_add(&w->blame, &s);
	path_segments_add(&w->blame, &s);
}

/* The work between two acts, as far as it lies before `t`; in which order things were done in it is not known. */
static void work_segments(struct walk *w, uint64_t begin)
{
	const struct graph *g = w->g;
	uint32_t first = g->work_first[w->place], last = g->work_first[w->place + 1];
	for (uint32_t i = last; i-- > first && w->t > begin; ) {
		uint64_t ns = g->work.v[i].ns, left = w->t - begin;
		segment(w, ns < left ? w->t - ns : begin, PATH_WORK, g->work.v[i].path, ACT_NONE);
	}
	segment(w, begin, PATH_WORK, 0, ACT_NONE);
}

/* ---- from thread to thread ---- */

/* When the thread that released it had acquired it. */
static uint64_t hold_began(struct walk *w, uint32_t place, uint32_t lock)
{
	const struct graph_thread *t = &w->g->threads[path_act(w->g, place)->thread];
	for (uint32_t n = 0; place-- > t->first && n < HOLD_MOST && w->looks; n++, w->looks--) {
		const struct act *a = path_act(w->g, place);
		if ((path_is_lock(a) && a->object == lock) || (a->kind == ACT_COND_WAIT && a->other == lock))
			return a->end;
	}
	return path_act(w->g, t->first)->start;
}

/* Whether the walk may go to another thread; not for ever without getting on. */
static int may_jump(struct walk *w)
{
	if (w->still_at != w->t)
		w->still = 0;
	w->still_at = w->t;
	return w->still++ < STILL_MOST;
}

/* On to the thread that let this act go on: up to there it was the one that counts. */
static void jump(struct walk *w, const struct act *waiter, uint64_t hand_over)
{
	w->place = graph_place(w->g, waiter->gate);
	w->thread = w->acts->v.v[waiter->gate].thread;
	w->p->jumps++;
	if (!path_is_lock(waiter) || waiter->object >= w->g->model->locks.v.n)
		return;
	uint64_t begin = hold_began(w, w->place, waiter->object);
	path_blame_lock(&w->blame, waiter->object, begin, w->t, hand_over);
	vec_push(&w->forced, (struct forced){ waiter->object, begin });
}

/* The place of the act that a thread was in at `ns`, or that came next; of its last one, if none did. */
static uint32_t place_at(const struct graph *g, uint32_t thread, uint64_t ns)
{
	uint32_t from = g->threads[thread].first, to = from + g->threads[thread].count - 1;
	while (from < to) {
		uint32_t mid = from + (to - from) / 2;
		if (path_act(g, mid)->end >= ns)
			to = mid;
		else
			from = mid + 1;
	}
	return from;
}

/* On to the thread that is still waited for, and what that does. 0: it is not known, or no longer there. */
static int follow(struct walk *w, const struct act *a)
{
	const struct graph *g = w->g;
	uint32_t thread = path_awaited(a);
	if (thread >= g->thread_count || thread == w->thread || !g->threads[thread].count)
		return 0;
	if (path_act(g, g->threads[thread].first + g->threads[thread].count - 1)->end < w->t || !may_jump(w))
		return 0;
	w->place = place_at(g, thread, w->t);
	w->thread = thread;
	w->p->jumps++;
	return 1;
}

/* The process that made this one, or was this one before an exec, and began first; PROCESS_NONE: it was not recorded. */
static uint32_t maker_of(const struct model *m, uint32_t process)
{
	const struct process *p = &m->processes.v.v[process];
	uint32_t found = p->parent;
	for (size_t i = 0; i < m->processes.v.n && found == PROCESS_NONE; i++) {
		const struct process *q = &m->processes.v.v[i];
		if (i != process && q->start_ns < p->start_ns && p->start_ns <= q->last_ns && q->pid == p->ppid)
			found = (uint32_t)i;
	}
	return found;
}

/* Its first thread, if that was there at `ns`; THREAD_NONE: it was not. */
static uint32_t first_thread(const struct graph *g, uint32_t process, uint64_t ns)
{
	const struct model *m = g->model;
	for (uint32_t t = 0; process < m->processes.v.n && t < g->thread_count; t++) {
		const struct graph_thread *all = &g->threads[t];
		if (m->threads.v.v[t].process == process && m->threads.v.v[t].tid == m->processes.v.v[process].pid && all->count
		    && path_act(g, all->first)->start < ns && path_act(g, all->first + all->count - 1)->end >= ns)
			return t;
	}
	return THREAD_NONE;
}

/*
 * On to the first thread of who made the process, when nobody is known to have created it: a child of vfork, say. If that waits for
 * it already, then up to there it was not there yet.
 */
static int follow_maker(struct walk *w)
{
	const struct graph *g = w->g;
	uint64_t looks = g->thread_count + g->model->processes.v.n;
	if (w->looks < looks)
		return 0;
	w->looks -= looks;
	uint32_t begin = g->order[w->place], thread = first_thread(g, maker_of(g->model, g->model->threads.v.v[w->thread].process), w->t);
	if (thread == THREAD_NONE || thread == w->thread || !may_jump(w))
		return 0;
	uint32_t place = place_at(g, thread, w->t);
	const struct act *a = path_act(g, place);
	if (a->gate < w->acts->v.n && graph_gate_ns(&w->acts->v.v[a->gate]) > w->t)
		segment(w, a->start, PATH_START, 0, begin);
	w->place = place;
	w->thread = thread;
	w->p->jumps++;
	return 1;
}

/*
 * In an act that began at `start`, at w->t: it had to wait for its gate, or took time itself. Of the first one of a thread: who
 * created that. Returns whether the walk is in another thread then.
 */
static int walk_act(struct walk *w, const struct act *a, uint64_t start)
{
	uint32_t number = w->g->order[w->place], path = graph_stack_path(w->g, a->stack);
	int gated = a->gate < w->acts->v.n && !(a->flags & ACT_UNSEEN);  /* what a parent did up to there is better than a jump over it */
	uint64_t gate = gated ? graph_gate_ns(&w->acts->v.v[a->gate]) : 0, was = w->t;
	int begins = a->kind == ACT_BEGIN, waits = gated && (begins || gate > start);
	if (!waits && follow(w, a))
		return 1;
	if (!waits || !may_jump(w)) {
		segment(w, start, path_kind_of(w->g, a), path, number);
		return 0;
	}
	segment(w, gate, begins ? PATH_START : PATH_HAND_OVER, path, number);
	jump(w, a, was < w->p->to_ns ? was - w->t : w->p->to_ns > w->t ? w->p->to_ns - w->t : 0);
	return 1;
}

/* Each round ends at an earlier time, in an earlier act, or in another thread, see may_jump. */
static void walk(struct walk *w)
{
	while (w->t > w->p->from_ns) {
		int first = w->place == w->g->threads[w->thread].first;
		const struct act *a = path_act(w->g, w->place);
		uint64_t before = first ? a->start : path_act(w->g, w->place - 1)->end;
		uint64_t start = graph_act_start(a, before);
		if ((w->t > start || a->kind == ACT_BEGIN) && walk_act(w, a, start))
			continue;
		if (first && follow_maker(w))
			continue;
		if (first)
			break;
		work_segments(w, before);
		w->place--;
	}
	segment(w, w->p->from_ns, PATH_OUTSIDE, 0, ACT_NONE);
}

/* ---- where it begins ---- */

/* 0: there is nothing to walk. */
static int begin(struct walk *w, const struct path_options *o)
{
	const struct graph *g = w->g;
	struct path *p = w->p;
	uint64_t end = o->to_ns ? o->to_ns : UINT64_MAX;
	if (g->end_act == ACT_NONE)
		return 0;
	w->place = graph_place(g, g->end_act);
	if (o->thread != THREAD_NONE) {
		if (o->thread >= g->thread_count || !g->threads[o->thread].count)
			return 0;
		w->place = place_at(g, o->thread, end);
	}
	const struct act *a = path_act(g, w->place);
	w->thread = a->thread;
	w->t = a->end;
	p->from_ns = o->from_ns;
	p->to_ns = a->end < end ? a->end : end;
	return p->from_ns < p->to_ns;
}

/* What the last thread was in at the end. */
static uint32_t open_act(const struct walk *w)
{
	const struct graph *g = w->g;
	uint32_t place = w->place;
	if (path_act(g, place)->kind == ACT_END && place > g->threads[w->thread].first)
		place--;
	return path_act(g, place)->flags & ACT_OPEN ? g->order[place] : ACT_NONE;
}

static void reverse(struct path *p)
{
	for (size_t i = 0, k = p->segments.n; i + 1 < k; i++) {
		struct path_segment s = p->segments.v[i];
		p->segments.v[i] = p->segments.v[--k];
		p->segments.v[k] = s;
	}
}

struct path *path_new(const struct graph *g, const struct path_options *o)
{
	struct path *p = xcalloc(1, sizeof *p);
	struct walk w = { .g = g, .acts = &g->model->acts, .p = p, .blame.p = p, .looks = LOOKS + LOOKS_AN_ACT * g->model->acts.v.n };
	p->graph = g;
	if (!begin(&w, o)) {
		path_free(p);
		return NULL;
	}
	uint32_t end_act = g->order[w.place];
	p->open_act = open_act(&w);
	p->work_ns = xcalloc(g->paths.n, sizeof *p->work_ns);
	p->calls_ns = xcalloc(g->paths.n, sizeof *p->calls_ns);
	p->all_ns = xcalloc(g->paths.n, sizeof *p->all_ns);
	p->slack_ns = xcalloc(g->paths.n, sizeof *p->slack_ns);
	p->threads = xcalloc((size_t)g->thread_count + 1, sizeof *p->threads);
	walk(&w);
	reverse(p);
	path_blame_free(&w.blame);
	vec_free(&w.forced);
	path_slack(p, end_act);
	path_parallel(p);
	return p;
}

void path_free(struct path *p)
{
	if (!p)
		return;
	vec_free(&p->segments);
	vec_free(&p->objects);
	vec_free(&p->locks);
	free(p->work_ns);
	free(p->calls_ns);
	free(p->all_ns);
	free(p->slack_ns);
	free(p->threads);
	free(p);
}
