/* process.c - what threads and processes say about themselves, and how they ended. */
#include "thread_pass.h"

#include <stdlib.h>
#include <string.h>

static const char *const end_names[] = { "running", "exit", "exec", "killed", "moved" };

const char *process_end_name(enum process_end end)
{
	return (unsigned)end < sizeof end_names / sizeof *end_names ? end_names[end] : "?";
}

static struct process_state *state_of(struct model *m, uint32_t process)
{
	return &m->private->process_states.v[process];
}

void thread_begins(struct feed *f)
{
	struct process_state *s = state_of(f->m, f->process);
	const struct process *p = &f->m->processes.v.v[f->process];
	if (f->dump_thread->pthread)
		map64_put(&s->by_pthread, f->dump_thread->pthread, f->thread);
	if (s->begun)
		return;
	s->begun = 1;
	if (!p->forked || p->parent == PROCESS_NONE)
		return;
	io_forked(f->m, f->process, p->parent);
}

static void note_maxrss(struct feed *f, uint64_t kib)
{
	struct process *p = &f->m->processes.v.v[f->process];
	if (kib * 1024 > p->maxrss_bytes)
		p->maxrss_bytes = kib * 1024;
}

static void cpu_event(struct feed *f, const struct hp_r_cpu *r, int ends)
{
	uint64_t ns = hp_u64(r->cpu_ns);
	uint64_t ticks = f->e->ticks + (uint64_t)(int64_t)(int32_t)(r->t32 - (uint32_t)f->e->ticks);
	if (ns)
		cpu_sample(f, clock_ns(f->clock, ticks), ns);
	note_maxrss(f, r->maxrss_kib);
	if (!ends)
		return;
	f->t->ended = 1;
	f->t->end_ns = f->e->ns;
}

static void end_event(struct feed *f, const struct hp_r_end *r)
{
	struct process *p = &f->m->processes.v.v[f->process];
	struct process_state *s = state_of(f->m, f->process);
	s->ended = 1;
	p->aborted = hp_word_sub(r->w) == HP_END_ABORT;
	p->exit_status = r->status;
	note_maxrss(f, r->maxrss_kib);
}

static void exec_event(struct feed *f)
{
	const struct hp_r_exec *r = (const void *)f->e->r.w;
	struct process_state *s = state_of(f->m, f->process);
	uint32_t bytes;
	const char *path = dump_payload(&f->e->r, sizeof *r / 4, r->path_bytes, &bytes);
	s->exec_thread = f->thread;
	s->exec_events = f->s->events;
	size_t n = strnlen(path, bytes) < sizeof s->exec_path - 1 ? strnlen(path, bytes) : sizeof s->exec_path - 1;
	memcpy(s->exec_path, path, n);
	s->exec_path[n] = 0;
}

static void created_event(struct feed *f, const struct hp_r_thread_create *r)
{
	if (r->result == 0)
		vec_push(&f->m->private->creates, (struct create){
			f->process, f->thread, feed_stack(f, r->stack), THREAD_NONE, acts_current(f->m), hp_u64(r->pthread), f->e->stamp,
			stacks_place(&f->m->stacks, f->scope, hp_u64(r->start_fn), 0, f->e->ticks) });
}

/* pthread_setname_np: of any thread of the process, found by its pthread_t. */
static void name_event(struct feed *f)
{
	const struct hp_r_name *r = (const void *)f->e->r.w;
	uint32_t bytes;
	const char *name = dump_payload(&f->e->r, sizeof *r / 4, UINT32_MAX, &bytes);
	uint32_t i = map64_get(&state_of(f->m, f->process)->by_pthread, hp_u64(r->pthread));
	struct thread *t = i == MAP64_NONE ? NULL : &f->m->threads.v.v[i];
	if (!t)
		return;
	size_t n = strnlen(name, bytes);
	n = n < sizeof t->name ? n : sizeof t->name - 1;
	memcpy(t->name, name, n);
	t->name[n] = 0;
}

