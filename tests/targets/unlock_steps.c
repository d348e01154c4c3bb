/*
 * A signal handler takes a mutex, and keeps it, at each instruction of the release of another one, one in each round; each round has mutexes of its own.
 */
#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

#include "steps.h"
#include "tally.h"

enum { ROUNDS_MAX = 2000 };
static pthread_mutex_t released[ROUNDS_MAX], kept[ROUNDS_MAX];
static volatile long until, rounds, taken;

static void on_step(int number, siginfo_t *info, void *context)
{
	(void)number, (void)info;
	if (until--)
		return;
#ifdef __x86_64__
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~0x100;
#else
	(void)context;
#endif
	taken += pthread_mutex_lock(&kept[rounds]) == 0;
}

static void one_round(long n)
{
	pthread_mutex_lock(&kept[rounds]);  /* known by now */
	pthread_mutex_unlock(&kept[rounds]);
	pthread_mutex_lock(&released[rounds]);
	until = n;
	step_on();
	pthread_mutex_unlock(&released[rounds]);
	step_off();
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
	sigaction(SIGTRAP, &action, NULL);
	one_round(-1);
	for (rounds = 1; rounds < ROUNDS_MAX; rounds++) {
		one_round(rounds - 1);
		if (until >= 0)
			break;
	}
	tally("rounds", rounds);
	tally("taken", taken);
}
