/* io_open.c - open files: which descriptor of which process is which, and how pipes find their two ends. */
#include "io_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"

/* ---- open files ---- */

enum { SCRATCH };  /* what a descriptor that cannot be noted is, for one call */

static uint32_t open_new(struct model *m, uint32_t file)
{
	struct io_private *p = io_private(m);
	uint32_t i = p->free_open;
	if (i) {
		p->free_open = p->opens.v[i].next_free;
	} else {
		vec_ensure(&p->opens, SCRATCH);
		i = (uint32_t)p->opens.n;
		vec_ensure(&p->opens, i);
	}
	p->opens.v[i] = (struct open_file){ .file = file, .number = ++p->open_number };
	return i;
}

static void open_release(struct io_private *p, uint32_t i)
{
	struct open_file *o = &p->opens.v[i];
	if (--o->descriptors)
		return;
	if (o->pair)
		pair_release(p, o->pair - 1);
	*o = (struct open_file){ .next_free = p->free_open };
	p->free_open = i;
}

/* ---- the table of a process ---- */

/* 0: none */
static uint32_t get(const struct descriptors *d, int32_t fd)
{
	if (fd >= 0 && (size_t)fd < d->dense.n)
		return d->dense.v[fd];
	uint32_t i = fd >= DENSE_FDS ? map64_get(&d->others, (uint64_t)fd) : MAP64_NONE;
	return i == MAP64_NONE ? 0 : i;
}

/* 0: there is no room for it. */
static int put(struct descriptors *d, int32_t fd, uint32_t open, int known)
{
	if (fd < 0 || (fd >= DENSE_FDS && !known && d->others.n >= OTHERS_MAX))
		return 0;
	if (fd >= DENSE_FDS) {
		map64_put(&d->others, (uint64_t)fd, open ? open : MAP64_NONE);
		return 1;
	}
	if (open)
		vec_ensure(&d->dense, fd);
	if ((size_t)fd < d->dense.n)
		d->dense.v[fd] = open;
	return 1;
}

/* The descriptor means this open file, 0: none, from now on. */
static void assign(struct io_private *p, struct descriptors *d, int32_t fd, uint32_t open)
{
	uint32_t old = get(d, fd);
	if (open == old || !put(d, fd, open, old != 0))
		return;
	if (open)
		p->opens.v[open].descriptors++;
	if (old)
		open_release(p, old);
}

/* The same of a new one. 0: there was no room. */
static int assign_new(struct io_private *p, struct descriptors *d, int32_t fd, uint32_t open)
{
	p->opens.v[open].descriptors = 1;  /* ours, for now */
	assign(p, d, fd, open);
	open_release(p, open);
	return get(d, fd) == open;
}

/* ---- what a process begins with ---- */

static uint64_t inode_of(const char *name)
{
	const char *at = strchr(name, '[');
	return at ? strtoull(at + 1, NULL, 10) : 0;
}

/*
 * A program that another one became by exec has the same pipes under the same descriptors. Others that were started without a word
 * know a pipe by its inode; each end of a pair of sockets has one of its own.
 */
static void join_pair(struct io_private *p, const struct descriptors *before, int32_t fd, uint32_t open, const char *name)
{
	uint32_t old = before ? get(before, fd) : 0, pair = old ? p->opens.v[old].pair : 0;
	int is_pipe = *name == 'p';
	if (pair && is_pipe && !pair_is(p, pair - 1, inode_of(name)))
		pair = 0;
	if (!pair && !is_pipe)
		return;
	p->opens.v[open].end = pair ? p->opens.v[old].end : 0;
	p->opens.v[open].pair = pair ? pair : pair_of_inode(p, inode_of(name)) + 1;
	p->pairs.v[p->opens.v[open].pair - 1].open_files++;
}

static void begin_with(struct feed *f, struct descriptors *d, const struct descriptors *before, int32_t fd, const char *name)
{
	struct io_private *p = io_private(f->m);
	uint32_t file = files_named(f->m, name, strlen(name), NULL);
	uint32_t open = open_new(f->m, file);
	uint32_t old = before ? get(before, fd) : 0;
	int fifo = old && p->opens.v[old].flags & OPEN_FIFO && *name == '/';
	if (fifo || !strncmp(name, "pipe:[", 6) || !strncmp(name, "socket:[", 8))
		join_pair(p, before, fd, open, name);
	if (fifo)
		p->opens.v[open].flags = OPEN_FIFO;
	assign_new(p, d, fd, open);
}

static void close_all(struct io_private *p, struct descriptors *d)
{
	for (size_t fd = 0; fd < d->dense.n; fd++)
		assign(p, d, (int32_t)fd, 0);
	for (size_t i = 0; d->others.bits && i < (size_t)1 << d->others.bits; i++)
		if (d->others.entries[i].key != MAP64_EMPTY)
			assign(p, d, (int32_t)d->others.entries[i].key, 0);
}

/* The process that this one was before its exec; NULL: none, or not known. */
static struct descriptors *before_exec(struct feed *f)
{
	struct io_private *p = io_private(f->m);
	const struct process *now = &f->m->processes.v.v[f->process];
	uint32_t i = map64_get(&p->by_pid, now->pid);
	if (i == MAP64_NONE || i == f->process || f->m->processes.v.v[i].ppid != now->ppid)
		return NULL;
	return &p->processes.v[i];
}

