/* percentiles.h - the percentiles that a user asks for, as columns of a table. */
#ifndef HP_TABLE_PERCENTILES_H
#define HP_TABLE_PERCENTILES_H

#include "model/hist.h"
#include "table/table.h"

/* What to say then: with the place, and PERCENTILES_MOST. */
#define PERCENTILES_REFUSED "--percentiles: at '%s': up to %d numbers above 0, at most 100, with commas between them"

enum { PERCENTILES_MOST = 16 };
struct percentiles { size_t n; double at[PERCENTILES_MOST]; };

/* "50,95,99.9", each above 0 and at most 100. 0, or -1: *place is where the text is wrong. */
int percentiles_parse(struct percentiles *, const char *text, size_t *place);
bool percentiles_have(const struct percentiles *, double at);
/* "p99.9_ns", "99.9 % below" */
struct column percentiles_column(struct arena *, double at);

#endif
