#include "thread_pass.h"
#include "pass_units.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/alloc.h"

enum { WORKERS_MAX = 64, SPAWN_BYTES = 1 << 20 };  /* less than that is done before a worker has started */

struct thread_pass {
	struct pass_units list;
	struct call_state *states;       /* by model thread */
	size_t state_count;
	struct stack_link *stacks;
	int has_functions;
	struct pass **passes;
	unsigned workers;                /* passes; [0] is worked on by the caller of finish */
	pthread_t threads[WORKERS_MAX];
	unsigned started;
	_Atomic size_t next;
	_Atomic uint64_t done;           /* bytes */
};

/* Only a damaged file, or one that is written to, has late function events and no others. */
static int has_functions(const struct model *m)
{
	uint64_t n = 0;
	for (unsigned d = 0; d < m->dump_count; d++)
		n += m->dumps[d]->functions;
	return n > 0;
}

static struct stack_link *copy_stacks(const struct model *m)
{
	struct stack_link *v = xcalloc(m->stacks.nodes.n, sizeof *v);
	for (size_t i = 0; i < m->stacks.nodes.n; i++)
		v[i] = (struct stack_link){ m->stacks.nodes.v[i].parent, m->stacks.nodes.v[i].depth };
	return v;
}

/* ---- the work ---- */

/* Whose event it is. */
static void turn(struct pass *p, const struct thread_pass *all, struct dump_thread *t)
{
	struct feed *f = &p->feed;
	f->dump_thread = t;
	f->thread = t->model;
	f->t = &p->m->threads.v.v[f->thread];
	f->process = f->t->process;
	f->scope = t->scope->number;
	f->mixed = stacks_has_mixed(&p->m->stacks, f->scope);
	f->clock = &t->scope->dump->clock;
	f->c = &all->states[f->thread];
	f->c->pass = p;
	f->c->thread = f->thread;
	if (p->m->options.per_thread && !f->c->base)
		f->c->base = functions_thread_node(&p->fn, f->thread);
}

static void work_on_piece(struct pass *p, struct thread_pass *all, const struct piece *piece)
{
	struct cursor *c = &p->cursor;
	uint64_t was = c->done;
	cursor_restart(c, piece->dump, piece->of);
	turn(p, all, piece->of);
	for (;;) {
		functions_stretch(&p->feed, c);
		pass_stretch(&p->feed, c);
		if (!cursor_next(c))
			break;
		if (pass_minds(p->m, c->event.r.kind)) {
			pass_event(&p->feed);
		} else {
			p->feed.c->events++;
			p->feed.c->last_ns = c->event.ns;
		}
		if (c->done - was > SPAWN_BYTES) {
			atomic_fetch_add_explicit(&all->done, c->done - was, memory_order_relaxed);
			was = c->done;
		}
	}
	atomic_fetch_add_explicit(&all->done, c->done - was, memory_order_relaxed);
}

/* The next thread that nobody has gone over; 0: there is none. */
static int work(struct pass *p, struct thread_pass *all)
{
	size_t i = atomic_fetch_add_explicit(&all->next, 1, memory_order_relaxed);
	if (i >= all->list.units.n)
		return 0;
	const struct unit *u = &all->list.units.v[i];
	for (uint32_t k = 0; k < u->count; k++)
		work_on_piece(p, all, &all->list.pieces.v[u->first + k]);
	struct call_state *s = &all->states[all->list.pieces.v[u->first].thread];
	if (!s->calls.n)
		vec_free(&s->calls);
	return 1;
}

static struct pass *new_pass(struct model *m)
{
	struct pass *p = xcalloc(1, sizeof *p);
	p->m = m;
	p->stacks = m->private->thread_pass->stacks;
	p->feed = (struct feed){ .m = m, .e = &p->cursor.event, .pass = p, .compensate = m->options.compensate, .time = 1 };
	between_prepare(p);
	calls_begin(&p->fn, m->options.calls);
	return p;
}

static void *worker(void *data)
{
	struct pass *p = data;
	while (work(p, p->m->private->thread_pass))
		;
	return NULL;
}

static unsigned workers_for(const struct thread_pass *p)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned n = cpus < 1 ? 1 : cpus > WORKERS_MAX ? WORKERS_MAX : (unsigned)cpus;
	return p->list.bytes < SPAWN_BYTES ? 1 : p->list.units.n + 1 < n ? (unsigned)p->list.units.n + 1 : n;
}

void thread_pass_start(struct model *m)
{
	int functions = has_functions(m);
	if (!functions && !(m->options.parts & (MODEL_BETWEEN | MODEL_PATHS | MODEL_GRAPH)))
		return;
	struct thread_pass *p = m->private->thread_pass = xcalloc(1, sizeof *p);
	p->has_functions = functions;
	pass_units_list(m, &p->list);
	p->state_count = m->threads.v.n;
	p->states = xcalloc(p->state_count + 1, sizeof *p->states);
	for (size_t i = 0; i < p->state_count; i++)
		p->states[i].counting = m->private->from_ns == 0;
	if (m->options.parts & MODEL_GRAPH)
		work_begin(m, p->states, p->state_count);
	p->stacks = copy_stacks(m);
	p->workers = workers_for(p);
	p->passes = xcalloc(p->workers, sizeof *p->passes);
	for (unsigned i = 0; i < p->workers; i++)
		p->passes[i] = new_pass(m);
	for (unsigned i = 1; i < p->workers && !pthread_create(&p->threads[i], NULL, worker, p->passes[i]); i++)
		p->started++;
}

