/* flags: -O0 */
/* deep N BLOCKS: allocates BLOCKS blocks at the bottom of a recursion of N calls, and prints how many there were. */
#include <stdio.h>
#include <stdlib.h>

static long blocks;
static void *volatile block;

static int dive(int n)
{
	if (n > 1)
		return dive(n - 1) + 1;
	for (long i = 0; i < blocks; i++) {
		block = malloc(100);
		free(block);
	}
	return 1;
}

int main(int argc, char **argv)
{
	blocks = argc > 2 ? atol(argv[2]) : 10;
	printf("depth %d\n", dive(argc > 1 ? atoi(argv[1]) : 10));
	return 0;
}
