/* memory_put.h - the records of the heap's hooks. Of sizes and addresses that are not usual the wide forms, out of line. */
#ifndef HP_HOOKS_MEMORY_PUT_H
#define HP_HOOKS_MEMORY_PUT_H

#include "../event.h"
#include "../state.h"

#define ADDRESS_BITS 48

static HP_COLD void alloc_wide(struct hp_thread *t, unsigned op, void *p, size_t size, uint32_t stack, uint64_t now, int ends_realloc)
{
	struct hp_r_alloc_wide *r = (void *)hp_open(t, now, HP_R_ALLOC_WIDE, sizeof *r / 4);
	r->t32 = (uint32_t)now;
	hp_put64(r->addr, (uint64_t)p);
	hp_put64(r->size, size);
	r->stack = stack;
	hp_commit(&r->w, hp_word(HP_R_ALLOC_WIDE, op, (unsigned)ends_realloc));
}

static HP_COLD void free_wide(struct hp_thread *t, unsigned op, void *p, uint64_t now, int begins_realloc)
{
	struct hp_r_free_wide *r = (void *)hp_open(t, now, HP_R_FREE_WIDE, sizeof *r / 4);
	r->t32 = (uint32_t)now;
	hp_put64(r->addr, (uint64_t)p);
	hp_commit(&r->w, hp_word(HP_R_FREE_WIDE, op, (unsigned)begins_realloc));
}

static HP_COLD void alloc_failed(struct hp_thread *t, unsigned op, size_t size, struct hp_caller caller)
{
	uint32_t stack = hp_stack_id(t, caller);
	uint64_t now = hp_ticks();
	struct hp_r_alloc_fail *r = (void *)hp_open(t, now, HP_R_ALLOC_FAIL, sizeof *r / 4);
	r->t32 = (uint32_t)now;
	hp_put64(r->size, size);
	r->stack = stack;
	hp_commit(&r->w, hp_word(HP_R_ALLOC_FAIL, op, 0));
}

/* 0 or 1: the region that a near record can name this address in. Others: none. */
HP_INLINE unsigned near_region(uint64_t address)
{
	uint64_t high = address >> HP_NEAR_SHIFT | address << 60;
	return HP_LIKELY(high == hp_near[0]) ? 0 : high == hp_near[1] ? 1 : 2;
}

/* Cost: one stamp, one stack, 16 bytes. */
HP_INLINE void note_alloc_near(struct hp_thread *t, unsigned op, uint64_t address, size_t size, uint32_t stack, uint64_t now, unsigned region)
{
	uint32_t *r = hp_reserve(t, now, sizeof(struct hp_r_alloc_near));
	*(volatile uint32_t *)r = hp_word(HP_R_OPEN, HP_R_ALLOC_NEAR, sizeof(struct hp_r_alloc_near) / 4);
	HP_BARRIER();
	r[1] = (uint32_t)(address >> 4);
	r[2] = (uint32_t)size | region << HP_NEAR_SIZE_BITS | (op - HP_OP_MALLOC) << 28;
	r[3] = stack;
	hp_commit(r, hp_near_word(HP_R_ALLOC_NEAR, now));
}

/* Cost: one stamp, 8 bytes in one store. */
HP_INLINE void note_free_near(struct hp_thread *t, uint64_t address, uint64_t now, unsigned region)
{
	uint64_t *r = hp_reserve(t, now, sizeof(struct hp_r_free_near));
	_Static_assert(HP_R_FREE_NEAR1 == HP_R_FREE_NEAR0 + 2, "a kind for each region");
	*r = address >> 4 << 32 | hp_near_word(HP_R_FREE_NEAR0 + 2 * region, now);
}

HP_INLINE void put_alloc(struct hp_thread *t, unsigned record, unsigned op, void *p, size_t size, struct hp_caller caller)
{
	uint64_t now = hp_ticks();
	uint32_t stack = hp_stack_id(t, caller);
	unsigned region = near_region((uint64_t)p);
	if (record == HP_R_ALLOC && HP_LIKELY(region < 2 && !(size >> HP_NEAR_SIZE_BITS))) {
		note_alloc_near(t, op, (uint64_t)p, size, stack, now, region);
		return;
	}
	if (HP_UNLIKELY((uint64_t)p >> ADDRESS_BITS || size > UINT32_MAX)) {
		alloc_wide(t, op, p, size, stack, now, record == HP_R_REALLOC_END);
		return;
	}
	struct hp_r_alloc *r = (void *)hp_open(t, now, record, sizeof *r / 4);
	r->addr_lo = (uint32_t)(uint64_t)p;
	r->t32 = (uint32_t)now;
	r->size = (uint32_t)size;
	r->stack = stack;
	hp_commit(&r->w, hp_word(record, op, (unsigned)((uint64_t)p >> 32)));
}

HP_INLINE void put_free(struct hp_thread *t, unsigned record, unsigned op, void *p)
{
	uint64_t now = hp_ticks();
	unsigned region = near_region((uint64_t)p);
	if (op == HP_OP_FREE && record == HP_R_FREE && HP_LIKELY(region < 2)) {
		note_free_near(t, (uint64_t)p, now, region);
		return;
	}
	if (HP_UNLIKELY((uint64_t)p >> ADDRESS_BITS)) {
		free_wide(t, op, p, now, record == HP_R_REALLOC_BEGIN);
		return;
	}
	struct hp_r_free *r = (void *)hp_open(t, now, record, sizeof *r / 4);
	r->addr_lo = (uint32_t)(uint64_t)p;
	r->t32 = (uint32_t)now;
	hp_commit(&r->w, hp_word(record, op, (unsigned)((uint64_t)p >> 32)));
}

#endif
