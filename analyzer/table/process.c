/* The header of every report: process, and processes[] of a run with several. */
#include <stdlib.h>
#include <string.h>

#include "table/view.h"
#include "util/buf.h"
#include "util/fmt.h"

enum { PID, PPID, EXE, CMDLINE, HOST, START, DURATION, END, STATUS, THREADS, CALLS, BYTES, PEAK, LIVE, RSS, COMMAND };

static const struct column columns[] = {
	[PID]      = { "pid", "pid", UNIT_NONE, FROM(struct process, pid) },
	[PPID]     = { "ppid", "parent", UNIT_NONE, FROM(struct process, ppid) },
	[EXE]      = { "exe", "program", .flags = COLUMN_DATA },
	[CMDLINE]  = { "cmdline", "arguments", .flags = COLUMN_DATA },
	[HOST]     = { "host", "host", .flags = COLUMN_DATA },
	[START]    = { "start_unix_ns", "started", UNIT_DATE, .flags = COLUMN_DATA },
	[DURATION] = { "duration_ns", "ran", .unit = UNIT_NS },
	[END]      = { "end", "end", .unit = UNIT_NONE },
	[STATUS]   = { "exit_status", "status", .flags = COLUMN_SPARE },
	[THREADS]  = { "threads", "threads", UNIT_COUNT, FROM(struct process, threads) },
	[CALLS]    = { "alloc_calls", "allocations", UNIT_COUNT, FROM(struct process, alloc_calls) },
	[BYTES]    = { "bytes_allocated", "allocated", UNIT_BYTES, COLUMN_DATA, FROM(struct process, bytes_allocated) },
	[PEAK]     = { "peak_bytes", "peak", UNIT_BYTES, FROM(struct process, peak_bytes) },
	[LIVE]     = { "leaked_bytes", "leaked", UNIT_BYTES, FROM(struct process, leaked_bytes) },
	[RSS]      = { "rss_peak_bytes", "resident", UNIT_BYTES, .flags = COLUMN_DATA },
	[COMMAND]  = { "command", "command", .flags = COLUMN_TEXT },
};
static const struct column command_column[] = { { "command", "$", .flags = COLUMN_TEXT } };

/* What forked children share with their parent is put together once, however long it is and many they are. */
struct told { const struct names *arguments; const char *command; };
struct telling { const struct view_input *in; struct map64 by_cmdline; VEC(struct told) v; };

static const struct names *arguments(const struct view_input *in, const struct process *p)
{
	struct names *list = arena_zalloc(in->arena, sizeof(*list));
	const char *at = p->cmdline, *end = at + p->cmdline_bytes;

	list->at = arena_alloc(in->arena, (p->argc + 1) * sizeof(*list->at));
	while (at < end && list->count < p->argc) {
		size_t bytes = strnlen(at, (size_t)(end - at));

		list->at[list->count++] = arena_strndup(in->arena, at, bytes);
		at += bytes + 1;
	}
	return list;
}

/* The command as it was typed, more or less; the program's name if that is not to be shown. */
static const char *command(const struct view_input *in, const struct process *p, const struct names *list)
{
	struct buf line = { 0 };
	const char *copy;

	if (in->no_cmdline || !p->argc)
		return view_base_name(p->exe);
	for (size_t i = 0; i < list->count; i++) {
		buf_adds(&line, i ? " " : "");
		buf_adds(&line, list->at[i]);
	}
	copy = arena_strdup(in->arena, buf_text(&line));
	buf_free(&line);
	return copy;
}

static const struct told *tell(struct telling *all, const struct process *p)
{
	uint32_t i = map64_get(&all->by_cmdline, (uintptr_t)p->cmdline);
	const struct names *list;

	if (i == MAP64_NONE) {
		i = (uint32_t)all->v.n;
		list = arguments(all->in, p);
		map64_put(&all->by_cmdline, (uintptr_t)p->cmdline, i);
		vec_push(&all->v, (struct told){ list, command(all->in, p, list) });
	}
	return &all->v.v[i];
}

static void add_process(struct telling *all, struct table *t, const struct process *p)
{
	struct cell *c = table_row(t);
	const struct told *told = tell(all, p);

	table_fill(t, c, p);
	c[EXE] = cell_name(p->exe[0] ? p->exe : NULL);
	if (!all->in->no_cmdline)
		c[CMDLINE] = cell_names(told->arguments);
	c[HOST] = cell_name(p->host[0] ? p->host : NULL);
	if (p->start_unix_ns)
		c[START] = cell_int(p->start_unix_ns);
	c[DURATION] = cell_int(p->last_ns - p->start_ns);
	c[END] = cell_name(process_end_name(p->end));
	if (p->has_status)
		c[STATUS] = cell_signed(p->exit_status);
	if (p->maxrss_bytes)
		c[RSS] = cell_int(p->maxrss_bytes);
	c[COMMAND] = cell_name(told->command);
}

/* Of a process that was killed nobody knows when: it may have been waiting, or computing, long after its last event. */
static const char *lived(const struct view_input *in, const struct process *p)
{
	return view_text(in, "%s%s", fmt_duration(p->last_ns - p->start_ns).s,
	                 p->end == PROCESS_KILLED && !p->aborted ? " to the last event" : "");
}

static void add_root(struct telling *all, struct doc *doc, const struct process *p)
{
	const struct view_input *in = all->in;
	const char *name = p->exe[0] ? view_base_name(p->exe) : "unknown program";
	struct table *t = TABLE_NEW(in->arena, TABLE_OBJECT, "process", name, columns);
	struct table *line = TABLE_NEW(in->arena, TABLE_OBJECT, NULL, NULL, command_column);

	add_process(all, t, p);
	t->brief = true;
	t->note = view_text(in, "pid %u, %s, %s, %s", p->pid, lived(in, p),
	                    view_count(in, p->threads, "thread"), view_end(in, p));
	doc_add(doc, t);
	table_row(line)[0] = cell_name(tell(all, p)->command);
	if (!cell_is_empty(&line->rows[0].cells[0]))
		doc_add(doc, line);
}

static int by_start(const void *a, const void *b)
{
	const struct process *x = *(const struct process *const *)a, *y = *(const struct process *const *)b;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x > y) - (x < y);
}

/* The first one is the root, whatever the clocks say. */
static void add_in_order(struct telling *telling, struct table *t, const struct processes *all)
{
	const struct process **order = arena_alloc(telling->in->arena, all->v.n * sizeof(*order));

	for (size_t i = 0; i < all->v.n; i++)
		order[i] = &all->v.v[i];
	qsort(order + 1, all->v.n - 1, sizeof(*order), by_start);
	for (size_t i = 0; i < all->v.n; i++)
		add_process(telling, t, order[i]);
}

static void add_processes(struct telling *telling, struct doc *doc)
{
	const struct view_input *in = telling->in;
	const struct processes *all = &in->model->processes;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "processes", "Processes", columns);

	t->note = view_text(in, "%s in %s", fmt_count(all->v.n).s, fmt_duration(in->model->duration_ns).s);
	add_in_order(telling, t, all);
	doc_add(doc, t);
}

static void add(const struct view_input *in, struct doc *doc)
{
	const struct processes *all = &in->model->processes;
	struct telling telling = { .in = in };

	if (all->v.n)
		add_root(&telling, doc, &all->v.v[0]);
	if (all->v.n > 1)
		add_processes(&telling, doc);
	vec_free(&telling.v);
	map64_free(&telling.by_cmdline);
}

const struct view view_process = { .name = NULL, .parts = 0, .add = add };
