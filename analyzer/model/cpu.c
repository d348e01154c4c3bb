#include "private.h"

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* lowest, highest: what the clock went on by in the piece. */
static void count_piece(const struct model *m, struct thread *t, const struct cpu_piece *p, uint64_t lowest, uint64_t highest)
{
	uint64_t in = model_took(m, p->from, p->to), free_all = less(less(p->to, p->from), p->waited), free_in = less(in, p->waited_in);
	uint64_t inside_calls = in == p->to - p->from ? less(lowest, free_all) : 0;
	uint64_t running = least(less(least(lowest, free_all), less(free_all, free_in)), free_in);
	uint64_t most = least(highest, free_in);
	most = most > running ? most : running;
	t->cpu_ns += running + inside_calls;
	t->running_ns += running;
	t->runnable_ns += free_in - most;
	t->unknown_ns += most - running;
}

static void add_wait(const struct model *m, struct cpu_piece *p, uint64_t start, uint64_t end)
{
	start = start > p->from ? start : p->from;
	p->waited += less(end, start);
	p->waited_in += model_took(m, start, end);
}

void cpu_waited(struct feed *f, uint64_t start)
{
	struct cpu_state *s = &f->s->cpu;
	if (s->samples && start < s->now.from)
		add_wait(f->m, &s->last, start, least(f->e->ns, s->now.from));
	add_wait(f->m, &s->now, start, f->e->ns);
}

/* There will be no more waits in it. */
static void settle_last(const struct model *m, struct thread *t, struct cpu_state *s)
{
	if (s->samples == 1)
		s->first = s->last;
	else if (s->samples)
		count_piece(m, t, &s->last, s->last.cpu, s->last.cpu);
}

void cpu_sample(struct feed *f, uint64_t ns, uint64_t clock)
{
	struct cpu_state *s = &f->s->cpu;
	settle_last(f->m, f->t, s);
	s->now.to = ns > s->now.from ? ns : s->now.from;
	s->now.cpu = less(clock, s->clock);
	s->last = s->now;
	s->now = (struct cpu_piece){ .from = s->last.to };
	s->clock = clock;
	s->samples++;
}

/* What it is in at the end is a wait as well. */
static void still_waits(struct model *m, const struct pending_call *p)
{
	struct thread_state *s = p->thread < m->private->states.n ? m->private->states.v[p->thread] : NULL;
	uint64_t end = p->thread < m->threads.v.n ? m->threads.v.v[p->thread].end_ns : 0;
	if (!s || p->abandoned || (wait_class_of(p->op) == WAIT_CLASS_COUNT && op_info(p->op)->kind != HP_STDIO))
		return;
	add_wait(m, &s->cpu.now, p->start_ns, end);
}

/* Its clock began with it. */
static int is_new(const struct model *m, const struct thread *t)
{
	const struct process *p = &m->processes.v.v[t->process];
	return t->created_by != THREAD_NONE || (p->parent != PROCESS_NONE && p->forked && t->tid == p->pid);
}

static void finish_thread(struct model *m, struct thread *t, struct cpu_state *s)
{
	int is_born = is_new(m, t);
	t->has_cpu = s->samples > 0;
	settle_last(m, t, s);
	if (s->samples) {
		s->first.from = least(t->start_ns, s->first.to);
		count_piece(m, t, &s->first, is_born ? s->first.cpu : 0, s->first.cpu);
	} else {
		s->now.from = t->start_ns;
	}
	s->now.to = t->end_ns > s->now.from ? t->end_ns : s->now.from;
	count_piece(m, t, &s->now, 0, UINT64_MAX);
}

void cpu_finish(struct model *m)
{
	for (size_t i = 0; i < m->pending.n; i++)
		still_waits(m, &m->pending.v[i]);
	for (size_t i = 0; i < m->threads.v.n; i++)
		if (m->private->states.v[i])
			finish_thread(m, &m->threads.v.v[i], &m->private->states.v[i]->cpu);
}
