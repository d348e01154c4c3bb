/* barrier.c - barriers: every arrival is a wait, the last one a short one. */
#include "locks.h"
#include "real.h"
#include "state.h"

HP_EXPORT int pthread_barrier_wait(pthread_barrier_t *b)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_BARRIER_WAIT, (uint64_t)b, 0, HP_CALLER());
	int r = hp_real.pthread_barrier_wait(b);
	hp_wait_end(&c, r, r == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : r);
	return r;
}

HP_EXPORT int pthread_barrier_init(pthread_barrier_t *restrict b, const pthread_barrierattr_t *restrict attr, unsigned count)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.pthread_barrier_init(b, attr, count);
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_BARRIER_INIT, b, (int)count, 0, HP_CALLER());
	return r;
}

HP_EXPORT int pthread_barrier_destroy(pthread_barrier_t *b)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_BARRIER_DESTROY, b, 0, 0, HP_CALLER());
	return hp_real.pthread_barrier_destroy(b);
}
