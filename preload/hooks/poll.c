/* poll.c - waits for descriptors. */
#include "hooks/io.h"

HP_EXPORT int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_POLL, n, HP_CALLER());
	int r = hp_real.poll(fds, n, timeout);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_POLL, n, HP_CALLER());
	int r = hp_real.__poll_chk(fds, n, timeout, room);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_PPOLL, n, HP_CALLER());
	int r = hp_real.ppoll(fds, n, timeout, mask);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask, size_t room)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_PPOLL, n, HP_CALLER());
	int r = hp_real.__ppoll_chk(fds, n, timeout, mask, room);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int select(int n, fd_set *in, fd_set *out, fd_set *other, struct timeval *timeout)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_SELECT, (unsigned)n, HP_CALLER());
	int r = hp_real.select(n, in, out, other, timeout);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int pselect(int n, fd_set *in, fd_set *out, fd_set *other, const struct timespec *timeout, const sigset_t *mask)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_PSELECT, (unsigned)n, HP_CALLER());
	int r = hp_real.pselect(n, in, out, other, timeout, mask);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int epoll_wait(int fd, struct epoll_event *events, int n, int timeout)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_EPOLL_WAIT, (unsigned)fd, HP_CALLER());
	int r = hp_real.epoll_wait(fd, events, n, timeout);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int epoll_pwait(int fd, struct epoll_event *events, int n, int timeout, const sigset_t *mask)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_EPOLL_PWAIT, (unsigned)fd, HP_CALLER());
	int r = hp_real.epoll_pwait(fd, events, n, timeout, mask);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int epoll_pwait2(int fd, struct epoll_event *events, int n, const struct timespec *timeout, const sigset_t *mask)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_EPOLL_PWAIT2, (unsigned)fd, HP_CALLER());
	int r = hp_real.epoll_pwait2(fd, events, n, timeout, mask);
	hp_wait_end(&c, r, hp_errno_of(r));
	return r;
}

HP_EXPORT int epoll_ctl(int fd, int what, int other, struct epoll_event *event)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_EPOLL_CTL, fd, HP_CALLER());
	int r = hp_real.epoll_ctl(fd, what, other, event);
	hp_io_end(&c, fd, r);
	return r;
}
