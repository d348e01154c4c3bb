/* The summary's lists: the few leaks, allocations, locks, files and functions that matter most. */
#include <stdlib.h>
#include <string.h>

#include "dump/ops.h"
#include "table/functions.h"
#include "table/summary.h"
#include "util/alloc.h"
#include "util/fmt.h"
#include "util/vec.h"

#define SOURCE_COLUMN { "source", "", .flags = COLUMN_DATA | COLUMN_LINES }

enum { LEAKED, LEAKED_BLOCKS, LEAK_SOURCE, LEAK_STACK };
static const struct column leak_columns[] = {
	[LEAKED]        = { "leaked_bytes", "leaked", UNIT_BYTES, FROM(struct memory_site, leaked_bytes) },
	[LEAKED_BLOCKS] = { "leaked_blocks", "blocks", UNIT_COUNT, FROM(struct memory_site, leaked_blocks) },
	[LEAK_SOURCE]   = SOURCE_COLUMN,
	[LEAK_STACK]    = { "stack", "allocated in", .unit = UNIT_NONE },
};

static const struct column live_columns[] = {
	[LEAKED]        = { "leaked_bytes", "live", UNIT_BYTES, FROM(struct memory_site, leaked_bytes) },
	[LEAKED_BLOCKS] = { "leaked_blocks", "blocks", UNIT_COUNT, FROM(struct memory_site, leaked_blocks) },
	[LEAK_SOURCE]   = SOURCE_COLUMN,
	[LEAK_STACK]    = { "stack", "allocated in", .unit = UNIT_NONE },
};

/* What is live at the end of an ended process was never freed; of others, and of a part of a recording, it may be yet. */
static bool is_final(const struct model *m)
{
	return !m->running && !m->options.to_ns;
}

struct sites { VEC_FIELDS(struct memory_site) };

static void add_site(struct memory_site *to, const struct memory_site *s, uint32_t stack)
{
	to->stack = stack;
	to->calls += s->calls;
	to->bytes += s->bytes;
	to->leaked_bytes += s->leaked_bytes;
	to->leaked_blocks += s->leaked_blocks;
	to->peak_bytes += s->peak_bytes;
	to->temporary_calls += s->temporary_calls;
}

/* All sites, or those with live blocks that are not the C library's; those that would look alike are one. */
static void own_sites(const struct view_input *in, struct sites *to, bool live, uint64_t *librarys)
{
	const struct memory *m = &in->model->memory;
	uint32_t *known = xcalloc(in->model->stacks.nodes.n + 1, sizeof(*known));  /* by own stack: 1 + index */

	for (size_t i = 0; i < m->sites.n; i++) {
		const struct memory_site *s = &m->sites.v[i];
		uint32_t own = naming_own_stack(in->naming, s->stack);

		if (live && !s->leaked_bytes)
			continue;
		if (live && naming_is_librarys(in->naming, s->stack)) {
			*librarys += s->leaked_bytes;
		} else if (known[own]) {
			add_site(&to->v[known[own] - 1], s, own);
		} else {
			vec_push(to, *s);
			known[own] = (uint32_t)to->n;
		}
	}
	free(known);
}

struct table *summary_leaks(const struct view_input *in, unsigned rows)
{
	const struct memory *m = &in->model->memory;
	struct table *t = is_final(in->model) ? TABLE_NEW(in->arena, TABLE_ROWS, "leaks", "Leaks", leak_columns)
	                                      : TABLE_NEW(in->arena, TABLE_ROWS, "leaks", "Live memory", live_columns);
	struct top top = { .room = rows };
	struct sites sites = { 0 };
	uint64_t librarys = 0;

