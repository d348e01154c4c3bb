/* flags: -fno-builtin */
/* Threads with the smallest stack there is, and a signal handler on the smallest alternate stack. */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>

#include "tally.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int null_fd, threads_done;
static volatile sig_atomic_t handled;

static void busy(void)
{
	void *volatile block = realloc(calloc(1, 100), 300);
	if (write(null_fd, block, 3) == 3)
		fsync(-1);
	free(block);
}

static void *thread(void *unused)
{
	for (int i = 0; i < 100; i++)
		busy();
	pthread_mutex_lock(&lock);
	threads_done++;
	pthread_mutex_unlock(&lock);
	return unused;
}

static void handler(int signo)
{
	(void)signo;
	handled += write(null_fd, "x", 1) == 1;
}

int main(void)
{
	pthread_t threads[20];
	pthread_attr_t small;
	null_fd = open("/dev/null", O_WRONLY);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, (size_t)PTHREAD_STACK_MIN);
	for (int i = 0; i < 20; i++)
		pthread_create(&threads[i], &small, thread, NULL);
	for (int i = 0; i < 20; i++)
		pthread_join(threads[i], NULL);

	/* The kernel's own need for a frame, and 2 KiB for the handler and what it calls. */
	size_t bytes = getauxval(AT_MINSIGSTKSZ) + 2048;
	stack_t alternate = {.ss_sp = malloc(bytes), .ss_size = bytes < (size_t)MINSIGSTKSZ ? (size_t)MINSIGSTKSZ : bytes};
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
	sigaltstack(&alternate, NULL);
	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < 100; i++)
		raise(SIGUSR1);
	tally("threads", threads_done);
	tally("handled", handled);
}
