/*
 * step.h - one step outwards, from a frame to its caller. Reads the current thread's stack only, and only the part of it
 * that is known to be readable.
 */
#ifndef HP_UNWIND_STEP_H
#define HP_UNWIND_STEP_H

#include "thread.h"
#include "unwind/cpu.h"
#include "unwind/rule.h"

/* A word of the stack: of anybody's frame, so AddressSanitizer, under which the tests run, must not have an opinion. */
#ifdef __has_feature
#define HP_ASAN __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define HP_ASAN 1
#else
#define HP_ASAN 0
#endif
#if HP_ASAN
static __attribute__((noinline, unused, no_sanitize_address)) uintptr_t hp_stack_word(uintptr_t at)
#else
HP_INLINE uintptr_t hp_stack_word(uintptr_t at)
#endif
{
	return *(const uintptr_t *)at;
}

/*
 * What is known of a frame besides its registers. The low bits are HP_NODE_*. The two distances say in words how far
 * below the frame's stack pointer its pc and its frame pointer were loaded from, fp 0: not loaded, the inner frame's.
 */
enum {
	HP_FRAME_ENDS    = HP_NODE_CUT | HP_NODE_STOPPED,
	HP_FRAME_NODE    = HP_FRAME_ENDS | HP_NODE_EXACT,
	HP_FRAME_UNSURE  = 8,    /* the distances don't tell all: only a step can find this frame again */
	HP_FRAME_LIVE    = 16,   /* a step outwards, from here or further out, depends on this frame's fp */
	HP_FRAME_SETTLED = 32,   /* the stack ends here, by the pc alone */
	HP_FRAME_USES_FP = 64,   /* its own rule uses its fp */
	HP_FRAME_RA = 8, HP_FRAME_FP = 20, HP_FRAME_DISTANCE = 0xfff,
};
/* The part that says how the frame was come to. */
#define HP_FRAME_ENTRY (0xffffff00u | HP_FRAME_UNSURE | HP_NODE_EXACT)

/* Words from the frame's stack pointer down to where its pc was loaded from. */
HP_INLINE uintptr_t hp_frame_ra(uint32_t info) { return HP_CALL_PUSHES ? 1 : info >> HP_FRAME_RA & HP_FRAME_DISTANCE; }
HP_INLINE uintptr_t hp_frame_fp(uint32_t info) { return info >> HP_FRAME_FP; }
/* What is there now. */
HP_INLINE uintptr_t hp_frame_pc_now(const struct hp_stack_frame *f)
{
	return hp_strip_pc(hp_stack_word(f->sp - 8 * hp_frame_ra(f->info)));
}
HP_INLINE uintptr_t hp_frame_fp_now(const struct hp_stack_frame *f)
{
	return hp_stack_word(f->sp - 8 * hp_frame_fp(f->info));
}

struct hp_cursor {
	uintptr_t pc, sp, fp;
	uintptr_t hi;             /* the stack is readable from sp to here */
	uintptr_t lr;             /* link register of an interrupted frame, else 0 */
	uint32_t info;
	struct hp_thread *t;
};

enum {
	HP_STEP_OK = 0, HP_STEP_END = 1, HP_STEP_STOP = 2, HP_STEP_RESULT = 3,
	HP_STEP_SETTLED = HP_FRAME_SETTLED,  /* the result follows from the pc alone */
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

/*
 * The place of a saved register is below sp when a signal interrupted an epilogue that has just popped it (tables don't
 * say so), or a leaf that keeps it in the red zone. The word is still there either way, in a page that sp is in, or else
 * the register has its old value back.
 */
HP_INLINE int hp_below_sp_is_there(const struct hp_cursor *c, uintptr_t at) { return at >> 12 == c->sp >> 12 && !(at & 7); }

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

HP_INLINE uint64_t hp_step_rule(uintptr_t pc, uint32_t info)
{
	return HP_UNLIKELY(hp_rule_fixed) ? hp_rule_fixed : hp_rule_for(pc - !(info & HP_NODE_EXACT));
}

/* By a copy, so that the compiler may keep the cursor in registers. */
HP_INLINE unsigned hp_step_aside(struct hp_cursor *c, uint64_t r)
{
	struct hp_cursor copy = *c;
	unsigned result = hp_step_rare(&copy, r);
	*c = copy;
	return result;
}

/*
 * Moves the cursor to the calling frame, by the rule for its pc. On HP_STEP_END and HP_STEP_STOP it stays. The CFA must
 * lie above sp, and all that is loaded between the two.
 */
HP_INLINE unsigned hp_step(struct hp_cursor *c, uint64_t r)
{
	if (HP_UNLIKELY(!hp_rule_common(r)))
		return hp_step_aside(c, r);
	uintptr_t sp = c->sp, cfa = (hp_rule_uses_fp(r) ? c->fp : sp) + 8 * (uintptr_t)hp_rule_cfa(r), span = cfa - sp;
	uintptr_t ra = 0 - (uintptr_t)hp_rule_ra(r), fp = 0 - (uintptr_t)hp_rule_fp(r);
	if (HP_UNLIKELY(span > c->hi - sp || 8 * ra > span || 8 * fp > span || cfa & 7))
		return hp_step_aside(c, r);
	uint32_t info = (uint32_t)(ra << HP_FRAME_RA | fp << HP_FRAME_FP);
	uintptr_t caller_fp = fp ? hp_stack_word(cfa - 8 * fp) : c->fp;
	c->lr = 0;
	return hp_step_to(c, hp_stack_word(cfa - 8 * ra), cfa, caller_fp, info);
}

#endif
