/* io_pairs.c - pipes and pairs of sockets: what is written at one end comes out at the other, in order. */
#include "io_private.h"

#include <fcntl.h>

enum { QUEUE_MAX = 4096, INODES_MAX = 1 << 20 };

uint32_t pair_new(struct io_private *p)
{
	uint32_t i = p->free_pair - 1;
	if (p->free_pair) {
		p->free_pair = p->pairs.v[i].next_free;
	} else {
		i = (uint32_t)p->pairs.n;
		vec_ensure(&p->pairs, i);
	}
	p->pairs.v[i] = (struct pair){ .number = ++p->pair_number };
	return i;
}

static void queue_free(struct pair_queue *q)
{
	vec_free(&q->v);
	*q = (struct pair_queue){ .first = 0 };
}

void pair_release(struct io_private *p, uint32_t i)
{
	struct pair *pair = &p->pairs.v[i];
	if (--pair->open_files)
		return;
	queue_free(&pair->queue[0]);
	queue_free(&pair->queue[1]);
	*pair = (struct pair){ .next_free = p->free_pair };
	p->free_pair = i + 1;
}

int pair_is(struct io_private *p, uint32_t i, uint64_t inode)
{
	struct pair *pair = &p->pairs.v[i];
	if (!pair->inode && p->by_inode.n < INODES_MAX) {
		pair->inode = inode;
		map64_put(&p->by_inode, inode, i);
	}
	return pair->inode == inode;
}

uint32_t pair_of_inode(struct io_private *p, uint64_t inode)
{
	uint32_t i = map64_get(&p->by_inode, inode);
	if (i != MAP64_NONE && i < p->pairs.n && p->pairs.v[i].open_files && p->pairs.v[i].inode == inode)
		return i;
	i = pair_new(p);
	pair_is(p, i, inode);
	return i;
}

/* One that is made anew is another one, whatever is still in the old one. */
void pair_fifo(struct feed *f, uint32_t file)
{
	struct io_private *p = io_private(f->m);
	uint32_t old = map64_get(&p->fifos, file);
	if (old != MAP64_NONE)
		pair_release(p, old);
	else if (p->fifos.n >= INODES_MAX)
		return;
	uint32_t pair = pair_new(p);
	p->pairs.v[pair].open_files = 1;  /* its name */
	map64_put(&p->fifos, file, pair);
}

void pair_opened(struct feed *f, struct open_file *o, int flags)
{
	struct io_private *p = io_private(f->m);
	uint32_t pair = map64_get(&p->fifos, o->file);
	if (pair == MAP64_NONE || o->pair || !o->descriptors)
		return;
	o->pair = pair + 1;
	o->end = (flags & O_ACCMODE) == O_WRONLY;
	o->flags = OPEN_FIFO;
	p->pairs.v[pair].open_files++;
}

/* ---- bytes on their way ---- */

void pair_add(struct pair_queue *q, int read, struct pair_bytes b)
{
	struct pair_bytes *last = q->v.n > q->first ? &q->v.v[q->v.n - 1] : NULL;
	if (!b.bytes)
		return;
	q->read = read;
	if (last && !read && last->thread == b.thread) {
		last->bytes += b.bytes;
		return;
	}
	if (q->v.n - q->first >= QUEUE_MAX)
		q->first++;
	if (q->first >= QUEUE_MAX) {
		memmove(q->v.v, q->v.v + q->first, (q->v.n - q->first) * sizeof *q->v.v);
		q->v.n -= q->first;
		q->first = 0;
	}
	vec_push(&q->v, b);
}

uint64_t pair_take(struct pair_queue *q, int read, uint64_t bytes, uint64_t since, struct pair_bytes *of)
{
	while (q->first < q->v.n && (!q->v.v[q->first].bytes || q->v.v[q->first].ns < since))
		q->first++;
	if (q->first == q->v.n) {
		q->first = q->v.n = 0;
		return 0;
	}
	if (q->read != read)
		return 0;
	struct pair_bytes *b = &q->v.v[q->first];
	uint64_t taken = b->bytes < bytes ? b->bytes : bytes;
	*of = *b;
	b->bytes -= taken;
	return taken;
}
