#include "clock.h"

#include <stdlib.h>

__extension__ typedef unsigned __int128 u128;

enum {
	SLEEP_NS = 1000000,
	PIECE_NS = 10000000,  /* samples closer together would turn their own noise into slopes */
};

void clock_sample(struct dump_clock *c, const struct hp_clocks *at)
{
	if (at->ticks && at->monotonic)
		vec_push(&c->samples, *at);
}

static int by_ticks(const void *a, const void *b)
{
	const struct hp_clocks *x = a, *y = b;
	return x->ticks < y->ticks ? -1 : x->ticks > y->ticks;
}

static uint64_t mult_of(double ns_per_tick)
{
	double m = ns_per_tick * 4294967296.0;
	return m < 1 ? 1 : m > 1e18 ? (uint64_t)1e18 : (uint64_t)m;
}

static double slope(const struct hp_clocks *a, const struct hp_clocks *b)
{
	return b->ticks > a->ticks && b->monotonic > a->monotonic
		? (double)(b->monotonic - a->monotonic) / (double)(b->ticks - a->ticks) : 0;
}

static int near(double a, double b, double tolerance)
{
	return a > b * (1 - tolerance) && a < b * (1 + tolerance);
}

/* Of a clock that ticks between a thousand and 10^11 times a second. */
static int is_possible(double ns_per_tick)
{
	return ns_per_tick >= 0.01 && ns_per_tick <= 1e6;
}

/* ns per tick: over all samples where those agree with what was measured at the start, which is good to 1 %. */
static double nominal(const struct dump_clock *c, const struct hp_header *h)
{
	double measured = h->ticks_per_second ? 1e9 / (double)h->ticks_per_second : 0, all = 0;
	if (c->samples.n >= 2)
		all = slope(&c->samples.v[0], &c->samples.v[c->samples.n - 1]);
	if (!is_possible(measured))
		return is_possible(all) ? all : 1;
	int far = c->samples.n >= 2 && c->samples.v[c->samples.n - 1].monotonic - c->samples.v[0].monotonic > 10 * PIECE_NS;
	return far && near(all, measured, 0.03) ? all : measured;
}

static void add_piece(struct dump_clock *c, const struct hp_clocks *at, double ns_per_tick)
{
	vec_push(&c->pieces, (struct clock_piece){ at->ticks, at->monotonic, mult_of(ns_per_tick) });
}

/* MONOTONIC stands still while the machine sleeps, BOOTTIME and the ticks go on. */
static int slept_between(const struct hp_clocks *a, const struct hp_clocks *b)
{
	return a->boottime && b->boottime && b->monotonic >= a->monotonic &&
	       b->boottime - b->monotonic > a->boottime - a->monotonic + SLEEP_NS;
}

/* Time goes on after `last` for as long as the machine was awake, then stands until `s`; when in between it slept is not known. */
static void add_sleep(struct dump_clock *c, const struct hp_clocks *last, const struct hp_clocks *s, double ns_per_tick)
{
	double awake = (double)(s->monotonic - last->monotonic) / ns_per_tick;
	c->pieces.v[c->pieces.n - 1].mult = mult_of(ns_per_tick);
	if (awake < (double)(s->ticks - last->ticks))
		vec_push(&c->pieces, (struct clock_piece){ last->ticks + (uint64_t)awake, s->monotonic, 0 });
	add_piece(c, s, ns_per_tick);
}

/*
 * The time slept so far never gets less. Where a sample says more than later ones, the thread was interrupted between its
 * readings of the clocks.
 */
static void believe_least_sleep(struct dump_clock *c)
{
	uint64_t least = UINT64_MAX;
	for (size_t i = c->samples.n; i-- > 0; ) {
		struct hp_clocks *s = &c->samples.v[i];
		if (!s->boottime)
			continue;
		if (s->boottime - s->monotonic > least)
			s->boottime = s->monotonic + least;
		least = s->boottime - s->monotonic;
	}
}

