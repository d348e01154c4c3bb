/* What each kind of change does to a replay. */
#include "played.h"

#include "graph/replay.h"

enum { WORK = 1, HELD = 2, MS = 1000000, WORKERS = 4, ROUNDS = 20 };

/* Four threads at a lock. held: while they have it; locks: how many there are, taken in turn; shared: they only read. */
struct contest { uint64_t held; uint32_t locks; int shared; };

static struct graph *play(const struct contest *c)
{
	struct script s = { 0 };
	struct graph *g;

	for (uint32_t t = 1; t <= WORKERS; t++)
		run_do(&s, 0, DO_CREATE, t, 0);
	for (uint32_t t = 1; t <= WORKERS; t++)
		run_do(&s, 0, DO_JOIN, t, 0);
	for (uint32_t t = 1; t <= WORKERS; t++)
		for (uint32_t i = 0; i < ROUNDS; i++) {
			uint32_t lock = (t + i) % c->locks;

			run_do(&s, t, DO_WORK, WORK, 3 * MS + t * 7919 + i * 1009);
			run_do(&s, t, c->shared ? DO_READ_LOCK : DO_LOCK, lock, 0);
			run_do(&s, t, DO_WORK, HELD, c->held);
			run_do(&s, t, DO_IO, 5, c->held / 4);
			run_do(&s, t, c->shared ? DO_READ_UNLOCK : DO_UNLOCK, lock, 0);
		}
	g = run_play(&s);
	run_forget(&s);
	return g;
}

static double length_of(struct contest c)
{
	struct graph *g = play(&c);
	double ns = (double)g->to_ns;

	run_free(g);
	return ns;
}

static struct plan of_lock(enum plan_change change, double factor, uint32_t parts)
{
	struct plan p = { 0 };
	struct plan_term *t = vec_add(&p);

	*t = (struct plan_term){ .change = change, .factor = factor, .parts = parts };
	vec_push(&t->locks, 0);
	return p;
}

static double recorded(const struct tape *t, const struct plan *p)
{
	double took;

	replay_recorded(t, p, 1, &took);
	return took;
}

static void expect_near(double got, double wanted, const char *what)
{
	double off = got > wanted ? got - wanted : wanted - got;

	cr_expect(off <= 0.02 * wanted, "%s: %.2f ms, not %.2f", what, got / MS, wanted / MS);
}

Test(replay, holding_a_lock_for_half_the_time_takes_as_long_as_if_it_were_so)
{
	struct contest now = { 2 * MS, 1, 0 };
	struct graph *g = play(&now);
	struct tape *t = tape_new(g, 0, 0);
	struct plan half = of_lock(PLAN_HOLD, 0.5, 0), none = of_lock(PLAN_HOLD, 0, 0);

	expect_near(replay_arrivals(t, &half, NULL).took, length_of((struct contest){ MS, 1, 0 }), "half");
	expect_near(replay_arrivals(t, &none, NULL).took, length_of((struct contest){ 0, 1, 0 }), "none");
	expect_near(recorded(t, &none), length_of((struct contest){ 0, 1, 0 }), "none, in the recorded order");
	plan_free(&half);
	plan_free(&none);
	tape_free(t);
	run_free(g);
}

Test(replay, a_lock_that_nobody_waits_for_is_like_one_for_readers)
{
	struct contest now = { 2 * MS, 1, 0 };
	struct graph *g = play(&now);
	struct tape *t = tape_new(g, 0, 0);
	struct plan open = of_lock(PLAN_NO_WAIT, 0, 0);

	expect_near(recorded(t, &open), length_of((struct contest){ 2 * MS, 1, 1 }), "recorded order");
	expect_near(replay_arrivals(t, &open, NULL).took, length_of((struct contest){ 2 * MS, 1, 1 }), "order of arrival");
	plan_free(&open);
	tape_free(t);
	run_free(g);
}

