/* descriptors.c - what calls do to the table of descriptors. */
#include "io_private.h"

#include <stdio.h>
#include <string.h>

static const char *made_kind(unsigned op)
{
	switch (op) {
	case HP_OP_SOCKET:         return "socket";
	case HP_OP_EVENTFD:        return "eventfd";
	case HP_OP_EPOLL_CREATE:   return "epoll";
	case HP_OP_MEMFD_CREATE:   return "memfd";
	case HP_OP_TIMERFD_CREATE: return "timerfd";
	case HP_OP_SIGNALFD:       return "signalfd";
	default:                   return "anon";
	}
}

static void open_as(struct feed *f, int64_t fd, uint32_t file)
{
	if (fd < 0 || fd > INT32_MAX)
		return;
	files_set(f, (int32_t)fd, file);
	f->m->io.files.v[file].opens += (uint64_t)f->count;
}

static void pair(struct feed *f, const struct io_call *c)
{
	const char *kind = c->op == HP_OP_SOCKETPAIR ? "socket" : "pipe";
	uint32_t file = files_named(f->m, op_name(c->op), 16, kind);
	if (c->payload_bytes < 8)
		return;
	open_as(f, io_payload_u32(c, 0), file);
	open_as(f, io_payload_u32(c, 1), file);
}

static const char *opened_kind(unsigned op)
{
	return op == HP_OP_OPENDIR ? "dir" : op == HP_OP_POPEN ? "pipe" : NULL;
}

/* A path that is relative to an open directory is shown below that. */
static uint32_t opened(struct feed *f, const struct io_call *c)
{
	char path[4096];
	if (c->op == HP_OP_POPEN)
		return files_named(f->m, c->payload, c->payload_bytes, opened_kind(c->op));
	if (c->op != HP_OP_OPENAT || c->fd < 0 || !c->payload_bytes || c->payload[0] == '/')
		return files_at(f, c->payload, c->payload_bytes, opened_kind(c->op));
	uint32_t directory = files_of(f, c->fd);
	int bytes = (int)strnlen(c->payload, c->payload_bytes);
	snprintf(path, sizeof path, "%s/%.*s", f->m->io.files.v[directory].path, bytes, c->payload);
	return files_named(f->m, path, sizeof path, NULL);
}

/* The kernel's word of where it led to stands behind the path that was given. */
static void moved(struct feed *f, const struct io_call *c)
{
	size_t given = strnlen(c->payload, c->payload_bytes);
	if (given < c->payload_bytes)
		files_enter(f, c->payload + given + 1, c->payload_bytes - given - 1);
}

void descriptors_update(struct feed *f, const struct io_call *c)
{
	switch (c->class) {
	case HP_CLASS_OPEN:       open_as(f, c->result, opened(f, c)); break;
	case HP_CLASS_MAKE:
		open_as(f, c->result, files_named(f->m, op_name(c->op), 32, made_kind(c->op)));
		break;
	case HP_CLASS_DUP:
		if (c->op != HP_OP_FCNTL && c->result != c->fd)
			open_as(f, c->result, files_of(f, c->fd));
		break;
	case HP_CLASS_ACCEPT:
		open_as(f, c->result, files_of_address(f->m, c->payload, c->payload_bytes));
		break;
	case HP_CLASS_CONNECT: case HP_CLASS_BIND:
		files_set(f, c->fd, files_of_address(f->m, c->payload, c->payload_bytes));
		break;
	case HP_CLASS_PAIR:       pair(f, c); break;
	case HP_CLASS_CHDIR:      moved(f, c); break;
	case HP_CLASS_CLOSE:      files_set(f, c->fd, FILE_NONE); break;
	case HP_CLASS_CLOSE_MANY:
		if (c->payload_bytes >= 4)
			files_close_range(f, (uint32_t)c->fd, io_payload_u32(c, 0));
		break;
	default: break;
	}
}
