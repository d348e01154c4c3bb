/* memory.h - what the parts of the view of the heap have in common: the tables inside of "memory". */
#ifndef HP_TABLE_MEMORY_H
#define HP_TABLE_MEMORY_H

#include "table/view.h"

struct table *memory_timeline(const struct view_input *);

#endif
