/*
 * memory.c - the heap. What obtains a block is stamped after the real call, what gives one up before it, so that in
 * time order a block is never live twice. A realloc is both: two records.
 */
#include "early_memory.h"
#include "event.h"
#include "real.h"
#include "state.h"

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
	*r = address >> 4 << 32 | hp_near_word(region ? HP_R_FREE_NEAR1 : HP_R_FREE_NEAR0, now);
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

/*
 * Not inlined: the hooks then save no registers for it, which is half of what they cost when off. caller_word: see
 * preload.h.
 */
static HP_SLOW void *note_recorded(void *p, size_t size, unsigned op, uintptr_t caller_word)
{
	const struct hp_caller caller = hp_caller_at(caller_word);
	struct hp_thread *t = hp_enter_on(HP_MEMORY);
	if (!t)
		return p;
	if (HP_LIKELY(p))
		put_alloc(t, HP_R_ALLOC, op, p, size, caller);
	else
		alloc_failed(t, op, size, caller);
	return p;
}

HP_INLINE void *note_alloc(unsigned op, void *p, size_t size, uintptr_t caller_word)
{
	return HP_RELAXED(hp_control) & HP_MEMORY ? note_recorded(p, size, op, caller_word) : p;
}

HP_EXPORT void *malloc(size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(16, size);
	return note_alloc(HP_OP_MALLOC, hp_real.malloc(size), size, HP_CALLER_WORD());
}

HP_EXPORT void *calloc(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(16, bytes);
	return note_alloc(HP_OP_CALLOC, hp_real.calloc(n, size), bytes, HP_CALLER_WORD());
}

HP_EXPORT void free(void *p)
{
	if (HP_UNLIKELY(hp_early_owns(p))) {
		hp_early_count += !hp_ready;
		return;
	}
	if (!p)
		return;
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return;
	struct hp_thread *t = hp_enter(HP_MEMORY);
	if (t)
		put_free(t, HP_R_FREE, HP_OP_FREE, p);
	hp_real.free(p);
}

HP_EXPORT void cfree(void *p)
{
	if (HP_UNLIKELY(hp_early_owns(p)) || !p || HP_UNLIKELY(!hp_ready))
		return;
	struct hp_thread *t = hp_enter(HP_MEMORY);
	if (t)
		put_free(t, HP_R_FREE, HP_OP_CFREE, p);
	hp_real.cfree(p);
}

/* A block of the early arena cannot be resized by the real allocator: it moves there. */
static HP_COLD void *realloc_early(void *p, size_t size)
{
	hp_early_count += !hp_ready;
	void *to = hp_ready ? hp_real.malloc(size) : hp_early_alloc(16, size);
	size_t old = hp_early_size(p);
	if (to)
		memcpy(to, p, old < size ? old : size);
	return to;
}

HP_INLINE void begin_realloc(struct hp_thread *t, unsigned op, void *old)
{
	if (t)
		t->reallocs++;
	if (t && old)
		put_free(t, HP_R_REALLOC_BEGIN, op, old);
}

/* p NULL: failed, or size 0 and the block was freed; the record says what became of the old one. */
HP_INLINE void end_realloc(struct hp_thread *t, unsigned op, void *old, void *p, size_t size, struct hp_caller caller)
{
	if (!t)
		return;
	if (old)
		put_alloc(t, HP_R_REALLOC_END, op, p, size, caller);
	else if (HP_LIKELY(p))
		put_alloc(t, HP_R_ALLOC, op, p, size, caller);
	else
		alloc_failed(t, op, size, caller);
}

HP_EXPORT void *realloc(void *old, size_t size)
{
	if (HP_UNLIKELY(hp_early_owns(old)))
		return realloc_early(old, size);
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(16, size);
	struct hp_thread *t = hp_enter(HP_MEMORY);
	begin_realloc(t, HP_OP_REALLOC, old);
	void *p = hp_real.realloc(old, size);
	end_realloc(t, HP_OP_REALLOC, old, p, size, HP_CALLER());
	return p;
}

HP_EXPORT void *reallocarray(void *old, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	if (HP_UNLIKELY(hp_early_owns(old)))
		return bytes == SIZE_MAX ? NULL : realloc_early(old, bytes);
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(16, bytes);
	/* libc's own calls realloc, through our hook, unless the product overflows. */
	uint32_t before = hp_tls.t ? hp_tls.t->reallocs : 0;
	void *p = hp_real.reallocarray(old, n, size);
	struct hp_thread *t = hp_enter(HP_MEMORY);
	if (!t || t->reallocs != before)
		return p;
	if (p)
		put_alloc(t, HP_R_ALLOC, HP_OP_REALLOCARRAY, p, bytes, HP_CALLER());
	else
		alloc_failed(t, HP_OP_REALLOCARRAY, bytes, HP_CALLER());
	return p;
}

HP_EXPORT int posix_memalign(void **to, size_t alignment, size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early()) {
		*to = hp_early_alloc(alignment, size);
		return *to ? 0 : ENOMEM;
	}
	int error = hp_real.posix_memalign(to, alignment, size);
	note_alloc(HP_OP_POSIX_MEMALIGN, error ? NULL : *to, size, HP_CALLER_WORD());
	return error;
}

HP_EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(alignment, size);
	return note_alloc(HP_OP_ALIGNED_ALLOC, hp_real.aligned_alloc(alignment, size), size, HP_CALLER_WORD());
}

HP_EXPORT void *memalign(size_t alignment, size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(alignment, size);
	return note_alloc(HP_OP_MEMALIGN, hp_real.memalign(alignment, size), size, HP_CALLER_WORD());
}

HP_EXPORT void *valloc(size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(4096, size);
	return note_alloc(HP_OP_VALLOC, hp_real.valloc(size), size, HP_CALLER_WORD());
}

HP_EXPORT void *pvalloc(size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(4096, size);
	return note_alloc(HP_OP_PVALLOC, hp_real.pvalloc(size), size, HP_CALLER_WORD());
}

/* Not an event; hooked because blocks of the early arena are no blocks of the real allocator. */
HP_EXPORT size_t malloc_usable_size(void *p)
{
	if (HP_UNLIKELY(hp_early_owns(p)))
		return hp_early_size(p);
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	return hp_real.malloc_usable_size(p);
}
