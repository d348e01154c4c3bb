/* What mutexes of all types, protocols and states answer; only return values are printed. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

#include "tally.h"

static pthread_mutex_t *mutex;

static void make(int type, int robust, int protocol)
{
	pthread_mutexattr_t attr;
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, type);
	pthread_mutexattr_setrobust(&attr, robust);
	pthread_mutexattr_setprotocol(&attr, protocol);
	pthread_mutexattr_setpshared(&attr, robust ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE);
	tally("init", pthread_mutex_init(mutex, &attr));
	pthread_mutexattr_destroy(&attr);
}

static void *lock_and_die(void *unused)
{
	pthread_mutex_lock(mutex);
	return unused;
}

static void *try(void *result)
{
	struct timespec past = {0};
	*(int *)result = pthread_mutex_trylock(mutex) * 1000 + pthread_mutex_timedlock(mutex, &past);
	return NULL;
}

static int in_thread(void *(*function)(void *))
{
	pthread_t thread;
	int result = 0;
	pthread_create(&thread, NULL, function, &result);
	pthread_join(thread, NULL);
	return result;
}

static void relock(int type)
{
	struct timespec past = {0};
	tally("lock", pthread_mutex_lock(mutex));
	tally("elsewhere", in_thread(try));
	if (type != PTHREAD_MUTEX_NORMAL) {
		tally("lock again", pthread_mutex_lock(mutex));
		tally("trylock again", pthread_mutex_trylock(mutex));
	}
	if (type == PTHREAD_MUTEX_RECURSIVE) {
		tally("timedlock again", pthread_mutex_timedlock(mutex, &past));
		tally("clocklock again", pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &past));
		for (int i = 0; i < 4; i++)
			pthread_mutex_unlock(mutex);
	}
	tally("destroy while locked", type == PTHREAD_MUTEX_NORMAL ? pthread_mutex_destroy(mutex) : 0);
	tally("unlock", pthread_mutex_unlock(mutex));
	if (type == PTHREAD_MUTEX_ERRORCHECK)
		tally("unlock again", pthread_mutex_unlock(mutex));
}

int main(void)
{
	const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK};
	mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int t = 0; t < 3; t++) {
		for (int inherit = 0; inherit < 2; inherit++) {
			tally("type", types[t]);
			make(types[t], PTHREAD_MUTEX_STALLED, inherit ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
			relock(types[t]);
			tally("destroy", pthread_mutex_destroy(mutex));
		}
	}
	make(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST, PTHREAD_PRIO_NONE);
	in_thread(lock_and_die);
	tally("owner died", pthread_mutex_lock(mutex));
	tally("consistent", pthread_mutex_consistent(mutex));
	tally("unlock", pthread_mutex_unlock(mutex));
	in_thread(lock_and_die);
	tally("owner died", pthread_mutex_trylock(mutex));
	tally("unlock", pthread_mutex_unlock(mutex));
	tally("not recoverable", pthread_mutex_lock(mutex));
	munmap(mutex, 4096);
}
