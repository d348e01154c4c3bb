#include "dump/near.h"

#include <string.h>

static uint64_t address_of(uint32_t region, uint32_t addr4)
{
	return (uint64_t)region << HP_NEAR_SHIFT | (uint64_t)addr4 << 4;
}

static void become(struct near *n, struct dump_record *r, unsigned kind, unsigned sub, unsigned arg)
{
	n->wide[0] = hp_word(kind, sub, arg & 0xffff);
	r->w = n->wide;
	r->kind = kind;
	r->words = dump_record_words[kind];
}

static void block(struct near *n, struct dump_record *r, unsigned kind, unsigned op, uint64_t address, uint32_t t32)
{
	become(n, r, kind, op, (unsigned)(address >> 32));
	n->wide[1] = (uint32_t)address;
	n->wide[2] = t32;
}

static void allocation(struct near *n, struct dump_record *r, const uint32_t region[2], uint32_t t32)
{
	const struct hp_r_alloc_near a = *(const struct hp_r_alloc_near *)(const void *)r->w;
	block(n, r, HP_R_ALLOC, HP_OP_MALLOC + (a.size >> 28), address_of(region[a.size >> HP_NEAR_SIZE_BITS & 1], a.addr4), t32);
	n->wide[3] = a.size & ((1u << HP_NEAR_SIZE_BITS) - 1);
	n->wide[4] = a.stack;
}

static int unlock(struct near *n, struct dump_record *r, uint32_t t32)
{
	if (!n->count)
		return 0;
	uint32_t taken = n->held[--n->count];
	become(n, r, HP_R_UNLOCK, hp_word_sub(taken), hp_word_arg(taken));
	n->wide[1] = t32;
	n->wide[2] = 0;
	return 1;
}

static void io(struct near *n, struct dump_record *r, uint32_t t32)
{
	const struct hp_r_io_near a = *(const struct hp_r_io_near *)(const void *)r->w;
	become(n, r, HP_R_IO, a.ticks & 0xff, 0);
	n->wide[1] = t32;
	n->wide[2] = a.ticks >> 8;
	n->wide[3] = a.stack;
	n->wide[4] = a.fd & ((1u << HP_NEAR_FD_BITS) - 1);
	n->wide[5] = a.fd >> HP_NEAR_FD_BITS;
}

void near_hold(struct near *n, uint32_t taken)
{
	if (n->count == NEAR_HELD_MAX)  /* held for ever, or released by other threads */
		memmove(n->held, n->held + 1, --n->count * sizeof *n->held);
	n->held[n->count++] = n->taken = taken;
}

static int lock(struct near *n, struct dump_record *r, uint32_t t32)
{
	if (!n->taken)
		return 0;
	uint32_t where = r->w[1];
	near_hold(n, near_again(n));
	become(n, r, HP_R_LOCK, hp_word_sub(n->taken), hp_word_arg(n->taken));
	n->wide[1] = t32;
	n->wide[2] = where;
	return 1;
}

int near_widen(struct near *n, struct dump_record *r, const uint32_t region[2], uint32_t t32)
{
	switch (r->kind) {
	case HP_R_ALLOC_NEAR: allocation(n, r, region, t32); return 1;
	case HP_R_FREE_NEAR0: block(n, r, HP_R_FREE, HP_OP_FREE, address_of(region[0], r->w[1]), t32); return 1;
	case HP_R_FREE_NEAR1: block(n, r, HP_R_FREE, HP_OP_FREE, address_of(region[1], r->w[1]), t32); return 1;
	case HP_R_IO_NEAR:    io(n, r, t32); return 1;
	case HP_R_LOCK_AGAIN: return lock(n, r, t32);
	default:              return unlock(n, r, t32);
	}
}

void near_follow(struct near *n, const struct dump_record *r)
{
	if (r->kind == HP_R_LOCK || r->kind == HP_R_LOCK_WAIT) {
		near_hold(n, *r->w & ~((uint32_t)HP_LOCK_TRIED << 16));
		return;
	}
	for (unsigned i = n->count; i-- > 0; ) {
		if (hp_word_arg(n->held[i]) != hp_word_arg(*r->w))
			continue;
		memmove(n->held + i, n->held + i + 1, (--n->count - i) * sizeof *n->held);
		return;
	}
}
