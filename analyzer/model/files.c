/* files.c - what files are called, and which one a path means. */
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

/* ---- relative paths ---- */

/*
 * What stands in front of relative paths in a directory. Of the run's own start directory nothing, and of those below it
 * what is below, so that a file is one wherever it is opened from. The caller's.
 */
char *files_prefix(struct model *m, const char *directory, size_t bytes)
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

void files_enter(struct feed *f, const char *directory, size_t bytes)
{
	struct descriptors *d = files_descriptors(f);
	if (!bytes || directory[0] != '/')
		return;
	free(d->directory);
	d->directory = files_prefix(f->m, directory, bytes);
}

uint32_t files_at(struct feed *f, const char *path, size_t bytes, const char *kind)
{
	char whole[4096];
	const char *directory = files_descriptors(f)->directory;
	bytes = strnlen(path, bytes);
	if (!bytes || path[0] == '/' || !directory || !*directory)
		return files_named(f->m, path, bytes, kind);
	int n = snprintf(whole, sizeof whole, "%s%.*s", directory, (int)bytes, path);
	return files_named(f->m, whole, (size_t)n < sizeof whole ? (size_t)n : sizeof whole - 1, kind);
}

uint32_t files_below(struct feed *f, int32_t directory, const char *path, size_t bytes)
{
	char whole[4096];
	bytes = strnlen(path, bytes);
	if (directory < 0 || !bytes || path[0] == '/')
		return files_at(f, path, bytes, NULL);
	uint32_t above = files_of(f, directory);
	snprintf(whole, sizeof whole, "%s/%.*s", f->m->io.files.v[above].path, (int)bytes, path);
	return files_named(f->m, whole, sizeof whole, NULL);
}

static void free_table(struct descriptors *d)
{
	vec_free(&d->dense);
	free(d->directory);
	map64_free(&d->others);
}

void files_free(struct io_private *p)
{
	for (size_t i = 0; i < p->processes.n; i++)
		free_table(&p->processes.v[i]);
	for (size_t i = 0; i < FORKS; i++)
		free_table(&p->forks[i].table);
	for (size_t i = 0; i < p->pairs.n; i++)
		vec_free(&p->pairs.v[i].queue[0].v), vec_free(&p->pairs.v[i].queue[1].v);
	vec_free(&p->processes);
	vec_free(&p->opens);
	vec_free(&p->pairs);
	vec_free(&p->watched);
	map64_free(&p->by_pid);
	map64_free(&p->fifos);
	map64_free(&p->by_inode);
	map64_free(&p->by_watched);
	map64_free(&p->by_name);
	io_sockets_free(p->sockets);
	arena_free(&p->arena);
}
