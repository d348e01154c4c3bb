/* The C11 names for threads, mutexes and conditions. */
#include <threads.h>
#include <time.h>

#include "tally.h"

enum { THREADS = 4, ROUNDS = 500 };
mtx_t c11_lock;
cnd_t c11_cond;
static int arrived;
static long counter;

static int work(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		mtx_lock(&c11_lock);
		counter++;
		mtx_unlock(&c11_lock);
	}
	mtx_lock(&c11_lock);
	arrived++;
	cnd_signal(&c11_cond);
	mtx_unlock(&c11_lock);
	thrd_exit(3);
}

int main(void)
{
	thrd_t thread[THREADS];
	int result, sum = 0;
	mtx_init(&c11_lock, mtx_plain);
	cnd_init(&c11_cond);
	for (int i = 0; i < THREADS; i++)
		thrd_create(&thread[i], work, NULL);
	mtx_lock(&c11_lock);
	long waits = 0;
	while (arrived < THREADS) {
		cnd_wait(&c11_cond, &c11_lock);
		waits++;
	}
	mtx_unlock(&c11_lock);
	for (int i = 0; i < THREADS; i++, sum += result)
		thrd_join(thread[i], &result);
	thrd_sleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	int tried = mtx_trylock(&c11_lock) == thrd_success;
	mtx_unlock(&c11_lock);
	tally("c11_lock", THREADS * ROUNDS + THREADS + 1 + tried);
	tally("cond_waits", waits);
	tally("joined", sum);
	tally("counter", counter);
}