static void control_event(struct feed *f, const struct hp_r_control *r)
{
	if (hp_word_sub(r->w) != HP_CONTROL_CLEAR && !(r->kinds & HP_LOCK))
		state_of(f->m, f->process)->locks_off = 1;
}

void process_event(struct feed *f)
{
	const void *r = f->e->r.w;
	switch (f->e->r.kind) {
	case HP_R_CPU:           cpu_event(f, r, 0); break;
	case HP_R_THREAD_END:    cpu_event(f, r, 1); break;
	case HP_R_END:           end_event(f, r); break;
	case HP_R_EXEC:          exec_event(f); break;
	case HP_R_THREAD_CREATE: created_event(f, r); break;
	case HP_R_THREAD_NAME:   name_event(f); break;
	case HP_R_CONTROL:       control_event(f, r); break;
	default: break;
	}
}

/* ---- the end ---- */

/* A recording that was stopped before its process ended has the END record in its header alone. */
static void end_from_header(struct process *p, struct process_state *s)
{
	const struct hp_header *h = &p->last_scope->dump->file.header;
	const struct hp_r_end *end = (const void *)h->end;
	if (s->ended || p->pid != h->pid || hp_word_kind(end->w) != HP_R_END)
		return;
	s->ended = 1;
	p->aborted = hp_word_sub(end->w) == HP_END_ABORT;
	p->exit_status = end->status;
}

/* So has a forked child whose piece was full. */
static void end_from_owner(struct process *p, struct process_state *s)
{
	if (s->ended || !p->last_scope->exited)
		return;
	s->ended = 1;
	p->exit_status = p->last_scope->exit_status;
}

static enum process_end end_of(struct model *m, const struct process *p, struct process_state *s)
{
	const struct thread_state *t = s->exec_thread == THREAD_NONE ? NULL : m->private->states.v[s->exec_thread];
	if (s->ended)
		return p->aborted ? PROCESS_KILLED : PROCESS_EXIT;
	const struct call_state *c = thread_pass_state(m, s->exec_thread);
	if (t && t->events == s->exec_events && (!c || c->events == c->exec_events))
		return PROCESS_EXEC;
	if (p->last_scope->moved)
		return PROCESS_MOVED;
	return p->last_scope->dump->file.running ? PROCESS_RUNNING : PROCESS_KILLED;
}

static void close_process(struct model *m, uint32_t i)
{
	struct process *p = &m->processes.v.v[i];
	struct process_state *s = state_of(m, i);
	end_from_header(p, s);
	end_from_owner(p, s);
	p->end = end_of(m, p, s);
	p->has_status = p->end == PROCESS_EXIT;
	p->exec_path = s->exec_path[0] ? s->exec_path : NULL;
	if (p->end == PROCESS_RUNNING)
		m->running = 1;
}

static void last_times(struct model *m)
{
	for (size_t i = 0; i < m->threads.v.n; i++) {
		const struct thread_state *s = m->private->states.v[i];
		const struct call_state *c = thread_pass_state(m, (uint32_t)i);
		struct process *p = &m->processes.v.v[m->threads.v.v[i].process];
		if (s && s->last_ns > p->last_ns)
			p->last_ns = s->last_ns;
		if (c && c->last_ns > p->last_ns)
			p->last_ns = c->last_ns;
	}
}

void process_finish(struct model *m)
{
	last_times(m);
	for (size_t i = 0; i < m->processes.v.n; i++) {
		close_process(m, (uint32_t)i);
		if (m->processes.v.v[i].last_ns > m->duration_ns)
			m->duration_ns = m->processes.v.v[i].last_ns;
	}
	if (m->running && m->now_ns > m->duration_ns)
		m->duration_ns = m->now_ns;
	for (size_t i = 0; i < m->processes.v.n; i++)
		if (m->processes.v.v[i].end == PROCESS_RUNNING && !m->options.to_ns)
			m->processes.v.v[i].last_ns = m->duration_ns;
}
