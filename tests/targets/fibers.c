/* flags: -finstrument-functions -fno-builtin */
/* Two fibers on one thread that take turns in the middle of their calls. */
#include <ucontext.h>

#include "tally.h"

enum { TURNS = 500 };
static ucontext_t host, fiber[2];
static void *volatile kept;

__attribute__((noinline)) void in_fiber(int me)
{
	kept = malloc(10);
	free(kept);
	swapcontext(&fiber[me], &host);
}

__attribute__((noinline)) void fiber_main(int me)
{
	for (int i = 0; i < TURNS; i++)
		in_fiber(me);
}

__attribute__((no_instrument_function)) int main(void)
{
	for (int i = 0; i < 2; i++) {
		getcontext(&fiber[i]);
		fiber[i].uc_stack.ss_sp = malloc(1 << 16);
		fiber[i].uc_stack.ss_size = 1 << 16;
		fiber[i].uc_link = &host;
		makecontext(&fiber[i], (void (*)(void))fiber_main, 1, i);
	}
	for (int turn = 0; turn < TURNS + 1; turn++)
		for (int i = 0; i < 2; i++)
			swapcontext(&host, &fiber[i]);
	tally("in_fiber", 2 * TURNS);
	tally("fiber_main", 2);
}
