/* files.c - which descriptor is which file, and what it is called. */
#include "io_private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "util/alloc.h"

struct io_private *io_private(struct model *m)
{
	if (!m->io.private)
		m->io.private = xcalloc(1, sizeof *m->io.private);
	return m->io.private;
}

static const char *kind_of_name(const char *path)
{
	static const struct { const char *start, *kind; } kinds[] = {
		{ "pipe:[", "pipe" }, { "socket:[", "socket" }, { "/dev/", "device" }, { "/memfd:", "memfd" },
		{ "anon_inode:[eventpoll]", "epoll" }, { "anon_inode:[eventfd]", "eventfd" },
		{ "anon_inode:[timerfd]", "timerfd" }, { "anon_inode:[signalfd]", "signalfd" }, { "anon_inode:", "anon" },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (!strncmp(path, kinds[i].start, strlen(kinds[i].start)))
			return kinds[i].kind;
	return "file";
}

static uint64_t hash_name(const char *s, const char *kind)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	for (h *= 31; *kind; kind++)
		h = (h ^ (unsigned char)*kind) * 0x100000001b3u;
	return h >> 1;
}

uint32_t files_named(struct model *m, const char *path, size_t bytes, const char *kind)
{
	struct io_private *p = io_private(m);
	char name[4096];
	bytes = strnlen(path, bytes);
	bytes = bytes < sizeof name - 1 ? bytes : sizeof name - 1;
	memcpy(name, path, bytes);
	name[bytes] = 0;
	if (!kind)
		kind = kind_of_name(name);
	for (uint64_t key = hash_name(name, kind);; key++) {
		uint32_t i = map64_get(&p->by_name, key);
		if (i == MAP64_NONE) {
			map64_put(&p->by_name, key, (uint32_t)m->io.files.n);
			vec_push(&m->io.files, (struct io_file){ .path = arena_strdup(&p->arena, name), .kind = kind });
			return (uint32_t)m->io.files.n - 1;
		}
		if (!strcmp(m->io.files.v[i].path, name) && !strcmp(m->io.files.v[i].kind, kind))
			return i;
	}
}

static uint32_t address_inet(struct model *m, const void *address, int family)
{
	const struct sockaddr_in *in = address;
	const struct sockaddr_in6 *in6 = address;
	char host[INET6_ADDRSTRLEN] = "", text[INET6_ADDRSTRLEN + 16];
	if (family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
		snprintf(text, sizeof text, "%s:%u", host, ntohs(in->sin_port));
	} else {
		inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
		snprintf(text, sizeof text, "[%s]:%u", host, ntohs(in6->sin6_port));
	}
	return files_named(m, text, sizeof text, "socket");
}

/* An abstract name starts with a NUL, shown as @. */
static uint32_t address_unix(struct model *m, const char *path, size_t bytes)
{
	char text[8 + sizeof(struct sockaddr_un)] = "unix:";
	size_t n = bytes < sizeof(struct sockaddr_un) ? bytes : sizeof(struct sockaddr_un);
	memcpy(text + 5, path, n);
	if (n && !text[5])
		text[5] = n > 1 ? '@' : 0;
	return files_named(m, text, 5 + n, "socket");
}

uint32_t files_of_address(struct model *m, const void *address, size_t bytes)
{
	union { struct sockaddr_in in; struct sockaddr_in6 in6; uint16_t family; } copy;
	memset(&copy, 0, sizeof copy);
	memcpy(&copy, address, bytes < sizeof copy ? bytes : sizeof copy);
	size_t head = offsetof(struct sockaddr_un, sun_path);
	if (bytes >= head && copy.family == AF_UNIX)
		return address_unix(m, (const char *)address + head, bytes - head);
	if (bytes >= 8 && (copy.family == AF_INET || copy.family == AF_INET6))
		return address_inet(m, &copy, copy.family);
	return files_named(m, "socket", 6, "socket");
}

/* ---- descriptors ---- */

static void set(struct descriptors *d, int32_t fd, int64_t file)
{
	if (fd < 0)
		return;
	if (fd >= DENSE_FDS && d->others.n >= OTHERS_MAX)
		return;
	if (fd >= DENSE_FDS) {
		map64_put(&d->others, (uint64_t)fd, file < 0 ? MAP64_NONE : (uint32_t)file);
		return;
	}
	if (file >= 0)
		vec_ensure(&d->dense, fd);
	if ((size_t)fd < d->dense.n)
		d->dense.v[fd] = (uint32_t)(file + 1);
}

/*
 * What stands in front of relative paths in a directory. Of the run's own start directory nothing, and of those below it
 * what is below, so that a file is one wherever it is opened from. The caller's.
 */
static char *prefix_of(struct model *m, const char *directory, size_t bytes)
{
	const char *start = m->processes.v.v[0].cwd;
	size_t n = strlen(start);
	bytes = strnlen(directory, bytes);
	while (n > 1 && start[n - 1] == '/')
		n--;
	if (!bytes || directory[0] != '/' || (bytes == n && !memcmp(directory, start, n)))
		return xstrdup("");
	if (n > 1 && bytes > n + 1 && !memcmp(directory, start, n) && directory[n] == '/')
		directory += n + 1, bytes -= n + 1;
	char *copy = xmalloc(bytes + 2);
	memcpy(copy, directory, bytes);
	copy[bytes] = '/';
	copy[bytes + (bytes > 1 || directory[0] != '/')] = 0;
	return copy;
}

