/* Random programs: what holds of every replay. */
#include "played.h"

#include "graph/replay.h"

enum { RUNS = 150, PATHS = 4 };

static uint32_t state = 1;

static uint32_t some(uint32_t n)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % n;
}

static void some_work(struct script *s, uint32_t t)
{
	run_do(s, t, DO_WORK, 1 + some(PATHS), 1000 + some(100000));
}

/* Locks are taken in one order: nothing hangs. */
static void some_locks(struct script *s, uint32_t t)
{
	uint32_t first = some(3), second = first + 1 + some(2), shared = some(3) == 0;

	run_do(s, t, shared ? DO_READ_LOCK : DO_LOCK, first, 0);
	some_work(s, t);
	if (some(2)) {
		run_do(s, t, DO_LOCK, second, 0);
		some_work(s, t);
		if (some(3) == 0)
			run_do(s, t, DO_IO, some(3), 500 + some(50000));
		run_do(s, t, DO_UNLOCK, second, 0);
	}
	run_do(s, t, shared ? DO_READ_UNLOCK : DO_UNLOCK, first, 0);
}

static struct graph *some_run(uint64_t wake)
{
	struct script s = { .wake_ns = wake };
	uint32_t threads = 2 + some(5), steps = 5 + some(11);
	struct graph *g;

	s.barrier_members[0] = threads;
	for (uint32_t t = 1; t <= threads; t++)
		run_do(&s, 0, DO_CREATE, t, 0);
	for (uint32_t i = 0; i < steps; i++) {
		uint32_t what = some(8), producer = 1 + some(threads);

		for (uint32_t t = 1; t <= threads; t++) {
			some_work(&s, t);
			if (what < 3)
				some_locks(&s, t);
			else if (what == 3)
				run_do(&s, t, DO_BARRIER, 0, 0);
			else if (what == 4)
				run_do(&s, t, DO_SLEEP, 1 + some(3), some(40000));
			else if (what == 5 && t == producer)
				for (uint32_t k = 1; k < threads; k++)
					run_do(&s, t, DO_POST, i, 0);
			else if (what == 5)
				run_do(&s, t, DO_TAKE, i, 0);
		}
	}
	for (uint32_t t = 1; t <= threads; t++)
		run_do(&s, 0, DO_JOIN, t, 0);
	g = run_play(&s);
	run_forget(&s);
	return g;
}

static struct plan some_plan(const struct tape *t)
{
	struct plan p = { 0 };

	for (uint32_t terms = 1 + some(3); terms--;) {
		struct plan_term *term = vec_add(&p);

		term->change = some(4);
		term->factor = some(10) / 10.0;
		term->parts = 1 + some(4);
		if (term->change == PLAN_SCALE) {
			vec_push(&term->paths, 1 + some(PATHS));
			vec_push(&term->classes, some((uint32_t)t->classes.n));
		} else {
			vec_push(&term->locks, some(4));
		}
	}
	return p;
}

static double recorded(const struct tape *t, const struct plan *p)
{
	double took;

	replay_recorded(t, p, 1, &took);
	return took;
}

Test(replay_random, an_unchanged_run_ends_when_it_did)
{
	for (int i = 0; i < RUNS; i++) {
		uint64_t wake = i % 2 * 3000;
		struct graph *g = some_run(wake);
		struct tape *t = tape_new(g, 0, 0);
		struct plan nothing = { 0 };
		struct arrivals a = replay_arrivals(t, &nothing, NULL);

		cr_expect_eq(recorded(t, &nothing), (double)g->to_ns, "run %d: %.0f, not %lu", i, recorded(t, &nothing), (unsigned long)g->to_ns);
		cr_expect_eq(a.forced, 0, "run %d", i);
		if (!wake)  /* else somebody may take a lock while another one is being woken for it */
			cr_expect_float_eq(a.took, (double)g->to_ns, 1, "run %d, by arrival: %.0f, not %lu", i, a.took, (unsigned long)g->to_ns);
		tape_free(t);
		run_free(g);
	}
}

Test(replay_random, less_work_never_takes_longer_in_the_recorded_order)
{
	for (int i = 0; i < RUNS; i++) {
		struct graph *g = some_run(i % 2 * 3000);
		struct tape *t = tape_new(g, 0, 0);
		struct plan p = some_plan(t);

		cr_expect_leq(recorded(t, &p), (double)g->to_ns + 1, "run %d", i);
		plan_free(&p);
		tape_free(t);
		run_free(g);
	}
}

Test(replay_random, plans_side_by_side_are_as_long_as_each_alone)
{
	enum { PLANS = 20 };

	for (int i = 0; i < RUNS / 5; i++) {
		struct graph *g = some_run(2000);
		struct tape *t = tape_new(g, 0, 0);
		struct plan plans[PLANS];
		double took[PLANS];

		for (int k = 0; k < PLANS; k++)
			plans[k] = some_plan(t);
		replay_recorded(t, plans, PLANS, took);
		for (int k = 0; k < PLANS; k++) {
			cr_expect_float_eq(took[k], recorded(t, &plans[k]), 0.01, "run %d, plan %d", i, k);
			plan_free(&plans[k]);
		}
		tape_free(t);
		run_free(g);
	}
}

Test(replay_random, a_window_is_as_long_as_it_was)
{
	for (int i = 0; i < RUNS; i++) {
		struct graph *g = some_run(2000);
		uint64_t from = some((uint32_t)g->to_ns / 2), to = from + 1 + some((uint32_t)g->to_ns / 2);
		struct tape *t = tape_new(g, from, to);
		struct plan nothing = { 0 };

		cr_assert_not_null(t);
		cr_expect_eq(t->end_ns, to < g->to_ns ? to : g->to_ns, "run %d", i);
		cr_expect_float_eq(recorded(t, &nothing), (double)(t->end_ns - from), 0.01, "run %d: %.0f, not %lu", i, recorded(t, &nothing), (unsigned long)(t->end_ns - from));
		tape_free(t);
		run_free(g);
	}
}
