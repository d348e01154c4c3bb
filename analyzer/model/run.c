/* run.c - the stream of events, and which part of the model gets what. */
#include "focus.h"
#include "thread_pass.h"

#include <string.h>

enum { PROGRESS_EVERY = 1 << 16 };

/* ---- references ---- */

/*
 * A process that was killed, or goes on, may have left the definition unfinished; one whose recording was stopped has room for
 * events in its threads' last chunks, but perhaps none for what they refer to.
 */
void feed_unknown(struct feed *f, const char *what)
{
	struct dump *d = f->dump_thread->scope->dump;
	f->m->recorder.unknown_ids++;
	if (!d->file.running && !d->torn_records && d->file.header.stop_reason == HP_STOP_NONE)
		dump_note_damage(d, &d->damage.ids, f->e->offset, what);
}

uint32_t feed_stack(struct feed *f, uint32_t id)
{
	uint64_t unknown = 0;
	uint32_t node = stacks_node(&f->m->stacks, f->scope, id, &unknown);
	if (unknown)
		feed_unknown(f, "a stack that is not defined");
	return node;
}

/* ---- waits ---- */

void waits_add(struct feed *f, unsigned wait_class, uint64_t start)
{
	uint64_t ns = model_took(f->m, start, f->e->ns);
	if (!f->time || wait_class >= WAIT_CLASS_COUNT)
		return;
	cpu_waited(f, start);
	if (f->count)
		hist_add(&f->m->waits.by_class[wait_class], ns);
	else
		f->m->waits.by_class[wait_class].sum += ns;
	f->t->wait_ns[wait_class] += ns;
	f->t->waited_ns += ns;
	f->t->wait_calls[wait_class] += (uint64_t)f->count;
}

static void wait_event(struct feed *f)
{
	const struct hp_r_wait *r = (const void *)f->e->r.w;
	uint64_t start = feed_start_ns(f, hp_u64(r->start));
	uint32_t stack = feed_stack(f, r->stack);
	waits_add(f, wait_class_of(hp_word_sub(r->w)), start);
	feed_took(f, wait_class_of(hp_word_sub(r->w)), stack, start, 0);
	if (f->m->options.parts & MODEL_LOCKS)
		locks_wait(f, r, start);
	if (f->m->options.parts & MODEL_IO)
		io_poll(f, r, start);
}

static void abandoned_event(struct feed *f)
{
	const struct hp_r_abandoned *r = (const void *)f->e->r.w;
	f->m->recorder.abandoned_calls += (uint64_t)f->count;
	if (f->m->options.parts & MODEL_LOCKS)
		locks_abandoned(f, r);
	if (f->m->private->focus && !f->time)
		return;
	if (f->m->pending.n < 1000)
		vec_push(&f->m->pending, (struct pending_call){ f->thread, hp_word_sub(r->w), hp_u64(r->object), 0,
			feed_start_ns(f, hp_u64(r->start)), feed_stack(f, r->stack), 1 });
}

/* ---- control ---- */

static void clear_figures(struct model *m)
{
	const struct model_watch *w = m->options.watch;
	memory_clear(m);
	if (w && w->clear)
		w->clear(w->data, m, m->private->from_ns);
	locks_clear(m);
	lock_pairs_clear(m);
	io_clear(m);
	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		hist_free(&m->waits.by_class[i]);
	for (size_t i = 0; i < m->threads.v.n; i++) {
		struct thread *t = &m->threads.v.v[i];
		memset(t->wait_ns, 0, sizeof t->wait_ns);
		memset(t->wait_calls, 0, sizeof t->wait_calls);
		t->waited_ns = t->stdio_ns = t->alloc_calls = t->alloc_bytes = t->function_calls = t->events = 0;
	}
	memset(m->private->record_counts, 0, sizeof m->private->record_counts);
	memset(m->private->op_counts, 0, sizeof m->private->op_counts);
}

/* ---- one event ---- */

