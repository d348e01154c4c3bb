/* Three processes are started and waited for, three times; one of them has the planted delay. */
#include <sys/wait.h>

#include "plan.h"

enum { CHILDREN = 3, ROUNDS = 3 };

int main(int argc, char **argv)
{
	int failed = 0, status;
	plan_begin(argc, argv, 50000);
	for (int round = 0; round < ROUNDS; round++) {
		ordinary(10000);
		for (int i = 0; i < CHILDREN; i++)
			if (fork() == 0) {
				ordinary(25000);
				if (i == 1)
					planted();
				_exit(0);
			}
		while (wait(&status) > 0)
			failed |= status;
	}
	plan_end();
	return failed != 0;
}
