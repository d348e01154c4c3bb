#include "dump_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS_MAX = 4096 };

/* A thread's place in its chunk or piece; META and LATE have one too. */
struct stream {
	uint32_t pid, uid, tid, seq;
	unsigned kind;        /* enum hp_chunk_kind */
	size_t at, end;       /* file offsets; end 0: no chunk yet */
	uint64_t time;        /* ticks of the last absolute time */
};

struct dump_writer {
	char *bytes;
	size_t n, cap;
	struct stream streams[STREAMS_MAX];
	unsigned count, current;
	uint64_t now;         /* ticks */
	size_t piece, pieces_end;
	uint32_t late_uid;    /* the next record is wrapped for this thread */
};

static void *at(struct dump_writer *w, size_t offset)
{
	return w->bytes + offset;
}

static void grow(struct dump_writer *w, size_t n)
{
	if (n > w->cap) {
		size_t cap = n > 2 * w->cap ? n : 2 * w->cap;
		char *bytes = aligned_alloc(HP_CHUNK_BYTES, (cap + HP_CHUNK_BYTES - 1) / HP_CHUNK_BYTES * HP_CHUNK_BYTES);
		if (w->n)
			memcpy(bytes, w->bytes, w->n);
		free(w->bytes);
		w->bytes = bytes;
		w->cap = cap;
	}
	memset(w->bytes + w->n, 0, n - w->n);
	w->n = n;
}

struct hp_header *dw_header(struct dump_writer *w)
{
	return at(w, 0);
}

static struct hp_clocks clocks(const struct dump_writer *w)
{
	return (struct hp_clocks){ w->now, w->now, w->now + 1700000000000000000u, w->now };
}

struct dump_writer *dw_new(void)
{
	struct dump_writer *w = calloc(1, sizeof *w);
	w->now = DW_START;
	grow(w, HP_CHUNK_BYTES);
	struct hp_header *h = dw_header(w);
	memcpy(h->magic, HP_MAGIC, sizeof h->magic);
	h->endian = HP_ENDIAN;
	h->version = HP_VERSION;
	h->header_bytes = sizeof *h;
	h->chunk_bytes = HP_CHUNK_BYTES;
	h->pid = DW_PID;
	h->ppid = 1;
	h->dump_id[0] = 1;
	h->clock = HP_CLOCK_MONOTONIC;
	h->ticks_per_second = 1000000000;
	h->thread_slots = 100;
	h->start = clocks(w);
	h->next_chunk = 1;
	h->near[0] = DW_NEAR0, h->near[1] = DW_NEAR1;
	return w;
}

static size_t new_chunk(struct dump_writer *w, unsigned kind, uint32_t pid)
{
	size_t offset = w->n;
	grow(w, offset + HP_CHUNK_BYTES);
	struct hp_chunk *c = at(w, offset);
	*c = (struct hp_chunk){ HP_CHUNK_MAGIC, kind, (uint32_t)(offset / HP_CHUNK_BYTES), 0, pid, 0, clocks(w), 0 };
	dw_header(w)->next_chunk++;
	return offset + sizeof *c;
}

static void new_piece(struct dump_writer *w, struct stream *s)
{
	if (w->piece == w->pieces_end) {
		s->at = new_chunk(w, HP_CHUNK_FORK, s->pid);
		w->piece = s->at - sizeof(struct hp_chunk) + HP_PIECE_BYTES;
		w->pieces_end = s->at - sizeof(struct hp_chunk) + HP_CHUNK_BYTES;
		s->end = w->piece;
		return;
	}
	s->at = w->piece;
	s->end = w->piece += HP_PIECE_BYTES;
}

static void turn(struct dump_writer *w, struct stream *s)
{
	if (s->kind == HP_CHUNK_FORK)
		new_piece(w, s);
	else
		s->at = new_chunk(w, s->kind, s->pid), s->end = s->at - sizeof(struct hp_chunk) + HP_CHUNK_BYTES;
	if (s->kind == HP_CHUNK_META || s->kind == HP_CHUNK_LATE)
		return;
	uint32_t *r = at(w, s->at);
	const uint32_t owner[6] = { hp_word(HP_R_OWNER, 0, 0), s->uid, s->pid, s->tid, s->seq++, s->kind == HP_CHUNK_FORK ? HP_OWNER_FORKED : 0 };
	memcpy(r, owner, sizeof owner);
	hp_put64(r + 6, w->now);
	s->at += sizeof(struct hp_r_owner);
	s->time = w->now;
}