	own_sites(in, &sites, true, &librarys);
	for (uint32_t i = 0; i < sites.n; i++)
		top_offer(&top, i, sites.v[i].leaked_bytes);
	for (unsigned i = 0; i < top.count; i++) {
		const struct memory_site *s = &sites.v[top.index[i]];
		struct cell *c = table_row(t);

		table_fill(t, c, s);
		c[LEAK_STACK] = c[LEAK_SOURCE] = cell_stack(s->stack);
	}
	vec_free(&sites);
	t->note = view_text(in, "%s in %s %s%s", fmt_bytes(m->leaked_bytes).s, view_count(in, m->leaked_blocks, "block"),
	                    is_final(in->model) ? "never freed" : "not freed so far",
	                    librarys ? view_text(in, "; %s of it is the C library's own", fmt_bytes(librarys).s) : "");
	return t;
}

enum { CALLS, BYTES, PEAK, TEMPORARY, SITE_SOURCE, SITE_STACK };
static const struct column site_columns[] = {
	[CALLS]       = { "calls", "calls", UNIT_COUNT, FROM(struct memory_site, calls) },
	[BYTES]       = { "bytes", "bytes", UNIT_BYTES, FROM(struct memory_site, bytes) },
	[PEAK]        = { "peak_bytes", "at peak", UNIT_BYTES, FROM(struct memory_site, peak_bytes) },
	[TEMPORARY]   = { "temporary_pct", "temporary", .unit = UNIT_PERCENT },
	[SITE_SOURCE] = SOURCE_COLUMN,
	[SITE_STACK]  = { "stack", "allocated in", .unit = UNIT_NONE },
};

/* A site matters by its share of the calls or of the peak, whichever is greater. */
static uint64_t weight(const struct memory *m, const struct memory_site *s)
{
	uint64_t calls = m->alloc_calls + m->realloc_calls;
	double by_calls = calls ? (double)s->calls / (double)calls : 0;
	double by_peak = m->peak_bytes ? (double)s->peak_bytes / (double)m->peak_bytes : 0;

	return (uint64_t)(1e9 * (by_calls > by_peak ? by_calls : by_peak));
}

struct table *summary_allocations(const struct view_input *in, unsigned rows)
{
	const struct memory *m = &in->model->memory;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "allocations", "Memory", site_columns);
	struct top top = { .room = rows };
	struct sites sites = { 0 };

	own_sites(in, &sites, false, NULL);
	for (uint32_t i = 0; i < sites.n; i++)
		top_offer(&top, i, weight(m, &sites.v[i]));
	for (unsigned i = 0; i < top.count; i++) {
		const struct memory_site *s = &sites.v[top.index[i]];
		struct cell *c = table_row(t);

		table_fill(t, c, s);
		c[TEMPORARY] = cell_share(s->temporary_calls, s->calls);
		c[SITE_STACK] = c[SITE_SOURCE] = cell_stack(s->stack);
	}
	vec_free(&sites);
	t->note = view_text(in, "peak %s at %s; %s of %s in all", fmt_bytes(m->peak_bytes).s, fmt_duration(m->peak_ns).s,
	                    view_count(in, m->alloc_calls + m->realloc_calls, "allocation"), fmt_bytes(m->bytes_allocated).s);
	return t;
}

enum { WAITED, CONTENDED, ACQUIRED, KIND, LOCK_ID, LOCK, WAITER_SOURCE, WAITER, HOLDERS };
static const struct column lock_columns[] = {
	[WAITED]        = { "wait_ns", "waited", UNIT_NS, FROM(struct lock, all.wait_ns) },
	[CONTENDED]     = { "contended", "times", UNIT_COUNT, FROM(struct lock, all.contended) },
	[ACQUIRED]      = { "acquisitions", "of", UNIT_COUNT, FROM(struct lock, all.acquisitions) },
	[KIND]          = { "kind", "kind", .flags = COLUMN_DATA },
	[LOCK_ID]       = { "id", "id", UNIT_NONE, COLUMN_DATA, FROM(struct lock, id) },
	[LOCK]          = { "name", "lock", .flags = COLUMN_CODE, .most = 30 },
	[WAITER_SOURCE] = SOURCE_COLUMN,
	[WAITER]        = { "stack", "waiting in", .unit = UNIT_NONE },
	[HOLDERS]       = { "holders", "", .unit = UNIT_NONE },
};

