/* amount.h - figures as text, where figures of several units stand in one column. */
#ifndef HP_TABLE_AMOUNT_H
#define HP_TABLE_AMOUNT_H

#include "table/view.h"

/* "64.0 MiB", "12.3 ms", "1,234"; `sign`: "+64.0 MiB". In the arena. */
const char *amount_text(struct arena *, enum unit, long double value, bool sign);
/* "+7.3 %", "x12", "-100 %"; "new" where there was nothing, "gone" where nothing is left. */
const char *amount_change(struct arena *, long double old, long double new);

#endif
