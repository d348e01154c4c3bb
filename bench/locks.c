/* PROGRAM THREADS OPS [shared]: a mutex for each thread, or one for all. An operation is one lock and one unlock. */
#include "bench.h"

static struct { _Alignas(128) pthread_mutex_t mutex; long count; } cell[MOST_THREADS];
static int shared;

static void *work(void *thread)
{
	long at = shared ? 0 : (long)thread;
	for (long i = 0; i < ops; i++) {
		pthread_mutex_lock(&cell[at].mutex);
		cell[at].count++;
		pthread_mutex_unlock(&cell[at].mutex);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	shared = argc > 3;
	for (int i = 0; i < MOST_THREADS; i++)
		pthread_mutex_init(&cell[i].mutex, NULL);
	return bench(argc, argv, work);
}
