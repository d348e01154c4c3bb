/* socket.c - sockets made and connected. */
#include "hooks/io.h"

enum { ADDRESS_MAX = 128, PAGE_MIN = 4096 };  /* no address is longer: sizeof(struct sockaddr_storage) */

/* An address that we gave: the kernel has copied it when it answers with one of these. */
static size_t given_length(int result, socklen_t length)
{
	switch (hp_errno_of(result)) {
	case 0: case EINPROGRESS: case ECONNREFUSED: case ETIMEDOUT: case EHOSTUNREACH: case ENETUNREACH: case ENOENT:
	case EAGAIN: case EINTR: case EADDRINUSE: case EADDRNOTAVAIL:
		return length < ADDRESS_MAX ? length : ADDRESS_MAX;
	default:
		return 0;
	}
}

/*
 * An address that we got. *length is what the address needs, which may be more than the caller's room; the room is no
 * longer known (and could not be read before the call: the pointer may be bad). So nothing is taken beyond the page.
 */
static size_t got_length(int result, const void *address, const socklen_t *length)
{
	if (result < 0 || !address || !length)
		return 0;
	size_t n = *length < ADDRESS_MAX ? *length : ADDRESS_MAX, page = PAGE_MIN - (uintptr_t)address % PAGE_MIN;
	return n < page ? n : page;
}

HP_EXPORT int socket(int domain, int type, int protocol)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SOCKET, -1, HP_CALLER());
	int r = hp_real.socket(domain, type, protocol);
	hp_io_end(&c, -1, r);
	return r;
}

HP_EXPORT int socketpair(int domain, int type, int protocol, int pair[2])
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SOCKETPAIR, -1, HP_CALLER());
	int r = hp_real.socketpair(domain, type, protocol, pair);
	hp_pair_end(&c, r, pair);
	return r;
}

HP_EXPORT int bind(int fd, __CONST_SOCKADDR_ARG at, socklen_t length)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_BIND, fd, HP_CALLER());
	int r = hp_real.bind(fd, at, length);
	hp_io_end_payload(&c, fd, r, at.__sockaddr__, given_length(r, length));
	return r;
}

HP_EXPORT int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t length)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_CONNECT, fd, HP_CALLER());
	int r = hp_real.connect(fd, to, length);
	hp_io_end_payload(&c, fd, r, to.__sockaddr__, given_length(r, length));
	return r;
}

HP_EXPORT int listen(int fd, int backlog)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_LISTEN, fd, HP_CALLER());
	int r = hp_real.listen(fd, backlog);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int accept(int fd, __SOCKADDR_ARG peer, socklen_t *length)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_ACCEPT, fd, HP_CALLER());
	int r = hp_real.accept(fd, peer, length);
	hp_io_end_payload(&c, fd, r, peer.__sockaddr__, got_length(r, peer.__sockaddr__, length));
	return r;
}

HP_EXPORT int accept4(int fd, __SOCKADDR_ARG peer, socklen_t *length, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_ACCEPT4, fd, HP_CALLER());
	int r = hp_real.accept4(fd, peer, length, flags);
	hp_io_end_payload(&c, fd, r, peer.__sockaddr__, got_length(r, peer.__sockaddr__, length));
	return r;
}

HP_EXPORT int shutdown(int fd, int how)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SHUTDOWN, fd, HP_CALLER());
	int r = hp_real.shutdown(fd, how);
	hp_io_end(&c, fd, r);
	return r;
}
