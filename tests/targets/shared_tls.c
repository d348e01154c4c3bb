/* flags: -fno-builtin -finstrument-functions */
/* Two kernel threads on one block of thread-local storage, at the same time, as clone without CLONE_SETTLS makes them. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "tally.h"

enum { CALLS = 200000 };
static int null_fd, started;
static long written;

__attribute__((noinline)) void leaf(void) { __asm__ volatile(""); }

__attribute__((noinline)) void busy(void)
{
	for (int i = 0; i < CALLS; i++) {
		leaf();
		if (i % 4 == 0)
			__atomic_fetch_add(&written, write(null_fd, "x", 1), __ATOMIC_RELAXED);
	}
}

static int child(void *unused)
{
	(void)unused;
	__atomic_store_n(&started, 1, __ATOMIC_RELEASE);
	busy();
	return 0;
}

int main(void)
{
	static char stack[256 << 10];
	null_fd = open("/dev/null", O_WRONLY);
	pid_t pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_FILES | SIGCHLD, NULL);
	while (!__atomic_load_n(&started, __ATOMIC_ACQUIRE))
		;
	busy();
	int status = -1;
	waitpid(pid, &status, 0);
	tally("status", status);
	tally("written", written);
}