uint32_t *dw_raw(struct dump_writer *w, unsigned words)
{
	struct stream *s = &w->streams[w->current];
	if (s->at + words * 4 > s->end)
		turn(w, s);
	uint32_t *r = at(w, s->at);
	s->at += words * 4;
	return r;
}

static void mark_time(struct dump_writer *w)
{
	struct stream *s = &w->streams[w->current];
	if (s->kind == HP_CHUNK_META || s->kind == HP_CHUNK_LATE || w->now - s->time <= HP_TIME_QUARTER || !s->end)
		return;
	uint32_t *r = dw_raw(w, 3);
	r[0] = hp_word(HP_R_TIME, 0, 0);
	hp_put64(r + 1, w->now);
	s->time = w->now;
}

static int is_near(unsigned kind)
{
	return kind == HP_R_ALLOC_NEAR || kind == HP_R_FREE_NEAR0 || kind == HP_R_FREE_NEAR1 || kind == HP_R_UNLOCK_LAST || kind == HP_R_LOCK_AGAIN || kind == HP_R_IO_NEAR;
}

static unsigned time_word(unsigned kind)
{
	if (is_near(kind))
		return 0;
	switch (kind) {
	case HP_R_ALLOC: case HP_R_FREE: case HP_R_REALLOC_BEGIN: case HP_R_REALLOC_END: return 2;
	case HP_R_ALLOC_SAMPLE: case HP_R_OPEN: case HP_R_TIME: case HP_R_OWNER: case HP_R_CLOCK: case HP_R_LATE: return 0;
	default: return (kind >= HP_R_NODE && kind < 0x80) || kind >= HP_R_PROCESS ? 0 : 1;
	}
}

uint32_t *dw_record(struct dump_writer *w, unsigned kind, unsigned sub, unsigned arg, unsigned words)
{
	uint32_t *r;
	if (w->streams[w->current].kind == HP_CHUNK_LATE) {
		uint32_t *late = dw_raw(w, words + 4);
		late[0] = hp_word(HP_R_LATE, 0, words + 4);
		late[1] = w->late_uid;
		hp_put64(late + 2, w->now);
		r = late + 4;
	} else {
		mark_time(w);
		r = dw_raw(w, words);
	}
	r[0] = is_near(kind) ? hp_near_word(kind, w->now) : hp_word(kind, sub, kind >= 0x80 ? words : arg);
	if (time_word(kind))
		r[time_word(kind)] = (uint32_t)w->now;
	return r;
}

/* ---- streams ---- */

static void select_stream(struct dump_writer *w, unsigned kind, uint32_t pid, uint32_t uid, uint32_t tid)
{
	for (unsigned i = 0; i < w->count; i++) {
		if (w->streams[i].kind == kind && w->streams[i].uid == uid && w->streams[i].pid == pid) {
			w->current = i;
			return;
		}
	}
	w->current = w->count++;
	w->streams[w->current] = (struct stream){ .pid = pid, .uid = uid, .tid = tid, .kind = kind };
}

void dw_thread(struct dump_writer *w, uint32_t uid, uint32_t tid) { select_stream(w, HP_CHUNK_EVENTS, DW_PID, uid, tid); }
void dw_child(struct dump_writer *w, uint32_t pid, uint32_t uid, uint32_t tid) { select_stream(w, HP_CHUNK_FORK, pid, uid, tid); }
void dw_meta(struct dump_writer *w) { select_stream(w, HP_CHUNK_META, DW_PID, 0, 0); }
void dw_at(struct dump_writer *w, uint64_t ns) { w->now = DW_START + ns; }
uint64_t dw_ticks(const struct dump_writer *w) { return w->now; }

struct hp_filtered *dw_filtered(struct dump_writer *w, uint32_t pid)
{
	return at(w, new_chunk(w, HP_CHUNK_FILTERED, pid));
}

void dw_late(struct dump_writer *w, uint32_t uid)
{
	select_stream(w, HP_CHUNK_LATE, DW_PID, 0, 0);
	w->late_uid = uid;
}

/* ---- records ---- */

void dw_enter(struct dump_writer *w, uint32_t function)
{
	mark_time(w);
	uint32_t *r = dw_raw(w, 2);
	r[0] = (uint32_t)w->now << 2 | HP_FN_ENTER;
	r[1] = function;
}

void dw_exit(struct dump_writer *w)
{
	mark_time(w);
	*dw_raw(w, 1) = (uint32_t)w->now << 2 | HP_FN_EXIT;
}

