/* flags: -O0 -fno-builtin -Wno-deprecated-declarations */
/* Every socket function and every wait, with good and bad arguments (all_calls.h). */
#include "all_calls.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>

static char buf[100];
static const struct sockaddr_un name = { AF_UNIX, "s" };

static void sockets(void)
{
	int pair[2] = { -1, -1 };
	struct sockaddr_un peer;
	socklen_t n = sizeof peer, small = 1;
	int l = R(socket(AF_UNIX, SOCK_STREAM, 0));
	R(socket(-1, 0, 0));
	R(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	printf("pair %d %d\n", pair[0], pair[1]);
	R(socketpair(AF_UNIX, SOCK_STREAM, 0, bad));
	R(bind(l, (void *)&name, sizeof name));
	R(bind(l, bad, sizeof name));
	R(bind(BAD_FD, (void *)&name, sizeof name));
	R(listen(l, 5));
	R(listen(1, 5));
	int c = socket(AF_UNIX, SOCK_STREAM, 0);
	R(connect(c, (void *)&name, sizeof name));
	R(connect(c, (void *)&name, sizeof name));
	R(connect(pair[0], bad, 16));
	R(connect(pair[0], (void *)&name, 5000));
	R(accept(l, (void *)&peer, &n));
	printf("peer %d, length %d\n", peer.sun_family, n);
	R(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, sizeof name));
	R(accept4(l, (void *)&peer, &small, SOCK_CLOEXEC));
	printf("length %d\n", small);
	R(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, sizeof name));
	R(accept(l, none, none));
	R(accept(BAD_FD, none, none));
	R(accept4(l, none, none, -1));
	R(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, sizeof name));
	R(accept(l, (void *)&peer, bad));
	R(shutdown(pair[0], SHUT_WR));
	R(shutdown(l, 99));
	R(shutdown(BAD_FD, SHUT_WR));
	closefrom(3);
	unlink("s");
}

static void messages(void)
{
	int s[2];
	struct iovec v = { buf, 4 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	struct mmsghdr mm[2] = { { m, 0 }, { m, 0 } };
	struct sockaddr_un from;
	socklen_t n = sizeof from;
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, s))
		exit(98);
	R(send(s[0], "one", 3, 0));
	R(sendto(s[0], "three", 5, 0, none, 0));
	R(sendmsg(s[0], &m, 0));
	R(sendmmsg(s[0], mm, 2, 0));
	R(send(s[0], "six", 3, 0));
	R(send(s[0], "seven", 5, 0));
	R(recv(s[1], buf, 10, 0));
	R(recvfrom(s[1], buf, 10, 0, (void *)&from, &n));
	printf("%.5s, length %d\n", buf, n);
	R(__recv_chk(s[1], buf, 10, 50, 0));
	R(recvmsg(s[1], &m, 0));
	R(recvmmsg(s[1], mm, 2, MSG_DONTWAIT, none));
	printf("lengths %d %d\n", mm[0].msg_len, mm[1].msg_len);
	R(recvmmsg(s[1], mm, 2, MSG_DONTWAIT, none));
	R(send(s[0], "x", 1, 0));
	R(__recvfrom_chk(s[1], buf, 10, 50, 0, none, none));
	R(send(BAD_FD, "x", 1, 0));
	R(sendto(s[0], bad, 5, 0, none, 0));
	R(sendmsg(s[0], bad, 0));
	R(sendmmsg(s[0], bad, 2, 0));
	R(recv(s[1], buf, 10, MSG_DONTWAIT));
	R(recvfrom(BAD_FD, buf, 10, 0, none, none));
	R(__recv_chk(1, buf, 10, 50, 0));
	R(recvmsg(s[1], bad, MSG_DONTWAIT));
	R(recvmmsg(BAD_FD, mm, 2, 0, none));
	close(s[0]);
	R(send(s[1], "x", 1, MSG_NOSIGNAL));
	close(s[1]);
}

static void polls(void)
{
	int p[2];
	if (pipe(p) || write(p[1], "x", 1) != 1)
		exit(97);
	struct pollfd fds[2] = { { p[0], POLLIN, 0 }, { BAD_FD, POLLIN, 0 } };
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 9 };
	struct timespec soon = { 0, 1000 }, wrong = { 0, -1 };
	struct timeval soon_too = { 0, 1 };
	fd_set set;
	R(poll(fds, 2, 100));
	R(__poll_chk(fds, 2, 100, sizeof fds));
	R(ppoll(fds, 1, &soon, none));
	R(__ppoll_chk(fds, 1, &soon, none, sizeof fds));
	printf("revents %d %d\n", fds[0].revents, fds[1].revents);
	R(poll(none, 0, 1));
	R(poll(bad, 1, 1));
	R(ppoll(fds, 1, &wrong, none));
	FD_ZERO(&set);
	FD_SET(p[0], &set);
	R(select(p[0] + 1, &set, none, none, none));
	R(pselect(p[0] + 1, &set, none, none, &soon, none));
	printf("set %d\n", !!FD_ISSET(p[0], &set));
	R(select(0, none, none, none, &soon_too));
	R(select(-1, none, none, none, none));
	R(pselect(1, bad, none, none, none, none));
	int e = epoll_create1(0);
	R(epoll_ctl(e, EPOLL_CTL_ADD, p[0], &event));
	R(epoll_ctl(e, EPOLL_CTL_ADD, p[0], &event));
	R(epoll_ctl(BAD_FD, EPOLL_CTL_ADD, p[0], bad));
	event.data.u64 = 0;
	R(epoll_wait(e, &event, 1, 100));
	printf("data %d\n", (int)event.data.u64);
	R(epoll_pwait(e, &event, 1, 100, none));
	R(epoll_pwait2(e, &event, 1, &soon, none));
	R(epoll_wait(e, bad, 1, 100));
	R(epoll_pwait(e, &event, 0, 100, none));
	R(epoll_pwait2(BAD_FD, &event, 1, &soon, none));
	closefrom(3);
}

