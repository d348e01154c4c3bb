/* mutex.c - mutexes: pthread and C11. Uncontended: one stamp after the call. Held: slot, stamps around it, full stack. */
#include "lock_words.h"
#include "locks.h"
#include "real.h"
#include "state.h"

static int taken(int r) { return r == 0 || r == EOWNERDEAD; }

static HP_SLOW int lock_held(pthread_mutex_t *m, struct hp_caller caller)
{
	struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_MUTEX, HP_OP_MUTEX_LOCK, m, caller);
	int r = hp_real.pthread_mutex_lock(m);
	hp_lock_wait_end(&c, HP_LOCK_KIND_MUTEX, m, 0, r);
	return r;
}

HP_EXPORT int pthread_mutex_lock(pthread_mutex_t *m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (HP_UNLIKELY(t && hp_mutex_held(m, t->tid)))
		return lock_held(m, HP_CALLER());
	int r = hp_real.pthread_mutex_lock(m);
	if (HP_LIKELY(t && taken(r)))
		hp_lock_taken_usual(t, HP_LOCK_KIND_MUTEX, m, HP_CALLER().pc);
	return r;
}

static HP_SLOW void try_recorded(const void *m, int r, uintptr_t site)
{
	struct hp_thread *t = hp_enter_on(HP_LOCK);
	if (t && taken(r))
		hp_lock_taken(t, HP_LOCK_KIND_MUTEX, m, HP_TAKE_TRIED, site);
	else if (t && r == EBUSY)
		hp_lock_refused(t, HP_LOCK_KIND_MUTEX, m, site);
}

HP_INLINE int tried(const void *m, int r, uintptr_t site)
{
	if (HP_RELAXED(hp_control) & HP_LOCK)
		try_recorded(m, r, site);
	return r;
}

HP_EXPORT int pthread_mutex_trylock(pthread_mutex_t *m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	return tried(m, hp_real.pthread_mutex_trylock(m), HP_CALLER().pc);
}

HP_EXPORT int pthread_mutex_timedlock(pthread_mutex_t *restrict m, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t && hp_mutex_held(m, t->tid)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_MUTEX, HP_OP_MUTEX_TIMEDLOCK, m, HP_CALLER());
		int r = hp_real.pthread_mutex_timedlock(m, until);
		hp_lock_wait_end(&c, HP_LOCK_KIND_MUTEX, m, 0, r);
		return r;
	}
	return tried(m, hp_real.pthread_mutex_timedlock(m, until), HP_CALLER().pc);
}

HP_EXPORT int pthread_mutex_clocklock(pthread_mutex_t *restrict m, clockid_t clock, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t && hp_mutex_held(m, t->tid)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_MUTEX, HP_OP_MUTEX_CLOCKLOCK, m, HP_CALLER());
		int r = hp_real.pthread_mutex_clocklock(m, clock, until);
		hp_lock_wait_end(&c, HP_LOCK_KIND_MUTEX, m, 0, r);
		return r;
	}
	return tried(m, hp_real.pthread_mutex_clocklock(m, clock, until), HP_CALLER().pc);
}

HP_EXPORT int pthread_mutex_unlock(pthread_mutex_t *m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_lock_released_usual(t, HP_LOCK_KIND_MUTEX, m, hp_mutex_waited(m), HP_CALLER());
	return hp_real.pthread_mutex_unlock(m);
}

HP_EXPORT int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.pthread_mutex_init(m, attr);
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_MUTEX_INIT, m, 0, (unsigned)m->__data.__kind & 0xffff, HP_CALLER());
	return r;
}

HP_EXPORT int pthread_mutex_destroy(pthread_mutex_t *m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.pthread_mutex_destroy(m);  /* EBUSY: it lives on */
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_MUTEX_DESTROY, m, 0, 0, HP_CALLER());
	return r;
}

/* ---- C11: the same object under another name; glibc's own calls in between do not pass our hooks ---- */

static int thrd_taken(int r) { return r == thrd_success; }

HP_EXPORT int mtx_lock(mtx_t *m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return thrd_success;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t && hp_mutex_held((pthread_mutex_t *)m, t->tid)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_MUTEX, HP_OP_MUTEX_LOCK, m, HP_CALLER());
		int r = hp_real.mtx_lock(m);
		hp_lock_wait_end(&c, HP_LOCK_KIND_MUTEX, m, 0, thrd_taken(r) ? 0 : EDEADLK);
		return r;
	}
	int r = hp_real.mtx_lock(m);
	if (t && thrd_taken(r))
		hp_lock_taken(t, HP_LOCK_KIND_MUTEX, m, 0, HP_CALLER().pc);
	return r;
}

HP_EXPORT int mtx_trylock(mtx_t *m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return thrd_success;
	int r = hp_real.mtx_trylock(m);
	tried(m, thrd_taken(r) ? 0 : r == thrd_busy ? EBUSY : EINVAL, HP_CALLER().pc);
	return r;
}

HP_EXPORT int mtx_timedlock(mtx_t *restrict m, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return thrd_success;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t && hp_mutex_held((pthread_mutex_t *)m, t->tid)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_MUTEX, HP_OP_MUTEX_TIMEDLOCK, m, HP_CALLER());
		int r = hp_real.mtx_timedlock(m, until);
		hp_lock_wait_end(&c, HP_LOCK_KIND_MUTEX, m, 0, thrd_taken(r) ? 0 : ETIMEDOUT);
		return r;
	}
	int r = hp_real.mtx_timedlock(m, until);
	if (t && thrd_taken(r))
		hp_lock_taken(t, HP_LOCK_KIND_MUTEX, m, HP_TAKE_TRIED, HP_CALLER().pc);
	return r;
}

HP_EXPORT int mtx_unlock(mtx_t *m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return thrd_success;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_lock_released(t, HP_LOCK_KIND_MUTEX, m, hp_mutex_waited((pthread_mutex_t *)m), HP_CALLER());
	return hp_real.mtx_unlock(m);
}

HP_EXPORT int mtx_init(mtx_t *m, int type)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return thrd_success;
	int r = hp_real.mtx_init(m, type);
	struct hp_thread *t = thrd_taken(r) ? hp_enter(HP_LOCK) : NULL;
	if (t)
		hp_sync_event(t, HP_OP_MUTEX_INIT, m, 0, (unsigned)((pthread_mutex_t *)m)->__data.__kind & 0xffff, HP_CALLER());
	return r;
}

HP_EXPORT void mtx_destroy(mtx_t *m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_MUTEX_DESTROY, m, 0, 0, HP_CALLER());
	hp_real.mtx_destroy(m);
}
