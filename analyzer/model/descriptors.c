/* descriptors.c - what calls do to the table of descriptors. */
#include "io_private.h"

#include <fcntl.h>
#include <sys/mman.h>
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

static struct open_file *open_as(struct feed *f, int64_t fd, uint32_t file)
{
	f->m->io.files.v[file].opens += (uint64_t)f->count;
	return files_set(f, (int32_t)fd, file);
}

static int is_descriptor(int64_t fd)
{
	return fd >= 0 && fd <= INT32_MAX;
}

static void pair(struct feed *f, const struct io_call *c)
{
	struct io_private *p = io_private(f->m);
	uint32_t file = files_named(f->m, op_name(c->op), 16, c->op == HP_OP_SOCKETPAIR ? "socket" : "pipe"), pair;
	if (c->payload_bytes < 8)
		return;
	pair = pair_new(p);
	p->pairs.v[pair].open_files = 1;  /* ours, for now */
	for (unsigned i = 0; i < 2; i++) {
		struct open_file *o = open_as(f, (int32_t)io_payload_u32(c, i), file);
		if (!o->descriptors)
			continue;
		o->pair = pair + 1;
		o->end = (uint8_t)i;
		p->pairs.v[pair].open_files++;
	}
	pair_release(p, pair);
}

static const char *opened_kind(unsigned op)
{
	return op == HP_OP_OPENDIR ? "dir" : op == HP_OP_POPEN ? "pipe" : NULL;
}

/* A path that is relative to an open directory is shown below that. */
static uint32_t opened(struct feed *f, const struct io_call *c)
{
	if (c->op == HP_OP_POPEN)
		return files_named(f->m, c->payload, c->payload_bytes, opened_kind(c->op));
	if (c->op != HP_OP_OPENAT)
		return files_at(f, c->payload, c->payload_bytes, opened_kind(c->op));
	return files_below(f, c->fd, c->payload, c->payload_bytes);
}

/* open's flags stand behind the path. Dumps of before have none. */
static int flags_of(const struct io_call *c)
{
	size_t path = strnlen(c->payload, c->payload_bytes) + 1;
	int flags = 0;
	if (c->payload_bytes == path + sizeof flags)
		memcpy(&flags, c->payload + path, sizeof flags);
	return flags;
}

static void open_path(struct feed *f, const struct io_call *c)
{
	if (!is_descriptor(c->result))
		return;
	struct open_file *o = open_as(f, c->result, opened(f, c));
	o->flags = flags_of(c) & O_APPEND ? OPEN_APPENDS : OPEN_PLACED | OPEN_USED | OPEN_WHOLE;
	pair_opened(f, o, flags_of(c));
}

static void make(struct feed *f, int64_t fd, uint32_t file)
{
	if (is_descriptor(fd))
		open_as(f, fd, file);
}

static void duplicate(struct feed *f, const struct io_call *c)
{
	if (!is_descriptor(c->result) || c->result == c->fd)
		return;
	uint32_t file = files_of(f, c->fd);
	f->m->io.files.v[file].opens += (uint64_t)f->count;
	files_dup(f, c->fd, (int32_t)c->result);
}

/* The kernel's word of where it led to stands behind the path that was given. */
static void moved(struct feed *f, const struct io_call *c)
{
	size_t given = strnlen(c->payload, c->payload_bytes);
	if (given < c->payload_bytes)
		files_enter(f, c->payload + given + 1, c->payload_bytes - given - 1);
}

static void accept_from(struct feed *f, const struct io_call *c)
{
	uint32_t file = files_of_address(f->m, c->payload, c->payload_bytes);
	f->m->io.files.v[file].accepted += (uint64_t)f->count;
	make(f, c->result, file);
	if (is_descriptor(c->result))
		io_accepted(f, c);
}

/* A socket is its peer, or the address that others reach it at. */
static void rename_open(struct feed *f, int32_t fd, uint32_t file)
{
	files_opened(f, fd)->file = file;
}

void descriptors_update(struct feed *f, const struct io_call *c)
{
	switch (c->class) {
	case HP_CLASS_OPEN:       open_path(f, c); break;
	case HP_CLASS_MAKE:       make(f, c->result, files_named(f->m, op_name(c->op), 32, made_kind(c->op))); break;
	case HP_CLASS_DUP:        duplicate(f, c); break;
	case HP_CLASS_ACCEPT:     accept_from(f, c); break;
	case HP_CLASS_CONNECT: case HP_CLASS_BIND:
		rename_open(f, c->fd, files_of_address(f->m, c->payload, c->payload_bytes));
		if (c->class == HP_CLASS_BIND)
			io_bound(f, c);
		else
			io_connected(f, c);
		break;
	case HP_CLASS_PAIR:       pair(f, c); break;
	case HP_CLASS_PATH:
		if (c->op == HP_OP_MKFIFO || c->op == HP_OP_MKFIFOAT)
			pair_fifo(f, files_below(f, c->fd, c->payload, c->payload_bytes));
		break;
	case HP_CLASS_CHDIR:      moved(f, c); break;
	case HP_CLASS_CLOSE:      files_close(f, c->fd); break;
	case HP_CLASS_CLOSE_MANY:
		if (c->payload_bytes >= 4)
			files_close_range(f, (uint32_t)c->fd, io_payload_u32(c, 0));
		break;
	case HP_CLASS_FILE:
		if (c->op == HP_OP_EPOLL_CTL)
			io_watch(f, c);
		break;
	default: break;
	}
}

void io_mapped(struct feed *f)
{
	const struct hp_r_vm *r = (const void *)f->e->r.w;
	if (hp_word_sub(r->w) != HP_OP_MMAP || r->fd < 0 || r->flags >> 8 & MAP_ANONYMOUS || !f->count)
		return;
	uint32_t i = files_of(f, r->fd);  /* first: it may add one */
	struct io_file *file = &f->m->io.files.v[i];
	file->mappings++;
	file->mapped_bytes += hp_u64(r->length);
}
