/* io_polls.c - waits for descriptors, and what ended them. */
#include "io_private.h"

#include <sys/epoll.h>

enum { WATCHED_MAX = 1 << 20 };

/* ---- epoll: descriptors by what the program calls them ---- */

static uint64_t watch_key(uint32_t epoll, uint64_t data)
{
	return ((data ^ data >> 31) * 0x9e3779b97f4a7c15u + epoll) >> 1;
}

static struct io_watched *watched(struct io_private *p, uint32_t epoll, uint64_t data, uint64_t *key)
{
	for (*key = watch_key(epoll, data);; *key = *key + 1) {
		uint32_t i = map64_get(&p->by_watched, *key);
		if (i == MAP64_NONE)
			return NULL;
		if (p->watched.v[i].epoll == epoll && p->watched.v[i].data == data)
			return &p->watched.v[i];
	}
}

/* What a program calls its descriptors may be new each time: then they are all forgotten now and then. */
void io_watch(struct feed *f, const struct io_call *c)
{
	struct io_private *p = io_private(f->m);
	struct hp_epoll_change change;
	uint64_t key;
	if (c->payload_bytes < sizeof change)
		return;
	memcpy(&change, c->payload, sizeof change);
	if (change.op == EPOLL_CTL_DEL)
		return;
	uint32_t epoll = files_opened(f, c->fd)->number;
	struct io_watched *known = watched(p, epoll, hp_u64(change.data), &key);
	if (known) {
		known->fd = change.fd;
		return;
	}
	if (p->watched.n >= WATCHED_MAX) {
		map64_free(&p->by_watched);
		p->watched.n = 0;
		key = watch_key(epoll, hp_u64(change.data));
	}
	map64_put(&p->by_watched, key, (uint32_t)p->watched.n);
	vec_push(&p->watched, (struct io_watched){ hp_u64(change.data), epoll, change.fd });
}

/* ---- who woke ---- */

static int is_epoll(unsigned op)
{
	return op == HP_OP_EPOLL_WAIT || op == HP_OP_EPOLL_PWAIT || op == HP_OP_EPOLL_PWAIT2;
}

static int woken_by_epoll(struct feed *f, const struct hp_r_wait *r, struct io_woken *w)
{
	uint64_t fd = hp_u64(r->object), key;
	if (fd > INT32_MAX)
		return 0;
	const struct io_watched *known = watched(io_private(f->m), files_opened(f, (int32_t)fd)->number, hp_u64(r->object2), &key);
	if (!known)
		return 0;
	*w = (struct io_woken){ .fd = known->fd };
	return 1;
}

int io_woken_by(struct feed *f, const struct hp_r_wait *r, struct io_woken *w)
{
	uint64_t object2 = hp_u64(r->object2);
	if (r->result <= 0)
		return 0;
	if (is_epoll(hp_word_sub(r->w))) {
		if (!woken_by_epoll(f, r, w))
			return 0;
	} else {
		*w = (struct io_woken){ .fd = (int32_t)((uint32_t)object2 - 1), .revents = (uint32_t)(object2 >> 32) };
	}
	if (w->fd < 0)
		return 0;
	w->open = files_open(f, w->fd);
	return 1;
}

/* ---- figures ---- */

static uint32_t poll_of(struct feed *f, unsigned op, uint32_t stack)
{
	struct io *io = &f->m->io;
	uint64_t key = (uint64_t)stack << 8 | op;
	uint32_t i = map64_get(&io_private(f->m)->by_poll, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)io->polls.n;
		vec_push(&io->polls, (struct io_poll){ .stack = stack, .op = op });
		map64_put(&io_private(f->m)->by_poll, key, i);
	}
	return i;
}

static void count_waker(struct feed *f, uint32_t poll, uint32_t file, uint64_t took)
{
	struct io *io = &f->m->io;
	uint64_t key = (uint64_t)poll << 32 | file;
	uint32_t i = map64_get(&io_private(f->m)->by_waker, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)io->wakers.n;
		vec_push(&io->wakers, (struct io_waker){ .file = file, .next = io->polls.v[poll].first_waker });
		io->polls.v[poll].first_waker = i + 1;
		map64_put(&io_private(f->m)->by_waker, key, i);
	}
	io->wakers.v[i].times++;
	io->wakers.v[i].time_ns += took;
}

void io_poll(struct feed *f, const struct hp_r_wait *r, uint64_t start_ns)
{
	struct io *io = &f->m->io;
	struct io_woken w;
	uint64_t took = model_took(f->m, start_ns, f->e->ns);
	if (op_info(hp_word_sub(r->w))->class != HP_CLASS_POLL || !f->time)
		return;
	uint32_t i = poll_of(f, hp_word_sub(r->w), feed_stack(f, r->stack));
	if (!f->count) {
		io->polls.v[i].times.ns += took;
		return;
	}
	io_took(f->m, &io->polls.v[i].times, took);
	io->polls.v[i].timeouts += !r->result;
	io->polls.v[i].errors += r->result < 0;
	io->polls.v[i].ready += r->result > 0 ? (uint64_t)r->result : 0;
	if (r->result > 0)
		count_waker(f, i, io_woken_by(f, r, &w) ? io_private(f->m)->opens.v[w.open].file : IO_FILE_NONE, took);
}
