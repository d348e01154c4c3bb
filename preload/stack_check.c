/*
 * stack_check.c - HP_STACK=check, for tests: each stack is taken twice, our way and by libunwind. Nodes are unique, so the
 * two are the same stack if they have the same id. The header counts, and each pair of different ones is written once or
 * a few times; the stacks themselves are in the dump as any other.
 */
#include "event.h"
#include "intern.h"
#include "use_libunwind.h"
#include "meta.h"
#include "state.h"
#include "unwind/pair.h"

enum { PAIRS_SETS = 64 };
static struct hp_pair_set told[PAIRS_SETS];

static HP_SLOW void tell(struct hp_thread *t, uint32_t ours, uint32_t theirs)
{
	uint64_t key = (uint64_t)ours << 32 | theirs, any;
	struct hp_pair_set *s = &told[hp_mix(key) >> 58];
	if (hp_pair_find(s, key, &any))
		return;
	hp_pair_keep(s, key, 1);
	struct hp_r_stack_differs *r = (void *)hp_meta_open(t, HP_R_STACK_DIFFERS, sizeof *r / 4);
	r->ours = ours;
	r->theirs = theirs;
	hp_commit(&r->w, hp_word(HP_R_STACK_DIFFERS, 0, sizeof *r / 4));
}

/* 1: the stacks have the same id, or cannot be compared. */
static int agree(struct hp_thread *t, struct hp_caller caller, uint32_t *ours, uint32_t *theirs)
{
	uint32_t era = HP_RELAXED(&hp_intern_era);
	*ours = hp_stack_ours(t, caller);
	*theirs = *ours ? hp_libunwind_id(t, caller) : 0;
	return *ours == *theirs || !*theirs || era != HP_RELAXED(&hp_intern_era);
}

uint32_t hp_stack_check(struct hp_thread *t, struct hp_caller caller)
{
	uint32_t ours, theirs;
	/* Once more: while another thread unloads a library, one stack may have two ids. */
	if (!agree(t, caller, &ours, &theirs) && !agree(t, caller, &ours, &theirs)) {
		__atomic_add_fetch(&hp_state.header->stacks_different, 1, __ATOMIC_RELAXED);
		tell(t, ours, theirs);
	}
	if (theirs)
		__atomic_add_fetch(&hp_state.header->stacks_checked, 1, __ATOMIC_RELAXED);
	return ours;
}
