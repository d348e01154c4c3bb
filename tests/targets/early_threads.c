/* flags: -shared -fPIC -fno-builtin */
/* A library whose constructor has 64 threads at work, before libhp.so's if it stands behind it. */
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *volatile kept[64];

__attribute__((noinline)) static void *early_work(void *place)
{
	for (int i = 0; i < 20; i++) {
		*(void *volatile *)place = malloc(100);
		pthread_mutex_lock(&lock);
		pthread_mutex_unlock(&lock);
		free(*(void *volatile *)place);
	}
	return NULL;
}

__attribute__((constructor)) static void early(void)
{
	pthread_t thread[64];
	for (int i = 0; i < 64; i++)
		if (pthread_create(&thread[i], NULL, early_work, (void *)&kept[i]))
			_Exit(9);
	for (int i = 0; i < 64; i++)
		pthread_join(thread[i], NULL);
}
