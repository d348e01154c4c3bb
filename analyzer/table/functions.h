/* functions.h - what the view of functions is made of, and the summary takes from it. */
#ifndef HP_TABLE_FUNCTIONS_H
#define HP_TABLE_FUNCTIONS_H

#include "table/percentiles.h"
#include "table/view.h"

/* What the user asked for beyond the usual. */
struct functions_options {
	struct percentiles percentiles;
	bool wall;         /* how much of the wall clock, and by how many threads at once */
	bool recent, longest;
};

/* All functions, as the view of them has them. */
struct table *functions_table(const struct view_input *);

/*
 * Of a program without function events: figures by function, made from those by call path. A function's own time is what
 * passed between two events that both were below it, and below nothing further in; which of the functions inlined into it
 * that was spent in, events do not tell. Recursion counts once in the totals.
 */
struct between_function {
	struct function_name name;
	uint64_t self_ns, total_ns, running_ns;
	struct call_costs self, total;
};
struct between_functions { VEC_FIELDS(struct between_function) };
/* The caller frees the vector. */
void functions_between(const struct view_input *, struct between_functions *);

/* The single calls that were asked for (functions_calls.c). */
struct table *functions_recent(const struct view_input *);
struct table *functions_longest(const struct view_input *);

#endif
