#include "timeline.h"

static const struct timeline_point unknown = { TIMELINE_UNKNOWN, TIMELINE_UNKNOWN };

void timeline_begin(struct timeline *t, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t span = to_ns > from_ns ? to_ns - from_ns : 0;
	t->from_ns = from_ns;
	t->width_ns = span / TIMELINE_POINTS + 1;
	t->points = (unsigned)(span / t->width_ns) + 1;
	for (unsigned f = 0; f < TIMELINE_FIGURES; f++)
		for (unsigned i = 0; i < TIMELINE_POINTS; i++)
			t->series[f][i] = unknown;
}

void timeline_note(struct timeline *t, enum timeline_figure f, uint64_t ns, uint64_t value)
{
	struct timeline_point *p = &t->series[f][timeline_at(t, ns)];
	p->most = p->most == TIMELINE_UNKNOWN || value > p->most ? value : p->most;
	p->last = value;
}

void timeline_set(struct timeline *t, enum timeline_figure f, unsigned point, struct timeline_point p)
{
	t->series[f][point] = p;
}

void timeline_finish(struct timeline *t)
{
	for (unsigned f = 0; f < TIMELINE_FIGURES; f++) {
		struct timeline_point *s = t->series[f];
		for (unsigned i = 1; i < t->points; i++)
			if (s[i].last == TIMELINE_UNKNOWN)
				s[i] = (struct timeline_point){ s[i - 1].last, s[i - 1].last };
	}
}

int timeline_knows(const struct timeline *t, enum timeline_figure f)
{
	return t->points && t->series[f][t->points - 1].last != TIMELINE_UNKNOWN;
}
