/* Replays against a naive simulator: what a change is said to save is what the changed program saves when it is played again. */
#include "played.h"

#include "graph/replay.h"

enum { DELAY = 1, OTHER = 2, MS = 1000000 };

/* A program with a delay of so many ns in it, on the path or in the sleep DELAY. */
typedef void shape(struct script *, uint64_t delay);

static void workers(struct script *s, uint32_t n)
{
	for (uint32_t t = 1; t <= n; t++)
		run_do(s, 0, DO_CREATE, t, 0);
	for (uint32_t t = 1; t <= n; t++)
		run_do(s, 0, DO_JOIN, t, 0);
}

static void serial(struct script *s, uint64_t delay)
{
	for (int i = 0; i < 10; i++) {
		run_do(s, 0, DO_WORK, OTHER, 3 * MS);
		run_do(s, 0, DO_WORK, DELAY, delay);
		run_do(s, 0, DO_IO, 3, MS);
	}
}

/* The lock is what all wait for, and the delay is inside. */
static void under_a_lock(struct script *s, uint64_t delay)
{
	workers(s, 4);
	for (uint32_t t = 1; t <= 4; t++)
		for (int i = 0; i < 20; i++) {
			run_do(s, t, DO_WORK, OTHER, (2 + t % 2) * MS);
			run_do(s, t, DO_LOCK, 0, 0);
			run_do(s, t, DO_WORK, DELAY, delay);
			run_do(s, t, DO_WORK, OTHER, MS / 2);
			run_do(s, t, DO_UNLOCK, 0, 0);
		}
}

/* All stand in line all the time; what is outside of the lock matters little. */
static void convoy(struct script *s, uint64_t delay)
{
	workers(s, 8);
	for (uint32_t t = 1; t <= 8; t++)
		for (int i = 0; i < 10; i++) {
			run_do(s, t, DO_LOCK, 1, 0);
			run_do(s, t, DO_WORK, OTHER, 2 * MS + t * 7001);
			run_do(s, t, DO_UNLOCK, 1, 0);
			run_do(s, t, DO_WORK, DELAY, delay);
		}
}

/* Three stages with queues between them; the middle one is the slow one. */
static void pipeline(struct script *s, uint64_t delay)
{
	workers(s, 3);
	for (int i = 0; i < 30; i++) {
		run_do(s, 1, DO_WORK, OTHER, 2 * MS);
		run_do(s, 1, DO_POST, 0, 0);
		run_do(s, 2, DO_TAKE, 0, 0);
		run_do(s, 2, DO_WORK, OTHER, MS);
		run_do(s, 2, DO_WORK, DELAY, delay);
		run_do(s, 2, DO_POST, 1, 0);
		run_do(s, 3, DO_TAKE, 1, 0);
		run_do(s, 3, DO_WORK, OTHER, MS);
	}
}

/* One of four is slower in each round, another one each time. */
static void barrier(struct script *s, uint64_t delay)
{
	s->barrier_members[0] = 4;
	workers(s, 4);
	for (uint32_t t = 1; t <= 4; t++)
		for (uint32_t i = 0; i < 12; i++) {
			run_do(s, t, DO_WORK, OTHER, (3 + (t + 2 * i) % 3) * MS);
			if (i % 4 == t - 1)
				run_do(s, t, DO_WORK, DELAY, delay);
			run_do(s, t, DO_BARRIER, 0, 0);
		}
}

static void fan_out(struct script *s, uint64_t delay)
{
	run_do(s, 0, DO_WORK, OTHER, 5 * MS);
	workers(s, 6);
	for (uint32_t t = 1; t <= 6; t++)
		run_do(s, t, DO_WORK, OTHER, 10 * MS + t * MS);
	run_do(s, 2, DO_WORK, DELAY, 3 * delay);
	run_do(s, 0, DO_WORK, OTHER, 5 * MS);
}

static void condition_queue(struct script *s, uint64_t delay)
{
	workers(s, 3);
	for (int i = 0; i < 30; i++) {
		run_do(s, 1, DO_WORK, OTHER, MS);
		run_do(s, 1, DO_WORK, DELAY, delay);
		run_do(s, 1, DO_PUT, 0, 0);
		run_do(s, 2 + (uint32_t)i % 2, DO_GET, 0, 0);
		run_do(s, 2 + (uint32_t)i % 2, DO_WORK, OTHER, 2 * MS + MS / 3);
	}
}

/* Readers beside each other; a writer keeps them all out. */
static void reader_writer(struct script *s, uint64_t delay)
{
	workers(s, 4);
	for (int i = 0; i < 10; i++) {
		for (uint32_t t = 1; t <= 3; t++) {
			run_do(s, t, DO_READ_LOCK, 2, 0);
			run_do(s, t, DO_WORK, OTHER, 2 * MS);
			run_do(s, t, DO_READ_UNLOCK, 2, 0);
			run_do(s, t, DO_WORK, OTHER, MS / 4);
		}
		run_do(s, 4, DO_WORK, OTHER, 3 * MS);
		run_do(s, 4, DO_LOCK, 2, 0);
		run_do(s, 4, DO_WORK, DELAY, delay);
		run_do(s, 4, DO_UNLOCK, 2, 0);
	}
}

