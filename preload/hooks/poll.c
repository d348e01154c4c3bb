/*
 * poll.c - waits for descriptors, and what woke them: the first one that was ready. Only what the kernel has just written is
 * looked at, up to that one: a program may hand over more room than it has.
 */
#include "hooks/io.h"

static uint64_t ready(int fd, short events)
{
	return (uint64_t)(uint16_t)events << 32 | ((uint32_t)fd + 1);
}

static HP_SLOW uint64_t ready_of_poll(const struct pollfd *fds, nfds_t n)
{
	for (nfds_t i = 0; i < n; i++)
		if (fds[i].revents)
			return ready(fds[i].fd, fds[i].revents);
	return 0;
}

static unsigned long word_of(const fd_set *set, int i)
{
	return set ? (unsigned long)__FDS_BITS(set)[i] : 0;
}

static HP_SLOW uint64_t ready_of_select(int n, const fd_set *in, const fd_set *out, const fd_set *other)
{
	enum { BITS = 8 * sizeof(unsigned long) };
	for (int i = 0; i <= (n - 1) / BITS; i++) {
		unsigned long r = word_of(in, i), w = word_of(out, i), o = word_of(other, i), all = r | w | o;
		if (!all)
			continue;
		unsigned bit = (unsigned)__builtin_ctzl(all);
		return ready(i * BITS + (int)bit, (short)((r >> bit & 1) * POLLIN | (w >> bit & 1) * POLLOUT | (o >> bit & 1) * POLLPRI));
	}
	return 0;
}

HP_INLINE void poll_end(struct hp_call *c, int r, const struct pollfd *fds, nfds_t n)
{
	if (c->t && r > 0)
		c->object2 = ready_of_poll(fds, n);
	hp_wait_end(c, r, hp_errno_of(r));
}

HP_INLINE void select_end(struct hp_call *c, int r, int n, const fd_set *in, const fd_set *out, const fd_set *other)
{
	if (c->t && r > 0)
		c->object2 = ready_of_select(n, in, out, other);
	hp_wait_end(c, r, hp_errno_of(r));
}

HP_INLINE void epoll_end(struct hp_call *c, int r, const struct epoll_event *events)
{
	if (c->t && r > 0)
		c->object2 = events[0].data.u64;
	hp_wait_end(c, r, hp_errno_of(r));
}

HP_EXPORT int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_POLL, n, HP_CALLER());
	int r = hp_real.poll(fds, n, timeout);
	poll_end(&c, r, fds, n);
	return r;
}

HP_EXPORT int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_POLL, n, HP_CALLER());
	int r = hp_real.__poll_chk(fds, n, timeout, room);
	poll_end(&c, r, fds, n);
	return r;
}

HP_EXPORT int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_PPOLL, n, HP_CALLER());
	int r = hp_real.ppoll(fds, n, timeout, mask);
	poll_end(&c, r, fds, n);
	return r;
}

HP_EXPORT int __ppoll_chk(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask, size_t room)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_PPOLL, n, HP_CALLER());
	int r = hp_real.__ppoll_chk(fds, n, timeout, mask, room);
	poll_end(&c, r, fds, n);
	return r;
}

HP_EXPORT int select(int n, fd_set *in, fd_set *out, fd_set *other, struct timeval *timeout)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_SELECT, (unsigned)n, HP_CALLER());
	int r = hp_real.select(n, in, out, other, timeout);
	select_end(&c, r, n, in, out, other);
	return r;
}

HP_EXPORT int pselect(int n, fd_set *in, fd_set *out, fd_set *other, const struct timespec *timeout, const sigset_t *mask)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_PSELECT, (unsigned)n, HP_CALLER());
	int r = hp_real.pselect(n, in, out, other, timeout, mask);
	select_end(&c, r, n, in, out, other);
	return r;
}

HP_EXPORT int epoll_wait(int fd, struct epoll_event *events, int n, int timeout)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_EPOLL_WAIT, (unsigned)fd, HP_CALLER());
	int r = hp_real.epoll_wait(fd, events, n, timeout);
	epoll_end(&c, r, events);
	return r;
}

HP_EXPORT int epoll_pwait(int fd, struct epoll_event *events, int n, int timeout, const sigset_t *mask)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_EPOLL_PWAIT, (unsigned)fd, HP_CALLER());
	int r = hp_real.epoll_pwait(fd, events, n, timeout, mask);
	epoll_end(&c, r, events);
	return r;
}

HP_EXPORT int epoll_pwait2(int fd, struct epoll_event *events, int n, const struct timespec *timeout, const sigset_t *mask)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_wait_begin(&c, HP_OP_EPOLL_PWAIT2, (unsigned)fd, HP_CALLER());
	int r = hp_real.epoll_pwait2(fd, events, n, timeout, mask);
	epoll_end(&c, r, events);
	return r;
}

/* What epoll_wait will know the descriptor by. The event is read where the kernel has read it. */
HP_EXPORT int epoll_ctl(int fd, int what, int other, struct epoll_event *event)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_EPOLL_CTL, fd, HP_CALLER());
	int r = hp_real.epoll_ctl(fd, what, other, event);
	struct hp_epoll_change change = { .fd = other, .op = (uint32_t)what };
	if (c.t && r >= 0 && what != EPOLL_CTL_DEL) {
		change.events = event->events;
		hp_put64(change.data, event->data.u64);
	}
	hp_io_end_payload(&c, fd, r, &change, r < 0 ? 0 : sizeof change);
	return r;
}