static void alarmed(int sig)
{
	(void)sig;
}

static void soon(void)
{
	struct itimerval t = { { 0, 0 }, { 0, 10000 } };
	setitimer(ITIMER_REAL, &t, NULL);
}

static void sleeps(void)
{
	struct sigaction a = { .sa_handler = alarmed };
	struct timespec ns = { 0, 1000 }, wrong = { 0, -1 }, left = { 5, 5 }, far = { 1000, 0 }, past = { 1, 0 };
	sigset_t empty;
	sigemptyset(&empty);
	sigaction(SIGALRM, &a, NULL);
	R(sleep(0));
	R(usleep(10));
	R(nanosleep(&ns, &left));
	R(nanosleep(&wrong, none));
	R(nanosleep(bad, none));
	R(clock_nanosleep(CLOCK_MONOTONIC, 0, &ns, none));
	R(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &past, none));
	R(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, bad, none));
	R(clock_nanosleep(-5, 0, &ns, none));
	R(thrd_sleep(&ns, none));
	R(thrd_sleep(&wrong, none));
	printf("left %ld\n", left.tv_nsec);
	soon();
	R(nanosleep(&far, &far));
	printf("some left %d\n", far.tv_sec > 900 && far.tv_sec < 1000);
	soon();
	R(nanosleep(&far, bad));
	soon();
	R(clock_nanosleep(CLOCK_MONOTONIC, 0, &far, &left));
	soon();
	R(thrd_sleep(&far, none));
	soon();
	R(sleep(1000) > 900);
	soon();
	R(usleep(999999));
	soon();
	R(pause());
	sigset_t user;
	int got = 0;
	sigemptyset(&user);
	sigaddset(&user, SIGUSR1);
	sigprocmask(SIG_BLOCK, &user, NULL);
	R(sigtimedwait(&user, NULL, &ns));
	raise(SIGUSR1);
	R(sigwait(&user, &got) + got);
	raise(SIGUSR1);
	R(sigwaitinfo(&user, NULL));
	R(sigtimedwait(&user, NULL, &wrong));
	soon();
	R(sigsuspend(&empty));
	soon();
	R(poll(none, 0, 100000));
	soon();
	R(select(0, none, none, none, none));
}

static pid_t child(int status)
{
	fflush(stdout);
	pid_t pid = fork();
	if (!pid)
		_exit(status);
	return pid;
}

static void children(void)
{
	int status = 0;
	struct rusage usage;
	siginfo_t info = { 0 };
	pid_t pid = child(3);
	R(wait(&status) == pid);
	printf("status %d\n", status);
	pid = child(4);
	R(waitpid(pid, &status, 0) == pid);
	printf("status %d\n", status);
	pid = child(5);
	R(wait3(&status, 0, &usage) == pid);
	pid = child(6);
	R(wait4(pid, &status, 0, &usage) == pid);
	printf("status %d\n", status);
	pid = child(7);
	R(waitid(P_PID, pid, &info, WEXITED));
	printf("info %d, status %d\n", info.si_pid == pid, info.si_status);
	child(8);
	R(waitid(P_ALL, 0, none, WEXITED));
	R(wait(none));
	R(waitpid(-1, none, WNOHANG));
	R(waitpid(-1, bad, -1));
	R(wait3(none, 0, bad));
	R(wait4(1, none, 0, none));
	R(waitid(P_ALL, 0, bad, 0));
	R(waitid(-1, 0, &info, WEXITED));
	R(system("exit 9"));
	R(system("kill -9 $$"));
	R(system(none));
}

static void signals(void)
{
	struct timespec at_once = { 0, 0 }, wrong = { 0, -1 };
	siginfo_t info = { 0 };
	sigset_t set;
	int number = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, none);
	raise(SIGUSR1);
	R(sigwait(&set, &number));
	raise(SIGUSR1);
	R(sigwaitinfo(&set, &info));
	raise(SIGUSR1);
	R(sigtimedwait(&set, &info, &at_once));
	printf("signals %d %d\n", number, info.si_signo);
	R(sigtimedwait(&set, none, &at_once));
	R(sigtimedwait(&set, none, &wrong));
	R(sigtimedwait(bad, none, &at_once));
	R(sigwaitinfo(bad, none));
	R(sigwait(bad, &number));
}

int main(void)
{
	enter_fresh_directory();
	sockets();
	messages();
	polls();
	sleeps();
	signals();
	children();
	leave_directory();
	return 0;
}