/* Two threads; one of them writes to a slow disk while it has the lock. */
static void disk_wait(struct script *s, uint64_t delay)
{
	workers(s, 2);
	for (int i = 0; i < 15; i++) {
		run_do(s, 1, DO_WORK, OTHER, MS);
		run_do(s, 1, DO_LOCK, 3, 0);
		run_do(s, 1, DO_SLEEP, DELAY, delay);
		run_do(s, 1, DO_UNLOCK, 3, 0);
		run_do(s, 2, DO_WORK, OTHER, 2 * MS);
		run_do(s, 2, DO_LOCK, 3, 0);
		run_do(s, 2, DO_IO, 5, MS / 2);
		run_do(s, 2, DO_UNLOCK, 3, 0);
	}
}

/* Two tokens for four threads. */
static void semaphores(struct script *s, uint64_t delay)
{
	run_do(s, 0, DO_POST, 4, 0);
	run_do(s, 0, DO_POST, 4, 0);
	workers(s, 4);
	for (uint32_t t = 1; t <= 4; t++)
		for (int i = 0; i < 10; i++) {
			run_do(s, t, DO_TAKE, 4, 0);
			run_do(s, t, DO_WORK, OTHER, MS);
			run_do(s, t, DO_WORK, DELAY, delay);
			run_do(s, t, DO_POST, 4, 0);
			run_do(s, t, DO_WORK, OTHER, MS / 3);
		}
}

static const struct { const char *name; shape *make; } shapes[] = {
	{ "serial", serial }, { "under a lock", under_a_lock }, { "convoy", convoy }, { "pipeline", pipeline }, { "barrier", barrier },
	{ "fan-out", fan_out }, { "condition queue", condition_queue }, { "reader and writer", reader_writer }, { "disk wait", disk_wait },
	{ "semaphores", semaphores },
};
enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static struct graph *play(shape *make, uint64_t delay, uint64_t wake)
{
	struct script s = { .wake_ns = wake };
	struct graph *g;

	make(&s, delay);
	g = run_play(&s);
	run_forget(&s);
	return g;
}

static double length(const struct graph *g) { return (double)g->to_ns; }

static double length_of(shape *make, uint64_t delay, uint64_t wake)
{
	struct graph *g = play(make, delay, wake);
	double ns = length(g);

	run_free(g);
	return ns;
}

/* The delay's work, and sleeps there. */
static struct plan without(const struct tape *p, double factor)
{
	struct plan plan = { 0 };
	struct plan_term *t = vec_add(&plan);

	t->factor = factor;
	vec_push(&t->paths, DELAY);
	for (uint32_t i = 1; i < p->classes.n; i++)
		if (p->classes.v[i].kind == ACT_SLEEP && p->classes.v[i].stack == DELAY)
			vec_push(&t->classes, i);
	return plan;
}

static double recorded(const struct tape *p, const struct plan *plan)
{
	double took;

	replay_recorded(p, plan, 1, &took);
	return took;
}

Test(replay, an_unchanged_run_ends_when_it_did_in_the_recorded_order)
{
	for (int i = 0; i < SHAPES; i++)
		for (uint64_t wake = 0; wake <= 50000; wake += 50000) {
			struct graph *g = play(shapes[i].make, 2 * MS, wake);
			struct tape *p = tape_new(g, 0, 0);
			struct plan nothing = { 0 };

			cr_expect_eq(recorded(p, &nothing), length(g), "%s: %.0f, not %.0f", shapes[i].name, recorded(p, &nothing), length(g));
			for (int k = 0; k < ACT_KIND_COUNT; k++)
				cr_expect_eq(p->faults[k].count, 0, "%s: kind %d", shapes[i].name, k);
			tape_free(p);
			run_free(g);
		}
}

Test(replay, an_unchanged_run_ends_when_it_did_in_the_order_of_arrival)
{
	for (int i = 0; i < SHAPES; i++) {
		struct graph *g = play(shapes[i].make, 2 * MS, 0);
		struct tape *p = tape_new(g, 0, 0);
		struct plan nothing = { 0 };
		struct arrivals a = replay_arrivals(p, &nothing, NULL);

		cr_expect_float_eq(a.took, length(g), 1, "%s: %.0f, not %.0f", shapes[i].name, a.took, length(g));
		cr_expect_eq(a.forced, 0, "%s: %lu", shapes[i].name, (unsigned long)a.forced);
		tape_free(p);
		run_free(g);
	}
}

/* Five percent of what it really saves, and two thousandths of the run for what is too small to tell. */
static void close_to(const char *name, double saved, double really, double run)
{
	double off = saved > really ? saved - really : really - saved;

	cr_expect(off <= 0.05 * really + 0.002 * run, "%s: %.2f ms, really %.2f of %.2f", name, saved / MS, really / MS, run / MS);
}

Test(replay, what_a_removed_delay_saves_is_what_it_really_saves)
{
	for (int i = 0; i < SHAPES; i++)
		for (uint64_t wake = 0; wake <= 20000; wake += 20000) {
			struct graph *g = play(shapes[i].make, 2 * MS, wake);
			struct tape *p = tape_new(g, 0, 0);
			struct plan plan = without(p, 0);
			double really = length(g) - length_of(shapes[i].make, 0, wake);
			double by_order = length(g) - recorded(p, &plan), by_arrival = length(g) - replay_arrivals(p, &plan, NULL).took;

			cr_expect_gt(really, 0);
			close_to(shapes[i].name, by_arrival, really, length(g));
			cr_expect(by_order >= 0 && by_order <= really * 1.05 + 0.002 * length(g), "%s: %.2f ms in the recorded order, really %.2f", shapes[i].name, by_order / MS, really / MS);
			plan_free(&plan);
			tape_free(p);
			run_free(g);
		}
}
