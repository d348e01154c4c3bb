#include "io_private.h"

#include <errno.h>
#include <string.h>

static int would_block(int error)
{
	return error == EAGAIN || error == EINPROGRESS || error == EINTR;
}

/* ---- figures ---- */

static struct io_op *op_of(struct feed *f, unsigned op, int stdio)
{
	struct io *io = &f->m->io;
	uint16_t *index = &io_private(f->m)->op_index[stdio != 0][op];
	if (!*index) {
		if (stdio)
			vec_push(&io->stdio_ops, (struct io_op){ .op = op });
		else
			vec_push(&io->ops, (struct io_op){ .op = op });
		*index = (uint16_t)(stdio ? io->stdio_ops.n : io->ops.n);
	}
	return stdio ? &io->stdio_ops.v[*index - 1] : &io->ops.v[*index - 1];
}

static void count_error(struct io_errnos *all, int error)
{
	size_t i = 0;
	while (i < all->n && all->v[i].error < error)
		i++;
	if (i == all->n || all->v[i].error != error) {
		vec_push(all, (struct io_errno){ error, 0 });
		memmove(&all->v[i + 1], &all->v[i], (all->n - 1 - i) * sizeof *all->v);
		all->v[i] = (struct io_errno){ error, 0 };
	}
	all->v[i].count++;
}

static void count_sync(struct io_sync *s, uint64_t took)
{
	s->calls++;
	s->ns += took;
	s->max_ns = took > s->max_ns ? took : s->max_ns;
}

static int is_sync(unsigned op)
{
	return op == HP_OP_FSYNC || op == HP_OP_FDATASYNC || op == HP_OP_SYNC_FILE_RANGE || op == HP_OP_MSYNC;
}

/* By path, without opening it. */
static int is_lookup(unsigned op)
{
	return op == HP_OP_STAT || op == HP_OP_LSTAT || op == HP_OP_FSTATAT || op == HP_OP_STATX || op == HP_OP_ACCESS;
}

static int on_descriptor(const struct io_call *c)
{
	return c->class != HP_CLASS_PATH && c->class != HP_CLASS_NONE && c->class != HP_CLASS_PAIR && c->class != HP_CLASS_MAKE
		&& c->class != HP_CLASS_OPEN && c->class != HP_CLASS_CLOSE_MANY && c->fd >= 0;
}

static struct io_data *data_of(struct feed *f, struct io_file *file, unsigned which)
{
	if (!file->data[which])
		file->data[which] = arena_zalloc(&io_private(f->m)->arena, sizeof *file->data[which]);
	return file->data[which];
}

static void count_data(struct feed *f, struct io_file *file, const struct io_call *c, const struct io_access *a)
{
	struct io_data *d = data_of(f, file, c->class == HP_CLASS_READ ? IO_READ : IO_WRITE);
	io_took(f->m, &d->times, c->took);
	d->nothing += c->class == HP_CLASS_READ && !c->result;
	io_count_access(f->m, d, a);
	if (c->class == HP_CLASS_READ) {
		file->reads++;
		file->bytes_read += a->bytes;
	} else {
		file->writes++;
		file->bytes_written += a->bytes;
	}
}

static void count_file(struct feed *f, struct io_file *file, const struct io_call *c, const struct io_access *a)
{
	int failed = c->result < 0;
	if (c->stdio) {
		file->stdio_calls++;
		file->stdio_bytes += a->bytes;
		file->stdio_ns += c->took;
		return;
	}
	file->time_ns += c->took;
	if (failed && would_block(c->error))
		file->would_block++;
	else if (failed)
		file->errors++, count_error(&file->errnos, c->error);
	if (c->class == HP_CLASS_READ || c->class == HP_CLASS_WRITE || c->class == HP_CLASS_COPY)
		count_data(f, file, c, a);
	else
		file->others++;
	if (is_sync(c->op))
		count_sync(&file->syncs, c->took);
	if (c->class == HP_CLASS_CONNECT && (!failed || c->error == EINPROGRESS))
		file->connected++;
}

