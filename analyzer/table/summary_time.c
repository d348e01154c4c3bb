/* The summary's first part: what the threads did with the wall clock, and what they were stuck in at the end. */
#include <string.h>

#include "dump/ops.h"
#include "table/summary.h"
#include "util/fmt.h"

enum { LIFE, RUNNING, LOCK, COND, IO, SLEEP, POLL, JOIN, OTHER, TID, THREAD };
static const struct column columns[] = {
	[LIFE]    = { "life_ns", "lifetime", .unit = UNIT_NS },
	[RUNNING] = { "running_pct", "running", .unit = UNIT_PERCENT },
	[LOCK]    = { "lock_pct", "locks", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[COND]    = { "cond_pct", "conditions", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[IO]      = { "io_pct", "I/O", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[SLEEP]   = { "sleep_pct", "sleep", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[POLL]    = { "poll_pct", "poll", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[JOIN]    = { "join_pct", "join", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[OTHER]   = { "other_pct", "other", UNIT_PERCENT, .flags = COLUMN_SPARE },
	[TID]     = { "tid", "tid", .flags = COLUMN_DATA },
	[THREAD]  = { "thread", "thread", .unit = UNIT_NONE },
};

struct shares { uint64_t life, waited, wait_ns[WAIT_CLASS_COUNT]; };

static void add_up(struct shares *s, const struct thread *t)
{
	s->life += t->end_ns - t->start_ns;
	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++) {
		s->wait_ns[i] += t->wait_ns[i];
		s->waited += t->wait_ns[i];
	}
}

static uint64_t running(const struct shares *s)
{
	return s->life > s->waited ? s->life - s->waited : 0;
}

static void add_shares(struct table *t, const struct shares *s, const struct thread *thread, const char *name)
{
	struct cell *c = table_row(t);

	c[LIFE] = cell_int(s->life);
	c[RUNNING] = cell_share(running(s), s->life);
	c[LOCK] = cell_share(s->wait_ns[WAIT_LOCK], s->life);
	c[COND] = cell_share(s->wait_ns[WAIT_COND], s->life);
	c[IO] = cell_share(s->wait_ns[WAIT_IO], s->life);
	c[SLEEP] = cell_share(s->wait_ns[WAIT_SLEEP], s->life);
	c[POLL] = cell_share(s->wait_ns[WAIT_POLL], s->life);
	c[JOIN] = cell_share(s->wait_ns[WAIT_JOIN], s->life);
	c[OTHER] = cell_share(s->wait_ns[WAIT_SEM] + s->wait_ns[WAIT_BARRIER] + s->wait_ns[WAIT_CHILD], s->life);
	if (thread)
		c[TID] = cell_int(thread->tid);
	c[THREAD] = cell_name(name);
}

/* Threads that work, want to work or are held up come before those that have nothing to do. */
static uint64_t activity(const struct shares *s)
{
	return 1 + running(s) + s->wait_ns[WAIT_LOCK] + s->wait_ns[WAIT_IO];
}

struct table *summary_time(const struct view_input *in, unsigned rows)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "time", "Where the wall clock went", columns);
	const struct threads *threads = &in->model->threads;
	struct shares all = { 0 }, one;
	struct top top = { .room = rows > 1 ? rows - 1 : 1 };

	for (uint32_t i = 0; i < threads->v.n; i++) {
		if (!threads->v.v[i].tid)  /* created, never seen to do anything */
			continue;
		memset(&one, 0, sizeof(one));
		add_up(&all, &threads->v.v[i]);
		add_up(&one, &threads->v.v[i]);
		top_offer(&top, i, activity(&one));
	}
	if (threads->v.n != 1)
		add_shares(t, &all, NULL, view_text(in, "all %s threads", fmt_count(threads->v.n).s));
	for (unsigned i = 0; i < top.count; i++) {
		const struct thread *thread = &threads->v.v[top.index[i]];

		memset(&one, 0, sizeof(one));
		add_up(&one, thread);
		add_shares(t, &one, thread, view_text(in, "%u %s", thread->tid, thread->name));
	}
	return t;
}

enum { CALL, WAITED, WHO, SOURCE, STACK };
static const struct column pending_columns[] = {
	[CALL]   = { "call", "call", .unit = UNIT_NONE },
	[WAITED] = { "waited_ns", "for", .unit = UNIT_NS },
	[WHO]    = { "tid", "thread", .unit = UNIT_NONE },
	[SOURCE] = { "source", "", .flags = COLUMN_DATA | COLUMN_LINES },
	[STACK]  = { "stack", "in", .unit = UNIT_NONE },
};

static uint64_t waited(const struct view_input *in, const struct pending_call *p)
{
	return in->model->duration_ns > p->start_ns ? in->model->duration_ns - p->start_ns : 0;
}

/* A process that ended by itself was stuck in nothing. */
static bool was_stuck(const struct view_input *in, const struct pending_call *p)
{
	const struct model *m = in->model;
	uint32_t process = p->thread == THREAD_NONE ? 0 : m->threads.v.v[p->thread].process;
	enum process_end end = process < m->processes.v.n ? m->processes.v.v[process].end : PROCESS_EXIT;

	return !p->abandoned && (end == PROCESS_RUNNING || end == PROCESS_KILLED);
}

struct table *summary_pending(const struct view_input *in, unsigned rows)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "in_progress", "Blocked at the end", pending_columns);
	struct top top = { .room = rows };

	for (uint32_t i = 0; i < in->model->pending.n; i++)
		if (was_stuck(in, &in->model->pending.v[i]))
			top_offer(&top, i, 1 + waited(in, &in->model->pending.v[i]));
	for (unsigned i = 0; i < top.count; i++) {
		const struct pending_call *p = &in->model->pending.v[top.index[i]];
		struct cell *c = table_row(t);

		c[CALL] = cell_name(op_name(p->op));
		c[WAITED] = cell_int(waited(in, p));
		if (p->thread != THREAD_NONE)
			c[WHO] = cell_int(in->model->threads.v.v[p->thread].tid);
		c[STACK] = c[SOURCE] = cell_stack(p->stack);
	}
	return t;
}