/* Drawn below the lock. */
enum { HOLDER_TITLE, HOLDER_SOURCE, HOLDER_STACK };
static const struct column holder_columns[] = {
	[HOLDER_TITLE]  = { "held", "", .flags = COLUMN_TEXT },
	[HOLDER_SOURCE] = SOURCE_COLUMN,
	[HOLDER_STACK]  = { "site", "", .unit = UNIT_NONE },
};

static const struct lock_waiter *longest_waiter(const struct locks *locks, const struct lock *l)
{
	const struct lock_waiter *most = NULL;

	for (uint32_t i = l->first_waiter; i != LOCK_NONE; i = locks->waiters.v[i].next)
		if (!most || locks->waiters.v[i].wait_ns > most->wait_ns)
			most = &locks->waiters.v[i];
	return most;
}

static const struct lock_holder *longest_holder(const struct locks *locks, const struct lock_waiter *w)
{
	const struct lock_holder *most = NULL;

	for (uint32_t i = w->first_holder; i != LOCK_NONE; i = locks->holders.v[i].next)
		if (!most || locks->holders.v[i].wait_ns > most->wait_ns)
			most = &locks->holders.v[i];
	return most;
}

static struct table *holder_table(const struct view_input *in, const struct lock_holder *h, uint64_t waited)
{
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "holders", NULL, holder_columns);
	struct cell *c;

	if (!h || !h->site)
		return t;
	c = table_row(t);
	c[HOLDER_TITLE] = cell_name(view_text(in, "%s of it while held by", fmt_percent((double)h->wait_ns, (double)waited).s));
	c[HOLDER_STACK] = c[HOLDER_SOURCE] = cell_stack(h->site);
	return t;
}

static void add_lock(const struct view_input *in, struct table *t, uint32_t index)
{
	const struct locks *locks = &in->model->locks;
	const struct lock *l = &locks->v.v[index];
	const struct lock_waiter *waiter = longest_waiter(locks, l);
	const struct lock_holder *holder = waiter ? longest_holder(locks, waiter) : NULL;
	struct cell *c = table_row(t);

	table_fill(t, c, l);
	c[KIND] = cell_name(lock_kind_name(l->kind));
	c[LOCK] = cell_name(naming_lock(in->naming, index));
	c[HOLDERS] = cell_table(holder_table(in, holder, l->all.wait_ns));
	if (waiter)
		c[WAITER] = c[WAITER_SOURCE] = cell_stack(waiter->stack);
}

/* What can be held comes first: waiting for a condition is mostly having nothing to do. */
struct table *summary_locks(const struct view_input *in, unsigned rows)
{
	const struct locks *locks = &in->model->locks;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "locks", "Locks", lock_columns);
	struct top held = { .room = rows };
	uint64_t together = 0;

	for (uint32_t i = 0; i < locks->v.n; i++) {
		const struct lock *l = &locks->v.v[i];

		if (!l->has_hold)
			continue;
		top_offer(&held, i, l->all.wait_ns);
		together += l->all.wait_ns;
	}
	for (unsigned i = 0; i < held.count; i++)
		add_lock(in, t, held.index[i]);
	t->note = view_text(in, "threads waited %s for them", fmt_duration(together).s);
	return t;
}

