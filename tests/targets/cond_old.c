/* Condition variables as programs of before 2003 have them: version 2.2.5 keeps a pointer, in the first word. Elsewhere the one there is. */
#include <errno.h>
#include <pthread.h>

#include "tally.h"

#ifdef __x86_64__
#define OLD(name) __asm__(".symver pthread_cond_" #name ",pthread_cond_" #name "@GLIBC_2.2.5");
OLD(init) OLD(destroy) OLD(signal) OLD(broadcast) OLD(wait) OLD(timedwait)
#define OLD_BYTES sizeof(void *)
#else
#define OLD_BYTES sizeof(pthread_cond_t)
#endif

static union { pthread_cond_t cond; unsigned char byte[sizeof(pthread_cond_t)]; } c;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int turn;

static void *answer(void *unused)
{
	pthread_mutex_lock(&lock);
	for (int i = 0; i < 100; i++) {
		while (turn != 1)
			pthread_cond_wait(&c.cond, &lock);
		turn = 0;
		if (i % 2)
			pthread_cond_signal(&c.cond);
		else
			pthread_cond_broadcast(&c.cond);
	}
	pthread_mutex_unlock(&lock);
	return unused;
}

int main(void)
{
	memset(&c, 0xa5, sizeof c);
	pthread_cond_init(&c.cond, NULL);
	pthread_t thread;
	pthread_create(&thread, NULL, answer, NULL);
	pthread_mutex_lock(&lock);
	for (int i = 0; i < 100; i++) {
		turn = 1;
		pthread_cond_signal(&c.cond);
		while (turn)
			pthread_cond_wait(&c.cond, &lock);
	}
	struct timespec past = {0};
	int late = pthread_cond_timedwait(&c.cond, &lock, &past);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	int untouched = 1;
	for (size_t i = OLD_BYTES; i < sizeof c.byte; i++)
		untouched &= c.byte[i] == 0xa5;
	pthread_cond_destroy(&c.cond);
	tally("timed_out", late == ETIMEDOUT);
	tally("untouched", untouched);
}
