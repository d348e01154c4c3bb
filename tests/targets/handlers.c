/* flags: -fno-builtin */
/* Signal handlers that make recorded calls: raised, in a storm, and leaving by siglongjmp: handlers HOW. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "tally.h"

static sigjmp_buf back;
static volatile sig_atomic_t handled;
static int null_fd;

static void allocates(int signo)
{
	(void)signo;
	void *volatile block = malloc(64);
	free(block);
	handled++;
}

static void writes(int signo)
{
	(void)signo;
	int saved = errno;
	if (write(null_fd, "xyz", 3) == 3)
		handled++;
	errno = saved;
}

static void jumps(int signo)
{
	(void)signo;
	handled++;
	siglongjmp(back, 1);
}

static void storm(void (*handler)(int), long interval_us)
{
	struct sigaction action = {.sa_handler = handler};
	struct itimerval timer = {{0, interval_us}, {0, interval_us}};
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

int main(int argc, char **argv)
{
	const char *how = word_at(argc, argv, 1, "raise");
	volatile long wanted = number_at(argc, argv, 2, 1000);
	volatile long allocs = 0, closes = 0;
	null_fd = open("/dev/null", O_WRONLY);
	if (is(how, "raise")) {
		signal(SIGUSR1, allocates);
		for (long i = 0; i < wanted; i++)
			raise(SIGUSR1);
	}
	if (is(how, "storm")) {
		storm(writes, 150);
		for (; handled < wanted; allocs++) {
			void *volatile block = malloc(16 + (size_t)allocs % 256);
			free(block);
		}
	}
	if (is(how, "jump")) {
		storm(jumps, 150);
		sigsetjmp(back, 1);
		for (; handled < wanted; closes++)
			close(-1);
	}
	setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
	for (int i = 0; i < 1000; i++)
		fsync(-1);
	tally("handled", handled);
	tally("allocs", allocs);
	tally("closes", closes);
	tally("fsyncs", 1000);
}
