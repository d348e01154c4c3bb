/* path_segments.c - the list of the path's segments, from the end to the beginning; short ones are joined when it gets long. */
#include "path_private.h"

enum { SEGMENTS_MOST = 2 << 20, JOIN_NS = 64 };  /* 80 MB */

/* The earlier one becomes part of the later one, which is called by what is longer. */
static void join_segments(struct path *p, struct path_segment *later, const struct path_segment *earlier)
{
	uint64_t end = later->end;
	if (earlier->end - earlier->start > end - later->start)
		*later = *earlier;
	later->start = earlier->start;
	later->end = end;
	p->joined++;
}

static int is_short(const struct path_blame *b, const struct path_segment *later, const struct path_segment *earlier)
{
	return later->end - earlier->start <= b->join_ns;
}

/* Joins neighbours until there is room. */
static void make_room(struct path_blame *b)
{
	struct path *p = b->p;
	while (p->segments.n > SEGMENTS_MOST / 2) {
		size_t n = 1;
		b->join_ns = b->join_ns ? 2 * b->join_ns : JOIN_NS;
		for (size_t i = 1; i < p->segments.n; i++) {
			if (is_short(b, &p->segments.v[n - 1], &p->segments.v[i]))
				join_segments(p, &p->segments.v[n - 1], &p->segments.v[i]);
			else
				p->segments.v[n++] = p->segments.v[i];
		}
		p->segments.n = n;
	}
}

void path_segments_add(struct path_blame *b, const struct path_segment *s)
{
	struct path *p = b->p;
	struct path_segment *last = p->segments.n ? &p->segments.v[p->segments.n - 1] : NULL;
	if (last && is_short(b, last, s)) {
		join_segments(p, last, s);
		return;
	}
	if (p->segments.n == SEGMENTS_MOST)
		make_room(b);
	vec_push(&p->segments, *s);
}
