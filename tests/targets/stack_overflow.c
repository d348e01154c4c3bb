/* flags: -finstrument-functions -fno-builtin -Wno-infinite-recursion */
/* Recurses until the stack ends, in an instrumented function or in a hook of its, and comes back by a jump out of the handler. */
#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>

#include "tally.h"

static sigjmp_buf back;
static volatile long depth;
static volatile int caught;

__attribute__((noinline)) void dives(void)
{
	depth++;
	dives();
	depth--;
}
__attribute__((noinline)) void after(void) { depth = 0; }

__attribute__((no_instrument_function)) static void handle(int signo)
{
	(void)signo;
	caught++;
	siglongjmp(back, 1);
}

__attribute__((no_instrument_function)) int main(void)
{
	static char alternate[64 << 10];
	stack_t there = {.ss_sp = alternate, .ss_size = sizeof alternate};
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};
	struct rlimit small = {1 << 20, 1 << 20};
	setrlimit(RLIMIT_STACK, &small);
	sigaltstack(&there, NULL);
	sigaction(SIGSEGV, &action, NULL);
	for (volatile int i = 0; i < 5; i++) {
		if (!sigsetjmp(back, 1))
			dives();
		after();
	}
	tally("caught", caught);
	tally("after", 5);
}
