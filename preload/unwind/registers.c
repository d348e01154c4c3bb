/* registers.c - see registers.h. */
#include "unwind/registers.h"
#include "unwind/cfa.h"

enum { FRAMES_MAX = 256, REGISTERS = 32 };

/*
 * What the register is in the caller of `from`, which is `to`. known: it was in `from`. 0: known, -1: not (calls lose what
 * they need not preserve).
 */
static int follow(const struct hp_cursor *from, const struct hp_cursor *to, unsigned reg, uintptr_t *value, int known)
{
	struct hp_cfa_cell cell;
	int signal = hp_rule_cell(from->pc - !(from->info & HP_NODE_EXACT), reg, &cell);
	if (signal < 0)
		return -1;
	if (!signal && cell.how == HP_CFA_SAME)
		return known && HP_PRESERVED >> reg & 1 ? 0 : -1;
	uintptr_t at = signal ? from->sp + 8 * hp_signal_register(reg) : to->sp + (uintptr_t)(intptr_t)cell.n;
	if ((!signal && cell.how != HP_CFA_OFFSET) || at & 7 || at > from->hi - 8 || (at < from->sp && !(from->info & HP_NODE_EXACT)))
		return -1;
	if (at < from->sp && !hp_below_sp_is_there(from, at))
		return known ? 0 : -1;
	*value = hp_stack_word(at);
	return 0;
}

int hp_register_at(const struct hp_cursor *c, unsigned reg, uintptr_t *value)
{
	struct hp_own_registers own;
	*value = c->sp;
	if (reg == HP_DW_SP)
		return 0;
	if (reg >= REGISTERS || hp_rule_fixed)
		return -1;
	hp_own_registers(&own);
	struct hp_cursor w = { own.pc, own.sp, own.fp, hp_stack_end(c->t, own.sp, 1), 0, HP_NODE_EXACT, c->t };
	int known = HP_PRESERVED >> reg & 1;
	*value = known ? own.kept[reg] : 0;
	for (unsigned i = 0; i < FRAMES_MAX; i++) {
		struct hp_cursor from = w;
		uint64_t rule = hp_step_rule(w.pc, w.info);
		if (w.pc == c->pc && w.sp == c->sp)
			return known ? 0 : -1;
		if (hp_rule_other_base(rule) && hp_rule_register(rule) != HP_DW_SP)
			return -1;  /* one such base is found without another */
		if (hp_step(&w, rule) & HP_STEP_RESULT)
			return -1;
		known = !follow(&from, &w, reg, value, known);
	}
	return -1;
}
