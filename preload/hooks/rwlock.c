/* rwlock.c - reader-writer locks. A write lock has exact owners; readers are ordered by time. */
#include "lock_words.h"
#include "locks.h"
#include "real.h"
#include "state.h"

enum side { WRITE, READ = HP_TAKE_SHARED };

static struct hp_thread *would_wait(const pthread_rwlock_t *l, enum side side)
{
	struct hp_thread *t = hp_enter(HP_LOCK);
	return t && hp_rwlock_held(l, side) ? t : NULL;
}

/* how: HP_TAKE_*. */
static int tried(pthread_rwlock_t *l, int r, int how, uintptr_t site)
{
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t && r == 0)
		hp_lock_taken(t, HP_LOCK_KIND_RWLOCK, l, how, site);
	else if (t && r == EBUSY)
		hp_lock_refused(t, HP_LOCK_KIND_RWLOCK, l, site);
	return r;
}

HP_EXPORT int pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	if (would_wait(l, READ)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_RWLOCK, HP_OP_RWLOCK_RDLOCK, l, HP_CALLER());
		int r = hp_real.pthread_rwlock_rdlock(l);
		hp_lock_wait_end(&c, HP_LOCK_KIND_RWLOCK, l, READ, r);
		return r;
	}
	return tried(l, hp_real.pthread_rwlock_rdlock(l), READ, HP_CALLER().pc);
}

HP_EXPORT int pthread_rwlock_tryrdlock(pthread_rwlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	return tried(l, hp_real.pthread_rwlock_tryrdlock(l), READ | HP_TAKE_TRIED, HP_CALLER().pc);
}

HP_EXPORT int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict l, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	if (would_wait(l, READ)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_RWLOCK, HP_OP_RWLOCK_TIMEDRDLOCK, l, HP_CALLER());
		int r = hp_real.pthread_rwlock_timedrdlock(l, until);
		hp_lock_wait_end(&c, HP_LOCK_KIND_RWLOCK, l, READ, r);
		return r;
	}
	return tried(l, hp_real.pthread_rwlock_timedrdlock(l, until), READ | HP_TAKE_TRIED, HP_CALLER().pc);
}

HP_EXPORT int pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict l, clockid_t clock, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	if (would_wait(l, READ)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_RWLOCK, HP_OP_RWLOCK_CLOCKRDLOCK, l, HP_CALLER());
		int r = hp_real.pthread_rwlock_clockrdlock(l, clock, until);
		hp_lock_wait_end(&c, HP_LOCK_KIND_RWLOCK, l, READ, r);
		return r;
	}
	return tried(l, hp_real.pthread_rwlock_clockrdlock(l, clock, until), READ | HP_TAKE_TRIED, HP_CALLER().pc);
}

HP_EXPORT int pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	if (would_wait(l, WRITE)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_RWLOCK, HP_OP_RWLOCK_WRLOCK, l, HP_CALLER());
		int r = hp_real.pthread_rwlock_wrlock(l);
		hp_lock_wait_end(&c, HP_LOCK_KIND_RWLOCK, l, WRITE, r);
		return r;
	}
	return tried(l, hp_real.pthread_rwlock_wrlock(l), WRITE, HP_CALLER().pc);
}

HP_EXPORT int pthread_rwlock_trywrlock(pthread_rwlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	return tried(l, hp_real.pthread_rwlock_trywrlock(l), WRITE | HP_TAKE_TRIED, HP_CALLER().pc);
}

HP_EXPORT int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict l, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	if (would_wait(l, WRITE)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_RWLOCK, HP_OP_RWLOCK_TIMEDWRLOCK, l, HP_CALLER());
		int r = hp_real.pthread_rwlock_timedwrlock(l, until);
		hp_lock_wait_end(&c, HP_LOCK_KIND_RWLOCK, l, WRITE, r);
		return r;
	}
	return tried(l, hp_real.pthread_rwlock_timedwrlock(l, until), WRITE | HP_TAKE_TRIED, HP_CALLER().pc);
}

HP_EXPORT int pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict l, clockid_t clock, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	if (would_wait(l, WRITE)) {
		struct hp_call c = hp_lock_wait_begin(HP_LOCK_KIND_RWLOCK, HP_OP_RWLOCK_CLOCKWRLOCK, l, HP_CALLER());
		int r = hp_real.pthread_rwlock_clockwrlock(l, clock, until);
		hp_lock_wait_end(&c, HP_LOCK_KIND_RWLOCK, l, WRITE, r);
		return r;
	}
	return tried(l, hp_real.pthread_rwlock_clockwrlock(l, clock, until), WRITE | HP_TAKE_TRIED, HP_CALLER().pc);
}

HP_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_lock_released(t, HP_LOCK_KIND_RWLOCK, l, hp_rwlock_waited(l), HP_CALLER());
	return hp_real.pthread_rwlock_unlock(l);
}

HP_EXPORT int pthread_rwlock_init(pthread_rwlock_t *restrict l, const pthread_rwlockattr_t *restrict attr)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.pthread_rwlock_init(l, attr);
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_RWLOCK_INIT, l, 0, 0, HP_CALLER());
	return r;
}

HP_EXPORT int pthread_rwlock_destroy(pthread_rwlock_t *l)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_RWLOCK_DESTROY, l, 0, 0, HP_CALLER());
	return hp_real.pthread_rwlock_destroy(l);
}
