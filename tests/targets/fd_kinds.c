/* Descriptors of all kinds, so that what is behind each of them can be told; the paths are relative to DIR. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tally.h"

static void say(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		_exit(1);
}

static int hear(int fd)
{
	char text[64];
	return (int)read(fd, text, sizeof text);
}

static void over_tcp(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	bind(server, (struct sockaddr *)&address, sizeof address);
	listen(server, 1);
	getsockname(server, (struct sockaddr *)&address, &length);
	connect(client, (struct sockaddr *)&address, sizeof address);
	int served = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	send(client, "hello", 5, 0);
	tally("tcp", hear(served));
	tally("port", ntohs(address.sin_port));
	close(client);
	close(served);
	close(server);
}

int main(void)
{
	mkdir("sub", 0700);
	int dir = open("sub", O_DIRECTORY | O_RDONLY);
	int file = openat(dir, "inner.txt", O_RDWR | O_CREAT, 0600);
	say(file, "0123456789");
	int copy = dup(file);
	int moved = fcntl(file, F_DUPFD_CLOEXEC, 100);
	say(copy, "abc");
	say(moved, "de");
	int high = dup2(file, 200);
	say(high, "f");
	close_range(100, ~0u, 0);

	int pipes[2], pair[2];
	if (pipe(pipes) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 1;
	say(pipes[1], "1234567");
	tally("pipe", hear(pipes[0]));
	say(pair[0], "12345678");
	tally("pair", hear(pair[1]));
	int event = eventfd(0, EFD_NONBLOCK);
	eventfd_write(event, 1);
	tally("event", hear(event));

	int poller = epoll_create1(0);
	struct epoll_event ready = {.events = EPOLLIN};
	say(pipes[1], "x");
	epoll_ctl(poller, EPOLL_CTL_ADD, pipes[0], &ready);
	tally("ready", epoll_wait(poller, &ready, 1, 1000));
	over_tcp();
	unlinkat(dir, "inner.txt", 0);
	rmdir("sub");
}
