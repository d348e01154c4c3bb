/* growth.c - how live memory went over the time: of all sites together in the timeline, of each one in few parts. */
#include "memory_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LATE_PERCENT = 2, HALF = GROWTH_POINTS / 2, QUARTER = GROWTH_POINTS / 4, PAIRS = HALF * (HALF - 1) / 2 };
#define UNTOUCHED UINT64_MAX

static uint64_t part_of(const struct memory_private *p, const struct timeline *t)
{
	return (uint64_t)p->turn * GROWTH_POINTS / t->points;
}

/* ---- while events are read ---- */

static void begin_turn(struct memory *mem, unsigned turn)
{
	struct memory_private *p = mem->private;
	p->turn = turn;
	p->turn_ns = timeline_next_ns(&mem->timeline, turn);
	p->turn_most = mem->live_bytes;
	p->turn_most_blocks = mem->live_blocks;
	p->moment = (p->moment & ((1ull << MOMENT_BITS) - 1)) | part_of(p, &mem->timeline) << MOMENT_BITS;
}

static void end_turn(struct memory *mem)
{
	const struct memory_private *p = mem->private;
	timeline_set(&mem->timeline, TIMELINE_LIVE_BYTES, p->turn, (struct timeline_point){ mem->live_bytes, p->turn_most });
	timeline_set(&mem->timeline, TIMELINE_LIVE_BLOCKS, p->turn, (struct timeline_point){ mem->live_blocks, p->turn_most_blocks });
}

void growth_begin(struct model *m, uint64_t from_ns)
{
	struct memory *mem = &m->memory;
	uint64_t end = m->running && m->now_ns > m->duration_ns ? m->now_ns : m->duration_ns;
	if (m->options.to_ns && m->options.to_ns < end)
		end = m->options.to_ns;
	timeline_begin(&mem->timeline, from_ns, end);
	mem->private->late_ns = end > from_ns ? end - (end - from_ns) / 100 * LATE_PERCENT : UINT64_MAX;
	begin_turn(mem, 0);
}

void growth_turn(struct model *m, uint64_t ns)
{
	end_turn(&m->memory);
	begin_turn(&m->memory, timeline_at(&m->memory.timeline, ns));
}

static uint64_t *series_of(struct memory_private *p, struct memory_site *s)
{
	if (!p->series.n)
		(void)vec_add(&p->series);
	if (!s->series) {
		s->series = (uint32_t)p->series.n;
		memset(vec_add(&p->series), 0xff, sizeof *p->series.v);
	}
	return p->series.v[s->series].live;
}

/*
 * A new peak, or part of the time, costs nothing per site: what a site has now is what it has had since it was last touched,
 * and is noted before it is touched again.
 */
static void note_peak(const struct memory_private *p, struct memory_site *s)
{
	const uint64_t peaks = (1ull << MOMENT_BITS) - 1;
	if ((s->moment & peaks) == (p->moment & peaks))
		return;
	s->peak_bytes = s->live_bytes;
	s->peak_blocks = s->live_blocks;
}

void growth_note(struct memory *mem, struct memory_site *s)
{
	struct memory_private *p = mem->private;
	uint64_t part = s->moment >> MOMENT_BITS;
	note_peak(p, s);
	if (part != p->moment >> MOMENT_BITS)
		series_of(p, s)[part] = s->live_bytes;
	s->moment = p->moment;
}

void growth_clear(struct memory *mem)
{
	struct memory_private *p = mem->private;
	if (p->series.n)
		memset(p->series.v, 0xff, p->series.n * sizeof *p->series.v);
	for (size_t i = 0; i < mem->sites.n; i++) {
		struct memory_site *s = &mem->sites.v[i];
		s->moment = p->moment;
		s->peak_bytes = s->own_peak_bytes = s->live_bytes;
		s->peak_blocks = s->live_blocks;
		s->own_peak_ns = mem->timeline.from_ns;
	}
}

/* ---- at the end: who still grows ---- */

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* The median of the slopes between any two points (Theil and Sen): bytes a part. Few odd points do not matter. */
static double median_slope(const double *v, unsigned n)
{
	double slopes[PAIRS];
	unsigned count = 0;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = i + 1; k < n; k++)
			slopes[count++] = (v[k] - v[i]) / (double)(k - i);
	qsort(slopes, count, sizeof *slopes, by_value);
	return count % 2 ? slopes[count / 2] : (slopes[count / 2 - 1] + slopes[count / 2]) / 2;
}

/* Whether more pairs of points rise than chance lets rise one time in a hundred (Mann and Kendall). */
static int has_trend(const double *v, unsigned n)
{
	int rises = 0;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = i + 1; k < n; k++)
			rises += (v[k] > v[i]) - (v[k] < v[i]);
	return rises > 1 + 2.33 * sqrt(n * (n - 1.0) * (2 * n + 5) / 18);
}

/* It rises over the second half of the time, and still in the last quarter: neither a step nor what comes and goes. */
static void judge(const struct memory *mem, struct memory_site *s)
{
	const uint64_t *live = mem->private->series.v[s->series].live;
	double v[GROWTH_POINTS], last = 0;
	for (unsigned i = 0; i < GROWTH_POINTS; i++)
		v[i] = last = live[i] == UNTOUCHED ? last : (double)live[i];
	if (!s->live_bytes || !has_trend(v + HALF, HALF) || median_slope(v + HALF + QUARTER, QUARTER) <= 0)
		return;
	double slope = median_slope(v + HALF, HALF);
	s->grows = 1;
	s->growth = (uint64_t)(slope / ((double)mem->timeline.width_ns * mem->timeline.points / GROWTH_POINTS) * 1e9);
}

/* One that was touched in one part of the time only has no series, and does not grow. */
void growth_finish(struct model *m)
{
	struct memory *mem = &m->memory;
	struct memory_private *p = mem->private;
	end_turn(mem);
	timeline_finish(&mem->timeline);
	for (size_t i = 0; i < mem->sites.n; i++) {
		struct memory_site *s = &mem->sites.v[i];
		note_peak(p, s);
		if (!s->series || mem->timeline.points < GROWTH_POINTS)
			continue;
		p->series.v[s->series].live[s->moment >> MOMENT_BITS] = s->live_bytes;
		judge(mem, s);
	}
}
