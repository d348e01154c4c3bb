/* flags: -fno-builtin */
/*
 * Fibers that are put aside in the middle of a read and taken up by another thread: moving_fibers ROUNDS, with moving_read preloaded.
 * Thread 1 runs each fiber until its read, thread 2 from there on, while thread 1 makes calls of its own.
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <ucontext.h>

#include "tally.h"

static ucontext_t host[2], fiber;
static sem_t put_aside, taken;
static long rounds, done, right_errno;
static __thread int me;

/* Not inlined: after a switch the thread, and so the address of its variables, is another one. */
__attribute__((noinline)) static ucontext_t *my_host(void)
{
	__asm__ volatile("");
	return &host[me];
}
__attribute__((noinline)) static void set_errno(int error) { errno = error; }
__attribute__((noinline)) static int get_errno(void) { return errno; }

static ssize_t read_elsewhere(int fd, void *to, size_t n)
{
	(void)fd, (void)to, (void)n;
	swapcontext(&fiber, my_host());
	set_errno(EPIPE);
	return -1;
}

__attribute__((noinline)) static void in_fiber(void)
{
	char c;
	set_errno(0);
	if (read(99, &c, 1) == -1)
		right_errno += get_errno() == EPIPE;
	done++;
	setcontext(my_host());
}

static void *second(void *unused)
{
	me = 1;
	for (volatile long i = 0; i < rounds; i++) {
		sem_wait(&put_aside);
		volatile int back = 0;
		getcontext(&host[1]);
		if (!back++)
			setcontext(&fiber);
		sem_post(&taken);
	}
	return unused;
}

int main(int argc, char **argv)
{
	ssize_t (**reads_by)(int, void *, size_t) = (ssize_t (**)(int, void *, size_t))dlsym(RTLD_DEFAULT, "reads_by");
	static char stack[64 << 10];
	pthread_t thread;
	if (!reads_by)
		return 1;
	*reads_by = read_elsewhere;
	rounds = number_at(argc, argv, 1, 1000);
	sem_init(&put_aside, 0, 0), sem_init(&taken, 0, 0);
	pthread_create(&thread, NULL, second, NULL);
	for (long i = 0; i < rounds; i++) {
		getcontext(&fiber);
		fiber.uc_stack.ss_sp = stack;
		fiber.uc_stack.ss_size = sizeof stack;
		makecontext(&fiber, in_fiber, 0);
		swapcontext(&host[0], &fiber);
		sem_post(&put_aside);
		for (int k = 0; k < 20; k++)
			close(-1);
		sem_wait(&taken);
	}
	pthread_join(thread, NULL);
	tally("reads", done);
	tally("right_errno", right_errno);
	tally("closes", rounds * 20);
}
