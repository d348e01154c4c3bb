/* clock.h - ticks. The TSC or CNTVCT where the kernel itself trusts it, else CLOCK_MONOTONIC through the vDSO. */
#ifndef HP_CLOCK_H
#define HP_CLOCK_H

#include "preload.h"

extern HP_HIDDEN uint8_t hp_clock_kind;  /* enum hp_clock */
HP_HIDDEN uint64_t hp_clock_slow(void);

HP_INLINE uint64_t hp_ticks(void)
{
	if (HP_LIKELY(hp_clock_kind != HP_CLOCK_MONOTONIC))
		return hp_hardware_ticks();
	return hp_clock_slow();
}

/* Chooses the clock; finds the vDSO's clock_gettime by itself, as the symbol may be interposed. */
HP_HIDDEN void hp_clock_init(void);
/* One reading of all clocks. */
HP_HIDDEN struct hp_clocks hp_clocks_now(void);
/* ticks per second, from two readings at least 100 us apart. */
HP_HIDDEN uint64_t hp_clock_rate(const struct hp_clocks *start);
/* The counter is about to become unreadable, at this many ticks per second so far: from now on by system calls. */
HP_HIDDEN void hp_clock_forbid(uint64_t rate);
/* CPU time of the calling thread in ns; 0 if it cannot be read. */
HP_HIDDEN uint64_t hp_clock_thread_cpu(void);

#endif
