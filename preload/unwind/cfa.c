/* cfa.c - call frame instructions (DWARF 4, 6.4.2; GNU and aarch64 extensions from the LSB and the Arm DWARF ABI). */
#include "unwind/cfa.h"
#include "unwind/cpu.h"

enum {  /* DW_CFA_*; the first three hold an operand in their low six bits */
	ADVANCE_LOC = 1, OFFSET = 2, RESTORE = 3,
	NOP = 0x00, SET_LOC, ADVANCE_LOC1, ADVANCE_LOC2, ADVANCE_LOC4, OFFSET_EXTENDED, RESTORE_EXTENDED, UNDEFINED,
	SAME_VALUE, REGISTER, REMEMBER_STATE, RESTORE_STATE, DEF_CFA, DEF_CFA_REGISTER, DEF_CFA_OFFSET, DEF_CFA_EXPRESSION,
	EXPRESSION, OFFSET_EXTENDED_SF, DEF_CFA_SF, DEF_CFA_OFFSET_SF, VAL_OFFSET, VAL_OFFSET_SF, VAL_EXPRESSION,
	NEGATE_RA_STATE_WITH_PC = 0x2c, NEGATE_RA_STATE = 0x2d, GNU_ARGS_SIZE = 0x2e, GNU_NEGATIVE_OFFSET = 0x2f,
};

enum { REMEMBERED_MAX = 4 };  /* compilers nest two deep at most; the stack may be small */

struct machine {
	const struct hp_fde *f;
	struct hp_bytes b;
	uintptr_t loc, pc;
	struct hp_cfa_row row, initial, remembered[REMEMBERED_MAX];
	unsigned depth;
};

/* The cell of a register that is followed; a spare one for all others. */
static struct hp_cfa_cell *cell(struct hp_cfa_row *row, const struct hp_fde *f, uint64_t reg, struct hp_cfa_cell *spare)
{
	if (reg == f->ra_column)
		return &row->ra;
	if (reg == HP_DW_FP || reg == HP_DW_SP)
		return reg == HP_DW_FP ? &row->fp : &row->sp;
	return reg == row->followed ? &row->other : spare;
}

static void set(struct machine *x, uint64_t reg, uint8_t how, int64_t n)
{
	struct hp_cfa_cell spare, *c = cell(&x->row, x->f, reg, &spare);
	if (c == &spare)
		return;
	x->b.bad |= n != (int32_t)n;
	*c = (struct hp_cfa_cell){ how, 0, (int32_t)n };
}

static void restore(struct machine *x, uint64_t reg)
{
	struct hp_cfa_cell spare = { 0 }, *c = cell(&x->row, x->f, reg, &spare);
	if (c != &spare)
		*c = *cell(&x->initial, x->f, reg, &spare);
}

static void set_cfa(struct machine *x, uint64_t reg, int64_t n)
{
	x->b.bad |= reg > 255 || n != (int32_t)n;
	x->row.cfa = (struct hp_cfa_cell){ HP_CFA_VALUE, (uint8_t)reg, (int32_t)n };
}

static void set_cfa_part(struct machine *x, uint64_t reg, int64_t n)
{
	x->b.bad |= x->row.cfa.how != HP_CFA_VALUE;
	set_cfa(x, reg, n);
}

/* Remembers where an expression starts, and steps over it. */
static int64_t expression(struct machine *x)
{
	int64_t n = x->b.p - x->f->initial.p;  /* the tables may be far from the code */
	hp_bytes_skip(&x->b, hp_bytes_uleb(&x->b));
	return n;
}

static void advance(struct machine *x, uint64_t n)
{
	x->loc += n * x->f->code_align;
}

static void remember(struct machine *x)
{
	if (x->depth == REMEMBERED_MAX)
		x->b.bad = 1;
	else
		x->remembered[x->depth++] = x->row;
}

static void recall(struct machine *x)
{
	if (!x->depth)
		x->b.bad = 1;
	else
		x->row = x->remembered[--x->depth];
}

