/* A thread wakes main out of poll, select and epoll_wait, through a pipe and an eventfd; then main waits in vain: io_wakes. */
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <unistd.h>

#include "tally.h"

enum { POLLS = 4, SELECTS = 3, EPOLLS = 5, TIMEOUTS = 2, PAUSE_US = 20000, MESSAGE = 7 };

static int ends[2], idle[2], event;

static void *wake(void *unused)
{
	pthread_setname_np(pthread_self(), "waker");
	for (int i = 0; i < POLLS + SELECTS; i++) {
		usleep(PAUSE_US);
		if (write(ends[1], "message", MESSAGE) != MESSAGE)
			_exit(1);
	}
	for (uint64_t i = 0, one = 1; i < EPOLLS; i++) {
		usleep(PAUSE_US);
		if (write(event, &one, sizeof one) != sizeof one)
			_exit(1);
	}
	return unused;
}

static void take(void)
{
	char message[MESSAGE];
	if (read(ends[0], message, MESSAGE) != MESSAGE)
		_exit(1);
}

int main(void)
{
	pthread_t thread;
	struct epoll_event watched = { EPOLLIN, { .u64 = 0x1234567800000000 } };
	struct pollfd fds[2];
	event = eventfd(0, 0);
	int epoll = epoll_create1(0);
	if (pipe(ends) || pipe(idle) || epoll_ctl(epoll, EPOLL_CTL_ADD, event, &watched) || pthread_create(&thread, NULL, wake, NULL))
		return 1;
	for (int i = 0; i < POLLS; i++) {
		fds[0] = (struct pollfd){ .fd = idle[0], .events = POLLIN };
		fds[1] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
		poll(fds, 2, -1);
		take();
	}
	for (int i = 0; i < SELECTS; i++) {
		fd_set in;
		FD_ZERO(&in);
		FD_SET(idle[0], &in);
		FD_SET(ends[0], &in);
		select(ends[0] > idle[0] ? ends[0] + 1 : idle[0] + 1, &in, NULL, NULL, NULL);
		take();
	}
	for (int i = 0; i < EPOLLS; i++) {
		uint64_t count;
		epoll_wait(epoll, &watched, 1, -1);
		if (read(event, &count, sizeof count) != sizeof count)
			return 1;
	}
	for (int i = 0; i < TIMEOUTS; i++)
		poll(fds, 1, PAUSE_US / 1000);
	pthread_join(thread, NULL);
	tally("polls", POLLS);
	tally("selects", SELECTS);
	tally("epolls", EPOLLS);
	tally("timeouts", TIMEOUTS);
	tally("pause_us", PAUSE_US);
	tally("message_bytes", (POLLS + SELECTS) * MESSAGE);
}
