/*
 * thread.c - threads made, named, joined. No trampoline: the new thread is known from its own first event on, and matched
 * to its creator by its pthread_t.
 */
#include "locks.h"
#include "meta.h"
#include "real.h"
#include "state.h"

/* before: ticks before the call, so that no thread begins before its creation. */
static void note_create(const pthread_t *thread, uintptr_t start, int result, uint64_t before, struct hp_caller caller)
{
	struct hp_thread *t = hp_enter(HP_THREAD);
	if (!t)
		return;
	uint32_t stack = hp_stack_id(t, caller);
	struct hp_r_thread_create *r = (void *)hp_open(t, before, HP_R_THREAD_CREATE, sizeof *r / 4);
	r->t32 = (uint32_t)before;
	hp_put64(r->pthread, result ? 0 : (uint64_t)*thread);
	hp_put64(r->start_fn, start);
	r->stack = stack;
	r->result = result;
	hp_commit(&r->w, hp_word(HP_R_THREAD_CREATE, 0, 0));
}

/* A forked child gets a dump of its own before its second thread: one thread is all that a piece serves. */
static void before_create(void)
{
	struct hp_thread *t = hp_enter(HP_ALL_KINDS);
	if (t && t != &hp_late && hp_live->forked)
		hp_fork_leave(t);
}

HP_EXPORT int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attr, void *(*start)(void *), void *restrict arg)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return EAGAIN;
	before_create();
	uint64_t before = hp_ticks();
	int r = hp_real.pthread_create(thread, attr, start, arg);
	note_create(thread, (uintptr_t)start, r, before, HP_CALLER());
	return r;
}

HP_EXPORT int thrd_create(thrd_t *thread, thrd_start_t start, void *arg)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return thrd_error;
	before_create();
	uint64_t before = hp_ticks();
	int r = hp_real.thrd_create(thread, start, arg);
	note_create(thread, (uintptr_t)start, r == thrd_success ? 0 : EAGAIN, before, HP_CALLER());
	return r;
}

HP_EXPORT int pthread_join(pthread_t thread, void **result)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_THREAD, HP_OP_JOIN, (uint64_t)thread, 0, HP_CALLER());
	int r = hp_real.pthread_join(thread, result);
	hp_wait_end(&c, r, r);
	return r;
}

HP_EXPORT int pthread_tryjoin_np(pthread_t thread, void **result)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_THREAD, HP_OP_TRYJOIN, (uint64_t)thread, 0, HP_CALLER());
	int r = hp_real.pthread_tryjoin_np(thread, result);
	hp_wait_end(&c, r, r);
	return r;
}

HP_EXPORT int pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_THREAD, HP_OP_TIMEDJOIN, (uint64_t)thread, 0, HP_CALLER());
	int r = hp_real.pthread_timedjoin_np(thread, result, until);
	hp_wait_end(&c, r, r);
	return r;
}

HP_EXPORT int pthread_clockjoin_np(pthread_t thread, void **result, clockid_t clock, const struct timespec *until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_THREAD, HP_OP_CLOCKJOIN, (uint64_t)thread, 0, HP_CALLER());
	int r = hp_real.pthread_clockjoin_np(thread, result, clock, until);
	hp_wait_end(&c, r, r);
	return r;
}

HP_EXPORT int thrd_join(thrd_t thread, int *result)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return thrd_error;
	struct hp_call c = hp_call_begin(HP_THREAD, HP_OP_JOIN, (uint64_t)thread, 0, HP_CALLER());
	int r = hp_real.thrd_join(thread, result);
	hp_wait_end(&c, r, r == thrd_success ? 0 : EINVAL);
	return r;
}

HP_EXPORT int pthread_detach(pthread_t thread)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_THREAD);
	if (t)
		hp_sync_event(t, HP_OP_DETACH, (void *)thread, 0, 0, HP_CALLER());
	return hp_real.pthread_detach(thread);
}

HP_EXPORT int thrd_detach(thrd_t thread)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return thrd_error;
	struct hp_thread *t = hp_enter(HP_THREAD);
	if (t)
		hp_sync_event(t, HP_OP_DETACH, (void *)thread, 0, 0, HP_CALLER());
	return hp_real.thrd_detach(thread);
}

static void note_exit(struct hp_caller caller)
{
	struct hp_thread *t = hp_enter(HP_THREAD);
	if (t)
		hp_sync_event(t, HP_OP_THREAD_EXIT, (void *)hp_libc.pthread_self(), 0, 0, caller);
}

/* Both unwind through this frame: it has unwind tables and no state. */
HP_EXPORT void pthread_exit(void *result)
{
	if (!HP_UNLIKELY(!hp_ready) || hp_start_early())
		note_exit(HP_CALLER());
	hp_real.pthread_exit(result);
	__builtin_unreachable();
}

HP_EXPORT void thrd_exit(int result)
{
	if (!HP_UNLIKELY(!hp_ready) || hp_start_early())
		note_exit(HP_CALLER());
	hp_real.thrd_exit(result);
	__builtin_unreachable();
}

HP_EXPORT int pthread_setname_np(pthread_t thread, const char *name)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.pthread_setname_np(thread, name);
	struct hp_thread *t = r ? NULL : hp_enter(HP_THREAD);
	if (t)
		hp_meta_name(t, (uint64_t)thread, name);
	return r;
}
