/*
 * registers.h - the value that a register which is not followed had in some frame. Steps need it where a CFA counts from
 * one: in the prologue of a function that aligns its stack, when a signal came there; in the loader's stub that binds a
 * function at its first call; in assembler code.
 */
#ifndef HP_UNWIND_REGISTERS_H
#define HP_UNWIND_REGISTERS_H

#include "unwind/step.h"

/*
 * The value in the frame at the cursor, which must be on the current stack. Walks there from the calling code, one frame
 * after the other: 1 us a frame. 0, or -1: not kept anywhere.
 */
HP_HIDDEN HP_SLOW int hp_register_at(const struct hp_cursor *c, unsigned reg, uintptr_t *value);

#endif