static void begin(struct feed *f)
{
	struct io_private *p = io_private(f->m);
	struct descriptors *d = &p->processes.v[f->process], *before = before_exec(f);
	const struct dump_scope *s = f->dump_thread->scope;
	const char *cwd = f->m->processes.v.v[f->process].cwd;
	d->ready = 1;
	d->directory = files_prefix(f->m, cwd, strlen(cwd));
	for (size_t i = 0; i < s->fds.n; i++)
		begin_with(f, d, before, s->fds.v[i].fd, s->fds.v[i].path);
	if (before)
		close_all(p, before);
	map64_put(&p->by_pid, f->m->processes.v.v[f->process].pid, f->process);
}

struct descriptors *files_descriptors(struct feed *f)
{
	struct io_private *p = io_private(f->m);
	if (f->process >= p->processes.n)
		vec_ensure(&p->processes, f->process);
	if (!p->processes.v[f->process].ready)
		begin(f);
	return &p->processes.v[f->process];
}

/* ---- fork ---- */

static void copy_table(struct io_private *p, struct descriptors *to, const struct descriptors *from)
{
	for (size_t i = 0; i < from->dense.n; i++)
		assign(p, to, (int32_t)i, from->dense.v[i]);
	p->inherited += from->others.n;
	for (size_t i = 0; from->others.bits && i < (size_t)1 << from->others.bits && p->inherited <= INHERITED_MAX; i++)
		if (from->others.entries[i].key != MAP64_EMPTY && from->others.entries[i].value != MAP64_NONE)
			assign(p, to, (int32_t)from->others.entries[i].key, from->others.entries[i].value);
	to->ready = from->ready;
	free(to->directory);
	to->directory = from->directory ? xstrdup(from->directory) : NULL;
}

static void drop_table(struct io_private *p, struct descriptors *d)
{
	close_all(p, d);
	vec_free(&d->dense);
	map64_free(&d->others);
	free(d->directory);
	*d = (struct descriptors){ .ready = 0 };
}

/* By the time of the child's first event its parent may have closed what it made for it. */
void io_fork(struct feed *f, int32_t pid)
{
	struct io_private *p = io_private(f->m);
	struct io_fork *fork = &p->forks[p->next_fork++ % FORKS];
	const struct descriptors *from = files_descriptors(f);
	drop_table(p, &fork->table);
	if (pid <= 0)
		return;
	fork->pid = (uint32_t)pid;
	copy_table(p, &fork->table, from);
}

static struct io_fork *fork_of(struct io_private *p, uint32_t pid)
{
	for (unsigned i = 0; i < FORKS; i++)
		if (p->forks[i].table.ready && p->forks[i].pid == pid)
			return &p->forks[i];
	return NULL;
}

/* A forked child has its parent's descriptors. */
void io_forked(struct model *m, uint32_t process, uint32_t parent)
{
	struct io_private *p = io_private(m);
	uint32_t pid = m->processes.v.v[process].pid;
	vec_ensure(&p->processes, process > parent ? process : parent);
	struct descriptors *to = &p->processes.v[process];
	struct io_fork *fork = fork_of(p, pid);
	copy_table(p, to, fork ? &fork->table : &p->processes.v[parent]);
	if (fork)
		drop_table(p, &fork->table);
	if (to->ready)
		map64_put(&p->by_pid, pid, process);
}

/* ---- for the others ---- */

uint32_t files_open(struct feed *f, int32_t fd)
{
	struct io_private *p = io_private(f->m);
	struct descriptors *d = files_descriptors(f);
	uint32_t i = get(d, fd);
	if (i)
		return i;
	char name[16];
	int n = snprintf(name, sizeof name, "fd:%d", fd);
	const struct open_file *o = files_set(f, fd, files_named(f->m, name, (size_t)n, "unknown"));
	return (uint32_t)(o - p->opens.v);
}

struct open_file *files_opened(struct feed *f, int32_t fd)
{
	uint32_t i = files_open(f, fd);  /* first: it may add one */
	return &io_private(f->m)->opens.v[i];
}

uint32_t files_of(struct feed *f, int32_t fd)
{
	return files_opened(f, fd)->file;
}

struct open_file *files_set(struct feed *f, int32_t fd, uint32_t file)
{
	struct io_private *p = io_private(f->m);
	uint32_t open = open_new(f->m, file);
	if (assign_new(p, files_descriptors(f), fd, open))
		return &p->opens.v[open];
	p->opens.v[SCRATCH] = (struct open_file){ .file = file };
	return &p->opens.v[SCRATCH];
}

void files_dup(struct feed *f, int32_t from, int32_t to)
{
	uint32_t open = files_open(f, from);
	if (open != SCRATCH)
		assign(io_private(f->m), files_descriptors(f), to, open);
}

void files_close(struct feed *f, int32_t fd)
{
	assign(io_private(f->m), files_descriptors(f), fd, 0);
}

void files_close_range(struct feed *f, uint32_t first, uint32_t last)
{
	struct io_private *p = io_private(f->m);
	struct descriptors *d = files_descriptors(f);
	for (size_t fd = first; fd < d->dense.n && fd <= last; fd++)
		assign(p, d, (int32_t)fd, 0);
	for (size_t i = 0; d->others.bits && i < (size_t)1 << d->others.bits; i++)
		if (d->others.entries[i].key >= first && d->others.entries[i].key <= last)
			assign(p, d, (int32_t)d->others.entries[i].key, 0);
	while (d->dense.n && !d->dense.v[d->dense.n - 1])
		d->dense.n--;
}