static void block(struct dump_writer *w, unsigned kind, unsigned op, uint64_t address, uint32_t size, uint32_t stack)
{
	int alloc = kind == HP_R_ALLOC || kind == HP_R_REALLOC_END;
	uint32_t *r = dw_record(w, kind, op, (unsigned)(address >> 32), alloc ? 5 : 3);
	r[1] = (uint32_t)address;
	if (alloc)
		r[3] = size, r[4] = stack;
}

void dw_alloc(struct dump_writer *w, uint64_t address, uint32_t size, uint32_t stack)
{
	block(w, HP_R_ALLOC, HP_OP_MALLOC, address, size, stack);
}

void dw_release(struct dump_writer *w, uint64_t address)
{
	block(w, HP_R_FREE, HP_OP_FREE, address, 0, 0);
}

void dw_realloc(struct dump_writer *w, uint64_t from, uint64_t to, uint32_t size, uint32_t stack)
{
	block(w, HP_R_REALLOC_BEGIN, HP_OP_REALLOC, from, 0, 0);
	w->now += 10;
	block(w, HP_R_REALLOC_END, HP_OP_REALLOC, to, size, stack);
}

void dw_alloc_near(struct dump_writer *w, unsigned op, uint64_t address, uint32_t size, uint32_t stack)
{
	uint32_t *r = dw_record(w, HP_R_ALLOC_NEAR, 0, 0, sizeof(struct hp_r_alloc_near) / 4);
	r[1] = (uint32_t)(address >> 4);
	r[2] = size | (address >> HP_NEAR_SHIFT == DW_NEAR1) << HP_NEAR_SIZE_BITS | (op - HP_OP_MALLOC) << 28;
	r[3] = stack;
}

void dw_release_near(struct dump_writer *w, uint64_t address)
{
	dw_record(w, address >> HP_NEAR_SHIFT == DW_NEAR1 ? HP_R_FREE_NEAR1 : HP_R_FREE_NEAR0, 0, 0, 2)[1] = (uint32_t)(address >> 4);
}

void dw_unlock_last(struct dump_writer *w)
{
	dw_record(w, HP_R_UNLOCK_LAST, 0, 0, 1);
}

void dw_lock_again(struct dump_writer *w, uint32_t where)
{
	dw_record(w, HP_R_LOCK_AGAIN, 0, 0, 2)[1] = where;
}

void dw_io_near(struct dump_writer *w, unsigned op, int fd, uint32_t result, uint64_t start, uint32_t stack)
{
	uint32_t *r = dw_record(w, HP_R_IO_NEAR, 0, 0, sizeof(struct hp_r_io_near) / 4);
	r[1] = op | (uint32_t)(w->now - DW_START - start) << 8;
	r[2] = stack;
	r[3] = (uint32_t)fd | result << HP_NEAR_FD_BITS;
}

void dw_node(struct dump_writer *w, uint32_t id, uint32_t parent, uint64_t pc)
{
	uint32_t *r = dw_record(w, HP_R_NODE, 0, (unsigned)(pc >> 32), 4);
	r[1] = (uint32_t)pc;
	r[2] = id;
	r[3] = parent;
}

void dw_module(struct dump_writer *w, uint64_t base, uint64_t lo, uint64_t hi, const char *path, const char *build_id)
{
	size_t bytes = strlen(path) + strlen(build_id);
	struct hp_r_module *r = (void *)dw_record(w, HP_R_MODULE, 0, 0, (unsigned)(sizeof *r + bytes + 3) / 4);
	r->pid = w->streams[w->current].pid;
	hp_put64(r->ticks, w->now);
	hp_put64(r->base, base);
	hp_put64(r->lo, lo);
	hp_put64(r->hi, hi);
	r->build_id_bytes = (uint32_t)strlen(build_id);
	r->path_bytes = (uint32_t)strlen(path);
	memcpy(r + 1, build_id, strlen(build_id));
	memcpy((char *)(r + 1) + strlen(build_id), path, strlen(path));
}

void dw_thread_info(struct dump_writer *w, uint32_t uid, uint32_t tid, uint64_t pthread, const char *name)
{
	struct hp_r_thread *r = (void *)dw_record(w, HP_R_THREAD, 0, 0, sizeof *r / 4);
	r->uid = uid, r->tid = tid, r->pid = w->streams[w->current].pid;
	hp_put64(r->pthread, pthread);
	hp_put64(r->ticks, w->now);
	snprintf(r->name, sizeof r->name, "%s", name);
}

