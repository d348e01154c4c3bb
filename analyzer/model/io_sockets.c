/*
 * io_sockets.c - which accepted socket is the other end of which connected one, both of this run: by the address of the listening
 * socket, first come, first served, as the kernel does it. A program that bound to port 0 is found by elimination.
 */
#include "io_private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "util/alloc.h"

enum { WAITING_MOST = 1 << 16, SKEW_NS = 500 };
#define ANY_PORT (1ull << 32)
#define NONE UINT32_MAX

/* One end of a connection whose other end has not come. */
struct waiting_end { uint64_t ns; uint32_t pair, act, next; };
struct waiting_queue { uint32_t first, last; };
struct listener { struct waiting_queue connects, accepts; };

struct io_sockets {
	struct map64 by_key;                 /* address -> listener */
	struct map64 bound;                  /* number of an open file -> listener */
	VEC(struct listener) listeners;
	VEC(struct waiting_end) waiting;
	uint32_t fresh;                      /* the end that this event has added, or NONE */
	uint32_t met;                        /* the act of the end that it has met, or ACT_NONE */
};

static struct io_sockets *sockets(struct feed *f)
{
	struct io_private *p = io_private(f->m);
	if (!p->sockets) {
		p->sockets = xcalloc(1, sizeof *p->sockets);
		p->sockets->fresh = NONE;
		p->sockets->met = ACT_NONE;
	}
	return p->sockets;
}

void io_sockets_free(struct io_sockets *s)
{
	if (!s)
		return;
	map64_free(&s->by_key);
	map64_free(&s->bound);
	vec_free(&s->listeners);
	vec_free(&s->waiting);
	free(s);
}

/* ---- addresses ---- */

static uint64_t key_of_port(uint16_t port)
{
	return port ? 1u << 16 | ntohs(port) : ANY_PORT;
}

static uint64_t key_of_path(const char *path, size_t bytes)
{
	uint64_t h = 0xcbf29ce484222325u;
	size_t n = bytes && *path ? strnlen(path, bytes) : bytes;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)path[i]) * 0x100000001b3u;
	return h >> 1 | 1ull << 62;
}

static int is_loopback(const struct sockaddr_in6 *a)
{
	return IN6_IS_ADDR_LOOPBACK(&a->sin6_addr) || IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr)
		|| (IN6_IS_ADDR_V4MAPPED(&a->sin6_addr) && a->sin6_addr.s6_addr[12] == 127);
}

/* 0: not one that another process of this run may be at. local: of our own address any will do. */
static uint64_t key_of(const struct io_call *c, int local)
{
	union { struct sockaddr_in in; struct sockaddr_in6 in6; sa_family_t family; } a;
	size_t head = offsetof(struct sockaddr_un, sun_path);
	memset(&a, 0, sizeof a);
	memcpy(&a, c->payload, c->payload_bytes < sizeof a ? c->payload_bytes : sizeof a);
	if (a.family == AF_UNIX && c->payload_bytes > head)
		return key_of_path(c->payload + head, c->payload_bytes - head);
	if (a.family == AF_INET && c->payload_bytes >= 8) {
		uint32_t host = ntohl(a.in.sin_addr.s_addr);
		return local || !host || host >> 24 == 127 ? key_of_port(a.in.sin_port) : 0;
	}
	if (a.family == AF_INET6 && c->payload_bytes >= 24)
		return local || is_loopback(&a.in6) ? key_of_port(a.in6.sin6_port) : 0;
	return 0;
}

static uint32_t listener_of(struct io_sockets *s, uint64_t key, int make)
{
	uint32_t i = map64_get(&s->by_key, key);
	if (i != MAP64_NONE || !make)
		return i;
	i = (uint32_t)s->listeners.n;
	map64_put(&s->by_key, key, i);
	vec_push(&s->listeners, (struct listener){ { NONE, NONE }, { NONE, NONE } });
	return i;
}

/* ---- ends that wait for each other ---- */

static void push(struct io_sockets *s, struct waiting_queue *q, uint32_t pair, uint64_t ns)
{
	uint32_t i = (uint32_t)s->waiting.n;
	vec_push(&s->waiting, (struct waiting_end){ ns, pair, ACT_NONE, NONE });
	if (q->first == NONE)
		q->first = i;
	else
		s->waiting.v[q->last].next = i;
	q->last = s->fresh = i;
}

static const struct waiting_end *pop(struct io_sockets *s, struct waiting_queue *q)
{
	const struct waiting_end *w = &s->waiting.v[q->first];
	q->first = w->next;
	return w;
}

static void take_end(struct io_private *p, struct open_file *o, uint32_t pair, uint8_t end)
{
	o->pair = pair + 1;
	o->end = end;
	p->pairs.v[pair].open_files++;
}

/* A new pair, whose other end is to come: it is kept for that. */
static void begin_pair(struct io_private *p, struct waiting_queue *q, struct open_file *o, uint8_t end, uint64_t ns)
{
	if (p->sockets->waiting.n >= WAITING_MOST)
		return;
	uint32_t pair = pair_new(p);
	p->pairs.v[pair].open_files = 1;
	take_end(p, o, pair, end);
	push(p->sockets, q, pair, ns);
}

static void end_pair(struct io_private *p, const struct waiting_end *w, struct open_file *o, uint8_t end)
{
	p->sockets->met = w->act;
	take_end(p, o, w->pair, end);
	pair_release(p, w->pair);
}

/* ---- calls that worked ---- */

void io_bound(struct feed *f, const struct io_call *c)
{
	struct io_sockets *s = sockets(f);
	uint64_t key = key_of(c, 1);
	if (key && s->bound.n < WAITING_MOST)
		map64_put(&s->bound, files_opened(f, c->fd)->number, listener_of(s, key, 1));
}

void io_connected(struct feed *f, const struct io_call *c)
{
	struct io_private *p = io_private(f->m);
	struct io_sockets *s = sockets(f);
	uint64_t key = key_of(c, 0);
	uint32_t i = key ? listener_of(s, key, 0) : NONE;
	struct open_file *o = files_opened(f, c->fd);
	if (i == NONE && key && !(key >> 62))
		i = listener_of(s, ANY_PORT, 0);
	if (i == NONE || o->pair || !o->descriptors)
		return;
	struct listener *l = &s->listeners.v[i];
	while (l->accepts.first != NONE && s->waiting.v[l->accepts.first].ns + SKEW_NS < c->start)
		pair_release(p, pop(s, &l->accepts)->pair);  /* of somebody that was not recorded */
	if (l->accepts.first != NONE)
		end_pair(p, pop(s, &l->accepts), o, 0);
	else
		begin_pair(p, &l->connects, o, 0, c->start);
}

void io_accepted(struct feed *f, const struct io_call *c)
{
	struct io_private *p = io_private(f->m);
	struct io_sockets *s = sockets(f);
	uint32_t i = map64_get(&s->bound, files_opened(f, c->fd)->number);
	struct open_file *o = files_opened(f, (int32_t)c->result);
	if (i == MAP64_NONE || o->pair || !o->descriptors)
		return;
	struct listener *l = &s->listeners.v[i];
	if (l->connects.first != NONE)
		end_pair(p, pop(s, &l->connects), o, 1);
	else
		begin_pair(p, &l->accepts, o, 1, f->e->ns);
}

uint32_t io_sockets_act(struct io_sockets *s, uint32_t act)
{
	if (!s)
		return ACT_NONE;
	uint32_t met = s->met;
	if (s->fresh != NONE)
		s->waiting.v[s->fresh].act = act;
	s->fresh = NONE;
	s->met = ACT_NONE;
	return met;
}