static struct descriptors *descriptors(struct feed *f)
{
	struct io_private *p = io_private(f->m);
	vec_ensure(&p->processes, f->process);
	if (!p->processes.v[f->process].ready) {
		const struct dump_scope *s = f->dump_thread->scope;
		const char *cwd = f->m->processes.v.v[f->process].cwd;
		p->processes.v[f->process].ready = 1;
		p->processes.v[f->process].directory = prefix_of(f->m, cwd, strlen(cwd));
		for (size_t i = 0; i < s->fds.n; i++)
			set(&p->processes.v[f->process], s->fds.v[i].fd, files_named(f->m, s->fds.v[i].path, strlen(s->fds.v[i].path), NULL));
	}
	return &p->processes.v[f->process];
}

void files_set(struct feed *f, int32_t fd, int64_t file)
{
	set(descriptors(f), fd, file);
}

uint32_t files_of(struct feed *f, int32_t fd)
{
	const struct descriptors *d = descriptors(f);
	if (fd >= 0 && (size_t)fd < d->dense.n && d->dense.v[fd])
		return d->dense.v[fd] - 1;
	uint32_t file = fd >= DENSE_FDS ? map64_get(&d->others, (uint64_t)fd) : MAP64_NONE;
	if (file != MAP64_NONE)
		return file;
	char name[16];
	int n = snprintf(name, sizeof name, "fd:%d", fd);
	return files_named(f->m, name, (size_t)n, "unknown");
}

void files_enter(struct feed *f, const char *directory, size_t bytes)
{
	struct descriptors *d = descriptors(f);
	if (!bytes || directory[0] != '/')
		return;
	free(d->directory);
	d->directory = prefix_of(f->m, directory, bytes);
}

uint32_t files_at(struct feed *f, const char *path, size_t bytes, const char *kind)
{
	char whole[4096];
	const char *directory = descriptors(f)->directory;
	bytes = strnlen(path, bytes);
	if (!bytes || path[0] == '/' || !directory || !*directory)
		return files_named(f->m, path, bytes, kind);
	int n = snprintf(whole, sizeof whole, "%s%.*s", directory, (int)bytes, path);
	return files_named(f->m, whole, (size_t)n < sizeof whole ? (size_t)n : sizeof whole - 1, kind);
}

void files_close_range(struct feed *f, uint32_t first, uint32_t last)
{
	struct descriptors *d = descriptors(f);
	for (size_t fd = first; fd < d->dense.n && fd <= last; fd++)
		d->dense.v[fd] = 0;
	for (size_t i = 0; d->others.bits && i < (size_t)1 << d->others.bits; i++)
		if (d->others.entries[i].key >= first && d->others.entries[i].key <= last)
			d->others.entries[i].value = MAP64_NONE;
	while (d->dense.n && !d->dense.v[d->dense.n - 1])
		d->dense.n--;
}

/* A forked child has its parent's descriptors. */
void io_forked(struct model *m, uint32_t process, uint32_t parent)
{
	struct io_private *p = io_private(m);
	vec_ensure(&p->processes, process > parent ? process : parent);
	struct descriptors *to = &p->processes.v[process];
	const struct descriptors *from = &p->processes.v[parent];
	for (size_t i = 0; i < from->dense.n; i++)
		set(to, (int32_t)i, (int64_t)from->dense.v[i] - 1);
	p->inherited += from->others.n;
	for (size_t i = 0; from->others.bits && i < (size_t)1 << from->others.bits && p->inherited <= INHERITED_MAX; i++)
		if (from->others.entries[i].key != MAP64_EMPTY && from->others.entries[i].value != MAP64_NONE)
			map64_put(&to->others, from->others.entries[i].key, from->others.entries[i].value);
	to->ready = from->ready;
	free(to->directory);
	to->directory = from->directory ? xstrdup(from->directory) : NULL;
}

void io_free(struct io *io)
{
	struct io_private *p = io->private;
	for (size_t i = 0; i < io->ops.n; i++)
		hist_free(&io->ops.v[i].times), vec_free(&io->ops.v[i].errnos);
	for (size_t i = 0; i < io->stdio_ops.n; i++)
		hist_free(&io->stdio_ops.v[i].times), vec_free(&io->stdio_ops.v[i].errnos);
	vec_free(&io->ops);
	vec_free(&io->stdio_ops);
	vec_free(&io->files);
	vec_free(&io->sites);
	if (!p)
		return;
	for (size_t i = 0; i < p->processes.n; i++) {
		vec_free(&p->processes.v[i].dense);
		free(p->processes.v[i].directory);
		map64_free(&p->processes.v[i].others);
	}
	vec_free(&p->processes);
	map64_free(&p->by_name);
	map64_free(&p->by_site);
	arena_free(&p->arena);
	free(p);
}
