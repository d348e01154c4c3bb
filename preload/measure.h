/* measure.h - the recorder's own cost, measured at the start and carried by the dump (COST records). */
#ifndef HP_MEASURE_H
#define HP_MEASURE_H

#include "state.h"
#include "sys.h"

/* Constructor only, when hooks are ready and nothing is recorded yet. Leaves errno as it was. */
HP_HIDDEN void hp_measure(struct hp_thread *t);
/* Writes what was measured into the current dump: a forked child's own has none yet. */
HP_HIDDEN void hp_measure_write(struct hp_thread *t);

#endif
