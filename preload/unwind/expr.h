/*
 * expr.h - DWARF expressions, evaluated symbolically. The program counter is known when a rule is made, so what remains
 * of every shape in use (PLT stubs, realigned stacks, signal frames, assembler code) is a register, an offset, and at
 * most one load: small enough to be kept as a rule.
 */
#ifndef HP_UNWIND_EXPR_H
#define HP_UNWIND_EXPR_H

#include "unwind/bytes.h"

/* OTHER: a register that is not followed; never the base of an expression. */
enum hp_sym_base { HP_SYM_NUMBER, HP_SYM_SP, HP_SYM_FP, HP_SYM_CFA, HP_SYM_OTHER };
/* base + n; loaded: the word at base + n, plus `after`. */
struct hp_sym { uint8_t base, loaded; int64_t n, after; };

/* with_cfa: the CFA is on the stack at the start. 0, or -1: damaged, or not one of these shapes. */
HP_HIDDEN int hp_expr(struct hp_bytes b, uintptr_t pc, int with_cfa, struct hp_sym *result);

#endif
