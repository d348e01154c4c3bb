/* summary.h - what the parts of the one-screen summary share. */
#ifndef HP_TABLE_SUMMARY_H
#define HP_TABLE_SUMMARY_H

#include "table/view.h"

enum { TOP_MOST = 8 };

/* The `room` things with the greatest scores, greatest first; score 0 is not worth showing. */
struct top {
	unsigned room, count;
	uint32_t index[TOP_MOST];
	uint64_t score[TOP_MOST];
};
void top_offer(struct top *, uint32_t index, uint64_t score);

/* Each makes one table of at most `rows` rows; without rows there is nothing to say. */
struct table *summary_time(const struct view_input *, unsigned rows);
struct table *summary_pending(const struct view_input *, unsigned rows);
struct table *summary_leaks(const struct view_input *, unsigned rows);
struct table *summary_allocations(const struct view_input *, unsigned rows);
struct table *summary_locks(const struct view_input *, unsigned rows);
struct table *summary_files(const struct view_input *, unsigned rows);
struct table *summary_functions(const struct view_input *, unsigned rows);

/* What would give more names, and which commands show more. */
void summary_advice(const struct view_input *, struct doc *);

/* Lines of the memory: where what is resident is, if somebody looked; what the allocator itself took, if that matters. */
void summary_resident(const struct view_input *, struct doc *);
void summary_allocator(const struct view_input *, struct doc *);

#endif
