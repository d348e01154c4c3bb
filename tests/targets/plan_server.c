/* Two clients and a server, three processes with unix sockets between them; the server has the planted delay for each request. */
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "plan.h"

enum { CLIENTS = 2, REQUESTS = 6 };
static int pair[CLIENTS][2];

static void serve(void)
{
	struct pollfd from[CLIENTS];
	for (int i = 0; i < CLIENTS; i++) {
		close(pair[i][1]);
		from[i] = (struct pollfd){.fd = pair[i][0], .events = POLLIN};
	}
	for (int left = CLIENTS; left > 0 && poll(from, CLIENTS, -1) > 0; )
		for (int i = 0; i < CLIENTS; i++) {
			char request;
			if (from[i].fd < 0 || !from[i].revents)
				continue;
			if (read(from[i].fd, &request, 1) != 1) {
				from[i].fd = -1;
				left--;
				continue;
			}
			planted();
			if (write(from[i].fd, &request, 1) != 1)
				_exit(1);
		}
	_exit(0);
}

static void ask(int me)
{
	char answer;
	for (int i = 0; i < CLIENTS; i++) {
		close(pair[i][0]);
		if (i != me)
			close(pair[i][1]);
	}
	for (int i = 0; i < REQUESTS; i++) {
		ordinary(18000);
		if (write(pair[me][1], "?", 1) != 1 || read(pair[me][1], &answer, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	int failed = 0, status;
	plan_begin(argc, argv, 22000);
	for (int i = 0; i < CLIENTS; i++)
		failed |= socketpair(AF_UNIX, SOCK_STREAM, 0, pair[i]);
	if (fork() == 0)
		serve();
	for (int i = 0; i < CLIENTS; i++)
		if (fork() == 0)
			ask(i);
	for (int i = 0; i < CLIENTS; i++)
		for (int end = 0; end < 2; end++)
			close(pair[i][end]);
	while (wait(&status) > 0)
		failed |= status;
	plan_end();
	return failed != 0;
}
