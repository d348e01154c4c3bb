/*
 * handover.c - gives the dump's descriptor away, over a socket that lives for these few system calls.
 */
#include "handover.h"
#include "state.h"
#include "sys.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_SEAL_SEAL 1
#define F_SEAL_SHRINK 2
#define F_SEAL_GROW 4
#endif

long hp_handover_create(void)
{
	return hp_sys2(SYS_memfd_create, "hp.hpd", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

static long send_descriptor(long to, long fd, const char *name)
{
	union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control = {
		.head = { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS },
	};
	int number = (int)fd;
	memcpy(CMSG_DATA(&control.head), &number, sizeof number);
	struct iovec text = { (void *)name, hp_strlen(name) };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	long r = hp_sys3(SYS_sendmsg, to, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	return r < 0 ? r : 0;
}

long hp_handover(long fd, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	memcpy(address.sun_path, hp_config.keeper, sizeof hp_config.keeper);
	long r = hp_sys3(SYS_fcntl, fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	if (r)
		return r;
	long to = hp_sys3(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (to < 0)
		return to;
	r = hp_sys3(SYS_connect, to, &address, sizeof address);
	if (!r)
		r = send_descriptor(to, fd, name);
	hp_sys1(SYS_close, to);
	return r;
}
