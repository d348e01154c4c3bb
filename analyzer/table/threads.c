/* threads[]: how each spent its life. */
#include "table/view.h"

enum {
	TID, LIFE, START, END, CREATED_BY, CPU, RUNNABLE, LOCK, COND, IO, STDIO, SLEEP, JOIN, POLL, SEM, BARRIER, CHILD, ALLOC_CALLS,
	ALLOC_BYTES, FUNCTION_CALLS, EVENTS, PID, NAME,
};
static const struct column columns[] = {
	[TID]            = { "tid", "tid", .unit = UNIT_NONE },
	[LIFE]           = { "life_ns", "life", UNIT_NS, .flags = COLUMN_TEXT },
	[START]          = { "start_ns", "start", UNIT_TIME, COLUMN_DATA, FROM(struct thread, start_ns) },
	[END]            = { "end_ns", "end", UNIT_TIME, .flags = COLUMN_DATA },
	[CREATED_BY]     = { "created_by", "by", .flags = COLUMN_DATA },
	[CPU]            = { "cpu_ns", "cpu", .unit = UNIT_NS },
	[RUNNABLE]       = { "runnable_ns", "ready", .unit = UNIT_NS },
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

static uint64_t waited(const struct thread *t)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < WAIT_CLASS_COUNT; i++)
		sum += t->wait_ns[i];
	return sum;
}

/* Neither on a CPU nor blocked by anything that was seen: ready to run, or in page faults. */
static struct cell runnable(const struct thread *t)
{
	uint64_t life = t->end_ns - t->start_ns, known = t->cpu_ns + waited(t);

	return cell_int(life > known ? life - known : 0);
}

/* CPU time is known of a thread's whole life only. */
static bool is_part(const struct model *m)
{
	return m->options.from_ns || m->options.to_ns || m->options.focus;
}

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
	if (t->has_cpu && !is_part(in->model)) {
		c[CPU] = cell_int(t->cpu_ns);
		c[RUNNABLE] = runnable(t);
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
