/* spin.c - spin locks. */
#include "lock_words.h"
#include "locks.h"
#include "real.h"
#include "state.h"

HP_EXPORT int pthread_spin_lock(pthread_spinlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (HP_UNLIKELY(t && hp_spin_held(l))) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_SPIN, HP_OP_SPIN_LOCK, (void *)l, HP_CALLER());
		int r = hp_real.pthread_spin_lock(l);
		hp_lock_wait_end(&c, HP_LOCK_KIND_SPIN, (void *)l, 0, r);
		return r;
	}
	int r = hp_real.pthread_spin_lock(l);
	if (t && r == 0)
		hp_lock_taken(t, HP_LOCK_KIND_SPIN, (void *)l, 0, HP_CALLER().pc);
	return r;
}

HP_EXPORT int pthread_spin_trylock(pthread_spinlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.pthread_spin_trylock(l);
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t && r == 0)
		hp_lock_taken(t, HP_LOCK_KIND_SPIN, (void *)l, HP_TAKE_TRIED, HP_CALLER().pc);
	else if (t && r == EBUSY)
		hp_lock_refused(t, HP_LOCK_KIND_SPIN, (void *)l, HP_CALLER().pc);
	return r;
}

HP_EXPORT int pthread_spin_unlock(pthread_spinlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_lock_released(t, HP_LOCK_KIND_SPIN, (void *)l, 0, HP_CALLER());
	return hp_real.pthread_spin_unlock(l);
}

HP_EXPORT int pthread_spin_init(pthread_spinlock_t *l, int shared)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.pthread_spin_init(l, shared);
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_SPIN_INIT, (void *)l, 0, 0, HP_CALLER());
	return r;
}

HP_EXPORT int pthread_spin_destroy(pthread_spinlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_SPIN_DESTROY, (void *)l, 0, 0, HP_CALLER());
	return hp_real.pthread_spin_destroy(l);
}
