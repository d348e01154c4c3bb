/* How much a plan saves, by either order of locks, and how far a change has to go. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

#include "table/what_if_private.h"
#include "util/alloc.h"

enum { KNEE_FACTORS = 16, KNEE_STEPS = 7, SMALL_ACTS = 200000, REPLAYED_MOST = 20000000 };

/* An answer's knee is where all but this share of what it saves is saved; savings below this share of the run have none. */
#define KNEE_SHARE 0.01
#define LEAST_SHARE 0.002
#define KNEE_LEAST 0.05

/* ---- processors ---- */

/* How much of a thread's work it was on a processor for, where its CPU time is known. */
static void find_shares(struct what_if *w)
{
	const struct threads *threads = &w->in->model->threads;
	const struct graph *g = w->graph;
	int any = 0;

	w->cpu_share = xcalloc(g->thread_count + 1, sizeof(*w->cpu_share));
	for (uint32_t t = 0; t < g->thread_count; t++) {
		const struct thread *it = t < threads->v.n ? &threads->v.v[t] : NULL;
		uint64_t work = 0, before = 0;

		w->cpu_share[t] = 1;
		for (uint32_t i = 0; it && it->has_cpu && i < g->threads[t].count; i++) {
			const struct act *a = &w->in->model->acts.v.v[g->order[g->threads[t].first + i]];
			uint64_t start = i ? graph_act_start(a, before) : a->start;

			work += i ? start - before : 0;
			before = graph_act_end(a, i ? before : a->start);
		}
		w->cpus_used += it && it->has_cpu && w->actual > 0 ? (double)it->cpu_ns / w->actual : 0;
		if (work && it->cpu_ns < work) {
			w->cpu_share[t] = (double)it->cpu_ns / (double)work;
			any = 1;
		}
	}
	if (!any) {
		free(w->cpu_share);
		w->cpu_share = NULL;
	}
}

/* To how many processors; 0: it does not. */
static uint32_t limits_cpus(const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].change == PLAN_CPUS)
			return p->v[i].parts;
	return 0;
}

/* ---- baselines ---- */

void what_if_baselines(struct what_if *w)
{
	struct plan nothing = { 0 };
	struct arrivals a = replay_arrivals(w->tape, &nothing, NULL);

	replay_recorded(w->tape, &nothing, 1, &w->baseline);
	w->actual = (double)(w->tape->end_ns - w->tape->from_ns);
	w->arrivals = a.took;
	w->forced = a.forced;
	w->has_arrivals = a.ended && fabs(percent_off(a.took, w->actual)) <= REFUSED_PERCENT;
	find_shares(w);
}

double what_if_saved(const struct what_if *w, const struct answer *a)
{
	(void)w;
	return a->has_arrivals ? a->saved[1] : a->saved[0];
}

/* ---- the order of arrival, on some processors ---- */

struct queue { struct what_if *w; struct answer *answers; size_t n; atomic_size_t next; };

static void arrive(struct what_if *w, struct answer *a)
{
	struct arrivals r = replay_arrivals(w->tape, &a->plan, w->cpu_share);

	if (!r.ended)
		return;
	a->saved[1] = w->arrivals - r.took;
	if (limits_cpus(&a->plan) && a->plan.n == 1 && limits_cpus(&a->plan) <= ceil(w->cpus_used))
		a->saved[1] = fmin(a->saved[1], 0);  /* it had so many at least */
	a->has_arrivals = 1;
}

static void *arrive_all(void *data)
{
	struct queue *q = data;

	for (size_t i; (i = atomic_fetch_add(&q->next, 1)) < q->n;)
		if (!q->answers[i].refused)
			arrive(q->w, &q->answers[i]);
	return NULL;
}

static void by_arrival(struct what_if *w, struct answer *answers, size_t n)
{
	struct queue q = { .w = w, .answers = answers, .n = n };
	pthread_t other;
	int two = n > 1 && !pthread_create(&other, NULL, arrive_all, &q);

	arrive_all(&q);
	if (two)
		pthread_join(other, NULL);
}

/* ---- answers ---- */

static int has_change(const struct plan *p, enum plan_change change)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].change == change)
			return 1;
	return 0;
}

