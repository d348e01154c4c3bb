/* flags: -fno-builtin */
/* Two threads that nothing else may interrupt, on one processor, and ordinary ones that they do interrupt: 2 if not allowed. */
#include <pthread.h>
#include <sched.h>

#include "tally.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *count)
{
	for (long i = 0; i < (long)count; i++) {
		void *volatile block = malloc(100);
		pthread_mutex_lock(&lock);
		pthread_mutex_unlock(&lock);
		free(block);
		if (i % 1000 == 0)
			sched_yield();
	}
	return NULL;
}

int main(void)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof one, &one);
	pthread_t thread[4];
	pthread_attr_t first;
	struct sched_param most = {.sched_priority = sched_get_priority_max(SCHED_FIFO)};
	pthread_attr_init(&first);
	pthread_attr_setinheritsched(&first, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&first, SCHED_FIFO);
	pthread_attr_setschedparam(&first, &most);
	for (int i = 0; i < 4; i++)
		if (pthread_create(&thread[i], i < 2 ? NULL : &first, work, (void *)20000))
			_exit(2);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	tally("blocks", 4 * 20000);
}
