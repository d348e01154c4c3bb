/*
 * cfa.h - runs the instructions of an unwind table entry, and gives the row that holds for one program counter: where
 * the frame's CFA is, and where the caller's return address, frame pointer and stack pointer are found, and one register
 * more where that is asked for.
 */
#ifndef HP_UNWIND_CFA_H
#define HP_UNWIND_CFA_H

#include "unwind/fde.h"

enum hp_cfa_how {
	HP_CFA_SAME,          /* unchanged (the state that a register starts in) */
	HP_CFA_UNDEFINED,
	HP_CFA_OFFSET,        /* in memory at CFA + n */
	HP_CFA_VALUE,         /* is CFA + n; of the CFA itself: register + n */
	HP_CFA_REGISTER,      /* in another register */
	HP_CFA_EXPRESSION,    /* in memory where the expression at initial.p + n tells; of the CFA itself: its value */
	HP_CFA_VALUE_EXPRESSION,
};
struct hp_cfa_cell { uint8_t how, reg; int32_t n; };
/* other: of register `followed`, which is set before; HP_CFA_NONE: of none. */
struct hp_cfa_row { struct hp_cfa_cell cfa, ra, fp, sp, other; uint8_t followed; };
enum { HP_CFA_NONE = 255 };

/* 0, or -1: damaged, or an instruction that is not known. */
HP_HIDDEN int hp_cfa_run(const struct hp_fde *f, uintptr_t pc, struct hp_cfa_row *row);
/* The expression of a cell, its length consumed. */
HP_HIDDEN struct hp_bytes hp_cfa_expression(const struct hp_fde *f, const struct hp_cfa_cell *cell);

#endif