/* Operands are read before the call: C leaves the order of arguments open. */
static void extended(struct machine *x, unsigned op)
{
	struct hp_bytes *b = &x->b;
	int64_t align = x->f->data_align, n;
	uint64_t reg;
	switch (op) {
	case NOP: case NEGATE_RA_STATE: case NEGATE_RA_STATE_WITH_PC: break;  /* signatures are always removed */
	case SET_LOC:           x->loc = hp_bytes_pointer(b, x->f->encoding, 0) + x->f->bias; break;
	case ADVANCE_LOC1:      advance(x, hp_bytes_fixed(b, 1)); break;
	case ADVANCE_LOC2:      advance(x, hp_bytes_fixed(b, 2)); break;
	case ADVANCE_LOC4:      advance(x, hp_bytes_fixed(b, 4)); break;
	case OFFSET_EXTENDED:   reg = hp_bytes_uleb(b), n = (int64_t)hp_bytes_uleb(b), set(x, reg, HP_CFA_OFFSET, n * align); break;
	case OFFSET_EXTENDED_SF: reg = hp_bytes_uleb(b), n = hp_bytes_sleb(b), set(x, reg, HP_CFA_OFFSET, n * align); break;
	case GNU_NEGATIVE_OFFSET: reg = hp_bytes_uleb(b), n = (int64_t)hp_bytes_uleb(b), set(x, reg, HP_CFA_OFFSET, -n * align); break;
	case VAL_OFFSET:        reg = hp_bytes_uleb(b), n = (int64_t)hp_bytes_uleb(b), set(x, reg, HP_CFA_VALUE, n * align); break;
	case VAL_OFFSET_SF:     reg = hp_bytes_uleb(b), n = hp_bytes_sleb(b), set(x, reg, HP_CFA_VALUE, n * align); break;
	case RESTORE_EXTENDED:  restore(x, hp_bytes_uleb(b)); break;
	case UNDEFINED:         set(x, hp_bytes_uleb(b), HP_CFA_UNDEFINED, 0); break;
	case SAME_VALUE:        set(x, hp_bytes_uleb(b), HP_CFA_SAME, 0); break;
	case REGISTER:          reg = hp_bytes_uleb(b), hp_bytes_uleb(b), set(x, reg, HP_CFA_REGISTER, 0); break;
	case REMEMBER_STATE:    remember(x); break;
	case RESTORE_STATE:     recall(x); break;
	case DEF_CFA:           reg = hp_bytes_uleb(b), n = (int64_t)hp_bytes_uleb(b), set_cfa(x, reg, n); break;
	case DEF_CFA_SF:        reg = hp_bytes_uleb(b), n = hp_bytes_sleb(b), set_cfa(x, reg, n * align); break;
	case DEF_CFA_REGISTER:  set_cfa_part(x, hp_bytes_uleb(b), x->row.cfa.n); break;
	case DEF_CFA_OFFSET:    set_cfa_part(x, x->row.cfa.reg, (int64_t)hp_bytes_uleb(b)); break;
	case DEF_CFA_OFFSET_SF: set_cfa_part(x, x->row.cfa.reg, hp_bytes_sleb(b) * align); break;
	case DEF_CFA_EXPRESSION:
		n = expression(x);
		b->bad |= n != (int32_t)n;
		x->row.cfa = (struct hp_cfa_cell){ HP_CFA_EXPRESSION, 0, (int32_t)n };
		break;
	case EXPRESSION:        reg = hp_bytes_uleb(b), n = expression(x), set(x, reg, HP_CFA_EXPRESSION, n); break;
	case VAL_EXPRESSION:    reg = hp_bytes_uleb(b), n = expression(x), set(x, reg, HP_CFA_VALUE_EXPRESSION, n); break;
	case GNU_ARGS_SIZE:     hp_bytes_uleb(b); break;
	default:                b->bad = 1;
	}
}

/* Until the end, or the first instruction that holds only beyond pc. */
static void run(struct machine *x)
{
	while (!x->b.bad && x->b.p < x->b.end && x->loc <= x->pc) {
		unsigned op = (unsigned)hp_bytes_fixed(&x->b, 1), low = op & 0x3f;
		switch (op >> 6) {
		case ADVANCE_LOC: advance(x, low); break;
		case OFFSET:      set(x, low, HP_CFA_OFFSET, (int64_t)hp_bytes_uleb(&x->b) * x->f->data_align); break;
		case RESTORE:     restore(x, low); break;
		default:          extended(x, low);
		}
	}
}

int hp_cfa_run(const struct hp_fde *f, uintptr_t pc, struct hp_cfa_row *row)
{
	struct machine x;
	x.f = f;
	x.pc = pc;
	x.loc = f->start;
	x.depth = 0;
	x.row = (struct hp_cfa_row){ .cfa = { HP_CFA_UNDEFINED, 0, 0 }, .followed = row->followed };
	x.b = f->initial;
	run(&x);
	x.initial = x.row;
	x.b.p = f->program.p;
	x.b.end = f->program.end;
	run(&x);
	*row = x.row;
	return x.b.bad ? -1 : 0;
}

struct hp_bytes hp_cfa_expression(const struct hp_fde *f, const struct hp_cfa_cell *c)
{
	const uint8_t *at = f->initial.p + c->n;
	/* It was read within the CIE or the FDE, so its end is known to be inside. */
	struct hp_bytes b = { at, f->program.end > at && f->program.p <= at ? f->program.end : f->initial.end, 0 };
	uint64_t length = hp_bytes_uleb(&b);
	b.end = b.p + length;
	return b;
}
