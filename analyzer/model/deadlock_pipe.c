/* deadlock_pipe.c - who has the other end of a pipe. */
#include "deadlock_private.h"
#include "io_private.h"

enum { LOOKS_MOST = 10000000 };

static uint32_t open_at(const struct io_private *io, uint32_t process, uint64_t fd)
{
	const struct descriptors *d = process < io->processes.n ? &io->processes.v[process] : NULL;
	return d && fd < d->dense.n ? d->dense.v[fd] : 0;
}

/* How many of an open file's descriptors are this process's. */
static uint32_t own_descriptors(const struct io_private *io, uint32_t process, uint32_t open)
{
	uint32_t n = 0;
	for (uint64_t fd = 0; fd < io->processes.v[process].dense.n; fd++)
		n += io->processes.v[process].dense.v[fd] == open;
	return n;
}

int waits_for_own_pipe(struct waits_at_end *w, uint32_t process, uint64_t fd)
{
	const struct io_private *io = w->m->io.private;
	uint32_t open = io ? open_at(io, process, fd) : 0, others = 0;
	if (!open || open >= io->opens.n || !io->opens.v[open].pair || w->looks > LOOKS_MOST)
		return 0;
	w->looks += io->opens.n;
	for (uint32_t i = 1; i < io->opens.n; i++) {
		const struct open_file *o = &io->opens.v[i];
		if (o->pair != io->opens.v[open].pair || o->end == io->opens.v[open].end || !o->descriptors)
			continue;
		if (own_descriptors(io, process, i) != o->descriptors)
			return 0;
		others++;
	}
	return others > 0;
}
