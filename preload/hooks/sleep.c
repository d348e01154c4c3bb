/* sleep.c - waits for time or a signal. */
#include "hooks/io.h"

enum { NS = 1000000000 };

/*
 * The time asked for, in ns; 0 when it is not known. Read after the call: the pointer may be bad, and then the call has
 * failed. An interrupted sleep with one struct for both times has overwritten it.
 */
static uint64_t asked(const struct timespec *time, const struct timespec *left, int error)
{
	if (error && (error != EINTR || left == time))
		return 0;
	return (uint64_t)time->tv_sec * NS + (uint64_t)time->tv_nsec;
}

/* A clock that absolute sleeps are told in; the end of time when it is not known. */
static uint64_t now_of(clockid_t clock)
{
	if (hp_sandboxed)  /* BOOTTIME can be a system call */
		return UINT64_MAX;
	struct hp_clocks now = hp_clocks_now();
	switch (clock) {
	case CLOCK_REALTIME:  return now.realtime;
	case CLOCK_MONOTONIC: return now.monotonic;
	case CLOCK_BOOTTIME:  return now.boottime;
	default:              return UINT64_MAX;
	}
}

HP_EXPORT unsigned sleep(unsigned seconds)
{
	if (hp_too_early())
		return seconds;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_SLEEP, (uint64_t)seconds * NS, HP_CALLER());
	unsigned left = hp_real.sleep(seconds);
	hp_wait_end(&c, left, 0);
	return left;
}

HP_EXPORT int usleep(useconds_t us)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_USLEEP, (uint64_t)us * 1000, HP_CALLER());
	int r = hp_real.usleep(us);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int nanosleep(const struct timespec *time, struct timespec *left)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_NANOSLEEP, 0, HP_CALLER());
	int r = hp_real.nanosleep(time, left);
	c.object = asked(time, left, hp_errno_of(r));
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
	if (hp_too_early())
		return ENOSYS;
	uint64_t before = flags & TIMER_ABSTIME ? now_of(clock) : 0;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_CLOCK_NANOSLEEP, 0, HP_CALLER());
	int error = hp_real.clock_nanosleep(clock, flags, time, left);
	uint64_t until = asked(time, flags & TIMER_ABSTIME ? NULL : left, error);
	c.object = until > before ? until - before : 0;
	hp_wait_end(&c, error ? -1 : 0, error);
	return error;
}

/* Returns 0, -1 when interrupted, or another negative number. */
HP_EXPORT int thrd_sleep(const struct timespec *time, struct timespec *left)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_THRD_SLEEP, 0, HP_CALLER());
	int r = hp_real.thrd_sleep(time, left);
	int error = r == 0 ? 0 : r == -1 ? EINTR : EINVAL;
	c.object = asked(time, left, error);
	hp_wait_end(&c, r, error);
	return r;
}

HP_EXPORT int pause(void)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_PAUSE, 0, HP_CALLER());
	int r = hp_real.pause();
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int sigsuspend(const sigset_t *mask)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_SIGSUSPEND, 0, HP_CALLER());
	int r = hp_real.sigsuspend(mask);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}