static void count_totals(struct io *io, const struct io_call *c, uint64_t bytes)
{
	io->calls++;
	io->time_ns += c->took;
	io->errors += c->result < 0 && !would_block(c->error);
	io->would_block += c->result < 0 && would_block(c->error);
	if (c->class == HP_CLASS_READ || c->class == HP_CLASS_COPY)
		io->bytes_read += bytes;
	if (c->class == HP_CLASS_WRITE || c->class == HP_CLASS_COPY)
		io->bytes_written += bytes;
}

static int carries_bytes(const struct io_call *c)
{
	return c->class == HP_CLASS_READ || c->class == HP_CLASS_WRITE || c->class == HP_CLASS_COPY;
}

static uint64_t bytes_of(const struct io_call *c)
{
	return carries_bytes(c) && c->result > 0 ? (uint64_t)c->result : 0;
}

static struct io_file *file_of(struct feed *f, int32_t fd)
{
	uint32_t i = files_of(f, fd);  /* first: it may add one */
	return &f->m->io.files.v[i];
}

/* What happens to an open file, whether it is counted or not. */
static struct io_access follow(struct feed *f, const struct io_call *c, uint64_t bytes)
{
	struct open_file *o = files_opened(f, c->fd);
	struct io_access a = { .bytes = bytes };
	if (carries_bytes(c) && c->class != HP_CLASS_COPY)
		io_flow(f, o, c, bytes);
	if (!c->stdio && (c->class == HP_CLASS_READ || c->class == HP_CLASS_WRITE))
		return io_access(f, o, c, bytes);
	io_moved(f, o, c);
	return a;
}

static void count_op(struct feed *f, const struct io_call *c, uint64_t bytes)
{
	struct io_op *o = op_of(f, c->op, c->stdio);
	hist_add(&o->times, c->took);
	o->bytes += bytes;
	if (c->result < 0 && would_block(c->error))
		o->would_block++;
	else if (c->result < 0)
		o->errors++, count_error(&o->errnos, c->error);
}

static void count(struct feed *f, const struct io_call *c, const struct io_access *a)
{
	struct io *io = &f->m->io;
	uint64_t bytes = a->bytes;
	count_op(f, c, bytes);
	if (!c->stdio) {
		count_totals(io, c, bytes);
		io_timeline_add(f->m, 1, c->start, f->e->ns, c->class == HP_CLASS_WRITE ? 0 : bytes, c->class == HP_CLASS_READ ? 0 : bytes);
	}
	if (is_sync(c->op))
		count_sync(&io->syncs, c->took);
	if (on_descriptor(c)) {
		uint32_t file = files_of(f, c->fd);
		count_file(f, &io->files.v[file], c, a);
		io_count_site(f, file, c, bytes);
	} else if (c->class != HP_CLASS_OPEN && !is_lookup(c->op)) {
		io_count_site(f, IO_FILE_NONE, c, bytes);
	}
	if (c->class == HP_CLASS_COPY && c->payload_bytes >= 4)
		file_of(f, (int32_t)io_payload_u32(c, 0))->bytes_read += bytes;
}

/* Calls on a path; an open is known to be one of a file when that is open. */
static void count_path(struct feed *f, const struct io_call *c)
{
	int opens = c->class == HP_CLASS_OPEN && c->op != HP_OP_POPEN, failed = c->result < 0;
	if (!opens && !is_lookup(c->op))
		return;
	if (!c->payload_bytes || !*c->payload) {
		if (!opens || failed)
			io_count_site(f, IO_FILE_NONE, c, 0);
		return;
	}
	uint32_t i = c->op == HP_OP_OPENDIR ? files_at(f, c->payload, c->payload_bytes, "dir")
		: files_below(f, c->stdio ? -1 : c->fd, c->payload, c->payload_bytes);
	struct io_file *file = &f->m->io.files.v[i];
	file->path_opens += opens && !failed;
	file->failed_opens += opens && failed;
	file->lookups += !opens;
	file->failed_lookups += !opens && failed;
	file->missing += failed && c->error == ENOENT;
	file->path_ns += c->took;
	if (failed)
		count_error(&file->errnos, c->error);
	if (!opens || failed || c->stdio)
		io_count_site(f, i, c, 0);
}

