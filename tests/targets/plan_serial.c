/* One thread, whose every round has the planted delay in it. */
#include "plan.h"

int main(int argc, char **argv)
{
	plan_begin(argc, argv, 20000);
	for (long i = 0; i < 6 * plan_repeat; i++) {
		ordinary(30000);
		planted();
		ROUND_DONE;
	}
	plan_end();
}
