/* graphs.h - the critical path and the what-if of a fuzzed dump. */
#ifndef HP_FUZZ_GRAPHS_H
#define HP_FUZZ_GRAPHS_H

#include "render/render.h"
#include "table/path.h"

/* Of a model that has run whole, with all parts: the path of the time and the thread chosen, the ranking, and some questions. */
void graphs_of(const struct view_input *, const struct path_choice *, void (*draw)(const struct doc *));

#endif
