/* flags: -fno-builtin */
/* An allocation each 10 ms, so few that they all fit into the first piece of a dump: slow_events COUNT. */
#include <stdlib.h>
#include <unistd.h>

#include "tally.h"

int main(int argc, char **argv)
{
	long count = number_at(argc, argv, 1, 100);
	for (long i = 0; i < count; i++) {
		void *volatile p = malloc(10);
		free(p);
		usleep(10000);
	}
	tally("allocs", count);
}
