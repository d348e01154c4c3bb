/* Passes on all processors. */
#include "replay.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "util/alloc.h"

enum { WORKERS_MOST = 16 };

struct job { uint32_t first, n; };

struct jobs {
	const struct tape *p;
	const struct plan *plans;
	const double *factors;     /* NULL, or of plans[0] */
	double *took;
	VEC(struct job) v;
	atomic_size_t next;
};

static void run_job(const struct jobs *jobs, const struct job *j)
{
	struct pass pass;

	if (pass_new(&pass, jobs->p, jobs->factors ? jobs->plans : jobs->plans + j->first, j->n, jobs->factors ? jobs->factors + j->first : NULL))
		replay_lanes(jobs->p, &pass, jobs->took + j->first);
	pass_free(&pass);
}

static void *run_jobs(void *data)
{
	struct jobs *jobs = data;

	for (size_t i; (i = atomic_fetch_add(&jobs->next, 1)) < jobs->v.n;)
		run_job(jobs, &jobs->v.v[i]);
	return NULL;
}

static uint32_t workers(size_t jobs)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	n = n < 1 ? 1 : n > WORKERS_MOST ? WORKERS_MOST : n;
	return (size_t)n < jobs ? (uint32_t)n : (uint32_t)jobs;
}

static void run(struct jobs *jobs)
{
	pthread_t threads[WORKERS_MOST];
	uint32_t n = workers(jobs->v.n), started = 0;

	while (started + 1 < n && !pthread_create(&threads[started], NULL, run_jobs, jobs))
		started++;
	run_jobs(jobs);
	while (started)
		pthread_join(threads[--started], NULL);
	vec_free(&jobs->v);
}

/* As many plans a pass as there are lanes and room for their terms. */
void replay_recorded(const struct tape *p, const struct plan *plans, uint32_t n, double *took)
{
	struct jobs jobs = { .p = p, .plans = plans, .took = took };

	for (uint32_t first = 0, lanes; first < n; first += lanes) {
		size_t terms = plans[first].n;

		for (lanes = 1; first + lanes < n && lanes < PLAN_LANES && terms + plans[first + lanes].n <= PLAN_TERMS; lanes++)
			terms += plans[first + lanes].n;
		vec_push(&jobs.v, (struct job){ first, lanes });
	}
	run(&jobs);
}

void replay_factors(const struct tape *p, const struct plan *plan, const double *factors, uint32_t n, double *took)
{
	struct jobs jobs = { .p = p, .plans = plan, .factors = factors, .took = took };
	uint32_t lanes = plan->n ? PLAN_TERMS / (uint32_t)plan->n : PLAN_LANES;

	lanes = lanes < 1 ? 1 : lanes > PLAN_LANES ? PLAN_LANES : lanes;
	for (uint32_t first = 0; first < n; first += lanes)
		vec_push(&jobs.v, (struct job){ first, n - first < lanes ? n - first : lanes });
	run(&jobs);
}
