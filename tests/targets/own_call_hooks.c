/* flags: -finstrument-functions -rdynamic */
/* A program with hooks of its own for its functions: they are the ones to be called, and alone. */
#include "tally.h"

#define PLAIN __attribute__((no_instrument_function))
static int entries, exits;
PLAIN void __cyg_profile_func_enter(void *fn, void *site) { (void)fn, (void)site; entries++; }
PLAIN void __cyg_profile_func_exit(void *fn, void *site) { (void)fn, (void)site; exits++; }

__attribute__((noinline)) void leaf(void) { __asm__ volatile(""); }

PLAIN int main(void)
{
	for (int i = 0; i < 100; i++)
		leaf();
	tally("entries", entries);
	tally("exits", exits);
	free(malloc(10));
}
