/* filter.h - a filter of function calls (include/hp_filter.h) for a model, with the names that symbols give. */
#ifndef HP_TABLE_FILTER_H
#define HP_TABLE_FILTER_H

#include "table/naming.h"

struct filter { struct model_filter model; struct naming *naming; };

/* text: checked already; it and the naming must outlive the filter. */
void filter_init(struct filter *, struct naming *, const char *text);

#endif