void dw_process(struct dump_writer *w, uint32_t pid, uint32_t parent_pid, const char *exe)
{
	uint32_t bytes = (uint32_t)strlen(exe) + 1;
	struct hp_r_process *r = (void *)dw_record(w, HP_R_PROCESS, 0, 0, (unsigned)(sizeof *r + bytes + 3) / 4);
	struct hp_clocks c = clocks(w);
	r->pid = pid;
	r->ppid = r->parent_pid = parent_pid;
	memcpy(r->clocks, &c, sizeof c);
	r->strings_bytes = bytes;
	memcpy(r + 1, exe, bytes);
}

void dw_lock_def(struct dump_writer *w, unsigned index, unsigned kind, uint64_t address, uint32_t init_stack)
{
	struct hp_r_lock_def *r = (void *)dw_record(w, HP_R_LOCK_DEF, kind, index, sizeof *r / 4);
	hp_put64(r->ticks, w->now);
	hp_put64(r->addr, address);
	r->init_stack = init_stack;
	r->pid = DW_PID;
}

void dw_lock(struct dump_writer *w, unsigned kind, unsigned index, uint32_t where)
{
	dw_record(w, kind, 0, index, 3)[2] = where;
}

void dw_lock_wait(struct dump_writer *w, unsigned kind, unsigned index, uint32_t stack, uint64_t start, unsigned error)
{
	uint32_t *r = dw_record(w, kind, error, index, 5);
	r[2] = stack;
	hp_put64(r + 3, DW_START + start);
}

void dw_wait(struct dump_writer *w, unsigned op, uint64_t object, uint64_t object2, uint32_t stack, uint64_t start, int error)
{
	struct hp_r_wait *r = (void *)dw_record(w, HP_R_WAIT, op, (unsigned)error, sizeof *r / 4);
	hp_put64(r->start, DW_START + start);
	hp_put64(r->object, object);
	hp_put64(r->object2, object2);
	r->stack = stack;
	r->result = error ? -1 : 0;
}

void dw_io(struct dump_writer *w, unsigned op, int fd, int64_t result, int error, uint64_t start, uint32_t stack)
{
	struct hp_r_io *r = (void *)dw_record(w, HP_R_IO, op, (unsigned)error, sizeof *r / 4);
	r->ticks = (uint32_t)(w->now - DW_START - start);
	r->stack = stack;
	r->fd = fd;
	r->result = (int32_t)result;
}

void dw_io_x(struct dump_writer *w, unsigned op, int fd, int64_t result, int error, uint64_t start, const void *payload, uint32_t bytes)
{
	struct hp_r_io_x *r = (void *)dw_record(w, HP_R_IO_X, 0, 0, (unsigned)(sizeof *r + bytes + 3) / 4);
	hp_put64(r->start, DW_START + start);
	hp_put64(r->result, (uint64_t)result);
	r->fd = fd;
	r->op = (uint8_t)op;
	r->err = (uint16_t)error;
	r->payload_bytes = bytes;
	memcpy(r + 1, payload, bytes);
}

void dw_create(struct dump_writer *w, uint64_t pthread, int result)
{
	struct hp_r_thread_create *r = (void *)dw_record(w, HP_R_THREAD_CREATE, 0, 0, sizeof *r / 4);
	hp_put64(r->pthread, pthread);
	r->result = result;
}

void dw_thread_end(struct dump_writer *w, uint64_t cpu_ns)
{
	hp_put64(dw_record(w, HP_R_THREAD_END, 0, 0, 5) + 2, cpu_ns);
}

void dw_end(struct dump_writer *w, unsigned how, int status)
{
	struct hp_r_end *r = (void *)dw_record(w, HP_R_END, how, 0, sizeof *r / 4);
	struct hp_clocks c = clocks(w);
	r->status = status;
	r->maxrss_kib = 1024;
	memcpy(r->ticks, &c, sizeof c);
}

void dw_exec(struct dump_writer *w, const char *path)
{
	uint32_t bytes = (uint32_t)strlen(path);
	struct hp_r_exec *r = (void *)dw_record(w, HP_R_EXEC, 0, 0, (unsigned)(sizeof *r + bytes + 3) / 4);
	r->path_bytes = bytes;
	memcpy(r + 1, path, bytes);
}

/* ---- the file ---- */

const char *dw_bytes(const struct dump_writer *w, size_t *n)
{
	*n = w->n;
	return w->bytes;
}

void dw_write(struct dump_writer *w, const char *path)
{
	dw_header(w)->file_bytes = w->n;
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(w->bytes, 1, w->n, f) != w->n || fclose(f)) {
		perror(path);
		abort();
	}
}

void dw_free_writer(struct dump_writer *w)
{
	free(w->bytes);
	free(w);
}