/* Keeps the samples that lie where a steady clock could have put them, as the ends of pieces. */
static void make_pieces(struct dump_clock *c, double ns_per_tick)
{
	const struct hp_clocks *last = &c->samples.v[0];
	add_piece(c, last, ns_per_tick);
	for (size_t i = 1; i < c->samples.n; i++) {
		const struct hp_clocks *s = &c->samples.v[i];
		if (slept_between(last, s)) {
			add_sleep(c, last, s, ns_per_tick);
			last = s;
			continue;
		}
		if (s->monotonic < last->monotonic + PIECE_NS || !near(slope(last, s), ns_per_tick, 0.002))
			continue;
		c->pieces.v[c->pieces.n - 1].mult = mult_of(slope(last, s));
		add_piece(c, s, ns_per_tick);
		last = s;
	}
}

static void drop_early(struct dump_clock *c, const struct hp_clocks *start)
{
	size_t kept = 0;
	for (size_t i = 0; i < c->samples.n; i++)
		if (c->samples.v[i].ticks > start->ticks && c->samples.v[i].monotonic > start->monotonic)
			c->samples.v[kept++] = c->samples.v[i];
	c->samples.n = kept;
}

void clock_ready(struct dump_clock *c, const struct hp_header *h)
{
	drop_early(c, &h->start);
	vec_push(&c->samples, h->start);
	vec_sort(&c->samples, by_ticks);
	believe_least_sleep(c);
	double ns_per_tick = nominal(c, h);
	c->rate = (uint64_t)(1e9 / ns_per_tick) ? (uint64_t)(1e9 / ns_per_tick) : 1;
	make_pieces(c, ns_per_tick);
	c->origin = (int64_t)h->start.monotonic;
}

void clock_free(struct dump_clock *c)
{
	vec_free(&c->pieces);
	vec_free(&c->samples);
}

const struct clock_piece *clock_piece(const struct dump_clock *c, uint64_t ticks, uint64_t *until)
{
	size_t lo = 0, hi = c->pieces.n;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;
		if (c->pieces.v[mid].ticks <= ticks)
			lo = mid;
		else
			hi = mid;
	}
	*until = hi < c->pieces.n ? c->pieces.v[hi].ticks : UINT64_MAX;
	return &c->pieces.v[lo];
}

static uint64_t scale(uint64_t ticks, uint64_t mult)
{
	u128 ns = (u128)ticks * mult >> 32;
	return ns > INT64_MAX ? INT64_MAX : (uint64_t)ns;
}

uint64_t clock_piece_ns(const struct dump_clock *c, const struct clock_piece *p, uint64_t ticks)
{
	int64_t base = (int64_t)(p->ns - (uint64_t)c->origin), ns;
	if (ticks >= p->ticks) {
		if (__builtin_add_overflow(base, (int64_t)scale(ticks - p->ticks, p->mult), &ns))
			ns = INT64_MAX;
	} else if (__builtin_sub_overflow(base, (int64_t)scale(p->ticks - ticks, p->mult), &ns)) {
		ns = 0;
	}
	return ns > 0 ? (uint64_t)ns : 0;
}

uint64_t clock_ns(const struct dump_clock *c, uint64_t ticks)
{
	uint64_t until;
	return clock_piece_ns(c, clock_piece(c, ticks, &until), ticks);
}

uint64_t clock_span(const struct dump_clock *c, uint64_t ticks, uint64_t length)
{
	uint64_t until;
	return scale(length, clock_piece(c, ticks, &until)->mult);
}

uint64_t clock_ticks(const struct dump_clock *c, uint64_t ns)
{
	uint64_t monotonic = ns + (uint64_t)c->origin;
	size_t i = 0;
	while (i + 1 < c->pieces.n && c->pieces.v[i + 1].ns <= monotonic)
		i++;
	const struct clock_piece *p = &c->pieces.v[i];
	if (monotonic < p->ns) {
		double back = (double)(p->ns - monotonic) * 4294967296.0 / (double)p->mult;
		return back < (double)p->ticks ? p->ticks - (uint64_t)back : 0;
	}
	u128 ticks = (((u128)(monotonic - p->ns) << 32) + p->mult - 1) / p->mult;
	return ticks > UINT64_MAX - p->ticks ? UINT64_MAX : p->ticks + (uint64_t)ticks;
}
