/*
 * Thread "a" waits for a lock that "b" holds while that sleep | poll | burn | chain: sleeps, polls a timer, runs, or waits for a lock
 * that "c" holds, asleep. Each for 60 ms. Prints how long a waited, by its own clock.
 */
#include <poll.h>
#include <pthread.h>
#include <sys/timerfd.h>
#include <time.h>

#include "tally.h"

enum { MS = 60 };
pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER, inner = PTHREAD_MUTEX_INITIALIZER;
static const char *how;
static volatile int has_inner, has_outer;

static long long now(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

__attribute__((noinline)) static void nap(void)
{
	nanosleep(&(struct timespec){ 0, MS * 1000000L }, NULL);
}

__attribute__((noinline)) static void watch_timer(void)
{
	struct pollfd p = { timerfd_create(CLOCK_MONOTONIC, 0), POLLIN, 0 };
	timerfd_settime(p.fd, 0, &(struct itimerspec){ .it_value.tv_nsec = MS * 1000000L }, NULL);
	poll(&p, 1, -1);
	close(p.fd);
}

__attribute__((noinline)) static void burn(void)
{
	long long until = now(CLOCK_THREAD_CPUTIME_ID) + MS * 1000000LL;
	while (now(CLOCK_THREAD_CPUTIME_ID) < until)
		;
}

__attribute__((noinline)) static void wait_for_inner(void)
{
	pthread_mutex_lock(&inner);
	pthread_mutex_unlock(&inner);
}

static void *c(void *unused)
{
	pthread_setname_np(pthread_self(), "c");
	pthread_mutex_lock(&inner);
	has_inner = 1;
	nap();
	pthread_mutex_unlock(&inner);
	return unused;
}

static void *b(void *unused)
{
	pthread_setname_np(pthread_self(), "b");
	pthread_mutex_lock(&outer);
	has_outer = 1;
	is(how, "chain") ? wait_for_inner() : is(how, "poll") ? watch_timer() : is(how, "burn") ? burn() : nap();
	pthread_mutex_unlock(&outer);
	return unused;
}

static void *a(void *waited)
{
	pthread_setname_np(pthread_self(), "a");
	long long before = now(CLOCK_MONOTONIC);
	pthread_mutex_lock(&outer);
	*(long long *)waited = now(CLOCK_MONOTONIC) - before;
	pthread_mutex_unlock(&outer);
	return waited;
}

static void start(pthread_t *t, void *(*what)(void *), void *data, volatile int *flag)
{
	pthread_create(t, NULL, what, data);
	while (flag && !*flag)
		sched_yield();
}

int main(int argc, char **argv)
{
	pthread_t t[3];
	long long waited = 0;
	int n = 0;
	how = word_at(argc, argv, 1, "sleep");
	if (is(how, "chain"))
		start(&t[n++], c, NULL, &has_inner);
	start(&t[n++], b, NULL, &has_outer);
	start(&t[n++], a, &waited, NULL);
	while (n)
		pthread_join(t[--n], NULL);
	tally("waited_ns", waited);
	return 0;
}