/* feed_start_ns; it would look for the clock's piece once more, which takes as long as all the rest. */
static uint64_t start_ns(struct feed *f, uint64_t ticks)
{
	struct io_private *p = io_private(f->m);
	if (!ticks)
		return f->e->ns;
	if (f->clock != p->clock || ticks < p->piece->ticks || ticks >= p->piece_until) {
		p->clock = f->clock;
		p->piece = clock_piece(f->clock, ticks, &p->piece_until);
	}
	uint64_t ns = clock_piece_ns(f->clock, p->piece, ticks);
	return ns < f->e->ns ? ns : f->e->ns;
}

struct io_call io_decode(struct feed *f)
{
	const struct hp_r_io *r = (const void *)f->e->r.w;
	const struct hp_r_io_x *x = (const void *)f->e->r.w;
	struct io_call c = { .payload = "" };
	if (f->e->r.kind == HP_R_IO) {
		c = (struct io_call){ .op = hp_word_sub(r->w), .fd = r->fd, .result = r->result, .error = (int)hp_word_arg(r->w),
			.start = start_ns(f, f->e->ticks - r->ticks), .stack = r->stack, .payload = "" };
	} else {
		c = (struct io_call){ .op = x->op, .fd = x->fd, .result = (int64_t)hp_u64(x->result), .error = x->err,
			.start = start_ns(f, hp_u64(x->start)), .stack = x->stack };
		c.payload = dump_payload(&f->e->r, sizeof *x / 4, x->payload_bytes, &c.payload_bytes);
	}
	c.stack = feed_stack(f, c.stack);
	c.took = model_took(f->m, c.start, f->e->ns);
	c.class = op_info(c.op)->class;
	c.stdio = op_info(c.op)->kind == HP_STDIO;
	return c;
}

/* The file is known when it is open: the time that this took is its time too. */
static void count_open(struct feed *f, const struct io_call *c)
{
	if (!f->count || c->stdio || c->class != HP_CLASS_OPEN || c->result > INT32_MAX)
		return;
	uint32_t file = files_of(f, (int32_t)c->result);
	f->m->io.files.v[file].time_ns += c->took;
	io_count_site(f, file, c, 0);
}

void io_event(struct feed *f)
{
	struct io_call c = io_decode(f);
	if (!c.stdio)
		waits_add(f, WAIT_IO, c.start), feed_took(f, WAIT_IO, c.stack, c.start, bytes_of(&c));
	else
		cpu_waited(f, c.start), f->t->stdio_ns += f->count ? c.took : 0;
	if (!(f->m->options.parts & MODEL_IO))
		return;
	int happened = c.result >= 0 || (c.class == HP_CLASS_CLOSE && c.error == EINTR)
		|| (c.class == HP_CLASS_CONNECT && c.error == EINPROGRESS);
	if (happened && c.class == HP_CLASS_CONNECT)
		descriptors_update(f, &c);
	struct io_access a = { .bytes = bytes_of(&c) };
	if (on_descriptor(&c))
		a = follow(f, &c, a.bytes);
	struct act_place at = { ACT_NONE, ACT_NONE };
	if (f->m->acts.private && on_descriptor(&c))
		at = acts_place(f, &c);
	if (f->count)
		count(f, &c, &a), count_path(f, &c);
	if (happened && c.class != HP_CLASS_CONNECT) {
		descriptors_update(f, &c);
		count_open(f, &c);
	}
	if (f->m->acts.private)
		acts_io(f, &c, at);
}

