/* io_sites.c - calls by where they were made. */
#include "io_private.h"

#include <errno.h>

static uint32_t place_of(struct feed *f, const struct io_call *c)
{
	struct io *io = &f->m->io;
	uint64_t key = (uint64_t)c->stack << 8 | c->op;
	uint32_t i = map64_get(&io_private(f->m)->by_place, key);
	if (i == MAP64_NONE) {
		i = (uint32_t)io->places.n;
		vec_push(&io->places, (struct io_place){ .stack = c->stack, .op = c->op });
		map64_put(&io_private(f->m)->by_place, key, i);
	}
	return i;
}

static uint32_t site_of(struct feed *f, uint32_t file, const struct io_call *c)
{
	struct io *io = &f->m->io;
	uint64_t key = (uint64_t)file << 32 | c->stack;
	uint32_t i = map64_get(&io_private(f->m)->by_site, key);
	if (i != MAP64_NONE)
		return i;
	uint32_t place = place_of(f, c);
	i = (uint32_t)io->sites.n;
	vec_push(&io->sites, (struct io_site){ .file = file, .stack = c->stack, .place = place, .next = io->files.v[file].first_site });
	io->files.v[file].first_site = i + 1;
	map64_put(&io_private(f->m)->by_site, key, i);
	return i;
}

static void count_place(struct feed *f, uint32_t place, const struct io_call *c, uint64_t bytes)
{
	struct io_place *p = &f->m->io.places.v[place];
	if (!f->count) {
		p->times.ns += c->took;
		return;
	}
	int waits = c->error == EAGAIN || c->error == EINPROGRESS || c->error == EINTR;
	p->bytes += bytes;
	p->errors += c->result < 0 && !waits;
	p->would_block += c->result < 0 && waits;
	p->small += bytes && bytes < IO_SMALL;
	io_took(f->m, &p->times, c->took);
}

void io_count_site(struct feed *f, uint32_t file, const struct io_call *c, uint64_t bytes)
{
	struct io *io = &f->m->io;
	if (file == IO_FILE_NONE) {
		count_place(f, place_of(f, c), c, bytes);
		return;
	}
	uint32_t i = site_of(f, file, c);  /* first: it may add one */
	struct io_site *s = &io->sites.v[i];
	s->calls += (uint64_t)f->count;
	s->bytes += bytes;
	s->time_ns += c->took;
	uint32_t place = s->place;
	count_place(f, io->places.v[place].op == c->op ? place : place_of(f, c), c, bytes);
}
