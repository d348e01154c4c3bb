/*
 * clock.h - ticks of one dump to nanoseconds since the start of the run. Piecewise linear through all (ticks, MONOTONIC)
 * samples that the dump holds; outside of them, and when there are fewer than two usable ones, by the rate.
 */
#ifndef HP_DUMP_CLOCK_H
#define HP_DUMP_CLOCK_H

#include "hp_dump.h"
#include "util/vec.h"

struct clock_piece {
	uint64_t ticks;      /* from here on */
	uint64_t ns;         /* MONOTONIC there */
	uint64_t mult;       /* ns per tick << 32 */
};

struct dump_clock {
	VEC(struct clock_piece) pieces;  /* at least one after clock_ready */
	VEC(struct hp_clocks) samples;
	int64_t  origin;     /* MONOTONIC of the run's start, on this dump's clock */
	uint64_t rate;       /* ticks per second, never 0 after clock_ready */
};

/* Notes a sample; nonsense (zero, or out of order with the others) is dropped by clock_ready. */
void clock_sample(struct dump_clock *, const struct hp_clocks *);
/* Sorts and judges the samples; header gives the start and the rate. origin is the start sample until set. */
void clock_ready(struct dump_clock *, const struct hp_header *);
void clock_free(struct dump_clock *);

/* ns since the run's start; 0 for what was before it. */
uint64_t clock_ns(const struct dump_clock *, uint64_t ticks);
/* The piece that `ticks` lies in, and where the next one starts. */
const struct clock_piece *clock_piece(const struct dump_clock *, uint64_t ticks, uint64_t *until);
/* clock_ns for who knows the piece. */
uint64_t clock_piece_ns(const struct dump_clock *, const struct clock_piece *, uint64_t ticks);
/* The length of an interval that starts at `ticks`. */
uint64_t clock_span(const struct dump_clock *, uint64_t ticks, uint64_t length);
/* The ticks at which clock_ns becomes `ns` (or just more). */
uint64_t clock_ticks(const struct dump_clock *, uint64_t ns);

#endif
