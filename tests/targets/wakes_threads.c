/*
 * Threads that wake each other: says on lines "KIND WAITER WAKER" (tids) who let whom go on, told by what they hand each other.
 * Usage: wakes_threads lock|cond|broadcast|sem|barrier|join
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 6, PAUSE_US = 3000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t sem;
static int turn, last, slots[THREADS * ROUNDS], arrived[ROUNDS + 1][THREADS], count[ROUNDS + 1], posts;

static void say(const char *kind, int waker)
{
	if (waker && waker != gettid())
		printf("%s %d %d\n", kind, gettid(), waker);
}

/* All want it all the time: the one before is whom each has it from. */
static void *lock(void *arg)
{
	(void)arg;
	for (int i = 0; i < 40 * ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		say("ACQUIRE", last);
		last = gettid();
		usleep(i % 8 == 0 ? 50 : 0);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

/* Thread after thread has its turn. Only the next one waits for the condition: the others are kept out by their own. */
static pthread_cond_t own[THREADS];
static void *pass(void *arg)
{
	int self = (int)(long)arg;
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		int waited = 0;
		while (turn % THREADS != self)
			pthread_cond_wait(&own[self], &mutex), waited = 1;
		if (waited)
			say("COND_WAIT", last);
		pthread_mutex_unlock(&mutex);
		usleep(PAUSE_US);
		pthread_mutex_lock(&mutex);
		turn++;
		last = gettid();
		pthread_cond_signal(&own[turn % THREADS]);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

/* One at a time says so to all the others, who wait. */
static void *broadcast(void *arg)
{
	int self = (int)(long)arg;
	for (int i = 0; i < THREADS; i++) {
		pthread_mutex_lock(&mutex);
		if (i == self) {
			pthread_mutex_unlock(&mutex);
			usleep(10 * PAUSE_US);
			pthread_mutex_lock(&mutex);
			turn = i + 1, last = gettid();
			pthread_cond_broadcast(&cond);
		} else {
			while (turn <= i)
				pthread_cond_wait(&cond, &mutex);
			say("COND_WAIT", last);
		}
		pthread_mutex_unlock(&mutex);
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void *post(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		usleep((unsigned)(PAUSE_US * (1 + (long)arg)));
		pthread_mutex_lock(&mutex);
		slots[posts++] = gettid();
		sem_post(&sem);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *arrive(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		usleep((unsigned)(PAUSE_US * (1 + ((long)arg + i) % THREADS)));
		arrived[i][__atomic_fetch_add(&count[i], 1, __ATOMIC_SEQ_CST)] = gettid();
		pthread_barrier_wait(&barrier);
		say("BARRIER", arrived[i][THREADS - 1]);
	}
	return NULL;
}

static void *name(void *arg)
{
	usleep(PAUSE_US);
	*(int *)arg = gettid();
	return NULL;
}

static void run_all(void *(*what)(void *))
{
	pthread_t t[THREADS];
	for (long i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, what, (void *)i);
	for (int i = 0; what == post && i < THREADS * ROUNDS; i++) {
		sem_wait(&sem);
		say("SEM_WAIT", slots[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
}

static void join(void)
{
	for (int i = 0, tid; i < THREADS; i++) {
		pthread_t t;
		pthread_create(&t, NULL, name, &tid);
		pthread_join(t, NULL);
		say("JOIN", tid);
		printf("BEGIN %d %d\n", tid, gettid());
	}
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void *(*what)(void *); } all[] = {
		{ "lock", lock }, { "cond", pass }, { "broadcast", broadcast }, { "sem", post }, { "barrier", arrive } };
	pthread_barrier_init(&barrier, NULL, THREADS);
	sem_init(&sem, 0, 0);
	for (size_t i = 0; argc > 1 && i < sizeof all / sizeof *all; i++)
		if (!strcmp(argv[1], all[i].name))
			run_all(all[i].what);
	if (argc > 1 && !strcmp(argv[1], "join"))
		join();
	return 0;
}
