/* Prints what the plan_* targets take as LOOPS_PER_MS: the most of some tries, as anything else that runs takes away from it. */
#include "plan.h"

enum { TRIES = 20, LOOPS = 2000000 };

int main(int argc, char **argv)
{
	long most = 0;
	plan_begin(argc, argv, 0);
	for (int i = 0; i < TRIES; i++) {
		struct timespec from;
		clock_gettime(CLOCK_MONOTONIC, &from);
		WORK(LOOPS);
		long loops = (long)(LOOPS * 1000LL / plan_us_since(from));
		most = loops > most ? loops : most;
	}
	tally("loops_per_ms", most);
	plan_end();
}
