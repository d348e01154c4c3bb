/* cpu_time.c - records of a thread's CPU time: 0.7 us to read its clock, so not with every event. */
#include "clock.h"
#include "event.h"
#include "state.h"

enum { LONG_WAIT_SHIFT = 14 };  /* waits over 1/2^14 s, 61 us, are worth it */

void hp_cpu_event(struct hp_thread *t, uint64_t now, long maxrss)
{
	uint64_t cpu = hp_sandboxed ? 0 : hp_clock_thread_cpu();
	struct hp_r_cpu *r = (void *)hp_open(t, now, HP_R_CPU, sizeof *r / 4);
	r->t32 = (uint32_t)now;
	hp_put64(r->cpu_ns, cpu);
	r->maxrss_kib = (uint32_t)maxrss;
	hp_commit(&r->w, hp_word(HP_R_CPU, 0, 0));
}

void hp_cpu_waited(struct hp_thread *t, uint64_t start, uint64_t now)
{
	if (now - start > hp_state.rate >> LONG_WAIT_SHIFT && !hp_sandboxed)
		hp_cpu_event(t, now, 0);
}
