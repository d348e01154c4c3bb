/* flags: -finstrument-functions -O2 */
/* An instrumented function with others inlined into it: they are entered in its own frame. */
#include <unistd.h>

#include "tally.h"

static volatile long work;

__attribute__((always_inline)) static inline void innermost(void) { work++; }
__attribute__((always_inline)) static inline void inner(void) { innermost(); work++; innermost(); }

__attribute__((noinline)) static void outer(void)
{
	inner();
	usleep(100);
	inner();
}

int main(int argc, char **argv)
{
	long n = number_at(argc, argv, 1, 100);
	for (long i = 0; i < n; i++)
		outer();
	tally("outer", n);
	tally("inner", 2 * n);
	tally("innermost", 4 * n);
}
