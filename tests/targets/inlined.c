/* flags: -fno-builtin -O2 -no-pie */
/* Allocates in a function that is inlined into its caller; a program at fixed addresses. */
#include "tally.h"

static void *volatile kept;

static inline __attribute__((always_inline)) void inlined_part(void)
{
	kept = malloc(1234);
}

__attribute__((noinline)) static void outer_part(void)
{
	inlined_part();
	kept = malloc(1);
}

int main(void)
{
	outer_part();
	tally("made", 2);
}