/* ---- the end ---- */

/* What threads did after their ends stands elsewhere in the file. */
static void work_on_late(struct thread_pass *all, struct dump *d)
{
	struct cursor c;
	cursor_init(&c, d, NULL);
	while (cursor_next(&c)) {
		struct dump_thread *t = c.event.thread;
		if (!pass_units_chosen(all->passes[0]->m, t))
			continue;
		struct pass *p = all->states[t->model].pass ? all->states[t->model].pass : all->passes[0];
		turn(p, all, t);
		p->feed.e = &c.event;
		pass_event(&p->feed);
	}
	cursor_free(&c);
	for (unsigned i = 0; i < all->workers; i++) {
		all->passes[i]->cursor.regressions += i ? 0 : c.regressions;
		all->passes[i]->feed.e = &all->passes[i]->cursor.event;
	}
}

static void close_calls(struct model *m, struct call_state *s, const struct thread *t)
{
	enum call_end how = t->ended && t->end_ns <= m->private->to_ns ? CALL_CUT : CALL_OPEN;
	if (!s->counting)
		functions_count_from(m, s);
	if (s->calls.n)
		functions_abandon(&s->pass->fn, s, model_clip(m, t->end_ns) - (s->cost >> 10), UINT64_MAX, how);
	vec_free(&s->calls);
}

/* pass: NULL for all threads. */
static void renumber_work(struct model *m, const struct pass *pass, const uint32_t *nodes)
{
	struct thread_pass *p = m->private->thread_pass;
	for (size_t i = 0; m->works && nodes && i < p->state_count; i++)
		if (!pass || p->states[i].pass == pass)
			work_renumber(p->states[i].work, nodes);
}

static void absorb(struct model *m, struct pass *p)
{
	between_absorb(m, &p->fn);
	uint32_t *nodes = functions_absorb(m, &p->fn);
	renumber_work(m, p, nodes);
	free(nodes);
	m->private->record_counts[DUMP_FN_ENTER] += p->entries;
	m->compensation.taken_ns += p->taken;
	m->compensation.spread_ns += p->taken_spread;
	m->compensation.unmeasured_events += p->unmeasured;
	cursor_free(&p->cursor);
	vec_free(&p->path);
}

void thread_pass_finish(struct model *m, model_progress *progress, void *data, uint64_t other)
{
	struct thread_pass *p = m->private->thread_pass;
	if (!p)
		return;
	while (work(p->passes[0], p))
		if (progress)
			progress(data, other + thread_pass_done(m), other + p->list.bytes);
	for (unsigned i = 1; i <= p->started; i++)
		pthread_join(p->threads[i], NULL);
	p->started = 0;
	for (unsigned i = 0; i < m->dump_count; i++)
		if (m->dumps[i]->late.n)
			work_on_late(p, m->dumps[i]);
	for (unsigned i = 0; i < p->workers; i++)
		m->recorder.time_regressions += p->passes[i]->cursor.regressions;
}

void thread_pass_collect(struct model *m)
{
	struct thread_pass *p = m->private->thread_pass;
	if (!p)
		return;
	for (size_t i = 0; i < m->pending.n; i++)
		if (m->pending.v[i].thread < p->state_count)
			pass_still_waits(m, &p->states[m->pending.v[i].thread], &m->pending.v[i]);
	for (size_t i = 0; i < p->state_count; i++) {
		work_end(m, &p->states[i], (uint32_t)i);
		close_calls(m, &p->states[i], &m->threads.v.v[i]);
		m->threads.v.v[i].function_calls = p->states[i].function_calls;
	}
	calls_begin(&m->functions, m->options.calls);
	for (unsigned i = 0; i < p->workers; i++)
		absorb(m, p->passes[i]);
	uint32_t *nodes = functions_renumber(&m->functions);
	renumber_work(m, NULL, nodes);
	free(nodes);
	if (m->works)
		work_finish(m);
	m->compensation.taken_ns >>= 10;
	m->compensation.spread_ns >>= 10;
}

void thread_pass_free(struct model *m)
{
	struct thread_pass *p = m->private->thread_pass;
	if (!p)
		return;
	for (unsigned i = 0; i < p->workers; i++) {
		functions_free(&p->passes[i]->fn);
		cursor_free(&p->passes[i]->cursor);
		vec_free(&p->passes[i]->path);
		vec_free(&p->passes[i]->piece_of);
		vec_free(&p->passes[i]->piece_of_stack);
		free(p->passes[i]);
	}
	for (size_t i = 0; i < p->state_count; i++) {
		vec_free(&p->states[i].calls);
		filter_free(p->states[i].filter);
	}
	pass_units_free(&p->list);
	free(p->states);
	free(p->stacks);
	free(p->passes);
	free(p);
	m->private->thread_pass = NULL;
}

/* ---- for others ---- */

uint64_t thread_pass_done(const struct model *m)
{
	struct thread_pass *p = m->private->thread_pass;
	return p ? atomic_load_explicit(&p->done, memory_order_relaxed) : 0;
}

uint64_t thread_pass_bytes(const struct model *m)
{
	return m->private->thread_pass ? m->private->thread_pass->list.bytes : 0;
}

const struct call_state *thread_pass_state(const struct model *m, uint32_t thread)
{
	const struct thread_pass *p = m->private->thread_pass;
	return p && thread < p->state_count ? &p->states[thread] : NULL;
}

int thread_pass_has_functions(const struct model *m)
{
	return m->private->thread_pass->has_functions;
}
