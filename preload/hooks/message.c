/* message.c - bytes and messages through sockets. */
#include "hooks/io.h"

/* The bytes of the messages that were sent or received; a failure stays one. */
static int64_t bytes_of(int result, const struct mmsghdr *messages)
{
	int64_t bytes = result < 0 ? -1 : 0;
	for (int i = 0; i < result; i++)
		bytes += messages[i].msg_len;
	return bytes;
}

HP_EXPORT ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SEND, fd, HP_CALLER());
	ssize_t r = hp_real.send(fd, buf, n, flags);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t sendto(int fd, const void *buf, size_t n, int flags, __CONST_SOCKADDR_ARG to, socklen_t length)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SENDTO, fd, HP_CALLER());
	ssize_t r = hp_real.sendto(fd, buf, n, flags, to, length);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SENDMSG, fd, HP_CALLER());
	ssize_t r = hp_real.sendmsg(fd, message, flags);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SENDMMSG, fd, HP_CALLER());
	int r = hp_real.sendmmsg(fd, messages, n, flags);
	hp_io_end(&c, fd, bytes_of(r, messages));
	return r;
}

HP_EXPORT ssize_t recv(int fd, void *buf, size_t n, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RECV, fd, HP_CALLER());
	ssize_t r = hp_real.recv(fd, buf, n, flags);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t __recv_chk(int fd, void *buf, size_t n, size_t room, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RECV, fd, HP_CALLER());
	ssize_t r = hp_real.__recv_chk(fd, buf, n, room, flags);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t recvfrom(int fd, void *buf, size_t n, int flags, __SOCKADDR_ARG from, socklen_t *length)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RECVFROM, fd, HP_CALLER());
	ssize_t r = hp_real.recvfrom(fd, buf, n, flags, from, length);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t room, int flags, __SOCKADDR_ARG from, socklen_t *length)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RECVFROM, fd, HP_CALLER());
	ssize_t r = hp_real.__recvfrom_chk(fd, buf, n, room, flags, from, length);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RECVMSG, fd, HP_CALLER());
	ssize_t r = hp_real.recvmsg(fd, message, flags);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int recvmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags, struct timespec *timeout)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RECVMMSG, fd, HP_CALLER());
	int r = hp_real.recvmmsg(fd, messages, n, flags, timeout);
	hp_io_end(&c, fd, bytes_of(r, messages));
	return r;
}
