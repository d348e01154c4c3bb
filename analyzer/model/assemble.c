/* assemble.c - from dumps to one run: its clock, its processes with their scopes, its threads. */
#include "private.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "util/alloc.h"

/* ---- one clock ---- */

static int same_boot(const struct dump *a, const struct dump *b)
{
	return !memcmp(a->file.header.boot_id, b->file.header.boot_id, sizeof a->file.header.boot_id);
}

static int starts_before(const struct dump *a, const struct dump *b)
{
	const struct hp_clocks *x = &a->file.header.start, *y = &b->file.header.start;
	return same_boot(a, b) ? x->monotonic < y->monotonic : x->realtime < y->realtime;
}

/* Dumps of one boot share CLOCK_MONOTONIC; others are laid over each other by the wall clock. */
static void set_origins(struct model *m)
{
	struct dump *first = m->dumps[0];
	for (unsigned i = 1; i < m->dump_count; i++)
		if (starts_before(m->dumps[i], first))
			first = m->dumps[i];
	const struct hp_clocks *zero = &first->file.header.start;
	for (unsigned i = 0; i < m->dump_count; i++) {
		const struct hp_clocks *at = &m->dumps[i]->file.header.start;
		uint64_t origin = same_boot(first, m->dumps[i]) ? zero->monotonic : at->monotonic - (at->realtime - zero->realtime);
		m->dumps[i]->clock.origin = (int64_t)origin;
	}
	m->start_unix_ns = zero->realtime;
}

static void note_now(struct model *m)
{
	struct timespec now;
	int running = 0;
	for (unsigned i = 0; i < m->dump_count; i++)
		running |= m->dumps[i]->file.running;
	clock_gettime(CLOCK_REALTIME, &now);
	uint64_t real = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	m->now_ns = running && real > m->start_unix_ns ? real - m->start_unix_ns : 0;
}

static void note_duration(struct model *m)
{
	for (unsigned i = 0; i < m->dump_count; i++) {
		uint64_t ns = clock_ns(&m->dumps[i]->clock, m->dumps[i]->last_ticks);
		if (ns > m->duration_ns)
			m->duration_ns = ns;
	}
}

/* ---- processes ---- */

static struct dump_scope *scope_of_pid(const struct dump *d, uint32_t pid)
{
	uint32_t i = map64_get(&d->by_pid, pid);
	return i != MAP64_NONE ? d->scopes.v[i] : pid == d->file.header.pid ? d->scopes.v[0] : NULL;
}

static int is_zero(const uint8_t id[16])
{
	static const uint8_t zero[16];
	return !memcmp(id, zero, sizeof zero);
}

static struct dump *parent_dump(const struct model *m, const struct dump *d)
{
	const uint8_t *id = d->file.header.parent_id;
	for (unsigned i = 0; i < m->dump_count && !is_zero(id); i++)
		if (m->dumps[i] != d && !memcmp(m->dumps[i]->file.header.dump_id, id, sizeof d->file.header.dump_id))
			return m->dumps[i];
	return NULL;
}

static uint64_t scope_start(const struct dump_scope *s)
{
	return s->start.ticks ? clock_ns(&s->dump->clock, s->start.ticks) : 0;
}

static void add_process(struct model *m, struct dump_scope *s)
{
	const struct hp_header *h = &s->dump->file.header;
	s->model = (uint32_t)m->processes.v.n;
	vec_push(&m->processes.v, (struct process){
		.pid = s->pid, .ppid = s->ppid, .parent = PROCESS_NONE, .exe = s->exe, .host = s->host, .cwd = s->cwd,
		.cmdline = s->cmdline, .cmdline_bytes = s->cmdline_bytes, .argc = s->argc, .forked = s->forked || !is_zero(h->parent_id),
		.start_ns = scope_start(s), .start_unix_ns = s->start.realtime, .scope = s, .last_scope = s,
	});
	vec_push(&m->private->process_states, (struct process_state){ .exec_thread = THREAD_NONE });
}

