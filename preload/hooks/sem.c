/* sem.c - POSIX semaphores. They return -1 and set errno, unlike the pthread functions. */
#include "locks.h"
#include "real.h"
#include "state.h"

HP_EXPORT int sem_wait(sem_t *s)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_SEM_WAIT, (uint64_t)s, 0, HP_CALLER());
	int r = hp_real.sem_wait(s);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int sem_trywait(sem_t *s)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_SEM_TRYWAIT, (uint64_t)s, 0, HP_CALLER());
	int r = hp_real.sem_trywait(s);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int sem_timedwait(sem_t *restrict s, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_SEM_TIMEDWAIT, (uint64_t)s, 0, HP_CALLER());
	int r = hp_real.sem_timedwait(s, until);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int sem_clockwait(sem_t *restrict s, clockid_t clock, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_SEM_CLOCKWAIT, (uint64_t)s, 0, HP_CALLER());
	int r = hp_real.sem_clockwait(s, clock, until);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

/* Async-signal-safe, as the function itself is. Stamped before the call: a waiter must not wake before its post. */
HP_EXPORT int sem_post(sem_t *s)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_SEM_POST, s, 1, 0, HP_CALLER());
	return hp_real.sem_post(s);
}

HP_EXPORT int sem_init(sem_t *s, int shared, unsigned value)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.sem_init(s, shared, value);
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_SEM_INIT, s, (int)value, (unsigned)!!shared, HP_CALLER());
	return r;
}

HP_EXPORT int sem_destroy(sem_t *s)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_SEM_DESTROY, s, 0, 0, HP_CALLER());
	return hp_real.sem_destroy(s);
}

HP_EXPORT sem_t *sem_open(const char *name, int flags, ...)
{
	va_list va;
	va_start(va, flags);
	mode_t mode = flags & O_CREAT ? va_arg(va, mode_t) : 0;
	unsigned value = flags & O_CREAT ? va_arg(va, unsigned) : 0;
	va_end(va);
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return SEM_FAILED;
	sem_t *s = hp_real.sem_open(name, flags, mode, value);
	struct hp_thread *t = s == SEM_FAILED ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_SEM_OPEN, s, (int)value, 1, HP_CALLER());
	return s;
}

HP_EXPORT int sem_close(sem_t *s)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_SEM_CLOSE, s, 0, 0, HP_CALLER());
	return hp_real.sem_close(s);
}
