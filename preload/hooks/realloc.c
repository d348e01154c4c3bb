/* realloc.c - gives a block up and gets one: two records, stamped before the real call and after it. */
#include "early_memory.h"
#include "memory_put.h"
#include "memory_sample.h"
#include "real.h"
#include "state.h"

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

static HP_COLD void *realloc_sampled(struct hp_thread *t, void *old, size_t size, uintptr_t caller_word)
{
	begin_realloc(t, HP_OP_REALLOC, old);
	uint64_t begun = hp_ticks();
	void *p = hp_real.realloc(old, size);
	uint64_t took = hp_ticks() - begun;
	end_realloc(t, HP_OP_REALLOC, old, p, size, hp_caller_at(caller_word));
	if (p)
		hp_sample_put(HP_OP_REALLOC, took, p);
	return p;
}

HP_EXPORT void *realloc(void *old, size_t size)
{
	if (HP_UNLIKELY(hp_early_owns(old)))
		return realloc_early(old, size);
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(16, size);
	struct hp_thread *t = hp_enter(HP_MEMORY);
	if (t && hp_sample_due(&t->freed))
		return realloc_sampled(t, old, size, HP_CALLER_WORD());
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