/* A forked child's own dump goes on where its pieces in the parent's dump end. */
static struct dump_scope *continued(const struct model *m, const struct dump_scope *s)
{
	struct dump *parent = s->forked ? NULL : parent_dump(m, s->dump);
	struct dump_scope *before = parent ? scope_of_pid(parent, s->pid) : NULL;
	return before && before->forked ? before : NULL;
}

static uint32_t parent_of(const struct model *m, const struct dump_scope *s)
{
	const struct dump *d = s->forked ? s->dump : parent_dump(m, s->dump);
	uint32_t pid = s->parent_pid ? s->parent_pid : s->ppid;
	const struct dump_scope *p = d ? scope_of_pid(d, pid) : NULL;
	if (d && (!p || p == s))
		p = d->scopes.v[0];
	if (p && p != s && p->model != s->model)
		return p->model;
	for (uint32_t i = 0; i < m->processes.v.n; i++)
		if (m->processes.v.v[i].pid == s->ppid && i != s->model && m->processes.v.v[i].start_ns <= scope_start(s))
			return i;
	return PROCESS_NONE;
}

/* What a forked child shares with its parent and does not say again. */
static void inherit(struct model *m, struct process *p)
{
	const struct process *from = &m->processes.v.v[p->parent];
	if (p->exe[0])
		return;
	p->exe = from->exe;
	p->host = from->host;
	p->cwd = from->cwd;
	p->cmdline = from->cmdline;
	p->cmdline_bytes = from->cmdline_bytes;
	p->argc = from->argc;
}

/* Index of the root: the earliest that nobody in the run has started. */
static uint32_t root_of(const struct model *m)
{
	uint32_t best = 0;
	for (uint32_t i = 1; i < m->processes.v.n; i++) {
		const struct process *a = &m->processes.v.v[i], *b = &m->processes.v.v[best];
		int a_root = a->parent == PROCESS_NONE, b_root = b->parent == PROCESS_NONE;
		if (a_root != b_root ? a_root : a->start_ns < b->start_ns)
			best = i;
	}
	return best;
}

static uint32_t swapped(uint32_t i, uint32_t root)
{
	return i == root ? 0 : i == 0 ? root : i;
}

static void put_root_first(struct model *m)
{
	uint32_t root = root_of(m);
	struct process first = m->processes.v.v[0];
	if (!root)
		return;
	m->processes.v.v[0] = m->processes.v.v[root];
	m->processes.v.v[root] = first;
	for (size_t i = 0; i < m->processes.v.n; i++)
		if (m->processes.v.v[i].parent != PROCESS_NONE)
			m->processes.v.v[i].parent = swapped(m->processes.v.v[i].parent, root);
	for (unsigned d = 0; d < m->dump_count; d++)
		for (size_t i = 0; i < m->dumps[d]->scopes.n; i++)
			m->dumps[d]->scopes.v[i]->model = swapped(m->dumps[d]->scopes.v[i]->model, root);
}

/* A damaged dump may have processes that started one another: such a circle is cut where it closes. */
static void cut_circles(struct model *m)
{
	struct process *v = m->processes.v.v;
	uint32_t *walk = xcalloc(m->processes.v.n, sizeof *walk);  /* which walk came by here, from 1 */
	for (uint32_t i = 0; i < m->processes.v.n; i++) {
		for (uint32_t at = i, up; at != PROCESS_NONE && !walk[at]; at = up) {
			walk[at] = i + 1;
			up = v[at].parent;
			if (up != PROCESS_NONE && walk[up] == i + 1)
				v[at].parent = PROCESS_NONE;
		}
	}
	free(walk);
}

static void make_processes(struct model *m)
{
	for (unsigned d = 0; d < m->dump_count; d++)
		for (size_t i = 0; i < m->dumps[d]->scopes.n; i++)
			if (!continued(m, m->dumps[d]->scopes.v[i]))
				add_process(m, m->dumps[d]->scopes.v[i]);
	for (unsigned d = 0; d < m->dump_count; d++) {
		struct dump_scope *own = m->dumps[d]->scopes.v[0], *before = continued(m, own);
		if (before) {
			own->model = before->model;
			m->processes.v.v[own->model].last_scope = own;
		}
	}
	for (uint32_t i = 0; i < m->processes.v.n; i++)
		m->processes.v.v[i].parent = parent_of(m, m->processes.v.v[i].scope);
	cut_circles(m);
	put_root_first(m);
	for (size_t i = 0; i < m->processes.v.n; i++)
		if (m->processes.v.v[i].forked && m->processes.v.v[i].parent != PROCESS_NONE)
			inherit(m, &m->processes.v.v[i]);
}

