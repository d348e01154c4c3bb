/*
 * step.h - one step outwards, from a frame to its caller. Reads the current thread's stack only, and only the part of it
 * that is known to be readable.
 */
#ifndef HP_UNWIND_STEP_H
#define HP_UNWIND_STEP_H

#include "thread.h"
#include "unwind/cpu.h"
#include "unwind/rule.h"

/*
 * What is known of a frame besides its registers. The low bits are HP_NODE_*. The two distances say in words how far
 * below the frame's stack pointer its pc and its frame pointer were loaded from, fp 0: not loaded, the inner frame's.
 */
enum {
	HP_FRAME_ENDS    = HP_NODE_CUT | HP_NODE_STOPPED,
	HP_FRAME_UNSURE  = 8,    /* the distances don't tell all: only a step can find this frame again */
	HP_FRAME_USES_FP = 16,   /* the step outwards from here depends on the frame pointer */
	HP_FRAME_SETTLED = 32,   /* the stack ends here, by the pc alone */
	HP_FRAME_ENTRY   = HP_NODE_EXACT | HP_FRAME_UNSURE | (int)0xffffff00,  /* how the frame was come to */
	HP_FRAME_NODE    = 7,
	HP_FRAME_RA = 8, HP_FRAME_FP = 20, HP_FRAME_DISTANCE = 0xfff,
};

struct hp_cursor {
	uintptr_t pc, sp, fp;
	uintptr_t hi;             /* the stack is readable from sp to here */
	uintptr_t lr;             /* link register of an interrupted frame, else 0 */
	uint32_t info;
	struct hp_thread *t;
};

enum {
	HP_STEP_OK = 0, HP_STEP_END = 1, HP_STEP_STOP = 2, HP_STEP_RESULT = 3,
	HP_STEP_SETTLED = HP_FRAME_SETTLED, HP_STEP_USES_FP = HP_FRAME_USES_FP,
};

/* HP_STACK=fp: the rule for every pc. 0: rules come from unwind tables. */
extern HP_HIDDEN uint64_t hp_rule_fixed;

/*
 * The end of the stack that sp is on: the thread's own up to its bound, any other as far as its pages have been probed.
 * seen: sp is the thread's present one, so its page is readable. 0: not readable.
 */
HP_HIDDEN uintptr_t hp_stack_end(struct hp_thread *t, uintptr_t sp, int seen);
/* sp is on the thread's own stack. Slow form: it is deeper than any before, so the known part may have to grow. */
HP_HIDDEN HP_SLOW int hp_own_stack_grows(struct hp_thread *t, uintptr_t sp);
HP_INLINE int hp_own_stack(struct hp_thread *t, uintptr_t sp)
{
	if (HP_LIKELY(sp - 8 - t->stack_lo < t->stack_hi - t->stack_lo))
		return 1;
	return sp <= t->stack_lo && hp_own_stack_grows(t, sp);
}

/* All that is not a common frame within bounds. */
HP_HIDDEN HP_SLOW unsigned hp_step_rare(struct hp_cursor *c, uint64_t rule);

/* A return address that cannot be one ends the stack; 0 does so normally. */
HP_INLINE unsigned hp_step_to(struct hp_cursor *c, uintptr_t pc, uintptr_t sp, uintptr_t fp, uint32_t info)
{
	pc = hp_strip_pc(pc);
	if (HP_UNLIKELY(pc - 1 >= 1ull << HP_RULE_PC_BITS))
		return pc ? HP_STEP_STOP : HP_STEP_END;
	c->pc = pc;
	c->sp = sp;
	c->fp = fp;
	c->info = info;
	return HP_STEP_OK;
}

/*
 * Moves the cursor to the calling frame. On HP_STEP_END and HP_STEP_STOP it stays. The CFA must lie above sp, and all
 * that is loaded between the two.
 */
HP_INLINE unsigned hp_step(struct hp_cursor *c)
{
	uint64_t r = HP_UNLIKELY(hp_rule_fixed) ? hp_rule_fixed : hp_rule_for(c->pc - !(c->info & HP_NODE_EXACT));
	unsigned kind = hp_rule_kind(r);
	if (HP_UNLIKELY(kind - HP_RULE_SP > HP_RULE_FP - HP_RULE_SP))
		return hp_step_rare(c, r);
	uintptr_t sp = c->sp, cfa = (kind == HP_RULE_SP ? sp : c->fp) + 8 * (uintptr_t)hp_rule_cfa(r), span = cfa - sp;
	uintptr_t ra = 0 - (uintptr_t)hp_rule_ra(r), fp = 0 - (uintptr_t)hp_rule_fp(r);
	if (HP_UNLIKELY(span > c->hi - sp || 8 * ra > span || 8 * fp > span || cfa & 7))
		return hp_step_rare(c, r);
	uint32_t info = (uint32_t)(ra << HP_FRAME_RA | fp << HP_FRAME_FP);
	if (HP_UNLIKELY(ra > HP_FRAME_DISTANCE || fp > HP_FRAME_DISTANCE))
		info = HP_FRAME_UNSURE;
	uintptr_t caller_fp = fp ? *(uintptr_t *)(cfa - 8 * fp) : c->fp;
	c->lr = 0;
	unsigned uses = kind == HP_RULE_FP ? HP_STEP_USES_FP : 0;
	return hp_step_to(c, *(uintptr_t *)(cfa - 8 * ra), cfa, caller_fp, info) | uses;
}

#endif
