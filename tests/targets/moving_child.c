/* flags: -fno-builtin */
/* A forked child with too many events for its parent's dump, of which `early` (1st argument) are by others; or "disable". */
#include <hp.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tally.h"

static void *volatile kept;

__attribute__((noinline)) static void at_first(void)  { kept = malloc(10); free(kept); }
__attribute__((noinline)) static void meanwhile(void) { kept = malloc(20); free(kept); }
__attribute__((noinline)) static void at_last(void)   { kept = malloc(30); free(kept); }
__attribute__((noinline)) static void in_parent(void) { kept = malloc(40); free(kept); }

int main(int argc, char **argv)
{
	long early = number_at(argc, argv, 1, 0);
	if (!fork()) {
		if (argc > 1 && is(argv[1], "disable"))
			hp_disable();
		for (long i = 0; i < early; i++)
			at_first();
		for (int i = 0; i < 200; i++)
			meanwhile();
		for (int i = 0; i < 300; i++)
			at_last();
		_exit(0);
	}
	wait(NULL);
	for (int i = 0; i < 100; i++)
		in_parent();
}
