/*
 * Habits that a profiler should have a word for, each plain to see: lock_habits HOW, one of
 *   sleeps      main sleeps with a lock that two threads want
 *   one_way     an rwlock that is never read, and one that is never written
 *   alone       a lock that one thread takes again and again
 *   polls       a condition that nobody signals, and a thread that looks every ms
 *   under_lock  each signal comes from who holds the mutex
 *   late        a barrier to which the same thread comes last
 */
#include <pthread.h>
#include <time.h>

#include "tally.h"

enum { MS = 1000, TURNS = 120, ROUNDS = 10, THREADS = 3 };

pthread_mutex_t habit_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t habit_cond = PTHREAD_COND_INITIALIZER;
pthread_rwlock_t write_only = PTHREAD_RWLOCK_INITIALIZER, read_only = PTHREAD_RWLOCK_INITIALIZER;
pthread_barrier_t habit_barrier;
static int waiting, turn;

static void *lock_once(void *unused)
{
	pthread_mutex_lock(&habit_lock);
	pthread_mutex_unlock(&habit_lock);
	return unused;
}

static void sleeps(void)
{
	pthread_t thread[2];
	for (int round = 0; round < 3; round++) {
		pthread_mutex_lock(&habit_lock);
		for (int i = 0; i < 2; i++)
			pthread_create(&thread[i], NULL, lock_once, NULL);
		usleep(40 * MS);
		pthread_mutex_unlock(&habit_lock);
		for (int i = 0; i < 2; i++)
			pthread_join(thread[i], NULL);
	}
}

static void one_way(void)
{
	for (int i = 0; i < TURNS; i++) {
		pthread_rwlock_wrlock(&write_only);
		pthread_rwlock_unlock(&write_only);
		pthread_rwlock_rdlock(&read_only);
		pthread_rwlock_unlock(&read_only);
	}
}

static void alone(void)
{
	for (int i = 0; i < 100000; i++)
		lock_once(NULL);
}

static void polls(void)
{
	pthread_mutex_lock(&habit_lock);
	for (int i = 0; i < 20; i++) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += 1000000;
		if (until.tv_nsec >= 1000000000)
			until.tv_sec++, until.tv_nsec -= 1000000000;
		pthread_cond_timedwait(&habit_cond, &habit_lock, &until);
	}
	pthread_mutex_unlock(&habit_lock);
}

static void *wait_for_turns(void *unused)
{
	pthread_mutex_lock(&habit_lock);
	for (int i = 0; i < TURNS; i++) {
		waiting++;
		while (turn <= i)
			pthread_cond_wait(&habit_cond, &habit_lock);
	}
	pthread_mutex_unlock(&habit_lock);
	return unused;
}

static void under_lock(void)
{
	pthread_t thread;
	pthread_create(&thread, NULL, wait_for_turns, NULL);
	while (turn < TURNS) {
		pthread_mutex_lock(&habit_lock);
		if (waiting > turn) {
			turn++;
			pthread_cond_signal(&habit_cond);
		}
		pthread_mutex_unlock(&habit_lock);
		usleep(50);
	}
	pthread_join(thread, NULL);
}

static void *meet(void *index)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (index)
			usleep(20 * MS);
		pthread_barrier_wait(&habit_barrier);
	}
	return NULL;
}

static void late(void)
{
	pthread_t thread[THREADS];
	pthread_barrier_init(&habit_barrier, NULL, THREADS);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&thread[i], NULL, meet, i == 1 ? &habit_barrier : NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*function)(void); } all[] = {
		{"sleeps", sleeps}, {"one_way", one_way}, {"alone", alone}, {"polls", polls}, {"under_lock", under_lock}, {"late", late},
	};
	const char *how = word_at(argc, argv, 1, "");
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (is(how, all[i].name))
			all[i].function();
	return 0;
}
