/* Work is split among four threads and joined again, three times; one part has the planted delay. */
#include <pthread.h>

#include "plan.h"

enum { PARTS = 4, ROUNDS = 3 };

static void *part(void *index)
{
	ordinary(25000);
	if ((long)index == 2)
		planted();
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread[PARTS];
	plan_begin(argc, argv, 60000);
	for (int round = 0; round < ROUNDS; round++) {
		ordinary(10000);
		for (long i = 0; i < PARTS; i++)
			pthread_create(&thread[i], NULL, part, (void *)i);
		for (int i = 0; i < PARTS; i++)
			pthread_join(thread[i], NULL);
	}
	plan_end();
}
