/* Uses up all thread-specific keys, and has them destroyed. */
#include <pthread.h>

#include "tally.h"

static int destroyed;

static void destroy(void *unused)
{
	(void)unused;
	destroyed++;
	void *volatile block = malloc(10);
	free(block);
}

static void *set_all(void *keys)
{
	for (int i = 0; i < 100; i++)
		pthread_setspecific(((pthread_key_t *)keys)[i], keys);
	return NULL;
}

int main(void)
{
	static pthread_key_t keys[2000];
	int count = 0;
	while (count < 2000 && pthread_key_create(&keys[count], destroy) == 0)
		count++;
	pthread_t thread;
	pthread_create(&thread, NULL, set_all, keys);
	pthread_join(thread, NULL);
	tally("enough", count > 1000);
	tally("destroyed", destroyed);
}
