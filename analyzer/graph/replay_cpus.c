/*
 * So many processors: list scheduling. Who finds all of them taken waits in line; work goes on in slices, after which the next
 * in line has its turn.
 */
#include "replay_arrivals.h"

/* As long as the kernel's are, or longer in long runs: their number must not grow with what a damaged dump says of time. */
#define SLICE_NS 3e6
#define SLICES_MOST 1e5

static double slice_of(const struct arriving *s)
{
	double part = (double)(s->p->end_ns - s->p->from_ns) / SLICES_MOST;

	return part > SLICE_NS ? part : SLICE_NS;
}

static void begin_slice(struct arriving *s, uint32_t i)
{
	struct runner *r = &s->runners[i];
	double most = slice_of(s), slice = r->left < most ? r->left : most;

	r->doing = WORKS;
	r->left -= slice;
	r->time += slice;
	arriving_push(s, i);
}

int cpus_work(struct arriving *s, uint32_t i, double ns)
{
	struct runner *r = &s->runners[i];

	if (!s->cpus) {
		r->time += ns;
		return 1;
	}
	if (ns <= 0)
		return 1;
	r->left = ns;
	if (!r->on_cpu && s->busy >= s->cpus) {
		r->doing = QUEUES;
		line_add(s, &s->queue, i);
		return 0;
	}
	s->busy += !r->on_cpu;
	r->on_cpu = 1;
	begin_slice(s, i);
	return 0;
}

static void give_cpu(struct arriving *s, double now)
{
	uint32_t next = line_take(s, &s->queue);
	struct runner *r;

	if (next == NOBODY) {
		s->busy--;
		return;
	}
	r = &s->runners[next];
	r->on_cpu = 1;
	r->time = r->time > now ? r->time : now;
	begin_slice(s, next);
}

int cpus_slice(struct arriving *s, uint32_t i)
{
	struct runner *r = &s->runners[i];

	if (r->left <= 0)
		return 1;
	if (s->queue.first == NOBODY) {
		begin_slice(s, i);
		return 0;
	}
	r->on_cpu = 0;
	give_cpu(s, r->time);
	r->doing = QUEUES;
	line_add(s, &s->queue, i);
	return 0;
}

void cpus_leave(struct arriving *s, uint32_t i)
{
	struct runner *r = &s->runners[i];

	if (!r->on_cpu)
		return;
	r->on_cpu = 0;
	give_cpu(s, r->time);
}
