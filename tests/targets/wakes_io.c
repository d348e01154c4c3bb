/*
 * Messages between threads and processes, each with its writer's tid: says on lines "KIND WAITER WAKER" (to stderr) who let whom go on.
 * Usage: wakes_io pipe|socketpair|eventfd|unix|tcp|fork|fifo|poll|epoll; wakes_io write | wakes_io pass | wakes_io read
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGES = 8, PAUSE_US = 4000 };

static void say(const char *kind, int waker)
{
	fprintf(stderr, "%s %d %d\n", kind, gettid(), waker);
}

static void send_all(int fd)
{
	for (int i = 0, tid = gettid(); i < MESSAGES; i++) {
		usleep(PAUSE_US);
		if (write(fd, &tid, sizeof tid) != sizeof tid)
			exit(1);
	}
}

static void receive_all(int fd, int n)
{
	for (int tid; n-- && read(fd, &tid, sizeof tid) == sizeof tid; )
		say("READ", tid);
}

static void *writer(void *fd) { send_all((int)(long)fd); return NULL; }

/* Two threads write to one end; the other end is read here. */
static void between_threads(const int fd[2])
{
	pthread_t t[2];
	for (int i = 0; i < 2; i++)
		pthread_create(&t[i], NULL, writer, (void *)(long)fd[1]);
	receive_all(fd[0], 2 * MESSAGES);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
}

static int event_writer;
static void *event(void *fd)
{
	const uint64_t one = 1;
	usleep(PAUSE_US);
	event_writer = gettid();
	return write((int)(long)fd, &one, sizeof one) == sizeof one ? NULL : fd;
}

static void eventfds(void)
{
	int fd = eventfd(0, 0);
	for (int i = 0; i < MESSAGES; i++) {
		uint64_t n;
		pthread_t t;
		pthread_create(&t, NULL, event, (void *)(long)fd);
		if (read(fd, &n, sizeof n) == sizeof n)
			say("READ", event_writer);
		pthread_join(t, NULL);
	}
}

/* Two clients, each a process; the server answers each message with its own tid. */
static void clients(const struct sockaddr *at, socklen_t length, int listener)
{
	for (int i = 0; i < 2; i++) {
		if (fork())
			continue;
		close(listener);
		int fd = socket(at->sa_family, SOCK_STREAM, 0), tid = gettid();
		usleep((unsigned)(PAUSE_US * (1 + 10 * i)));
		for (int k = connect(fd, at, length) ? MESSAGES : 0; k < MESSAGES; k++) {
			usleep(PAUSE_US);
			if (write(fd, &tid, sizeof tid) != sizeof tid)
				_exit(1);
			receive_all(fd, 1);
		}
		exit(0);
	}
}

static void serve(const struct sockaddr *at, socklen_t length)
{
	int listener = socket(at->sa_family, SOCK_STREAM, 0), tid, self = gettid();
	struct sockaddr_storage bound;
	if (bind(listener, at, length) || listen(listener, 4) || getsockname(listener, (struct sockaddr *)&bound, &length))
		exit(2);
	clients((struct sockaddr *)&bound, length, listener);
	struct pollfd p[2];
	for (int i = 0; i < 2; i++)
		p[i] = (struct pollfd){ accept(listener, NULL, NULL), POLLIN, 0 };
	for (int open = 2; open && poll(p, 2, 10000) > 0; )
		for (int i = 0; i < 2; i++) {
			if (!(p[i].revents & (POLLIN | POLLHUP)))
				continue;
			if (read(p[i].fd, &tid, sizeof tid) != sizeof tid) {
				p[i].fd = -1, open--;
				continue;
			}
			say("READ", tid);
			if (write(p[i].fd, &self, sizeof self) != sizeof self)
				exit(1);
		}
	while (wait(NULL) > 0)
		;
}

static void forks(void)
{
	for (int i = 0; i < 3; i++) {
		int fd[2], pid;
		if (pipe(fd) || !(pid = fork())) {
			send_all(fd[1]);
			exit(0);
		}
		fprintf(stderr, "BEGIN %d %d\n", pid, gettid());
		receive_all(fd[0], MESSAGES);
		if (waitpid(pid, NULL, 0) == pid)
			say("CHILD", pid);
		close(fd[0]), close(fd[1]);
	}
}

static void fifos(void)
{
	if (mkfifo("wakes.fifo", 0600))
		exit(1);
	if (!fork()) {
		send_all(open("wakes.fifo", O_WRONLY));
		exit(0);
	}
	receive_all(open("wakes.fifo", O_RDONLY), -1);
	wait(NULL);
}

static void polls(int with_epoll)
{
	int fd[2], tid, e = epoll_create1(0);
	struct epoll_event in = { .events = EPOLLIN };
	pthread_t t;
	if (pipe(fd) || epoll_ctl(e, EPOLL_CTL_ADD, fd[0], &in) || pthread_create(&t, NULL, writer, (void *)(long)fd[1]))
		exit(1);
	for (int i = 0; i < MESSAGES; i++) {
		struct pollfd p = { fd[0], POLLIN, 0 };
		if ((with_epoll ? epoll_wait(e, &in, 1, 10000) : poll(&p, 1, 10000)) == 1 && read(fd[0], &tid, sizeof tid) == sizeof tid)
			say("POLL", tid);
	}
	pthread_join(t, NULL);
}

/* The middle of a pipeline. */
static void pass(void)
{
	for (int tid, self = gettid(); read(0, &tid, sizeof tid) == sizeof tid; say("READ", tid))
		if (write(1, &self, sizeof self) != sizeof self)
			exit(1);
}

static void serve_unix(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "wakes.sock" };
	serve((struct sockaddr *)&at, sizeof at);
}

static void serve_tcp(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	serve((struct sockaddr *)&at, sizeof at);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int fd[2];
	if (!strcmp(what, "pipe") && !pipe(fd))
		between_threads(fd);
	else if (!strcmp(what, "socketpair") && !socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		between_threads(fd);
	else if (!strcmp(what, "eventfd"))
		eventfds();
	else if (!strcmp(what, "unix"))
		serve_unix();
	else if (!strcmp(what, "tcp"))
		serve_tcp();
	else if (!strcmp(what, "fork"))
		forks();
	else if (!strcmp(what, "fifo"))
		fifos();
	else if (!strcmp(what, "poll") || !strcmp(what, "epoll"))
		polls(*what == 'e');
	else if (!strcmp(what, "write"))
		send_all(1);
	else if (!strcmp(what, "pass"))
		pass();
	else if (!strcmp(what, "read"))
		receive_all(0, -1);
	return 0;
}
