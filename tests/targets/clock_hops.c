/* Allocates on each CPU in turn, and naps in between: clock_hops ALLOCS. */
#include <sched.h>
#include <time.h>

#include "tally.h"

static void *volatile kept;

int main(int argc, char **argv)
{
	long allocs = number_at(argc, argv, 1, 1000);
	cpu_set_t all, one;
	sched_getaffinity(0, sizeof all, &all);
	for (long i = 0; i < allocs; i++) {
		if (i % 100 == 0) {
			int cpu = (int)(i / 100 % CPU_SETSIZE);
			while (!CPU_ISSET(cpu, &all))
				cpu = (cpu + 1) % CPU_SETSIZE;
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			sched_setaffinity(0, sizeof one, &one);
		}
		kept = malloc(24);
		free(kept);
	}
	nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
	time(NULL);
	tally("allocs", allocs);
	return 0;
}
