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

static void count_error(struct io_op *o, int error)
{
	size_t i = 0;
	while (i < o->errnos.n && o->errnos.v[i].error < error)
		i++;
	if (i == o->errnos.n || o->errnos.v[i].error != error) {
		vec_push(&o->errnos, (struct io_errno){ error, 0 });
		memmove(&o->errnos.v[i + 1], &o->errnos.v[i], (o->errnos.n - 1 - i) * sizeof *o->errnos.v);
		o->errnos.v[i] = (struct io_errno){ error, 0 };
	}
	o->errnos.v[i].count++;
}

static int on_descriptor(const struct io_call *c)
{
	return c->class != HP_CLASS_PATH && c->class != HP_CLASS_NONE && c->class != HP_CLASS_PAIR && c->class != HP_CLASS_MAKE
		&& c->class != HP_CLASS_OPEN && c->class != HP_CLASS_CLOSE_MANY && c->fd >= 0;
}

static void count_file(struct io_file *file, const struct io_call *c, uint64_t bytes)
{
	int failed = c->result < 0;
	if (c->stdio) {
		file->stdio_calls++;
		file->stdio_bytes += bytes;
		file->stdio_ns += c->took;
		return;
	}
	file->time_ns += c->took;
	file->errors += failed && !would_block(c->error);
	file->would_block += failed && would_block(c->error);
	if (c->class == HP_CLASS_READ) {
		file->reads++;
		file->bytes_read += bytes;
	} else if (c->class == HP_CLASS_WRITE || c->class == HP_CLASS_COPY) {
		file->writes++;
		file->bytes_written += bytes;
	} else {
		file->others++;
	}
}

static void count_site(struct feed *f, uint32_t file, const struct io_call *c, uint64_t bytes)
{
	struct io *io = &f->m->io;
	uint64_t key = (uint64_t)file << 32 | c->stack;
	uint32_t i = map64_get(&io_private(f->m)->by_site, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)io->sites.n;
		vec_push(&io->sites, (struct io_site){ .file = file, .stack = c->stack, .next = io->files.v[file].first_site });
		io->files.v[file].first_site = i + 1;
		map64_put(&io_private(f->m)->by_site, key, i);
	}
	io->sites.v[i].calls += (uint64_t)f->count;
	io->sites.v[i].bytes += bytes;
	io->sites.v[i].time_ns += c->took;
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

static void count(struct feed *f, const struct io_call *c)
{
	uint64_t bytes = bytes_of(c);
	struct io_op *o = op_of(f, c->op, c->stdio);
	hist_add(&o->times, c->took);
	o->bytes += bytes;
	if (c->result < 0 && would_block(c->error))
		o->would_block++;
	else if (c->result < 0)
		o->errors++, count_error(o, c->error);
	if (!c->stdio)
		count_totals(&f->m->io, c, bytes);
	if (on_descriptor(c)) {
		uint32_t file = files_of(f, c->fd);
		count_file(&f->m->io.files.v[file], c, bytes);
		count_site(f, file, c, bytes);
	}
	if (c->class == HP_CLASS_COPY && c->payload_bytes >= 4)
		file_of(f, (int32_t)io_payload_u32(c, 0))->bytes_read += bytes;
}

struct io_call io_decode(struct feed *f)
{
	const struct hp_r_io *r = (const void *)f->e->r.w;
	const struct hp_r_io_x *x = (const void *)f->e->r.w;
	struct io_call c = { .payload = "" };
	if (f->e->r.kind == HP_R_IO) {
		c = (struct io_call){ .op = hp_word_sub(r->w), .fd = r->fd, .result = r->result, .error = (int)hp_word_arg(r->w),
			.start = feed_start_ns(f, f->e->ticks - r->ticks), .stack = r->stack, .payload = "" };
	} else {
		c = (struct io_call){ .op = x->op, .fd = x->fd, .result = (int64_t)hp_u64(x->result), .error = x->err,
			.start = feed_start_ns(f, hp_u64(x->start)), .stack = x->stack };
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
	count_site(f, file, c, 0);
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
	if (f->count)
		count(f, &c);
	if (happened && c.class != HP_CLASS_CONNECT) {
		descriptors_update(f, &c);
		count_open(f, &c);
	}
}

/* A call that had begun before: its time, though it is none of the calls. */
void io_afterwards(struct feed *f)
{
	struct io_call c = io_decode(f);
	if (!c.took || !f->time)
		return;
	if (c.stdio)
		cpu_waited(f, c.start), f->t->stdio_ns += c.took;
	else
		waits_add(f, WAIT_IO, c.start), feed_took(f, WAIT_IO, c.stack, c.start, 0);
	if (!(f->m->options.parts & MODEL_IO))
		return;
	op_of(f, c.op, c.stdio)->times.sum += c.took;
	f->m->io.time_ns += c.stdio ? 0 : c.took;
	if (!on_descriptor(&c))
		return;
	uint32_t file = files_of(f, c.fd);
	*(c.stdio ? &f->m->io.files.v[file].stdio_ns : &f->m->io.files.v[file].time_ns) += c.took;
	count_site(f, file, &c, 0);
}

void io_stdio_count(struct feed *f)
{
	const struct hp_r_stdio_count *r = (const void *)f->e->r.w;
	if (!f->count)
		return;
	struct io_op *o = op_of(f, hp_word_sub(r->w), 1);
	o->untimed_calls += r->calls;
	o->bytes += r->bytes;
	struct io_file *file = file_of(f, r->fd);
	file->stdio_calls += r->calls;
	file->stdio_bytes += r->bytes;
}

static void clear_op(struct io_op *o)
{
	hist_free(&o->times);
	vec_free(&o->errnos);
	*o = (struct io_op){ .op = o->op };
}

void io_clear(struct model *m)
{
	struct io *io = &m->io;
	for (size_t i = 0; i < io->ops.n; i++)
		clear_op(&io->ops.v[i]);
	for (size_t i = 0; i < io->stdio_ops.n; i++)
		clear_op(&io->stdio_ops.v[i]);
	for (size_t i = 0; i < io->files.n; i++)
		io->files.v[i] = (struct io_file){ .path = io->files.v[i].path, .kind = io->files.v[i].kind };
	io->sites.n = 0;
	map64_free(&io_private(m)->by_site);
	io->calls = io->errors = io->would_block = io->bytes_read = io->bytes_written = io->time_ns = 0;
}

static void free_ops(struct io_op *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hist_free(&ops[i].times), vec_free(&ops[i].errnos);
}

void io_free(struct io *io)
{
	struct io_private *p = io->private;
	free_ops(io->ops.v, io->ops.n);
	free_ops(io->stdio_ops.v, io->stdio_ops.n);
	vec_free(&io->ops);
	vec_free(&io->stdio_ops);
	vec_free(&io->files);
	vec_free(&io->sites);
	if (!p)
		return;
	files_free(p);
	map64_free(&p->by_site);
	free(p);
}
