/* io_timeline.c - how much was read and written when. */
#include "io_private.h"

void io_timeline_begin(struct model *m)
{
	const struct model_private *p = m->private;
	struct io_timeline *t = &m->io.timeline;
	uint64_t to = p->to_ns < m->duration_ns ? p->to_ns : m->duration_ns;
	uint64_t span = to > p->from_ns ? to - p->from_ns : 0;
	*t = (struct io_timeline){ .from_ns = p->from_ns, .width_ns = span / IO_MOMENTS + 1 };
	t->points = (unsigned)(span / t->width_ns) + 1;
}

static unsigned at(const struct io_timeline *t, uint64_t ns)
{
	uint64_t i = ns > t->from_ns ? (ns - t->from_ns) / t->width_ns : 0;
	return i < t->points ? (unsigned)i : t->points - 1;
}

static void add(struct io_moment *moment, int calls, uint64_t ns, uint64_t bytes_read, uint64_t bytes_written)
{
	moment->time_ns += ns;
	moment->calls += (uint64_t)calls;
	moment->bytes_read += bytes_read;
	moment->bytes_written += bytes_written;
}

void io_timeline_add(struct model *m, int calls, uint64_t start, uint64_t end, uint64_t bytes_read, uint64_t bytes_written)
{
	struct io_timeline *t = &m->io.timeline;
	struct io_private *p = io_private(m);
	start = model_clip(m, start), end = model_clip(m, end);
	if (start >= p->moment_from && end < p->moment_to) {  /* usually; divisions cost more than all of this */
		add(&t->v[p->moment], calls, end - start, bytes_read, bytes_written);
		return;
	}
	unsigned last = at(t, end);
	for (unsigned i = at(t, start); i < last; i++) {
		uint64_t next = t->from_ns + (i + 1) * t->width_ns;
		t->v[i].time_ns += next - start;
		start = next;
	}
	add(&t->v[last], calls, end > start ? end - start : 0, bytes_read, bytes_written);
	p->moment = last;
	p->moment_from = t->from_ns + last * t->width_ns;
	p->moment_to = p->moment_from + t->width_ns;
}
