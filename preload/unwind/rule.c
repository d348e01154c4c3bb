/* rule.c - from unwind tables to rules, and their cache. */
#include "unwind/rule.h"
#include "unwind/cfa.h"
#include "unwind/cpu.h"
#include "unwind/expr.h"

enum { WORD = 8, STOP = HP_RULE_STOP };

struct hp_pair_set hp_rules[HP_RULE_SETS];
uintptr_t hp_loader_entry;
uint32_t hp_rule_generation = 1;  /* not 0: an empty entry is the key 0 */

/* n bytes as words, in a signed field of so many bits. */
static uint64_t field(int64_t n, unsigned bits, int *bad)
{
	*bad |= n % WORD || n / WORD >= 1ll << (bits - 1) || n / WORD < -(1ll << (bits - 1));
	return (uint64_t)(n / WORD) & ((1ull << bits) - 1);
}

/* A cell as a symbol: the address where the register is, or (*is_value) the register itself. */
static int symbol(const struct hp_fde *f, const struct hp_cfa_cell *c, uintptr_t pc, struct hp_sym *s, int *is_value)
{
	*s = (struct hp_sym){ .base = HP_SYM_CFA, .n = c->n };
	*is_value = c->how == HP_CFA_VALUE || c->how == HP_CFA_VALUE_EXPRESSION;
	if (c->how == HP_CFA_OFFSET || c->how == HP_CFA_VALUE)
		return 0;
	if (c->how != HP_CFA_EXPRESSION && c->how != HP_CFA_VALUE_EXPRESSION)
		return -1;
	return hp_expr(hp_cfa_expression(f, c), pc, 1, s);
}

/* The CFA counts from a register that is not followed. */
static uint64_t other_base(const struct hp_cfa_cell *c, struct hp_sym *s)
{
	int bad = c->reg > 31;
	s->base = HP_SYM_OTHER;
	uint64_t rule = HP_RULE_STOP | field(c->n, 16, &bad) << 40 | (uint64_t)c->reg << 56;
	return bad ? STOP : rule;
}

/* The frame pointer is kept where its own value tells, while the CFA counts from something else. */
static int fp_on_itself(const struct hp_fde *f, const struct hp_cfa_row *row, uintptr_t pc)
{
	struct hp_sym s;
	int is_value;
	return row->fp.how == HP_CFA_EXPRESSION && !symbol(f, &row->fp, pc, &s, &is_value) && s.base == HP_SYM_FP;
}

/* Base, kind and offset of the CFA. */
static uint64_t cfa_part(const struct hp_fde *f, const struct hp_cfa_row *row, uintptr_t pc, struct hp_sym *s)
{
	int bad = 0;
	*s = (struct hp_sym){ .base = row->cfa.reg == HP_DW_SP ? HP_SYM_SP : HP_SYM_FP, .n = row->cfa.n };
	if (row->cfa.how == HP_CFA_VALUE && row->cfa.reg != HP_DW_FP && (row->cfa.reg != HP_DW_SP || fp_on_itself(f, row, pc)))
		return other_base(&row->cfa, s);
	if (row->cfa.how == HP_CFA_EXPRESSION)
		bad = hp_expr(hp_cfa_expression(f, &row->cfa), pc, 0, s);
	else
		bad = row->cfa.how != HP_CFA_VALUE;
	bad |= s->base != HP_SYM_SP && s->base != HP_SYM_FP;
	unsigned on_fp = s->base == HP_SYM_FP;
	uint64_t rule = s->loaded ? HP_RULE_SP_LOAD + on_fp : HP_RULE_SP_RARE + on_fp;
	if (s->loaded)
		rule |= field(s->n, 16, &bad) << 40 | field(s->after, 8, &bad) << 56;
	else
		rule |= field(s->n, 24, &bad) << 40;
	return bad ? STOP : rule;
}

/* Where the return address is. STOP: nowhere that a rule can name. */
static uint64_t ra_part(const struct hp_fde *f, const struct hp_cfa_row *row, uintptr_t pc, const struct hp_sym *cfa)
{
	struct hp_sym s;
	int is_value, bad = 0;
	if (row->ra.how == HP_CFA_SAME)
		return HP_CALL_PUSHES ? STOP : 1;  /* in the link register; 1 is taken off again */
	if (symbol(f, &row->ra, pc, &s, &is_value) || is_value || s.loaded)
		return STOP;
	if (s.base == HP_SYM_CFA && s.n < 0)
		return field(s.n, 17, &bad) << 23 | (bad ? STOP : 1);
	if (!f->signal || s.base != cfa->base)
		return STOP;
	uint64_t rule = field(s.n, 17, &bad) << 23 | HP_RULE_RA_AT_BASE | 1;
	return bad ? STOP : rule;
}

static uint64_t fp_rule(unsigned where, int64_t n)
{
	int bad = 0;
	uint64_t rule = field(n, 17, &bad) << 6 | where << 3;
	return bad ? HP_RULE_FP_LOST << 3 : rule;
}