void feed_turn(struct feed *f, const struct dump_event *e)
{
	struct model *m = f->m;
	f->dump_thread = e->thread;
	f->thread = e->thread->model;
	f->t = &m->threads.v.v[f->thread];
	f->process = f->t->process;
	f->scope = e->thread->scope->number;
	f->mixed = stacks_has_mixed(&m->stacks, f->scope);
	f->clock = &e->thread->scope->dump->clock;
	f->count = f->time = !m->options.tid || f->t->tid == m->options.tid;
	struct thread_state **s = &m->private->states.v[f->thread];
	if (!*s) {
		*s = arena_zalloc(&m->private->arena, sizeof **s);
		thread_begins(f);
	}
	f->s = *s;
}

static void count_record(struct feed *f, unsigned kind)
{
	struct model_private *p = f->m->private;
	if (!f->count || (kind == HP_R_FREE_WIDE && hp_word_arg(f->e->r.w[0])))
		return;  /* a realloc is counted at its end */
	p->record_counts[kind]++;
	if (kind == HP_R_IO_X)
		p->op_counts[((const struct hp_r_io_x *)(const void *)f->e->r.w)->op]++;
	else if (kind == HP_R_SYNC || kind == HP_R_WAIT || kind == HP_R_IO || kind == HP_R_ABANDONED || kind == HP_R_VM)
		p->op_counts[hp_word_sub(f->e->r.w[0])]++;
}

void feed_event(struct feed *f)
{
	const struct dump_event *e = f->e;
	const uint32_t *w = e->r.w;
	unsigned parts = f->m->options.parts;
	f->s->last_ns = e->ns;
	f->s->events++;
	count_record(f, e->r.kind);
	switch (e->r.kind) {
	case HP_R_ALLOC: case HP_R_REALLOC_END: case HP_R_FREE: case HP_R_REALLOC_BEGIN:
	case HP_R_ALLOC_WIDE: case HP_R_FREE_WIDE: case HP_R_ALLOC_FAIL: case HP_R_ALLOC_SAMPLE:
		if (parts & MODEL_MEMORY)
			memory_event(f);
		break;
	case HP_R_VM:
		if (parts & MODEL_MEMORY)
			vm_event(f);
		if (parts & MODEL_IO)
			io_mapped(f);
		break;
	case HP_R_LOCK: case HP_R_LOCK_SH: case HP_R_UNLOCK: case HP_R_UNLOCK_WAITED: case HP_R_LOCK_TRYFAIL:
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL: case HP_R_LOCK_X:
		if (parts & (MODEL_LOCKS | MODEL_WAITS))
			locks_event(f);
		break;
	case HP_R_SYNC:
		if (parts & MODEL_LOCKS)
			locks_sync(f);
		if (parts & MODEL_ACTS)
			acts_sync(f);
		break;
	case HP_R_WAIT:        wait_event(f); break;
	case HP_R_IO: case HP_R_IO_X:
		if (parts & (MODEL_IO | MODEL_WAITS))
			io_event(f);
		break;
	case HP_R_STDIO_COUNT:
		if (parts & MODEL_IO)
			io_stdio_count(f);
		break;
	case HP_R_ABANDONED:   abandoned_event(f); break;
	case HP_R_FORK:
		if (parts & MODEL_MEMORY)
			memory_forked(f, w[2], hp_fork_ticks(w[0]));
		if (parts & MODEL_IO)
			io_fork(f, (int32_t)w[2]);
		process_event(f);
		break;
	case HP_R_END:
		if (parts & MODEL_MEMORY)
			memory_ended(f);
		process_event(f);
		break;
	default:               process_event(f); break;
	}
}

/* ---- the stream ---- */

static uint64_t records_bytes(const struct model *m)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < m->dump_count; i++)
		sum += m->dumps[i]->bytes;
	return sum;
}

static void finish(struct model *m)
{
	process_finish(m);
	threads_finish(m);
	cpu_finish(m);
	thread_pass_collect(m);
	memory_finish(m);
	locks_finish(m);
	lock_pairs_finish(m);
	deadlocks_finish(m);
	functions_finish(m);
	between_finish(m);
	acts_finish(m);
	recorder_finish(m);
	m->ran = 1;
}

/*
 * After the time that was asked for nothing is counted any more. What ends now may have begun before, and how long threads and
 * processes lived stays true.
 */