enum { FILE_TIME, FILE_STDIO_TIME, FILE_CALLS, FILE_STDIO, FILE_READ, FILE_WRITTEN, FILE_KIND, FILE_PATH, FILE_SOURCE, FILE_STACK };
static const struct column file_columns[] = {
	[FILE_TIME]    = { "time_ns", "time", UNIT_NS, FROM(struct io_file, time_ns) },
	[FILE_CALLS]   = { "calls", "calls", .unit = UNIT_COUNT },
	[FILE_READ]    = { "bytes_read", "read", UNIT_BYTES, FROM(struct io_file, bytes_read) },
	[FILE_WRITTEN] = { "bytes_written", "written", UNIT_BYTES, FROM(struct io_file, bytes_written) },
	[FILE_STDIO]   = { "stdio_calls", "stdio", UNIT_COUNT, COLUMN_SPARE, FROM(struct io_file, stdio_calls) },
	[FILE_STDIO_TIME] = { "stdio_ns", "in stdio", UNIT_NS, COLUMN_SPARE, FROM(struct io_file, stdio_ns) },
	[FILE_KIND]    = { "kind", "kind", .flags = COLUMN_DATA },
	[FILE_PATH]    = { "path", "file", .most = 28 },
	[FILE_SOURCE]  = SOURCE_COLUMN,
	[FILE_STACK]   = { "stack", "mostly in", .unit = UNIT_NONE },
};

/* The call path on which most of a file's time passed; NULL: none is known. */
static const struct io_site *slowest_site(const struct io *io, const struct io_file *f)
{
	const struct io_site *most = NULL;

	for (uint32_t i = f->first_site; i; i = io->sites.v[i - 1].next)
		if (!most || io->sites.v[i - 1].time_ns > most->time_ns)
			most = &io->sites.v[i - 1];
	return most;
}

static void add_file(struct table *t, const struct io *io, const struct io_file *f)
{
	const struct io_site *site = slowest_site(io, f);
	struct cell *c = table_row(t);

	table_fill(t, c, f);
	c[FILE_CALLS] = cell_int(f->opens + f->reads + f->writes + f->others);
	c[FILE_KIND] = cell_name(f->kind);
	c[FILE_PATH] = cell_name(f->path);
	if (site && site->stack)
		c[FILE_STACK] = c[FILE_SOURCE] = cell_stack(site->stack);
}

static const char *io_note(const struct view_input *in, const struct io *io)
{
	uint64_t stdio = 0;

	for (size_t i = 0; i < io->stdio_ops.n; i++)
		stdio += io->stdio_ops.v[i].times.sum;
	return view_text(in, "%s in %s; %s read, %s written%s%s", fmt_duration(io->time_ns).s, view_count(in, io->calls, "call"),
	                 fmt_bytes(io->bytes_read).s, fmt_bytes(io->bytes_written).s,
	                 io->errors ? view_text(in, "; %s", view_count(in, io->errors, "error")) : "",
	                 stdio ? view_text(in, "; %s in stdio", fmt_duration(stdio).s) : "");
}

struct table *summary_files(const struct view_input *in, unsigned rows)
{
	const struct io *io = &in->model->io;
	struct table *t = TABLE_NEW(in->arena, TABLE_ROWS, "files", "I/O", file_columns);
	struct top top = { .room = rows };

	for (uint32_t i = 0; i < io->files.n; i++)
		top_offer(&top, i, io->files.v[i].time_ns + io->files.v[i].stdio_ns);
	for (unsigned i = 0; i < top.count; i++)
		add_file(t, io, &io->files.v[top.index[i]]);
	t->note = io_note(in, io);
	return t;
}

static const struct column function_columns[] = {
	{ "self_ns", "self", .unit = UNIT_NS },
	{ "total_ns", "total", .unit = UNIT_NS },
	{ "running_ns", "running", .unit = UNIT_NS },
	{ "calls", "calls", UNIT_COUNT, .flags = COLUMN_SPARE },
	{ "max_ns", "longest", UNIT_NS, .flags = COLUMN_SPARE },
	{ "measured", "measured", .flags = COLUMN_DATA },
	{ "place", "at", .flags = COLUMN_TEXT | COLUMN_SPARE },
	{ "name", "function", .flags = COLUMN_CODE },
};

struct table *summary_functions(const struct view_input *in, unsigned rows)
{
	struct table *all = functions_table(in);
	int self = table_column(all, "self_ns");

	while (all->row_count && cell_is_empty(&all->rows[all->row_count - 1].cells[self]))
		all->row_count--;
	return table_pick(all, function_columns, sizeof(function_columns) / sizeof(function_columns[0]), rows);
}
