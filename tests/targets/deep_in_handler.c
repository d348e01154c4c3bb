/* flags: -O1 -fno-builtin -finstrument-functions -finstrument-functions-exclude-function-list=main,on_step,in_thread,tally,number_at,step_on,step_off */
/*
 * A signal handler makes calls at the n-th instruction of a call, for n from 1 on, each time in a new thread and so deep in recursion that
 * it is these calls for which the recorder needs more room; the thread then recurses deeper by far, and returns from all.
 * usage: deep_in_handler STEPS DEPTH [FIRST]; prints how many calls were made.
 */
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "steps.h"
#include "tally.h"

enum { IN_HANDLER = 40, DEEPER = 3000, HOLE = 96 << 10 };

static volatile long steps, at, depth, handled;
static long calls;
static sem_t done, end;  /* threads live on: a new one would have the room of one that ended */
static void *hole;  /* above what the recorder gets first: what it gets next comes to lie there */

__attribute__((noinline)) static void again(long n)
{
	__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
	if (n > 1)
		again(n - 1);
	__asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) static void stepped(void)
{
	__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
}

__attribute__((noinline)) static void innermost(void)
{
	__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
	munmap(hole, HOLE);
	step_on();
	stepped();
	step_off();
	again(DEEPER);
}

__attribute__((noinline)) static void down(long n)
{
	__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
	if (n > 1)
		down(n - 1);
	else
		innermost();
	__asm__ volatile("" ::: "memory");
}

static void on_step(int number, siginfo_t *info, void *context)
{
	(void)number, (void)info, (void)context;
	if (++steps != at)
		return;
#ifdef __x86_64__
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~0x100;
#endif
	handled++;
	again(IN_HANDLER);
}

static void *in_thread(void *unused)
{
	steps = 0;
	down(depth);
	sem_post(&done);
	sem_wait(&end);
	return unused;
}

int main(int argc, char **argv)
{
	struct sigaction on = { .sa_sigaction = on_step, .sa_flags = SA_SIGINFO | SA_RESTART };
	long most = number_at(argc, argv, 1, 10);
	depth = number_at(argc, argv, 2, 1010);
	sem_init(&done, 0, 0);
	sem_init(&end, 0, 0);
	sigaction(SIGTRAP, &on, NULL);
	for (at = number_at(argc, argv, 3, 1); at <= most; at++) {
		pthread_t thread;
		hole = mmap(NULL, HOLE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (pthread_create(&thread, NULL, in_thread, NULL))
			return 1;
		pthread_detach(thread);
		sem_wait(&done);
	}
	tally("calls", calls);
	tally("handled", handled);
	return 0;
}
