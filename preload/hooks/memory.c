/*
 * memory.c - the heap. What obtains a block is stamped after the real call, what gives one up before it, so that in
 * time order a block is never live twice. realloc.c has what is both.
 */
#include "early_memory.h"
#include "memory_put.h"
#include "memory_sample.h"
#include "real.h"
#include "state.h"

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

/* Known before the real call: off, that is all there is, without a frame of ours. */
HP_INLINE int recorded(void)
{
	return (HP_RELAXED(hp_control) & HP_MEMORY) != 0;
}

/* n: of calloc, or the alignment. */
static void *call_real(unsigned op, size_t n, size_t size)
{
	switch (op) {
	case HP_OP_CALLOC:        return hp_real.calloc(n, size);
	case HP_OP_ALIGNED_ALLOC: return hp_real.aligned_alloc(n, size);
	case HP_OP_MEMALIGN:      return hp_real.memalign(n, size);
	default:                  return hp_real.malloc(size);
	}
}

static size_t product(size_t n, size_t size)
{
	size_t bytes;
	return __builtin_mul_overflow(n, size, &bytes) ? SIZE_MAX : bytes;
}

/* A call that takes a second stamp: around the real one alone. */
static HP_COLD void *sampled(unsigned op, size_t n, size_t size, uintptr_t caller_word)
{
	uint64_t begun = hp_ticks();
	void *p = call_real(op, n, size);
	uint64_t took = hp_ticks() - begun;
	note_recorded(p, op == HP_OP_CALLOC ? product(n, size) : size, op, caller_word);
	if (p)
		hp_sample_put(op, took, p);
	return p;
}

HP_EXPORT void *malloc(size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(16, size);
	if (!recorded())
		return hp_real.malloc(size);
	if (hp_sample_due(&hp_tls.got))
		return sampled(HP_OP_MALLOC, 0, size, HP_CALLER_WORD());
	return note_recorded(hp_real.malloc(size), size, HP_OP_MALLOC, HP_CALLER_WORD());
}

HP_EXPORT void *calloc(size_t n, size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(16, product(n, size));
	if (!recorded())
		return hp_real.calloc(n, size);
	if (hp_sample_due(&hp_tls.got))
		return sampled(HP_OP_CALLOC, n, size, HP_CALLER_WORD());
	void *p = hp_real.calloc(n, size);
	return note_recorded(p, product(n, size), HP_OP_CALLOC, HP_CALLER_WORD());
}

static HP_SLOW void free_sampled(void *p)
{
	uint64_t begun = hp_ticks();
	hp_real.free(p);
	hp_sample_put(HP_OP_FREE, hp_ticks() - begun, NULL);
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
	if (t) {
		put_free(t, HP_R_FREE, HP_OP_FREE, p);
		if (hp_sample_due(&t->freed)) {
			free_sampled(p);
			return;
		}
	}
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

HP_EXPORT int posix_memalign(void **to, size_t alignment, size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early()) {
		*to = hp_early_alloc(alignment, size);
		return *to ? 0 : ENOMEM;
	}
	int error = hp_real.posix_memalign(to, alignment, size);
	if (recorded())
		note_recorded(error ? NULL : *to, size, HP_OP_POSIX_MEMALIGN, HP_CALLER_WORD());
	return error;
}

HP_EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(alignment, size);
	if (!recorded())
		return hp_real.aligned_alloc(alignment, size);
	if (hp_sample_due(&hp_tls.got))
		return sampled(HP_OP_ALIGNED_ALLOC, alignment, size, HP_CALLER_WORD());
	return note_recorded(hp_real.aligned_alloc(alignment, size), size, HP_OP_ALIGNED_ALLOC, HP_CALLER_WORD());
}

HP_EXPORT void *memalign(size_t alignment, size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(alignment, size);
	if (!recorded())
		return hp_real.memalign(alignment, size);
	if (hp_sample_due(&hp_tls.got))
		return sampled(HP_OP_MEMALIGN, alignment, size, HP_CALLER_WORD());
	return note_recorded(hp_real.memalign(alignment, size), size, HP_OP_MEMALIGN, HP_CALLER_WORD());
}

HP_EXPORT void *valloc(size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(4096, size);
	if (!recorded())
		return hp_real.valloc(size);
	return note_recorded(hp_real.valloc(size), size, HP_OP_VALLOC, HP_CALLER_WORD());
}

HP_EXPORT void *pvalloc(size_t size)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return hp_early_alloc(4096, size);
	if (!recorded())
		return hp_real.pvalloc(size);
	return note_recorded(hp_real.pvalloc(size), size, HP_OP_PVALLOC, HP_CALLER_WORD());
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
