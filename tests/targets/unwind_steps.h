/*
 * unwind_steps.h - for HP_STACK=check: NAME [alternate]. all() is gone through one instruction at a time, by the trap flag, and
 * the handler makes a recorded call: each place in prologues, epilogues, linkage stubs, libc, the loader and libhp.so's hooks is
 * the top of a stack once. Not in calls whose own stacks are taken: libunwind masks signals, and a trap would then be the end; so
 * HP_HOOKS=io is needed. On other CPUs than x86-64 signals come at a few places.
 * TURNS: how often; once more in a thread.
 */
#ifndef UNWIND_STEPS_H
#define UNWIND_STEPS_H

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "steps.h"
#include "tally.h"

#ifndef TURNS
#define TURNS 2
#endif
static void *all(void *turns);

static volatile long sink, steps;

static void on_step(int signo)
{
	int error = errno;
	(void)signo;
	close(-1);
	steps++;
	errno = error;
}

int main(int argc, char **argv)
{
	int alternate = is(word_at(argc, argv, 1, ""), "alternate");
	stack_t stack;
	struct sigaction action;
	pthread_t thread;
	memset(&stack, 0, sizeof stack);
	memset(&action, 0, sizeof action);
	stack.ss_size = 1 << 16;
	stack.ss_sp = malloc(1 << 16);
	action.sa_handler = on_step;
	action.sa_flags = alternate ? SA_ONSTACK : 0;
	sigaltstack(&stack, NULL);
	sigaction(SIGTRAP, &action, NULL);
	all((void *)TURNS);
	if (TURNS > 1 && !pthread_create(&thread, NULL, all, (void *)1))
		pthread_join(thread, NULL);
	tally("steps", steps);
}

#endif
