/*
 * cond.c - condition variables. x86-64 has two versions of them whose code and objects differ (glibc 2.3.2); each hook
 * calls its own. A wait gives the mutex up and takes it again: its WAIT record carries both objects.
 */
#include "locks.h"
#include "real.h"
#include "state.h"

#if defined(__x86_64__)
#define HP_COND(name, member, version) __asm__(".symver hp_" #member ", " #name version ", remove")
HP_COND(pthread_cond_wait, cond_wait_new, "@@GLIBC_2.3.2");
HP_COND(pthread_cond_wait, cond_wait_old, "@GLIBC_2.2.5");
HP_COND(pthread_cond_timedwait, cond_timedwait_new, "@@GLIBC_2.3.2");
HP_COND(pthread_cond_timedwait, cond_timedwait_old, "@GLIBC_2.2.5");
HP_COND(pthread_cond_signal, cond_signal_new, "@@GLIBC_2.3.2");
HP_COND(pthread_cond_signal, cond_signal_old, "@GLIBC_2.2.5");
HP_COND(pthread_cond_broadcast, cond_broadcast_new, "@@GLIBC_2.3.2");
HP_COND(pthread_cond_broadcast, cond_broadcast_old, "@GLIBC_2.2.5");
HP_COND(pthread_cond_init, cond_init_new, "@@GLIBC_2.3.2");
HP_COND(pthread_cond_init, cond_init_old, "@GLIBC_2.2.5");
HP_COND(pthread_cond_destroy, cond_destroy_new, "@@GLIBC_2.3.2");
HP_COND(pthread_cond_destroy, cond_destroy_old, "@GLIBC_2.2.5");
#endif

static void waited(struct hp_call *c, const pthread_mutex_t *m, int r)
{
	/* Any other error: the mutex was never given up, or is not ours. */
	int again = r == 0 || r == ETIMEDOUT || r == EOWNERDEAD;
	unsigned sequence = again ? hp_lock_retaken(c->t, HP_LOCK_KIND_MUTEX, m) : 0;
	hp_wait_end(c, r, (int)((unsigned)r | sequence << 8));
}

#if defined(__x86_64__)

HP_EXPORT int hp_cond_wait_new(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m);
HP_EXPORT int hp_cond_wait_new(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_COND_WAIT, (uint64_t)cond, (uint64_t)m, HP_CALLER());
	int r = hp_real.cond_wait_new(cond, m);
	waited(&c, m, r);
	return r;
}

HP_EXPORT int hp_cond_wait_old(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m);
HP_EXPORT int hp_cond_wait_old(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_COND_WAIT, (uint64_t)cond, (uint64_t)m, HP_CALLER());
	int r = hp_real.cond_wait_old(cond, m);
	waited(&c, m, r);
	return r;
}

HP_EXPORT int hp_cond_timedwait_new(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m, const struct timespec *restrict until);
HP_EXPORT int hp_cond_timedwait_new(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_COND_TIMEDWAIT, (uint64_t)cond, (uint64_t)m, HP_CALLER());
	int r = hp_real.cond_timedwait_new(cond, m, until);
	waited(&c, m, r);
	return r;
}

HP_EXPORT int hp_cond_timedwait_old(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m, const struct timespec *restrict until);
HP_EXPORT int hp_cond_timedwait_old(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_COND_TIMEDWAIT, (uint64_t)cond, (uint64_t)m, HP_CALLER());
	int r = hp_real.cond_timedwait_old(cond, m, until);
	waited(&c, m, r);
	return r;
}

HP_EXPORT int hp_cond_signal_new(pthread_cond_t *cond);
HP_EXPORT int hp_cond_signal_new(pthread_cond_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_SIGNAL, cond, 0, 0, HP_CALLER());
	return hp_real.cond_signal_new(cond);
}

HP_EXPORT int hp_cond_signal_old(pthread_cond_t *cond);
HP_EXPORT int hp_cond_signal_old(pthread_cond_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_SIGNAL, cond, 0, 0, HP_CALLER());
	return hp_real.cond_signal_old(cond);
}

HP_EXPORT int hp_cond_broadcast_new(pthread_cond_t *cond);
HP_EXPORT int hp_cond_broadcast_new(pthread_cond_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_BROADCAST, cond, 0, 0, HP_CALLER());
	return hp_real.cond_broadcast_new(cond);
}

HP_EXPORT int hp_cond_broadcast_old(pthread_cond_t *cond);
HP_EXPORT int hp_cond_broadcast_old(pthread_cond_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_BROADCAST, cond, 0, 0, HP_CALLER());
	return hp_real.cond_broadcast_old(cond);
}

