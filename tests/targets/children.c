/* flags: -fno-builtin */
/*
 * Makes children in the way that is asked for, or by system() if none: children HOW [CHILDREN [BLOCKS]].
 * The parent allocates 200 blocks, a forked child as many as told.
 */
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tally.h"

extern char **environ;
static void *volatile kept;

__attribute__((noinline)) static void in_parent(void)
{
	for (int i = 0; i < 100; i++)
		kept = malloc(1000);
}

__attribute__((noinline)) static void in_child(int blocks)
{
	for (int i = 0; i < blocks; i++)
		kept = malloc(10);
}

static int status_of(pid_t pid)
{
	int status = -1;
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

/* Unseen by libc; new CPUs have no system call of that name. */
static pid_t raw_fork(void)
{
	return (pid_t)syscall(SYS_clone, (long)SIGCHLD, 0L, 0L, 0L, 0L);
}

static pid_t forked(const char *how, int blocks)
{
	pid_t pid = is(how, "raw") ? raw_fork() : fork();
	if (pid == 0) {
		in_child(blocks);
		if (is(how, "double"))
			_exit(status_of(forked("fork", blocks * 2)));
		if (is(how, "exec"))
			execl("/bin/sh", "sh", "-c", "exit 23", (char *)NULL);
		_exit(21);
	}
	return pid;
}

static pid_t spawned(void)
{
	pid_t pid;
	char *argv[] = {"sh", "-c", "exit 23", NULL};
	return posix_spawnp(&pid, "sh", NULL, NULL, argv, environ) ? -1 : pid;
}

static pid_t vforked(void)
{
	pid_t pid = vfork();
	if (pid == 0) {
		execl("/no/such/program", "none", (char *)NULL);
		execl("/bin/sh", "sh", "-c", "exit 23", (char *)NULL);
		_exit(22);
	}
	return pid;
}

int main(int argc, char **argv)
{
	const char *how = word_at(argc, argv, 1, "fork");
	long children = number_at(argc, argv, 2, 1), sum = 0;
	int blocks = (int)number_at(argc, argv, 3, 50);
	in_parent();
	for (long i = 0; i < children; i++)
		sum += status_of(is(how, "spawn") ? spawned() : is(how, "vfork") ? vforked() : forked(how, blocks));
	if (children == 0)
		sum = WEXITSTATUS(system("exit 23"));
	in_parent();
	tally("statuses", sum);
	tally("parent_blocks", 200);
}