/* Where the frame pointer is. Lost, and a frame that needs it ends the stack, where a rule can't name the place. */
static uint64_t fp_part(const struct hp_fde *f, const struct hp_cfa_row *row, uintptr_t pc, const struct hp_sym *cfa)
{
	struct hp_sym s;
	int is_value;
	if (row->fp.how == HP_CFA_SAME)
		return fp_rule(HP_RULE_FP_SAME, 0);
	if (symbol(f, &row->fp, pc, &s, &is_value) || is_value || s.loaded)
		return fp_rule(HP_RULE_FP_LOST, 0);
	if (s.base == HP_SYM_CFA && s.n < 0)
		return fp_rule(HP_RULE_FP_AT_CFA, s.n);
	int at_base = s.base == cfa->base || (cfa->base == HP_SYM_OTHER && s.base == HP_SYM_FP);
	return fp_rule(at_base ? HP_RULE_FP_AT_BASE : HP_RULE_FP_LOST, at_base ? s.n : 0);
}

static int is_common(uint64_t rule)
{
	unsigned kind = hp_rule_kind(rule), where = hp_rule_fp_where(rule);
	int64_t ra = -hp_rule_ra(rule), fp = -hp_rule_fp(rule);
	return (kind == HP_RULE_SP_RARE || kind == HP_RULE_FP_RARE) && !(rule & HP_RULE_RA_AT_BASE)
		&& ra > 0 && ra <= (HP_CALL_PUSHES ? 1 : HP_RULE_NEAR) && fp >= 0 && fp <= HP_RULE_NEAR
		&& (where == HP_RULE_FP_SAME || where == HP_RULE_FP_AT_CFA);
}

static uint64_t simplify(uint64_t rule)
{
	return is_common(rule) ? rule - (HP_RULE_SP_RARE - HP_RULE_SP) : rule;
}

/* pc is in front of the address that a handler returns to. */
static int at_sigreturn(uintptr_t pc)
{
	struct hp_module m;
	return HP_SIGNAL_PC && !hp_module_find(pc, &m) && pc + 1 < m.hi && hp_is_sigreturn(pc + 1);
}

static uint64_t sigreturn_rule(void)
{
	return HP_RULE_SP_LOAD | HP_RULE_FP_AT_BASE << 3 | HP_RULE_RA_AT_BASE | (uint64_t)HP_SIGNAL_FP << 6
		| (uint64_t)HP_SIGNAL_PC << 23 | (uint64_t)HP_SIGNAL_SP << 40;
}

static HP_SLOW uint64_t rule_of_row(const struct hp_fde *f, const struct hp_cfa_row *row, uintptr_t pc)
{
	struct hp_sym cfa_sym;
	if (row->ra.how == HP_CFA_UNDEFINED)
		return HP_RULE_END;
	uint64_t cfa = cfa_part(f, row, pc, &cfa_sym);
	uint64_t ra = ra_part(f, row, pc, &cfa_sym);
	if (cfa == STOP || ra == STOP)
		return STOP;
	return simplify(cfa | (ra - 1) | fp_part(f, row, pc, &cfa_sym));
}

/* Code without tables. A return to a function's very start was made up, as makecontext does for the outermost frame. */
static int is_outermost(uintptr_t pc)
{
	struct hp_fde f;
	return pc - hp_loader_entry < HP_LOADER_ENTRY_BYTES || (!hp_fde_of(pc + 1, &f) && f.start == pc + 1);
}

uint64_t hp_rule_make(uintptr_t pc)
{
	struct hp_fde f;
	struct hp_cfa_row row = { .followed = HP_CFA_NONE };
	if (at_sigreturn(pc))
		return sigreturn_rule();
	if (hp_fde_of(pc, &f))
		return is_outermost(pc) ? HP_RULE_END : HP_RULE_STOP;
	return hp_cfa_run(&f, pc, &row) ? STOP : rule_of_row(&f, &row, pc);
}

int hp_rule_cell(uintptr_t pc, unsigned reg, struct hp_cfa_cell *cell)
{
	struct hp_fde f;
	struct hp_cfa_row row = { .followed = (uint8_t)reg };
	if (at_sigreturn(pc))
		return 1;
	if (hp_fde_of(pc, &f) || hp_cfa_run(&f, pc, &row))
		return -1;
	*cell = row.other;
	return f.signal;
}

uint64_t hp_rule_miss(uintptr_t pc)
{
	uint64_t key = hp_rule_key(pc), rule = hp_rule_make(pc);
	hp_pair_keep(hp_rule_set(pc), key, rule);
	return rule;
}

/* The key holds 16 bits of it; before they repeat, what is left of the first round is removed. */
void hp_rule_forget(void)
{
	uint32_t now = __atomic_add_fetch(&hp_rule_generation, 1, __ATOMIC_ACQ_REL);
	if (now & 0xffff)
		return;
	for (unsigned i = 0; i < HP_RULE_SETS; i++)
		for (unsigned k = 0; k < HP_PAIR_WAYS; k++)
			__atomic_store_n(&hp_rules[i].way[k].mixed, 0, __ATOMIC_RELAXED);
	__atomic_add_fetch(&hp_rule_generation, 1, __ATOMIC_ACQ_REL);
}
