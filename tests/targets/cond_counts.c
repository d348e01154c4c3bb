/*
 * A condition whose every signal is counted: the waiter says that it waits, under the mutex, so that main knows whether anybody
 * does: lost ones, true ones, time-outs, and broadcasts to several, in that order.
 */
#include <pthread.h>
#include <time.h>

#include "tally.h"

enum { LOST = 7, TRUE = 30, TIMEOUTS = 5, CROWD = 3, BROADCASTS = 6 };

pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t turn_cond = PTHREAD_COND_INITIALIZER, crowd_cond = PTHREAD_COND_INITIALIZER;
static int waiting, go, rounds;

static void *wait_for_turns(void *unused)
{
	pthread_mutex_lock(&turn_lock);
	for (int i = 0; i < TRUE; i++) {
		while (go <= i) {
			waiting++;
			pthread_cond_wait(&turn_cond, &turn_lock);
		}
		pthread_mutex_unlock(&turn_lock);  /* the turn itself */
		pthread_mutex_lock(&turn_lock);
	}
	pthread_mutex_unlock(&turn_lock);
	return unused;
}

/* Signals when so many waits have begun. */
static void signal_after(int waits, int turn, int under_lock)
{
	for (int there = 0; !there; usleep(there ? 0 : 100)) {
		pthread_mutex_lock(&turn_lock);
		there = waiting >= waits;
		if (there)
			go += turn;
		if (there && under_lock)
			pthread_cond_signal(&turn_cond);
		pthread_mutex_unlock(&turn_lock);
	}
	if (!under_lock)
		pthread_cond_signal(&turn_cond);
}

static void *wait_in_crowd(void *unused)
{
	pthread_mutex_lock(&turn_lock);
	for (int i = 0; i < BROADCASTS; i++) {
		waiting++;
		while (rounds <= i)
			pthread_cond_wait(&crowd_cond, &turn_lock);
		pthread_mutex_unlock(&turn_lock);
		pthread_mutex_lock(&turn_lock);
	}
	pthread_mutex_unlock(&turn_lock);
	return unused;
}

static void crowd(void)
{
	pthread_t thread[CROWD];
	waiting = 0;
	for (int i = 0; i < CROWD; i++)
		pthread_create(&thread[i], NULL, wait_in_crowd, NULL);
	for (int i = 0; i < BROADCASTS; i++) {
		for (int there = 0; !there; usleep(there ? 0 : 100)) {
			pthread_mutex_lock(&turn_lock);
			there = waiting == CROWD * (i + 1);
			rounds += there;
			pthread_mutex_unlock(&turn_lock);
		}
		pthread_cond_broadcast(&crowd_cond);
	}
	for (int i = 0; i < CROWD; i++)
		pthread_join(thread[i], NULL);
}

static void time_out(void)
{
	struct timespec past = {0};
	pthread_mutex_lock(&turn_lock);
	for (int i = 0; i < TIMEOUTS; i++)
		pthread_cond_timedwait(&turn_cond, &turn_lock, &past);
	pthread_mutex_unlock(&turn_lock);
}

int main(void)
{
	pthread_t thread;
	for (int i = 0; i < LOST; i++)
		pthread_cond_signal(&turn_cond);
	pthread_create(&thread, NULL, wait_for_turns, NULL);
	for (int i = 0; i < TRUE; i++)
		signal_after(i + 1, 1, i & 1);
	pthread_join(thread, NULL);
	time_out();
	crowd();
	tally("lost", LOST);
	tally("signals", LOST + TRUE);
	tally("timeouts", TIMEOUTS);
	tally("under_mutex", TRUE / 2);
	tally("broadcasts", BROADCASTS);
	tally("crowd", CROWD);
	return 0;
}
