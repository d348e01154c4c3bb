/*
 * path_slack.c - how much longer what is off the critical path may take. From the end backwards: an act may end as late as the one
 * behind it in its thread, and those that wait for it, let it; the work before it may end as late as it may begin.
 */
#include "path_private.h"

#include "util/alloc.h"

#define NEVER UINT64_MAX  /* it may be as late as it likes */

/* By thread: the act that was met last, and when it may begin at the latest, as far as its own end tells. */
struct behind { uint32_t act; uint64_t begin; };

struct slack {
	struct path *p;
	const struct act *acts;
	uint64_t *limit;                 /* by act: when those that wait for it need it: its end, or its start, see graph_gates_at_start */
	uint32_t *place;                 /* by thread: of the act that comes next */
	struct behind *behind;
	struct map64 rounds;             /* object << 32 | round of a barrier: when all must have arrived, in: */
	VEC(uint64_t) arrivals;
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t earlier(uint64_t ns, uint64_t by)
{
	return ns == NEVER ? NEVER : ns > by ? ns - by : 0;
}

static uint64_t slack_of(uint64_t may, uint64_t is)
{
	return may == NEVER ? PATH_FREE : may > is ? may - is : 0;
}

/* All that meet at a barrier wait for all: when the round that this act is one of has to be complete. */
static uint64_t *arrival(struct slack *s, const struct act *a)
{
	uint64_t key = (uint64_t)a->object << 32 | (uint32_t)a->number;
	uint32_t i = map64_get(&s->rounds, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)s->arrivals.n;
		map64_put(&s->rounds, key, i);
		vec_push(&s->arrivals, NEVER);
	}
	return &s->arrivals.v[i];
}

/* The work before an act, which may begin at `may` and did at `start`. */
static void note_work(struct slack *s, uint32_t place, uint64_t before, uint64_t start, uint64_t may)
{
	struct path *p = s->p;
	const struct graph *g = p->graph;
	struct path_thread *t = &p->threads[path_act(g, place)->thread];
	uint64_t slack = slack_of(may, start);
	if (start <= p->from_ns || before >= p->to_ns)
		return;
	if (start > before)
		t->slack_ns = least(t->slack_ns, slack);
	for (uint32_t i = g->work_first[place]; i < g->work_first[place + 1]; i++) {
		uint32_t path = g->work.v[i].path;
		p->all_ns[path] += g->work.v[i].ns;
		p->slack_ns[path] = least(p->slack_ns[path], slack);
	}
}

/* How late the act at `place` may end, by the one behind it. */
static uint64_t by_successor(struct slack *s, uint32_t thread, uint32_t place)
{
	const struct behind *b = &s->behind[thread];
	if (b->act == ACT_NONE)
		return NEVER;
	const struct act *next = &s->acts[b->act];
	uint64_t before = s->acts[s->p->graph->order[place]].end, start = graph_act_start(next, before);
	uint64_t may = graph_gates_at_start(next) ? least(b->begin, s->limit[b->act]) : b->begin;
	if (next->kind == ACT_BARRIER && next->object != ACT_NONE)
		may = least(may, *arrival(s, next));
	note_work(s, place + 1, before, start, may);
	return earlier(may, start - before);
}

/* What an act may do, whoever waits for it having been met; and so, how late its gate may come. */
static void meet(struct slack *s, uint32_t act)
{
	const struct graph *g = s->p->graph;
	const struct act *a = &s->acts[act];
	uint32_t place = g->threads[a->thread].first + --s->place[a->thread];
	uint64_t may = by_successor(s, a->thread, place);
	uint64_t before = place == g->threads[a->thread].first ? a->start : s->acts[g->order[place - 1]].end;
	uint64_t start = graph_act_start(a, before), own = a->end - least(start, a->end), gate = 0;
	if (!graph_gates_at_start(a))
		may = least(may, s->limit[act]);
	if (a->gate < g->model->acts.v.n) {
		gate = graph_gate_ns(&s->acts[a->gate]);
		if (gate > start || a->kind == ACT_BEGIN)
			own = a->end > gate ? a->end - gate : 0;
		s->limit[a->gate] = least(s->limit[a->gate], earlier(may, own));
	}
	if (a->kind == ACT_BARRIER && a->object != ACT_NONE)
		*arrival(s, a) = least(*arrival(s, a), earlier(may, own));
	s->behind[a->thread] = (struct behind){ act, earlier(may, own) };
}

/* No later than it did may an act end, nor may those that it still waits for; each thread once. */
static void limit_end(struct slack *s, uint32_t act)
{
	const struct graph *g = s->p->graph;
	while (s->limit[act] == NEVER) {
		const struct act *a = &s->acts[act];
		const struct graph_thread *t = &g->threads[a->thread];
		s->limit[act] = graph_gates_at_start(a) ? a->start : a->end;
		if (a->kind == ACT_END && t->count > 1)
			a = path_act(g, t->first + t->count - 2);
		uint32_t next = path_awaited(a);
		if (next < g->thread_count && g->threads[next].count)
			act = g->order[g->threads[next].first + g->threads[next].count - 1];
	}
}

static void begin(struct slack *s, uint32_t end_act)
{
	const struct graph *g = s->p->graph;
	size_t acts = g->model->acts.v.n;
	s->limit = xcalloc(acts + 1, sizeof *s->limit);
	s->place = xcalloc((size_t)g->thread_count + 1, sizeof *s->place);
	s->behind = xcalloc((size_t)g->thread_count + 1, sizeof *s->behind);
	for (size_t i = 0; i < acts; i++)
		s->limit[i] = NEVER;
	for (size_t i = 0; i < g->paths.n; i++)
		s->p->slack_ns[i] = PATH_FREE;
	for (uint32_t t = 0; t < g->thread_count; t++) {
		s->place[t] = g->threads[t].count;
		s->behind[t].act = ACT_NONE;
		s->p->threads[t].slack_ns = PATH_FREE;
	}
	limit_end(s, end_act);
}

/*
 * Acts by their ends, the last ones first: whoever waits for the end of one is met before it; and for its beginning, before the one
 * before it in its thread is.
 */
void path_slack(struct path *p, uint32_t end_act)
{
	struct slack s = { .p = p, .acts = p->graph->model->acts.v.v };
	begin(&s, end_act);
	for (size_t i = p->graph->model->acts.v.n; i-- > 0; )
		meet(&s, (uint32_t)i);
	free(s.limit);
	free(s.place);
	free(s.behind);
	map64_free(&s.rounds);
	vec_free(&s.arrivals);
}
