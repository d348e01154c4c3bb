/* fd.c - descriptors copied, closed, and made without a path. */
#include "hooks/io.h"

HP_EXPORT int close(int fd)
{
	if (hp_too_early())
		return hp_early(hp_sys1(SYS_close, fd));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_CLOSE, fd, HP_CALLER());
	int r = hp_real.close(fd);
	hp_io_end(&c, fd, r);
	return r;
}

/* Marking descriptors close-on-exec closes none: an event without a last descriptor. */
HP_EXPORT int close_range(unsigned first, unsigned last, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_CLOSE_RANGE, (int)first, HP_CALLER());
	int r = hp_real.close_range(first, last, flags);
	hp_io_end_payload(&c, (int)first, r, &last, flags & CLOSE_RANGE_CLOEXEC ? 0 : sizeof last);
	return r;
}

HP_EXPORT void closefrom(int first)
{
	const uint32_t last = UINT32_MAX;
	if (hp_too_early())
		return;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_CLOSEFROM, first, HP_CALLER());
	hp_real.closefrom(first);
	hp_io_end_payload(&c, first, 0, &last, sizeof last);
}

HP_EXPORT int dup(int fd)
{
	if (hp_too_early())
		return hp_early(hp_sys1(SYS_dup, fd));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_DUP, fd, HP_CALLER());
	int r = hp_real.dup(fd);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int dup2(int fd, int to)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_DUP2, fd, HP_CALLER());
	int r = hp_real.dup2(fd, to);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int dup3(int fd, int to, int flags)
{
	if (hp_too_early())
		return hp_early(hp_sys3(SYS_dup3, fd, to, flags));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_DUP3, fd, HP_CALLER());
	int r = hp_real.dup3(fd, to, flags);
	hp_io_end(&c, fd, r);
	return r;
}

/* Only these two commands make a descriptor. */
HP_INLINE unsigned fcntl_op(int command)
{
	return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? HP_OP_DUP : HP_OP_FCNTL;
}

HP_EXPORT int fcntl(int fd, int command, ...)
{
	va_list ap;
	va_start(ap, command);
	unsigned long arg = va_arg(ap, unsigned long);
	va_end(ap);
	if (hp_too_early())
		return hp_early(hp_sys3(SYS_fcntl, fd, command, arg));
	struct hp_call c;
	hp_io_begin(&c, fcntl_op(command), fd, HP_CALLER());
	int r = hp_real.fcntl(fd, command, arg);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fcntl64(int fd, int command, ...)
{
	va_list ap;
	va_start(ap, command);
	unsigned long arg = va_arg(ap, unsigned long);
	va_end(ap);
	if (hp_too_early())
		return hp_early(hp_sys3(SYS_fcntl, fd, command, arg));
	struct hp_call c;
	hp_io_begin(&c, fcntl_op(command), fd, HP_CALLER());
	int r = hp_real.fcntl64(fd, command, arg);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int pipe(int pair[2])
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PIPE, -1, HP_CALLER());
	int r = hp_real.pipe(pair);
	hp_pair_end(&c, r, pair);
	return r;
}

HP_EXPORT int pipe2(int pair[2], int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_PIPE2, -1, HP_CALLER());
	int r = hp_real.pipe2(pair, flags);
	hp_pair_end(&c, r, pair);
	return r;
}

HP_EXPORT int eventfd(unsigned count, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_EVENTFD, -1, HP_CALLER());
	int r = hp_real.eventfd(count, flags);
	hp_io_end(&c, -1, r);
	return r;
}

HP_EXPORT int memfd_create(const char *name, unsigned flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_MEMFD_CREATE, -1, HP_CALLER());
	int r = hp_real.memfd_create(name, flags);
	hp_io_end(&c, -1, r);
	return r;
}

HP_EXPORT int timerfd_create(clockid_t clock, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_TIMERFD_CREATE, -1, HP_CALLER());
	int r = hp_real.timerfd_create(clock, flags);
	hp_io_end(&c, -1, r);
	return r;
}

HP_EXPORT int signalfd(int fd, const sigset_t *mask, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SIGNALFD, fd, HP_CALLER());
	int r = hp_real.signalfd(fd, mask, flags);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int epoll_create(int size)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_EPOLL_CREATE, -1, HP_CALLER());
	int r = hp_real.epoll_create(size);
	hp_io_end(&c, -1, r);
	return r;
}

HP_EXPORT int epoll_create1(int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_EPOLL_CREATE, -1, HP_CALLER());
	int r = hp_real.epoll_create1(flags);
	hp_io_end(&c, -1, r);
	return r;
}
