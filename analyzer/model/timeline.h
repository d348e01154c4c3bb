/*
 * timeline.h - figures over the time that is reported on, each a series of the same TIMELINE_POINTS intervals of equal
 * length, however long the run is: `last` is the value at an interval's end, `most` the greatest in it.
 *
 * A new series: append a row to enum timeline_figure, note its values while events are read (or samples, whenever they are
 * at hand), and give it columns in table/memory_timeline.c. An interval in which nothing is noted goes on with the last value
 * before it; before the first one, and in a series of which nothing was noted, it is TIMELINE_UNKNOWN.
 */
#ifndef HP_MODEL_TIMELINE_H
#define HP_MODEL_TIMELINE_H

#include <stdint.h>

enum timeline_figure { TIMELINE_LIVE_BYTES, TIMELINE_LIVE_BLOCKS, TIMELINE_MAPPED_BYTES, TIMELINE_RSS_BYTES, TIMELINE_FIGURES };
enum { TIMELINE_POINTS = 256 };

#define TIMELINE_UNKNOWN UINT64_MAX

struct timeline_point { uint64_t last, most; };

struct timeline {
	uint64_t from_ns, width_ns;  /* interval i: from_ns + i * width_ns, up to the next one's */
	unsigned points;             /* intervals in use; fewer than TIMELINE_POINTS if the time is so short */
	struct timeline_point series[TIMELINE_FIGURES][TIMELINE_POINTS];
};

/* All of it is unknown again. Times are from..to. */
void timeline_begin(struct timeline *, uint64_t from_ns, uint64_t to_ns);

/* The interval that a time is in; the first or the last one for times outside. */
static inline unsigned timeline_at(const struct timeline *t, uint64_t ns)
{
	uint64_t i = ns > t->from_ns ? (ns - t->from_ns) / t->width_ns : 0;
	return i < t->points ? (unsigned)i : t->points - 1;
}

/* When the interval after it begins; never, after the last one. */
static inline uint64_t timeline_next_ns(const struct timeline *t, unsigned point)
{
	return point + 1 < t->points ? t->from_ns + (uint64_t)(point + 1) * t->width_ns : UINT64_MAX;
}

/* The value from `ns` on. In time order within an interval; intervals in any order. */
void timeline_note(struct timeline *, enum timeline_figure, uint64_t ns, uint64_t value);
/* The same for who has counted an interval himself. */
void timeline_set(struct timeline *, enum timeline_figure, unsigned point, struct timeline_point);

/* Fills what nothing was noted in. */
void timeline_finish(struct timeline *);

/* Whether a series has anything in it. */
int timeline_knows(const struct timeline *, enum timeline_figure);

#endif
