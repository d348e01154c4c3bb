/* flags: -fno-builtin -finstrument-functions -finstrument-functions-exclude-function-list=main,on_step,recorded,tally */
/* A signal handler forks at each instruction of calls that are recorded. The child goes on from there, and is to end well. */
#include <pthread.h>
#include <sys/wait.h>
#include <ucontext.h>

#include "steps.h"
#include "tally.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile long forks, bad;
static volatile int stepping, in_child;

static void on_step(int number, siginfo_t *info, void *context)
{
	int status = -1;
	(void)number, (void)info;
	if (!stepping)
		return;
	pid_t child = fork();
	if (child) {
		forks++;
		bad += waitpid(child, &status, 0) != child || status;
		return;
	}
	in_child = 1;
#ifdef __x86_64__
	((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~0x100;
#else
	(void)context;
#endif
}

__attribute__((noinline)) static void function(void)
{
}

static void recorded(void)
{
	step_on();
	function();
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
	step_off();
	if (in_child)
		_exit(0);
}

int main(void)
{
	struct sigaction action = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO};
	sigaction(SIGTRAP, &action, NULL);
	recorded();  /* once for what the first time needs */
	stepping = 1;
	recorded();
	tally("forks", forks);
	tally("bad", bad);
}
