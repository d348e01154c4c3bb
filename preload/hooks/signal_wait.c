/* signal_wait.c - waits for a signal that is blocked. sigwait returns an error instead of setting errno. */
#include "hooks/io.h"

HP_EXPORT int sigwait(const sigset_t *restrict set, int *restrict signal)
{
	if (hp_too_early())
		return EINVAL;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_SIGWAIT, 0, HP_CALLER());
	int r = hp_real.sigwait(set, signal);
	hp_wait_end(&c, r, r);
	return r;
}

HP_EXPORT int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_SIGWAITINFO, 0, HP_CALLER());
	int r = hp_real.sigwaitinfo(set, info);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict time)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_SIGTIMEDWAIT, 0, HP_CALLER());
	int r = hp_real.sigtimedwait(set, info, time);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}