/* ---- scopes and threads ---- */

static void number_scopes(struct model *m)
{
	for (unsigned d = 0; d < m->dump_count; d++) {
		for (size_t i = 0; i < m->dumps[d]->scopes.n; i++) {
			struct dump_scope *s = m->dumps[d]->scopes.v[i];
			const struct dump_scope *up = s->forked ? scope_of_pid(s->dump, s->parent_pid) : NULL;
			uint32_t parent = !s->forked ? MODULE_NONE : up && up->index < s->index ? up->number : s->dump->scopes.v[0]->number;
			s->number = stacks_add_scope(&m->stacks, s, parent);
		}
	}
}

/* The thread of a forked child that goes on in its own dump: known by its tid. */
static uint32_t known_thread(const struct model *m, const struct dump_thread *t)
{
	const struct dump_scope *before = continued(m, t->scope);
	for (size_t i = 0; before && i < before->dump->threads.n; i++)
		if (before->dump->threads.v[i]->scope == before && before->dump->threads.v[i]->tid == t->tid)
			return before->dump->threads.v[i]->model;
	return THREAD_NONE;
}

static void add_thread(struct model *m, struct dump_thread *t)
{
	struct thread new = { .process = t->scope->model, .tid = t->tid, .created_by = THREAD_NONE };
	const struct process *p = &m->processes.v.v[new.process];
	new.start_ns = t->start_ticks ? clock_ns(&t->scope->dump->clock, t->start_ticks) : p->start_ns;
	if (t->tid == p->pid && p->start_ns < new.start_ns)
		new.start_ns = p->start_ns;
	memcpy(new.name, t->name, sizeof t->name);
	t->model = (uint32_t)m->threads.v.n;
	vec_push(&m->threads.v, new);
	vec_push(&m->private->states, NULL);
}

/* By thread, not by dump: a dump that goes on from another one also has pieces of children, which their dumps go on from. */
static void make_threads(struct model *m, int continuations)
{
	for (unsigned d = 0; d < m->dump_count; d++) {
		const struct dump_scope *own = continued(m, m->dumps[d]->scopes.v[0]) ? m->dumps[d]->scopes.v[0] : NULL;
		for (size_t i = 0; i < m->dumps[d]->threads.n; i++) {
			struct dump_thread *t = m->dumps[d]->threads.v[i];
			int goes_on = t->scope == own;
			if (goes_on != continuations)
				continue;
			uint32_t known = goes_on ? known_thread(m, t) : THREAD_NONE;
			if (known == THREAD_NONE)
				add_thread(m, t);
			else
				t->model = known;
		}
	}
}

static void note_pending(struct model *m)
{
	uint64_t unknown = 0;
	for (unsigned d = 0; d < m->dump_count; d++) {
		struct dump *dump = m->dumps[d];
		for (size_t i = 0; i < dump->slots.n; i++) {
			const struct hp_slot *s = &dump->slots.v[i];
			struct dump_scope *scope = scope_of_pid(dump, s->pid);
			struct dump_thread *t = scope ? dump_thread_by_uid(dump, scope, s->uid) : NULL;
			if (!s->op || s->state != HP_SLOT_LIVE)
				continue;
			vec_push(&m->pending, (struct pending_call){
				.thread = t ? t->model : THREAD_NONE, .op = s->op, .object = s->object, .object2 = s->object2,
				.start_ns = clock_ns(&dump->clock, s->start),
				.stack = scope ? stacks_node(&m->stacks, scope->number, s->stack, &unknown) : 0,
			});
		}
	}
}

void model_assemble(struct model *m)
{
	set_origins(m);
	note_now(m);
	note_duration(m);
	make_processes(m);
	number_scopes(m);
	make_threads(m, 0);
	make_threads(m, 1);
	note_pending(m);
	memory_forks(m);
}
