/* Two threads beside each other, one of which is slow by the planted delay alone: what it saves ends where the other one is. */
#include <pthread.h>

#include "plan.h"

enum { ROUNDS = 10 };
pthread_barrier_t together;

static void *slow_branch(void *unused)
{
	for (long i = 0; i < ROUNDS * plan_repeat; i++) {
		planted();
		if (plan_repeat > 1)
			pthread_barrier_wait(&together);
		ROUND_DONE;
	}
	return unused;
}

static void *other_branch(void *unused)
{
	for (long i = 0; i < ROUNDS * plan_repeat; i++) {
		ordinary(18000);
		if (plan_repeat > 1)
			pthread_barrier_wait(&together);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t slow, other;
	plan_begin(argc, argv, 30000);
	pthread_barrier_init(&together, NULL, 2);
	pthread_create(&slow, NULL, slow_branch, NULL);
	pthread_create(&other, NULL, other_branch, NULL);
	pthread_join(slow, NULL);
	pthread_join(other, NULL);
	plan_end();
}
