/*
 * cpu.h - running or only ready to run: what a thread did between its waits, from samples of its CPU clock (the recorder takes
 * one after a long wait, at chunk turns and at a thread's end).
 *
 * A PIECE lies between two samples. What is left of it without the waits is divided into running, as much as the clock says,
 * and ready. The clock runs in system calls, too: more of it than there was time between the waits was used inside of them.
 * Of a piece without a sample at both ends, or that is only in part in the time that is reported on, there is what was running
 * or ready at least; the rest is unknown. A thread that was created has its first sample, 0, when it began.
 */
#ifndef HP_MODEL_CPU_H
#define HP_MODEL_CPU_H

#include <stdint.h>

struct model;
struct feed;

/* Since a thread's last sample, or its beginning. */
struct cpu_piece {
	uint64_t from, to, cpu;          /* cpu: of the first piece all that the clock showed */
	uint64_t waited, waited_in;      /* all; what is in the time that is reported on */
};

struct cpu_state {
	struct cpu_piece first, last, now;  /* `first` counts at the end, when the thread's beginning is known; `last` is before `now` */
	uint64_t clock, samples;         /* the last one, and how many there were */
};

/*
 * The event's thread has waited, or was in a call, since `start`. The wait whose event makes the recorder turn to another chunk
 * comes after the sample that is taken then.
 */
void cpu_waited(struct feed *, uint64_t start);
void cpu_sample(struct feed *, uint64_t ns, uint64_t clock);
/* Threads' beginnings and ends are known. */
void cpu_finish(struct model *);

#endif
