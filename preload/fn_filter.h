/*
 * fn_filter.h - HP_FILTER and HP_MIN_NS: what they make of each function, by its address, and what they have left out.
 *
 * Names are looked at once: when a module is met, the filter goes over its symbols (fn_symbols.c) and the verdicts that differ
 * from the module's usual one go into a table by address; other functions join it at their first call. The table is private memory
 * of the process, shared by its threads without a lock, inherited by forked children, and never shrinks. A full table
 * leaves further functions without a verdict, and says so in the dump.
 */
#ifndef HP_FN_FILTER_H
#define HP_FN_FILTER_H

#include "event.h"
#include "hp_filter.h"

/*
 * found: the verdict | row of struct hp_filtered << 32, which a function gets when its first call is left out.
 * fn 0: free; 1: about to be filled, or of a module that has gone.
 */
struct hp_fn_entry { uintptr_t fn; uint64_t found; };
#define HP_FN_NO_ROW 0xffffffffu
enum { HP_FN_ENTRIES = 1 << 18, HP_FN_ENTRIES_MAX = HP_FN_ENTRIES / 4 * 3 };

struct hp_fn_filter {
	struct hp_fn_entry *entries;
	uint64_t min_ticks;
	struct hp_filter_rules rules;
	uint32_t used, rows;
};
extern HP_HIDDEN struct hp_fn_filter hp_fn_filter;

/* Once, from the constructor, after the modules: sets HP_FN_FILTER if anything is to be left out. */
HP_HIDDEN void hp_fn_filter_start(struct hp_thread *t);
/* A module is gone: its functions' verdicts are void. */
HP_HIDDEN void hp_fn_filter_gone(uint64_t lo, uint64_t hi);
/* Makes an entry if there is none that says the same. verdict: as in hp_filter.h. */
HP_HIDDEN uint64_t hp_fn_filter_put(uintptr_t fn, uint32_t verdict);
HP_HIDDEN HP_SLOW uint64_t hp_fn_find_slow(uintptr_t fn);
HP_HIDDEN HP_SLOW struct hp_filtered *hp_fn_left_out_slow(struct hp_thread *t, uintptr_t fn, uint32_t row);

/* ---- fn_symbols.c ---- */
/* The verdict on a function without a name in this module: that of most. Puts those that differ into the table. */
struct link_map;
HP_HIDDEN uint32_t hp_fn_symbols_read(struct hp_thread *t, const struct link_map *l, const char *path);
/* Does it call our hooks? */
HP_HIDDEN int hp_fn_symbols_wanted(const struct link_map *l);

/* ---- the hot path ---- */

static inline uint32_t hp_fn_verdict(uint64_t found) { return (uint32_t)found; }

/* 0: hp_fn_find_slow knows. Functions that lie near one another share lines. */
HP_INLINE int hp_fn_find(uintptr_t fn, uint64_t *found)
{
	const struct hp_fn_entry *e = &hp_fn_filter.entries[(fn >> 4) % HP_FN_ENTRIES];
	int here = HP_LOAD(&e->fn) == fn;
	*found = HP_RELAXED(&e->found);
	return here;
}

/* Where to count a call that is left out; the caller stores `fn` there, too. NULL: hp_fn_left_out knows. */
HP_INLINE struct hp_filtered *hp_fn_row(struct hp_thread *t, uint64_t found)
{
	char *end = *(char *volatile *)&t->filtered_end;
	struct hp_filtered *r = (struct hp_filtered *)HP_RELAXED(&t->filtered) + (found >> 32);
	return hp_fits(end, (char *)r, sizeof *r) ? r : NULL;
}

/* In one instruction, or as good as: a signal handler's own calls must not get lost. */
HP_INLINE void hp_fn_count(uint64_t *n, uint64_t by)
{
	hp_xadd((char **)n, by);
}

HP_INLINE void hp_fn_count_brief(struct hp_filtered *r, uint64_t ticks)
{
	hp_fn_count(&r->brief, 1);
	hp_fn_count(&r->brief_ticks, ticks);
}

/* A function that is known to be left out wherever it is called. */
HP_INLINE int hp_fn_is_left_out(uintptr_t fn)
{
	uint64_t found;
	return hp_fn_find(fn, &found) && hp_filter_plainly_out(hp_fn_verdict(found));
}

/* 1: the call is left out, and counted: all that most of these take. */
HP_INLINE int hp_fn_leave_out(struct hp_thread *t, uintptr_t fn)
{
	uint64_t found;
	if (!t || !t->live || !hp_fn_find(fn, &found) || !hp_filter_plainly_out(hp_fn_verdict(found)))
		return 0;
	struct hp_filtered *r = hp_fn_row(t, found);
	if (HP_UNLIKELY(!r))
		return 0;
	r->fn = fn;
	hp_fn_count(&r->calls, 1);
	return 1;
}

/* Never NULL. */
HP_INLINE struct hp_filtered *hp_fn_left_out(struct hp_thread *t, uintptr_t fn, uint64_t found)
{
	struct hp_filtered *r = hp_fn_row(t, found);
	if (HP_UNLIKELY(!r))
		r = hp_fn_left_out_slow(t, fn, (uint32_t)(found >> 32));
	r->fn = fn;
	return r;
}

#endif
