/* threads[]: how each spent its life. */
#include "table/view.h"

enum {
	TID, LIFE, START, END, CREATED_BY, CPU, RUNNING, RUNNABLE, UNKNOWN, LOCK, COND, IO, STDIO, SLEEP, JOIN, POLL, SEM, BARRIER, CHILD, ALLOC_CALLS,
	ALLOC_BYTES, FUNCTION_CALLS, EVENTS, PID, NAME,
};
static const struct column columns[] = {
	[TID]            = { "tid", "tid", .unit = UNIT_NONE },
	[LIFE]           = { "life_ns", "life", UNIT_NS, .flags = COLUMN_TEXT },
	[START]          = { "start_ns", "start", UNIT_TIME, COLUMN_DATA, FROM(struct thread, start_ns) },
	[END]            = { "end_ns", "end", UNIT_TIME, .flags = COLUMN_DATA },
	[CREATED_BY]     = { "created_by", "by", .flags = COLUMN_DATA },
	[CPU]            = { "cpu_ns", "cpu", .unit = UNIT_NS },
	[RUNNING]        = { "running_ns", "running", UNIT_NS, .flags = COLUMN_DATA },
	[RUNNABLE]       = { "runnable_ns", "ready", .unit = UNIT_NS },
	[UNKNOWN]        = { "unknown_ns", "unknown", UNIT_NS, .flags = COLUMN_SPARE },
	[LOCK]           = { "lock_wait_ns", "lock", UNIT_NS, COLUMN_SPARE, FROM(struct thread, wait_ns[WAIT_LOCK]) },
	[COND]           = { "cond_wait_ns", "cond", UNIT_NS, COLUMN_SPARE, FROM(struct thread, wait_ns[WAIT_COND]) },
	[IO]             = { "io_wait_ns", "I/O", UNIT_NS, COLUMN_SPARE, FROM(struct thread, wait_ns[WAIT_IO]) },
	[STDIO]          = { "stdio_ns", "stdio", UNIT_NS, COLUMN_SPARE, FROM(struct thread, stdio_ns) },
	[SLEEP]          = { "sleep_ns", "sleep", UNIT_NS, COLUMN_SPARE, FROM(struct thread, wait_ns[WAIT_SLEEP]) },
	[JOIN]           = { "join_wait_ns", "join", UNIT_NS, COLUMN_SPARE, FROM(struct thread, wait_ns[WAIT_JOIN]) },
	[POLL]           = { "poll_wait_ns", "poll", UNIT_NS, COLUMN_SPARE, FROM(struct thread, wait_ns[WAIT_POLL]) },
	[SEM]            = { "sem_wait_ns", "sem", UNIT_NS, COLUMN_SPARE, FROM(struct thread, wait_ns[WAIT_SEM]) },
	[BARRIER]        = { "barrier_wait_ns", "barrier", UNIT_NS, COLUMN_SPARE, FROM(struct thread, wait_ns[WAIT_BARRIER]) },
	[CHILD]          = { "child_wait_ns", "child", UNIT_NS, COLUMN_SPARE, FROM(struct thread, wait_ns[WAIT_CHILD]) },
	[ALLOC_CALLS]    = { "alloc_calls", "allocs", UNIT_COUNT, COLUMN_SPARE | COLUMN_EXTRA, FROM(struct thread, alloc_calls) },
	[ALLOC_BYTES]    = { "alloc_bytes", "bytes", UNIT_BYTES, COLUMN_SPARE | COLUMN_EXTRA, FROM(struct thread, alloc_bytes) },
	[FUNCTION_CALLS] = { "function_calls", "calls", UNIT_COUNT, COLUMN_SPARE, FROM(struct thread, function_calls) },
	[EVENTS]         = { "events", "events", UNIT_COUNT, COLUMN_DATA, FROM(struct thread, events) },
	[PID]            = { "pid", "pid", .flags = COLUMN_DATA },
	[NAME]           = { "name", "name", .unit = UNIT_NONE },
};

static void add_thread(const struct view_input *in, struct table *table, const struct thread *t)
{
	const struct process *p = &in->model->processes.v.v[t->process];
	struct cell *c = table_row(table);

	table_fill(table, c, t);
	if (t->tid) {
		c[TID] = cell_int(t->tid);
		c[LIFE] = cell_int(view_life(in->model, t));
	}
	if (t->ended || (t->tid && p->end != PROCESS_RUNNING))
		c[END] = cell_int(t->end_ns);
	if (t->created_by != THREAD_NONE)
		c[CREATED_BY] = cell_int(in->model->threads.v.v[t->created_by].tid);
	if (t->has_cpu && !in->model->options.focus) {  /* the clock knows nothing of call paths */
		c[CPU] = cell_int(t->cpu_ns);
		c[RUNNING] = cell_int(t->running_ns);
		c[RUNNABLE] = cell_int(t->runnable_ns);
		c[UNKNOWN] = cell_int(t->unknown_ns);
	}
	c[PID] = cell_int(p->pid);
	c[NAME] = cell_name(t->name[0] ? t->name : NULL);
}

static void add(const struct view_input *in, struct doc *doc)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "threads", "Threads", columns);

	for (size_t i = 0; i < in->model->threads.v.n; i++)
		if (view_has_thread(in->model, &in->model->threads.v.v[i]))
			add_thread(in, t, &in->model->threads.v.v[i]);
	doc_add(doc, t);
}

const struct view view_threads = { .name = "threads", .parts = MODEL_ALL & ~MODEL_BETWEEN, .add = add };