Test(replay, of_a_lock_that_is_split_more_parts_save_no_less_and_one_part_saves_nothing)
{
	struct contest now = { 2 * MS, 1, 0 };
	struct graph *g = play(&now);
	struct tape *t = tape_new(g, 0, 0);
	struct plan open = of_lock(PLAN_NO_WAIT, 0, 0);
	double before = (double)g->to_ns, least = recorded(t, &open);

	for (uint32_t parts = 1; parts <= 6; parts++) {
		struct plan split = of_lock(PLAN_SPLIT, 0, parts);
		double took = recorded(t, &split), by_arrival = replay_arrivals(t, &split, NULL).took;

		cr_expect(took <= before && took >= least, "%u parts: %.2f ms", parts, took / MS);
		cr_expect(parts > 1 || took == before);
		cr_expect(parts < WORKERS || took == least, "nobody waits for one of so many locks");
		expect_near(by_arrival, took, "by arrival");
		before = took;
		plan_free(&split);
	}
	plan_free(&open);
	tape_free(t);
	run_free(g);
}

/* ---- many at once ---- */

Test(replay, plans_side_by_side_are_as_long_as_each_alone)
{
	enum { PLANS = 37 };
	struct contest now = { 2 * MS, 3, 0 };
	struct graph *g = play(&now);
	struct tape *t = tape_new(g, 0, 0);
	struct plan plans[PLANS] = { 0 };
	double took[PLANS];

	for (uint32_t i = 0; i < PLANS; i++) {
		struct plan_term *term = vec_add(&plans[i]);

		term->change = i % 4;
		term->factor = (i % 7) / 7.0;
		term->parts = 1 + i % 3;
		vec_push(&term->paths, i % 2 ? WORK : HELD);
		if (term->change)
			vec_push(&term->locks, i % 3);
	}
	replay_recorded(t, plans, PLANS, took);
	for (uint32_t i = 0; i < PLANS; i++) {
		cr_expect_eq(took[i], recorded(t, &plans[i]), "plan %u", i);
		plan_free(&plans[i]);
	}
	tape_free(t);
	run_free(g);
}

Test(replay, factors_side_by_side_are_as_long_as_each_alone)
{
	struct contest now = { 2 * MS, 1, 0 };
	struct graph *g = play(&now);
	struct tape *t = tape_new(g, 0, 0);
	struct plan hold = of_lock(PLAN_HOLD, 1, 0);
	double factors[20], took[20];

	for (int i = 0; i < 20; i++)
		factors[i] = i / 16.0;
	replay_factors(t, &hold, factors, 20, took);
	for (int i = 0; i < 20; i++) {
		hold.v[0].factor = factors[i];
		cr_expect_eq(took[i], recorded(t, &hold), "factor %.2f", factors[i]);
	}
	plan_free(&hold);
	tape_free(t);
	run_free(g);
}

/* ---- processors ---- */

Test(replay, so_many_processors_share_the_work)
{
	static const struct { uint32_t cpus; double ms; } cases[] = { { 1, 80 }, { 2, 40 }, { 4, 20 }, { 64, 20 } };
	struct script s = { 0 };
	struct graph *g;
	struct tape *t;

	for (uint32_t i = 1; i <= 4; i++) {
		run_do(&s, 0, DO_CREATE, i, 0);
		run_do(&s, i, DO_WORK, WORK, 20 * MS);
	}
	for (uint32_t i = 1; i <= 4; i++)
		run_do(&s, 0, DO_JOIN, i, 0);
	g = run_play(&s);
	run_forget(&s);
	t = tape_new(g, 0, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plan p = of_lock(PLAN_CPUS, 0, cases[i].cpus);

		expect_near(replay_arrivals(t, &p, NULL).took, cases[i].ms * MS, "processors");
		plan_free(&p);
	}
	tape_free(t);
	run_free(g);
}

Test(replay, work_that_waited_for_a_processor_is_counted_as_what_it_ran)
{
	struct script s = { 0 };
	struct plan one = of_lock(PLAN_CPUS, 0, 1);
	double share[RUN_THREADS] = { 0.5, 0.5 };
	struct graph *g;
	struct tape *t;

	run_do(&s, 0, DO_WORK, WORK, 30 * MS);
	g = run_play(&s);
	run_forget(&s);
	t = tape_new(g, 0, 0);
	expect_near(replay_arrivals(t, &one, share).took, 15 * MS, "half of it");
	plan_free(&one);
	tape_free(t);
	run_free(g);
}
