/* step.c - the rare steps, and what of a stack can be read. */
#include "unwind/step.h"
#include "unwind/probe.h"
#include "unwind/registers.h"

enum {
	PAGE_SHIFT = 12, PAGE = 1 << PAGE_SHIFT,  /* probes are made by this much; real pages are no smaller */
	OWN_GROWS_MAX = 8 << 20,    /* how much deeper the own stack can be than when it was last seen */
	OWN_BELIEVED = 256 << 10,   /* the same where nothing can be probed */
	REACH_MAX = 1024,           /* pages that one frame may span */
	AREA_COUNT_BITS = 16,
};

uint64_t hp_rule_fixed;

/*
 * Between two stacks lies something unreadable, or else reading across does no harm. So sp is on the own stack when all
 * is readable from its known part down to sp; every page that is makes the known part larger, for good.
 */
int hp_own_stack_grows(struct hp_thread *t, uintptr_t sp)
{
	uintptr_t at = sp - 8, lo = t->stack_lo;
	if (!t->stack_hi || lo - at > OWN_GROWS_MAX)
		return 0;
	if (HP_RELAXED(&hp_sandboxed)) {
		if (lo - at > OWN_BELIEVED)
			return 0;
		t->stack_lo = at & ~(uintptr_t)(PAGE - 1);
		return 1;
	}
	for (; lo > at; lo -= PAGE, t->stack_lo = lo) {
		if (lo == t->stack.floor)
			return 0;
		if (!hp_probe(lo - 8)) {
			t->stack.floor = lo;
			return 0;
		}
	}
	return 1;
}

/* The probed pages of the last foreign stack are one word, first page and count, as a handler may probe another stack. */
static void set_area(struct hp_thread *t, uintptr_t first, uintptr_t end)
{
	uintptr_t count = end - first < (1u << AREA_COUNT_BITS) ? end - first : (1u << AREA_COUNT_BITS) - 1;
	__atomic_store_n(&t->stack.area, (uint64_t)first << AREA_COUNT_BITS | count, __ATOMIC_RELAXED);
}

uintptr_t hp_stack_end(struct hp_thread *t, uintptr_t sp, int seen)
{
	if (hp_own_stack(t, sp))
		return t->stack_hi;
	uint64_t area = HP_RELAXED(&t->stack.area);
	uintptr_t first = area >> AREA_COUNT_BITS, count = area & ((1u << AREA_COUNT_BITS) - 1), page = (sp - 8) >> PAGE_SHIFT;
	if (page - first < count)
		return (first + count) << PAGE_SHIFT;
	if (!seen && (HP_RELAXED(&hp_sandboxed) || !hp_probe(sp - 8)))
		return 0;
	set_area(t, page, page + 1);
	return (page + 1) << PAGE_SHIFT;
}

/* Makes the stack readable up to `end`. 0, or -1. */
static int reach(struct hp_cursor *c, uintptr_t end)
{
	if (end >= c->sp && end <= c->hi)
		return 0;
	if (end < c->sp || c->hi == c->t->stack_hi || HP_RELAXED(&hp_sandboxed) || end - c->hi > (uintptr_t)REACH_MAX * PAGE)
		return -1;
	uint64_t area = HP_RELAXED(&c->t->stack.area);
	uintptr_t first = area >> AREA_COUNT_BITS, page = c->hi >> PAGE_SHIFT;
	if (page - first > area % (1u << AREA_COUNT_BITS))
		first = (c->sp - 8) >> PAGE_SHIFT;
	for (; c->hi < end; c->hi += PAGE)
		if (!hp_probe(c->hi))
			return -1;
	set_area(c->t, first, c->hi >> PAGE_SHIFT);
	return 0;
}

static int load(struct hp_cursor *c, uintptr_t at, uintptr_t *v)
{
	if (at & 7 || at < c->sp || reach(c, at + 8))
		return -1;
	*v = hp_stack_word(at);
	return 0;
}

