/* channels.c - pipes, pairs of sockets and eventfds as channels: which one a call reads from, or writes to. */
#include "acts_private.h"

#include <poll.h>
#include <string.h>

#include "io_private.h"

#define EVENTFD_KEY (1ull << 62)

static int is_pipe(const struct io_file *file)
{
	return !strcmp(file->kind, "pipe");
}

/*
 * Of a pair: the end at which this direction comes out. A pipe has one direction; of one that was there before the recording it is not
 * known which end a descriptor is.
 */
static uint64_t key_of(struct feed *f, const struct open_file *o, const struct io_file *file, int reads)
{
	if (!o->pair)
		return EVENTFD_KEY | o->number;
	unsigned out = is_pipe(file) || o->flags & OPEN_FIFO ? 0 : reads ? o->end : !o->end;
	return (uint64_t)io_private(f->m)->pairs.v[o->pair - 1].number << 1 | out;
}

static enum channel_kind kind_of(const struct open_file *o, const struct io_file *file)
{
	if (!o->pair)
		return CHANNEL_EVENTFD;
	return o->flags & OPEN_FIFO ? CHANNEL_FIFO : is_pipe(file) ? CHANNEL_PIPE : CHANNEL_SOCKET;
}

static uint32_t channel(struct feed *f, uint64_t key, const struct open_file *o, const struct io_file *file, int make)
{
	struct acts *a = &f->m->acts;
	uint32_t i = map64_get(&a->private->channels, key);
	if (i != MAP64_NONE || !make)
		return i;
	i = (uint32_t)a->channels.n;
	map64_put(&a->private->channels, key, i);
	vec_push(&a->channels, (struct channel){
		.name = file->path, .kind = kind_of(o, file),
		.reader_process = ACT_NONE, .writer_process = ACT_NONE,
	});
	return i;
}

uint32_t channel_of(struct feed *f, const struct open_file *o, unsigned class)
{
	const struct io_file *file = &f->m->io.files.v[o->file];
	int reads = class == HP_CLASS_READ, closes = class == HP_CLASS_CLOSE;
	if (!reads && !closes && class != HP_CLASS_WRITE && class != HP_CLASS_COPY)
		return ACT_NONE;
	if (!o->pair && strcmp(file->kind, "eventfd"))
		return ACT_NONE;
	uint32_t i = channel(f, key_of(f, o, file, reads), o, file, !closes);
	if (i == MAP64_NONE || closes)
		return i;  /* MAP64_NONE is ACT_NONE */
	*(reads ? &f->m->acts.channels.v[i].reader_process : &f->m->acts.channels.v[i].writer_process) = f->process;
	return i;
}

void channel_polled(struct feed *f, struct act *a, const struct hp_r_wait *r)
{
	struct io_woken w;
	if (!io_woken_by(f, r, &w))
		return;
	const struct open_file *o = &io_private(f->m)->opens.v[w.open];
	a->other = o->file;
	if (w.revents && !(w.revents & (POLLIN | POLLRDNORM | POLLHUP)))
		return;  /* it could write */
	uint32_t i = channel_of(f, o, HP_CLASS_READ);
	if (i != ACT_NONE) {
		a->object = i;
		a->flags |= ACT_CHANNEL;
	}
}

/* ---- who may have written, of whom no write is known ---- */

enum { COUNTED_MOST = 1 << 20 };

static void note_writer(struct feed *f, uint32_t channel)
{
	struct acts_private *p = f->m->acts.private;
	const struct counted_writer *last = p->counted.n ? &p->counted.v[p->counted.n - 1] : NULL;
	if (channel != ACT_NONE && p->counted.n < COUNTED_MOST && (!last || last->channel != channel || last->process != f->process))
		vec_push(&p->counted, (struct counted_writer){ channel, f->process, 0 });
}

void acts_counted(struct feed *f, int32_t fd)
{
	struct acts_private *p = f->m->acts.private;
	size_t n = p->counted.n;
	note_writer(f, channel_of(f, files_opened(f, fd), HP_CLASS_WRITE));
	if (p->counted.n > n)
		p->counted.v[n].buffered = 1;
}

void acts_held(struct feed *f)
{
	const struct io_private *io = io_private(f->m);
	const struct descriptors *d = files_descriptors(f);
	for (size_t fd = 0; fd < d->dense.n; fd++) {
		const struct open_file *o = &io->opens.v[d->dense.v[fd]];
		if (d->dense.v[fd] && o->pair && (o->end || !is_pipe(&f->m->io.files.v[o->file])))
			note_writer(f, channel_of(f, o, HP_CLASS_WRITE));
	}
}
