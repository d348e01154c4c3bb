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