static void feed_afterwards(struct feed *f)
{
	unsigned parts = f->m->options.parts;
	f->s->last_ns = f->e->ns;
	f->count = 0;
	switch (f->e->r.kind) {
	case HP_R_END: case HP_R_EXEC: case HP_R_EXEC_FAILED: case HP_R_THREAD_END: case HP_R_CPU:
		process_event(f);
		break;
	case HP_R_LOCK: case HP_R_LOCK_SH: case HP_R_UNLOCK: case HP_R_UNLOCK_WAITED:
	case HP_R_LOCK_WAIT: case HP_R_LOCK_WAIT_SH: case HP_R_LOCK_FAIL: case HP_R_LOCK_X:
		if (parts & (MODEL_LOCKS | MODEL_WAITS))
			locks_event(f);
		break;
	case HP_R_SYNC:
		if (parts & MODEL_ACTS)
			locks_sync(f), acts_sync(f);
		break;
	case HP_R_WAIT:
		wait_event(f);
		break;
	case HP_R_IO: case HP_R_IO_X:
		if (parts & (MODEL_IO | MODEL_WAITS))
			io_afterwards(f);
		break;
	default: break;
	}
}

/* When counting begins: at the time that was asked for, or when figures were last cleared. */
static uint64_t count_from(const struct model *m, uint64_t to)
{
	uint64_t from = m->options.from_ns;
	for (unsigned d = 0; d < m->dump_count; d++) {
		for (size_t i = 0; i < m->dumps[d]->clears.n; i++) {
			uint64_t ns = clock_ns(&m->dumps[d]->clock, m->dumps[d]->clears.v[i]);
			if (ns <= to && ns > from)
				from = ns;
		}
	}
	return from;
}

/* Runs of allocations and frees, or of locks, need not be told apart from everything else one by one. */
static uint64_t read_on(struct feed *f, struct dump_merge *merge)
{
	uint64_t limit, to = f->m->private->to_ns, n = 0;
	unsigned parts = f->m->options.parts;
	struct cursor *c = dump_merge_current(merge, &limit);
	if (!c->thread)
		return 0;
	limit = limit < to ? limit : to;
	if (parts & MODEL_MEMORY)
		n = memory_stretch(f, c, limit);
	if (parts & (MODEL_LOCKS | MODEL_WAITS) && !(parts & MODEL_GRAPH))  /* there each is an act */
		n += locks_stretch(f, c, limit, to);
	return n;
}

int model_run(struct model *m, model_progress *progress, void *data)
{
	struct model_private *p = m->private;
	struct feed f = { .m = m };
	uint64_t all = records_bytes(m), n = 0, shown = 0;
	p->to_ns = m->options.to_ns ? m->options.to_ns : UINT64_MAX;
	p->from_ns = count_from(m, p->to_ns);
	int before = p->from_ns > 0, stretches = m->options.parts & (MODEL_MEMORY | MODEL_LOCKS | MODEL_WAITS);
	memory_begin(m);
	io_begin(m);
	if (m->options.compensate)
		compensate_begin(m);
	focus_begin(m);
	acts_begin(m);
	thread_pass_start(m);
	struct dump_merge *merge = dump_merge_new(m->dumps, m->dump_count);
	dump_merge_skip_functions(merge);
	while ((f.e = dump_merge_next(merge))) {
		if (before && f.e->ns >= p->from_ns) {
			clear_figures(m);
			before = 0;
		}
		if (f.e->thread != f.dump_thread)
			feed_turn(&f, f.e);
		if (p->focus)
			focus_event(&f, 1);
		if (m->acts.private)
			acts_event(&f);
		if (f.e->ns <= p->to_ns)
			feed_event(&f);
		else
			feed_afterwards(&f);
		n++;
		if (stretches && !before && !p->focus)
			n += read_on(&f, merge);
		if (progress && n >= shown + PROGRESS_EVERY) {
			shown = n;
			progress(data, dump_merge_done(merge) + thread_pass_done(m), all + thread_pass_bytes(m));
		}
	}
	if (before)  /* nothing happened since */
		clear_figures(m);
	if (!p->thread_pass)
		m->recorder.time_regressions = dump_merge_regressions(merge);
	dump_merge_free(merge);
	thread_pass_finish(m, progress, data, all);
	finish(m);
	return 0;
}