/* The same with each lock as if nobody waited for it: what splitting it in whatever way could save at most. */
static double open_locks(struct what_if *w, const struct plan *p)
{
	struct plan open = { 0 };
	double took;

	for (size_t i = 0; i < p->n; i++) {
		struct plan_term t = p->v[i];

		if (t.change == PLAN_SPLIT)
			t.change = PLAN_NO_WAIT;
		vec_push(&open, t);
	}
	replay_recorded(w->tape, &open, 1, &took);
	vec_free(&open);
	return w->baseline - took;
}

static void set_range(struct what_if *w, struct answer *a)
{
	a->low = a->high = what_if_saved(w, a);
	a->has_high = a->has_arrivals;
	if (a->has_arrivals && !limits_cpus(&a->plan)) {
		a->low = fmin(a->low, a->saved[0]);
		a->high = fmax(a->high, a->saved[0]);
	}
	if (has_change(&a->plan, PLAN_SPLIT))
		a->high = fmax(a->high, open_locks(w, &a->plan));
	if (a->assumes || has_change(&a->plan, PLAN_SPLIT))
		a->low = fmin(a->low, 0);
}

size_t what_if_most(const struct what_if *w, size_t n)
{
	uint64_t most = REPLAYED_MOST / (w->tape->acts + 1);

	return most < 1 ? 1 : most < n ? (size_t)most : n;
}

void what_if_answers(struct what_if *w, struct answer *answers, size_t n, size_t most)
{
	struct plan *plans = xcalloc(n + 1, sizeof(*plans));
	double *took = xcalloc(n + 1, sizeof(*took));

	for (size_t i = 0; i < n; i++)
		plans[i] = answers[i].plan;
	replay_recorded(w->tape, plans, (uint32_t)n, took);
	for (size_t i = 0; i < n; i++)
		answers[i].saved[0] = w->baseline - took[i];
	if (w->has_arrivals)
		by_arrival(w, answers, n < most ? n : most);
	for (size_t i = 0; i < n; i++)
		set_range(w, &answers[i]);
	free(plans);
	free(took);
}

/* ---- the knee ---- */

static int scales(const struct plan *p)
{
	return p->n == 1 && (p->v[0].change == PLAN_SCALE || p->v[0].change == PLAN_HOLD);
}

static double saved_at(struct what_if *w, const struct plan *p, double factor)
{
	struct plan one = { .v = &(struct plan_term){ 0 }, .n = 1 };

	one.v[0] = p->v[0];
	one.v[0].factor = factor;
	return w->arrivals - replay_arrivals(w->tape, &one, NULL).took;
}

/* Between `low`, where all is saved, and `high`, where it is not, in the order of arrival. */
static double bisect(struct what_if *w, const struct plan *p, double low, double high, double enough)
{
	for (int i = 0; i < KNEE_STEPS; i++) {
		double middle = (low + high) / 2;

		if (saved_at(w, p, middle) >= enough)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The same in the recorded order: 16 factors at once. */
static double narrow(struct what_if *w, const struct plan *p, double low, double high, double enough)
{
	double factors[KNEE_FACTORS], took[KNEE_FACTORS];

	for (int round = 0; round < 2; round++) {
		double width = (high - low) / (KNEE_FACTORS + 1), from = low;

		for (int i = 0; i < KNEE_FACTORS; i++)
			factors[i] = from + width * (i + 1);
		replay_factors(w->tape, p, factors, KNEE_FACTORS, took);
		for (int i = 0; i < KNEE_FACTORS && w->baseline - took[i] >= enough; i++)
			low = factors[i];
		high = low + width;
	}
	return low;
}

void what_if_knee(struct what_if *w, struct answer *a)
{
	double half[2] = { 0.5, 0 }, took[2], all;
	int arrivals = a->has_arrivals && w->tape->acts <= SMALL_ACTS;

	if (!scales(&a->plan))
		return;
	replay_factors(w->tape, &a->plan, half, 2, took);
	all = arrivals ? saved_at(w, &a->plan, 0) : w->baseline - took[1];
	a->half = arrivals ? saved_at(w, &a->plan, 0.5) : w->baseline - took[0];
	a->has_half = 1;
	if (all < LEAST_SHARE * w->baseline)
		return;
	a->knee = arrivals ? bisect(w, &a->plan, 0, 1, (1 - KNEE_SHARE) * all) : narrow(w, &a->plan, 0, 1, (1 - KNEE_SHARE) * all);
	a->knee = a->knee < KNEE_LEAST ? 0 : a->knee;
	a->has_knee = 1;
}
