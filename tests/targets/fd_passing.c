/* Sends a descriptor to itself over a socket, and uses what comes out; then a descriptor that duplicates another. */
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "tally.h"

union control { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; };

static int pass(int over, int fd, int *received)
{
	char byte = 'x';
	struct iovec text = { &byte, 1 };
	union control control = { .head = { .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
	if (sendmsg(over, &message, 0) != 1)
		return -1;
	int other = over + 1;  /* the pair's second one */
	memset(&control, 0, sizeof control);
	if (recvmsg(other, &message, 0) != 1)
		return -1;
	memcpy(received, CMSG_DATA(&control.head), sizeof *received);
	return 0;
}

int main(void)
{
	int pair[2], received, file = open("passed.txt", O_RDWR | O_CREAT, 0600);
	if (file < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || pass(pair[0], file, &received))
		return 1;
	long written = 0;
	for (int i = 0; i < 10; i++)
		written += write(received, "0123456789", 10);
	tally("received", written);
	tally("same", received != file);
	off_t at = 0;
	int copy = open("copy.txt", O_RDWR | O_CREAT, 0600);
	tally("sent", sendfile(copy, file, &at, 100));
	unlink("passed.txt");
	unlink("copy.txt");
	return 0;
}
