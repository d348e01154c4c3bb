/* flags: -fno-builtin */
/* Allocates 1000 blocks, then ends in the way that is asked for: ends HOW. */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tally.h"

static void *volatile kept;

static void *end_later(void *unused)
{
	usleep(20000);
	kept = malloc(1);
	return unused;
}

static void *call_exit(void *unused)
{
	exit(9);
	return unused;
}

int main(int argc, char **argv)
{
	const char *how = word_at(argc, argv, 1, "return");
	pthread_t thread;
	setrlimit(RLIMIT_CORE, &(struct rlimit){0});
	if (is(how, "after-exec"))
		return 6;
	for (int i = 0; i < 1000; i++)
		kept = malloc(10);
	tally("allocs", 1000);
	if (is(how, "exit"))
		exit(7);
	if (is(how, "_exit"))
		_exit(8);
	if (is(how, "_Exit"))
		_Exit(10);
	if (is(how, "quick_exit"))
		quick_exit(11);
	if (is(how, "abort"))
		abort();
	if (is(how, "segv"))
		raise(SIGSEGV);
	if (is(how, "fault"))
		*(volatile int *)(unsigned long)(argc - 2) = 1;
	if (is(how, "term"))
		kill(getpid(), SIGTERM);
	if (is(how, "kill"))
		kill(getpid(), SIGKILL);
	if (is(how, "exec"))
		execl("/proc/self/exe", "ends", "after-exec", (char *)NULL);
	if (is(how, "failed-exec")) {
		execl("/no/such/program", "none", (char *)NULL);
		kept = malloc(10);
		return 12;
	}
	if (is(how, "thread-exit")) {
		pthread_create(&thread, NULL, call_exit, NULL);
		pthread_join(thread, NULL);
	}
	if (is(how, "pthread_exit")) {
		pthread_create(&thread, NULL, end_later, NULL);
		pthread_exit(NULL);
	}
	return 5;
}
