/*
 * fde.h - the unwind table entry of a function: found by the binary search table of PT_GNU_EH_FRAME, or where there is none, by
 * going through the entries.
 */
#ifndef HP_UNWIND_FDE_H
#define HP_UNWIND_FDE_H

#include "unwind/module.h"

struct hp_fde {
	struct hp_bytes initial;     /* instructions of the CIE */
	struct hp_bytes program;     /* instructions of the FDE */
	uintptr_t start;             /* first address of the function */
	uint64_t code_align;
	int64_t data_align;
	uint64_t ra_column;
	uintptr_t bias;              /* to be added to absolute code addresses */
	uint8_t encoding;            /* of code addresses */
	uint8_t signal;              /* a signal handler's return trampoline */
	uint8_t augmented;           /* entries have augmentation data */
};

/* 0, or -1: this address has none in these tables, or they are damaged. */
HP_HIDDEN int hp_fde_find(const struct hp_module *m, uintptr_t pc, struct hp_fde *f);
/* The same in all tables that there are for this address. */
HP_HIDDEN int hp_fde_of(uintptr_t pc, struct hp_fde *f);

#endif