HP_EXPORT int hp_cond_init_new(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr);
HP_EXPORT int hp_cond_init_new(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.cond_init_new(cond, attr);
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_INIT, cond, 0, 0, HP_CALLER());
	return r;
}

HP_EXPORT int hp_cond_init_old(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr);
HP_EXPORT int hp_cond_init_old(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.cond_init_old(cond, attr);
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_INIT, cond, 0, 0, HP_CALLER());
	return r;
}

HP_EXPORT int hp_cond_destroy_new(pthread_cond_t *cond);
HP_EXPORT int hp_cond_destroy_new(pthread_cond_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_DESTROY, cond, 0, 0, HP_CALLER());
	return hp_real.cond_destroy_new(cond);
}

HP_EXPORT int hp_cond_destroy_old(pthread_cond_t *cond);
HP_EXPORT int hp_cond_destroy_old(pthread_cond_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_DESTROY, cond, 0, 0, HP_CALLER());
	return hp_real.cond_destroy_old(cond);
}

#else

HP_EXPORT int pthread_cond_wait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_COND_WAIT, (uint64_t)cond, (uint64_t)m, HP_CALLER());
	int r = hp_real.pthread_cond_wait(cond, m);
	waited(&c, m, r);
	return r;
}

HP_EXPORT int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_COND_TIMEDWAIT, (uint64_t)cond, (uint64_t)m, HP_CALLER());
	int r = hp_real.pthread_cond_timedwait(cond, m, until);
	waited(&c, m, r);
	return r;
}

HP_EXPORT int pthread_cond_signal(pthread_cond_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_SIGNAL, cond, 0, 0, HP_CALLER());
	return hp_real.pthread_cond_signal(cond);
}

HP_EXPORT int pthread_cond_broadcast(pthread_cond_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_BROADCAST, cond, 0, 0, HP_CALLER());
	return hp_real.pthread_cond_broadcast(cond);
}

HP_EXPORT int pthread_cond_init(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.pthread_cond_init(cond, attr);
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_INIT, cond, 0, 0, HP_CALLER());
	return r;
}

HP_EXPORT int pthread_cond_destroy(pthread_cond_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_DESTROY, cond, 0, 0, HP_CALLER());
	return hp_real.pthread_cond_destroy(cond);
}

#endif

HP_EXPORT int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict m, clockid_t clock, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_COND_CLOCKWAIT, (uint64_t)cond, (uint64_t)m, HP_CALLER());
	int r = hp_real.pthread_cond_clockwait(cond, m, clock, until);
	waited(&c, m, r);
	return r;
}

/* ---- C11 ---- */

static int error_of(int r) { return r == thrd_success ? 0 : r == thrd_timedout ? ETIMEDOUT : EINVAL; }

HP_EXPORT int cnd_wait(cnd_t *cond, mtx_t *m)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_COND_WAIT, (uint64_t)cond, (uint64_t)m, HP_CALLER());
	int r = hp_real.cnd_wait(cond, m);
	waited(&c, (pthread_mutex_t *)m, error_of(r));
	return r;
}

HP_EXPORT int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict m, const struct timespec *restrict until)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_call c = hp_call_begin(HP_LOCK, HP_OP_COND_TIMEDWAIT, (uint64_t)cond, (uint64_t)m, HP_CALLER());
	int r = hp_real.cnd_timedwait(cond, m, until);
	waited(&c, (pthread_mutex_t *)m, error_of(r));
	return r;
}

HP_EXPORT int cnd_signal(cnd_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_SIGNAL, cond, 0, 0, HP_CALLER());
	return hp_real.cnd_signal(cond);
}

HP_EXPORT int cnd_broadcast(cnd_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_BROADCAST, cond, 0, 0, HP_CALLER());
	return hp_real.cnd_broadcast(cond);
}

HP_EXPORT int cnd_init(cnd_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return 0;
	int r = hp_real.cnd_init(cond);
	struct hp_thread *t = r ? NULL : hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_INIT, cond, 0, 0, HP_CALLER());
	return r;
}

HP_EXPORT void cnd_destroy(cnd_t *cond)
{
	if (HP_UNLIKELY(!hp_ready) && !hp_start_early())
		return;
	struct hp_thread *t = hp_enter(HP_LOCK);
	if (t)
		hp_sync_event(t, HP_OP_COND_DESTROY, cond, 0, 0, HP_CALLER());
	hp_real.cnd_destroy(cond);
}
