/* Graphs as a damaged dump may make them: any act may wait for any other. */
#include "played.h"

#include "graph/replay.h"

enum { RUNS = 400, ACTS = 120 };

static uint32_t state = 7;

static uint32_t some(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % n;
}

static uint32_t some_object(void)
{
	return some(8) ? some(RUN_LOCKS + 4) : ACT_NONE;
}

static struct act some_act(uint64_t end)
{
	struct act a = { .end = end, .start = some(4) ? end - some((uint32_t)end + 1) : end, .thread = some(5), .stack = some(3), .object = some_object(),
		.other = some_object(), .gate = some(3) ? some(ACTS + 3) : ACT_NONE, .kind = (uint8_t)some(ACT_KIND_COUNT), .number = (int64_t)some(4) - 1,
		.flags = some(4) ? 0 : (uint8_t)some(32) };

	return a;
}

/* Acts in the order of their ends, as acts.h has it; all else as it comes. */
static struct graph *some_graph(void)
{
	struct script s = { 0 };
	struct graph *g;
	struct model *m;
	uint64_t end = 0;
	uint32_t place = 0;

	run_do(&s, 0, DO_WORK, 1, 1000);
	g = run_play(&s);
	run_forget(&s);
	m = (struct model *)(uintptr_t)g->model;
	m->acts.v.n = 0;
	g->work.n = 0;
	for (int i = 0; i < ACTS; i++) {
		end += some(3) ? some(2000) : 0;
		vec_push(&m->acts.v, some_act(end));
	}
	g->order = xrealloc(g->order, ACTS, sizeof(*g->order));
	g->work_first = xrealloc(g->work_first, ACTS + 1, sizeof(*g->work_first));
	for (uint32_t t = 0; t < RUN_THREADS; t++) {
		g->threads[t].first = place;
		for (uint32_t i = 0; i < ACTS; i++) {
			if (m->acts.v.v[i].thread != t)
				continue;
			g->order[place] = i;
			g->work_first[place++] = (uint32_t)g->work.n;
			if (some(2))
				vec_push(&g->work, (struct graph_work){ some(RUN_PATHS), some(3000) });
		}
		g->threads[t].count = place - g->threads[t].first;
	}
	g->work_first[place] = (uint32_t)g->work.n;
	g->end_act = some(ACTS);
	g->to_ns = m->acts.v.v[g->end_act].end;
	return g;
}

static void replay_all(const struct graph *g, uint64_t from, uint64_t to)
{
	struct tape *t = tape_new(g, from, to);
	struct plan plan = { 0 };
	struct plan_term *term;
	struct arrivals a;
	double took;

	if (!t)
		return;
	term = vec_add(&plan);
	*term = (struct plan_term){ .change = some(PLAN_CPUS + 1), .factor = some(3) / 2.0, .parts = 1 + some(3) };
	vec_push(&term->paths, some(RUN_PATHS));
	vec_push(&term->locks, some(RUN_LOCKS));
	vec_push(&term->classes, some(5));
	replay_recorded(t, &plan, 1, &took);
	a = replay_arrivals(t, &plan, NULL);
	cr_expect(took >= 0 && took < 1e12, "%f", took);
	cr_expect(!a.ended || (a.took >= 0 && a.took < 1e12), "%f", a.took);
	plan_free(&plan);
	tape_free(t);
}

Test(replay_damage, whatever_waits_for_whatever_a_replay_ends)
{
	for (int i = 0; i < RUNS; i++) {
		struct graph *g = some_graph();

		replay_all(g, 0, 0);
		if (g->to_ns > 2)
			replay_all(g, some((uint32_t)g->to_ns / 2), 1 + some((uint32_t)g->to_ns));
		run_free(g);
	}
}
