/* expr.c - DWARF 4, 2.5 and 7.7.1, as far as unwind tables use it. */
#include "unwind/expr.h"
#include "unwind/cpu.h"

enum {  /* DW_OP_* */
	DEREF = 0x06, CONST1U = 0x08, CONST1S, CONST2U, CONST2S, CONST4U, CONST4S, CONST8U, CONST8S, CONSTU, CONSTS,
	DUP = 0x12, DROP, SWAP = 0x16, AND = 0x1a, MINUS = 0x1c, MUL = 0x1e, OR = 0x21, PLUS, PLUS_UCONST, SHL, SHR,
	EQ = 0x29, GE, GT, LE, LT, NE, LIT0 = 0x30, LIT31 = 0x4f, BREG0 = 0x70, BREG31 = 0x8f, BREGX = 0x92, NOP = 0x96,
};

enum { DEPTH = 6 };
struct machine { struct hp_sym stack[DEPTH]; unsigned depth; int bad; };

static void push(struct machine *x, struct hp_sym v)
{
	if (x->depth == DEPTH)
		x->bad = 1;
	else
		x->stack[x->depth++] = v;
}

static void push_number(struct machine *x, int64_t n)
{
	push(x, (struct hp_sym){ .base = HP_SYM_NUMBER, .n = n });
}

static struct hp_sym pop(struct machine *x)
{
	if (!x->depth) {
		x->bad = 1;
		return (struct hp_sym){ 0 };
	}
	return x->stack[--x->depth];
}

static void push_register(struct machine *x, uintptr_t pc, uint64_t reg, int64_t offset)
{
	if (reg == HP_DW_SP)
		push(x, (struct hp_sym){ .base = HP_SYM_SP, .n = offset });
	else if (reg == HP_DW_FP)
		push(x, (struct hp_sym){ .base = HP_SYM_FP, .n = offset });
	else if (reg == HP_DW_PC)
		push_number(x, (int64_t)pc + offset);
	else
		x->bad = 1;  /* a register that is not followed */
}

static void deref(struct machine *x)
{
	struct hp_sym v = pop(x);
	x->bad |= v.base == HP_SYM_NUMBER || v.loaded;
	v.loaded = 1;
	push(x, v);
}

static int64_t arithmetic(unsigned op, int64_t a, int64_t b, int *bad)
{
	uint64_t ua = (uint64_t)a, ub = (uint64_t)b;
	switch (op) {
	case AND:   return (int64_t)(ua & ub);
	case OR:    return (int64_t)(ua | ub);
	case PLUS:  return (int64_t)(ua + ub);
	case MINUS: return (int64_t)(ua - ub);
	case MUL:   return (int64_t)(ua * ub);
	case SHL:   return ub < 64 ? (int64_t)(ua << ub) : 0;
	case SHR:   return ub < 64 ? (int64_t)(ua >> ub) : 0;
	case EQ:    return a == b;
	case GE:    return a >= b;
	case GT:    return a > b;
	case LE:    return a <= b;
	case LT:    return a < b;
	case NE:    return a != b;
	}
	*bad = 1;
	return 0;
}

/* Of two operands at most one may be a register, and that may only be added to. */
static void binary(struct machine *x, unsigned op)
{
	struct hp_sym b = pop(x), a = pop(x);
	if (a.base == HP_SYM_NUMBER && b.base != HP_SYM_NUMBER && op == PLUS) {
		struct hp_sym swap = a;
		a = b, b = swap;
	}
	int64_t *to = a.loaded ? &a.after : &a.n;
	x->bad |= b.base != HP_SYM_NUMBER || (a.base != HP_SYM_NUMBER && op != PLUS && op != MINUS);
	*to = arithmetic(op, *to, b.n, &x->bad);
	push(x, a);
}

static void add(struct machine *x, int64_t n)
{
	push_number(x, n);
	binary(x, PLUS);
}

static void step(struct machine *x, struct hp_bytes *b, uintptr_t pc)
{
	unsigned op = (unsigned)hp_bytes_fixed(b, 1);
	if (op >= LIT0 && op <= LIT31) {
		push_number(x, op - LIT0);
	} else if (op >= BREG0 && op <= BREG31) {
		push_register(x, pc, op - BREG0, hp_bytes_sleb(b));
	} else if (op >= CONST1U && op <= CONST8S) {
		unsigned bytes = 1u << (op - CONST1U) / 2;
		push_number(x, (op - CONST1U) % 2 ? hp_bytes_signed(b, bytes) : (int64_t)hp_bytes_fixed(b, bytes));
	} else if (op == BREGX) {
		uint64_t reg = hp_bytes_uleb(b);
		push_register(x, pc, reg, hp_bytes_sleb(b));
	} else if (op == CONSTU || op == CONSTS) {
		push_number(x, op == CONSTS ? hp_bytes_sleb(b) : (int64_t)hp_bytes_uleb(b));
	} else if (op == PLUS_UCONST) {
		add(x, (int64_t)hp_bytes_uleb(b));
	} else if (op == DEREF) {
		deref(x);
	} else if (op == DUP) {
		struct hp_sym v = pop(x);
		push(x, v), push(x, v);
	} else if (op == SWAP) {
		struct hp_sym v = pop(x), w = pop(x);
		push(x, v), push(x, w);
	} else if (op == DROP) {
		pop(x);
	} else if (op != NOP) {
		binary(x, op);
	}
}

int hp_expr(struct hp_bytes b, uintptr_t pc, int with_cfa, struct hp_sym *result)
{
	struct machine x;
	x.depth = 0;
	x.bad = 0;
	if (with_cfa)
		push(&x, (struct hp_sym){ .base = HP_SYM_CFA });
	while (!b.bad && !x.bad && b.p < b.end)
		step(&x, &b, pc);
	*result = pop(&x);
	return b.bad || x.bad ? -1 : 0;
}
