/* The summary's first part: what the threads did with the wall clock, and what they were stuck in at the end. */
#include "dump/ops.h"
#include "table/summary.h"
#include "util/fmt.h"

enum { LIFE, RUNNING, LOCK, COND, IO, STDIO, SLEEP, POLL, JOIN, OTHER, TID, THREAD };
static const struct column columns[] = {
	[LIFE]    = { "life_ns", "lifetime", .unit = UNIT_NS },
	[RUNNING] = { "running_pct", "running", .unit = UNIT_PERCENT },
	[LOCK]    = { "lock_pct", "locks", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[COND]    = { "cond_pct", "conditions", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[IO]      = { "io_pct", "I/O", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[STDIO]   = { "stdio_pct", "stdio", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[SLEEP]   = { "sleep_pct", "sleep", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[POLL]    = { "poll_pct", "poll", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[JOIN]    = { "join_pct", "join", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[OTHER]   = { "other_pct", "other", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[TID]     = { "tid", "tid", .flags = COLUMN_DATA },
	[THREAD]  = { "thread", "thread", .unit = UNIT_NONE },
};

struct shares { uint64_t life, waited, ready, stdio_ns, wait_ns[WAIT_CLASS_COUNT]; };

enum { STANDS_OUT = 10 };  /* a tenth of all threads' lives */

static bool is_running(const struct model *m, const struct pending_call *p)
{
	return !p->abandoned && p->thread != THREAD_NONE
		&& m->processes.v.v[m->threads.v.v[p->thread].process].end == PROCESS_RUNNING;
}

static uint64_t waited(const struct model *m, const struct pending_call *p)
{
	uint64_t from = p->start_ns > m->options.from_ns ? p->start_ns : m->options.from_ns;
	uint64_t to = m->options.to_ns && m->options.to_ns < m->duration_ns ? m->options.to_ns : m->duration_ns;

	return to > from ? to - from : 0;
}

/* A call that has not returned is a wait as well, up to now. */
static void add_pending(struct shares *s, const struct model *m, uint32_t thread)
{
	for (size_t i = 0; i < m->pending.n; i++) {
		const struct pending_call *p = &m->pending.v[i];
		unsigned wait_class = wait_class_of(p->op);

		if (p->thread != thread || !is_running(m, p) || wait_class == WAIT_CLASS_COUNT)
			continue;
		s->wait_ns[wait_class] += waited(m, p);
		s->waited += waited(m, p);
	}
}

static struct shares shares_of(const struct model *m, uint32_t thread)
{
	const struct thread *t = &m->threads.v.v[thread];
	struct shares s = { .life = view_life(m, t), .ready = t->runnable_ns, .stdio_ns = t->stdio_ns, .waited = t->stdio_ns };

	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++) {
		s.wait_ns[i] = t->wait_ns[i];
		s.waited += t->wait_ns[i];
	}
	if (m->running)
		add_pending(&s, m, thread);
	return s;
}

static void add_up(struct shares *all, const struct shares *one)
{
	all->life += one->life;
	all->waited += one->waited;
	all->ready += one->ready;
	all->stdio_ns += one->stdio_ns;
	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		all->wait_ns[i] += one->wait_ns[i];
}

static uint64_t running(const struct shares *s)
{
	return s->life > s->waited ? s->life - s->waited : 0;
}

/* Clocks may differ a little: no part is more than the whole. */
static struct cell share(uint64_t part, uint64_t life)
{
	return cell_share(part < life ? part : life, life);
}

static void add_shares(struct table *t, const struct shares *s, const struct thread *thread, const char *name)
{
	struct cell *c = table_row(t);

	c[LIFE] = cell_int(s->life);
	c[RUNNING] = share(running(s), s->life);
	c[LOCK] = share(s->wait_ns[WAIT_LOCK], s->life);
	c[COND] = share(s->wait_ns[WAIT_COND], s->life);
	c[IO] = share(s->wait_ns[WAIT_IO], s->life);
	c[STDIO] = share(s->stdio_ns, s->life);
	c[SLEEP] = share(s->wait_ns[WAIT_SLEEP], s->life);
	c[POLL] = share(s->wait_ns[WAIT_POLL], s->life);
	c[JOIN] = share(s->wait_ns[WAIT_JOIN], s->life);
	c[OTHER] = share(s->wait_ns[WAIT_SEM] + s->wait_ns[WAIT_BARRIER] + s->wait_ns[WAIT_CHILD], s->life);
	if (thread)
		c[TID] = cell_int(thread->tid);
	c[THREAD] = cell_name(name);
}

/* Threads that work, want to work or are held up come before those that have nothing to do. */
static uint64_t activity(const struct shares *s)
{
	return 1 + running(s) + s->wait_ns[WAIT_LOCK] + s->wait_ns[WAIT_IO];
}

/* What it should make somebody look at. */
static const char *note(const struct view_input *in, const struct shares *all)
{
	uint64_t held_up = all->wait_ns[WAIT_LOCK] + all->wait_ns[WAIT_SEM] + all->wait_ns[WAIT_BARRIER];
	bool ready = all->ready > all->life / STANDS_OUT, waits = held_up > all->life / STANDS_OUT;

	if (in->model->options.focus || (!ready && !waits))
		return NULL;
	return view_text(in, "%s%s%s", ready ? view_text(in, "for %s of it threads were ready to run, but did not", fmt_percent((double)all->ready, (double)all->life).s) : "",
	                 ready && waits ? "; " : "", waits ? "`hp-analyze waits` tells who held up whom" : "");
}

struct table *summary_time(const struct view_input *in, unsigned rows)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "time", "Where the wall clock went", columns);
	const struct threads *threads = &in->model->threads;
	struct shares all = { 0 }, one;
	struct top top = { .room = rows > 1 ? rows - 1 : 1 };

	for (uint32_t i = 0; i < threads->v.n; i++) {
		if (!threads->v.v[i].tid || !view_has_thread(in->model, &threads->v.v[i]))  /* tid 0: never seen to do anything */
			continue;
		one = shares_of(in->model, i);
		add_up(&all, &one);
		top_offer(&top, i, activity(&one));
	}
	t->note = note(in, &all);
	if (threads->v.n != 1 && !in->model->options.tid)
		add_shares(t, &all, NULL, view_text(in, "all %s threads", fmt_count(threads->v.n).s));
	for (unsigned i = 0; i < top.count; i++) {
		const struct thread *thread = &threads->v.v[top.index[i]];

		one = shares_of(in->model, top.index[i]);
		add_shares(t, &one, thread, view_text(in, "%u %s", thread->tid, thread->name));
	}
	for (size_t i = 0; in->model->options.focus && i < t->row_count; i++)
		t->rows[i].cells[RUNNING] = CELL_UNKNOWN;  /* what is left of a life is not what is asked about */
	return t;
}

enum { CALL, OBJECT, SINCE, WAITED, WHO, SOURCE, STACK };
static const struct column pending_columns[] = {
	[CALL]   = { "call", "call", .unit = UNIT_NONE },
	[OBJECT] = { "object", "of", .flags = COLUMN_SPARE },
	[SINCE]  = { "start_ns", "since", UNIT_TIME, FROM(struct pending_call, start_ns) },
	[WAITED] = { "waited_ns", "for", UNIT_NS, .flags = COLUMN_SPARE },
	[WHO]    = { "tid", "thread", .unit = UNIT_NONE },
	[SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]  = { "stack", "in", .unit = UNIT_NONE },
};

/* A process that ended by itself was stuck in nothing. */
static bool was_stuck(const struct model *m, const struct pending_call *p)
{
	uint32_t process = p->thread == THREAD_NONE ? 0 : m->threads.v.v[p->thread].process;
	enum process_end end = process < m->processes.v.n ? m->processes.v.v[process].end : PROCESS_EXIT;

	return !p->abandoned && (end == PROCESS_RUNNING || end == PROCESS_KILLED);
}

static void add_stuck(const struct view_input *in, struct table *t, const struct pending_call *p)
{
	const struct thread *thread = p->thread == THREAD_NONE ? NULL : &in->model->threads.v.v[p->thread];
	struct cell *c = table_row(t);

	table_fill(t, c, p);
	c[CALL] = cell_name(op_name(p->op));
	if (is_running(in->model, p))
		c[WAITED] = cell_int(waited(in->model, p));
	if (thread) {
		c[WHO] = cell_int(thread->tid);
		c[OBJECT] = cell_name(naming_address(in->naming, thread->process, p->object));
	}
	c[STACK] = c[SOURCE] = cell_stack(p->stack);
}

struct table *summary_pending(const struct view_input *in, unsigned rows)
{
	const struct model *m = in->model;
	const char *title = m->running ? "Blocked now" : "Blocked when it was killed";
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "in_progress", title, pending_columns);
	struct top top = { .room = rows };

	for (uint32_t i = 0; i < m->pending.n; i++)
		if (was_stuck(m, &m->pending.v[i]))
			top_offer(&top, i, UINT64_MAX - m->pending.v[i].start_ns);
	for (unsigned i = 0; i < top.count; i++)
		add_stuck(in, t, &m->pending.v[top.index[i]]);
	return t;
}