static uintptr_t below_sp(const struct hp_cursor *c, uintptr_t at)
{
	if (!(c->info & HP_NODE_EXACT))
		return 0;
	return hp_below_sp_is_there(c, at) ? hp_stack_word(at) : c->fp;
}

static uintptr_t caller_fp(struct hp_cursor *c, uint64_t rule, uintptr_t base, uintptr_t cfa)
{
	uintptr_t v, at = hp_rule_fp_where(rule) == HP_RULE_FP_AT_BASE ? base : cfa;
	at += 8 * (uintptr_t)hp_rule_fp(rule);
	if (hp_rule_fp_where(rule) == HP_RULE_FP_SAME)
		return c->fp;
	if (hp_rule_fp_where(rule) == HP_RULE_FP_LOST)
		return 0;
	if (at < c->sp)
		return below_sp(c, at);
	if (hp_rule_other_base(rule) && at >= cfa)
		return c->fp;  /* popped already, which the tables of an epilogue don't say: no frame is kept in its caller's */
	return load(c, at, &v) ? 0 : v;
}

/* Out of a signal handler: to the interrupted instruction, which may be on another stack. */
static unsigned step_signal(struct hp_cursor *c, uint64_t rule, uintptr_t base, uintptr_t sp)
{
	uintptr_t pc, fp, lr = 0, at = base + 8 * (uintptr_t)hp_rule_ra(rule), end = c->hi;
	if (load(c, at, &pc) || (HP_SIGNAL_LR_BELOW_PC != 0 && load(c, at - 8 * HP_SIGNAL_LR_BELOW_PC, &lr)) || sp & 7)
		return HP_STEP_STOP;
	fp = caller_fp(c, rule, base, sp);
	if (sp <= c->sp || sp > c->hi) {
		end = hp_stack_end(c->t, sp, 0);
		if (!end || end == c->hi)
			return HP_STEP_STOP;
	}
	unsigned result = hp_step_to(c, pc, sp, fp, HP_FRAME_UNSURE | HP_NODE_EXACT);
	if (result == HP_STEP_OK) {
		c->hi = end;
		c->lr = hp_strip_pc(lr);
	}
	return result;
}

unsigned hp_step_rare(struct hp_cursor *c, uint64_t rule)
{
	unsigned kind = hp_rule_kind(rule);
	int64_t offset = hp_rule_cfa(rule);
	if (kind == HP_RULE_END || !rule)
		return (rule ? HP_STEP_END : HP_STEP_STOP) | HP_STEP_SETTLED;
	uintptr_t base = hp_rule_uses_fp(rule) ? c->fp : c->sp, pc = c->lr;
	if (hp_rule_other_base(rule)) {
		offset = (int16_t)offset;
		if (hp_register_at(c, hp_rule_register(rule), &base))
			return HP_STEP_STOP;
	}
	uintptr_t cfa = base + 8 * (uintptr_t)offset;
	if (hp_rule_fixed && !base)
		return HP_STEP_END;  /* a chain of frame pointers ends with 0 */
	if (kind >= HP_RULE_SP_LOAD) {
		if (load(c, base + 8 * (uintptr_t)(int16_t)offset, &cfa))
			return HP_STEP_STOP;
		cfa += 8 * (uintptr_t)(offset >> 16);
	}
	if (rule & HP_RULE_RA_AT_BASE)
		return step_signal(c, rule, base, cfa);
	if (cfa & 7 || cfa < c->sp + HP_CALL_PUSHES || reach(c, cfa))
		return HP_STEP_STOP;
	if (hp_rule_ra(rule) ? load(c, cfa + 8 * (uintptr_t)hp_rule_ra(rule), &pc) : !pc)
		return HP_STEP_STOP;
	c->lr = 0;
	return hp_step_to(c, pc, cfa, caller_fp(c, rule, hp_rule_other_base(rule) ? c->fp : base, cfa), HP_FRAME_UNSURE);
}
