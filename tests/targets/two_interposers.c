/* flags: -fno-builtin */
/* What counts_below counts, a hundred times each. */
#include "tally.h"

__attribute__((noinline)) static void a_hundred(void)
{
	char to[4321];
	for (int i = 0; i < 100; i++) {
		char *block = malloc(4321);
		memcpy(block, "4321", 4);
		free(block);
		if (read(-1, to, sizeof to) != -1)
			_exit(1);
	}
}

int main(void) { a_hundred(); }
