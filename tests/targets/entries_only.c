/* Entries and exits as no compiler's pairs: entries alone, as of functions that are instrumented once, and exits alone. */
#include "tally.h"

void __cyg_profile_func_enter(void *fn, void *site);
void __cyg_profile_func_exit(void *fn, void *site);

__attribute__((noinline)) void entered(void) { __cyg_profile_func_enter((void *)entered, __builtin_return_address(0)); }
__attribute__((noinline)) void left(void) { __cyg_profile_func_exit((void *)left, __builtin_return_address(0)); }
__attribute__((noinline)) void both(void)
{
	__cyg_profile_func_enter((void *)both, __builtin_return_address(0));
	left();
	entered();
	__cyg_profile_func_exit((void *)both, __builtin_return_address(0));
}

int main(void)
{
	for (int i = 0; i < 10000; i++) {
		entered();
		left();
		both();
	}
	tally("entered", 20000);
	tally("both", 10000);
}