/* A call that had begun before: its time, though it is none of the calls. */
void io_afterwards(struct feed *f)
{
	struct io_call c = io_decode(f);
	if (f->m->acts.private)
		acts_io(f, &c, on_descriptor(&c) ? acts_place(f, &c) : (struct act_place){ ACT_NONE, ACT_NONE });
	if (!c.took || !f->time)
		return;
	if (c.stdio)
		cpu_waited(f, c.start), f->t->stdio_ns += c.took;
	else
		waits_add(f, WAIT_IO, c.start), feed_took(f, WAIT_IO, c.stack, c.start, 0);
	if (!(f->m->options.parts & MODEL_IO))
		return;
	op_of(f, c.op, c.stdio)->times.sum += c.took;
	if (!c.stdio) {
		f->m->io.time_ns += c.took;
		io_timeline_add(f->m, 0, c.start, f->e->ns, 0, 0);
	}
	if (!on_descriptor(&c))
		return;
	uint32_t file = files_of(f, c.fd);
	*(c.stdio ? &f->m->io.files.v[file].stdio_ns : &f->m->io.files.v[file].time_ns) += c.took;
	io_count_site(f, file, &c, 0);
}

void io_stdio_count(struct feed *f)
{
	const struct hp_r_stdio_count *r = (const void *)f->e->r.w;
	struct io_call c = { .op = hp_word_sub(r->w), .class = op_info(hp_word_sub(r->w))->class, .stdio = 1, .fd = r->fd };
	struct open_file *open = files_opened(f, r->fd);
	io_flow(f, open, &c, r->bytes);
	io_moved(f, open, &c);
	if (!f->count)
		return;
	struct io_op *o = op_of(f, hp_word_sub(r->w), 1);
	o->untimed_calls += r->calls;
	o->bytes += r->bytes;
	struct io_file *file = file_of(f, r->fd);
	file->stdio_calls += r->calls;
	file->stdio_bytes += r->bytes;
}

/* ---- begin, clear, free ---- */

void io_begin(struct model *m)
{
	if (m->options.parts & MODEL_IO)
		io_timeline_begin(m);
}

static void free_op(struct io_op *o)
{
	hist_free(&o->times);
	vec_free(&o->errnos);
	*o = (struct io_op){ .op = o->op };
}

static void free_figures(struct io *io)
{
	for (size_t i = 0; i < io->ops.n; i++)
		free_op(&io->ops.v[i]);
	for (size_t i = 0; i < io->stdio_ops.n; i++)
		free_op(&io->stdio_ops.v[i]);
	for (size_t i = 0; i < io->files.n; i++) {
		struct io_file *file = &io->files.v[i];
		vec_free(&file->errnos);
		*file = (struct io_file){ .path = file->path, .kind = file->kind, .extent = file->extent };
	}
	vec_free(&io->sites);
	vec_free(&io->places);
	vec_free(&io->polls);
	vec_free(&io->wakers);
	vec_free(&io->flows);
	vec_free(&io->coarse);
}

static void free_maps(struct io_private *p)
{
	map64_free(&p->by_site);
	map64_free(&p->by_place);
	map64_free(&p->by_poll);
	map64_free(&p->by_waker);
	map64_free(&p->by_flow);
}

void io_clear(struct model *m)
{
	struct io *io = &m->io;
	free_figures(io);
	free_maps(io_private(m));
	memset(io->timeline.v, 0, sizeof io->timeline.v);
	io->calls = io->errors = io->would_block = io->bytes_read = io->bytes_written = io->time_ns = io->flows_left_out = 0;
	io->syncs = (struct io_sync){ 0 };
}

void io_free(struct io *io)
{
	struct io_private *p = io->private;
	free_figures(io);
	vec_free(&io->ops);
	vec_free(&io->stdio_ops);
	vec_free(&io->files);
	if (!p)
		return;
	free_maps(p);
	vec_free(&p->writers);
	files_free(p);
	free(p);
}
