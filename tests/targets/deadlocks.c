/*
 * Threads that can never go on, or wait behind one that is held up, in the way that is asked for: deadlocks SHAPE.
 * Prints "ready" when all that should block is about to, and each thread's "NAME TID"; the runner kills it.
 */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tally.h"

enum { SEATS = 5 };
pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER, lock_b = PTHREAD_MUTEX_INITIALIZER, lock_c = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t forks[SEATS];
pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;
pthread_cond_t never_signalled = PTHREAD_COND_INITIALIZER;
sem_t never_posted;
static pthread_barrier_t all_hold;
static pthread_t threads[SEATS];

static void here(const char *name)
{
	pthread_setname_np(pthread_self(), name);
	char line[64];
	(void)!write(1, line, (size_t)snprintf(line, sizeof line, "%s %d\n", name, gettid()));
}

__attribute__((noinline)) static void take_second(pthread_mutex_t *m)
{
	pthread_mutex_lock(m);
	__asm__ volatile("");
}

__attribute__((noinline)) static void take_in_order(pthread_mutex_t *first, pthread_mutex_t *second)
{
	pthread_mutex_lock(first);
	pthread_barrier_wait(&all_hold);
	take_second(second);
}

static void *alice(void *unused) { here("alice"); take_in_order(&lock_a, &lock_b); return unused; }
static void *bob(void *unused)   { here("bob"); take_in_order(&lock_b, &lock_a); return unused; }
static void *bob_c(void *unused) { here("bob"); take_in_order(&lock_b, &lock_c); return unused; }
static void *carol(void *unused) { here("carol"); take_in_order(&lock_c, &lock_a); return unused; }

/* Not in the cycle, but behind it. */
static void *victim(void *unused)
{
	here("victim");
	pthread_barrier_wait(&all_hold);
	take_second(&lock_a);
	return unused;
}

static void *philosopher(void *seat)
{
	long i = (long)seat;
	char name[16];
	snprintf(name, sizeof name, "seat%ld", i);
	here(name);
	take_in_order(&forks[i], &forks[(i + 1) % SEATS]);
	return NULL;
}

__attribute__((noinline)) static void upgrade(void)
{
	pthread_rwlock_wrlock(&table_lock);
	__asm__ volatile("");
}

static void *upgrader(void *name)
{
	here(name);
	pthread_rwlock_rdlock(&table_lock);
	pthread_barrier_wait(&all_hold);
	upgrade();
	return NULL;
}

static void *joins_next(void *index)
{
	char name[16];
	snprintf(name, sizeof name, "joiner%ld", (long)index);
	here(name);
	pthread_barrier_wait(&all_hold);
	pthread_join(threads[((long)index + 1) % 3], NULL);
	return NULL;
}

static void *needs_a(void *unused) { here("needs_a"); take_second(&lock_a); return unused; }
static void *dies_with_b(void *unused) { here("dies"); pthread_mutex_lock(&lock_b); return unused; }

/* Waits for a signal with lock_b in its hand, which the one who would signal wants first. */
static void *waits_with_b(void *unused)
{
	here("waits");
	pthread_mutex_lock(&lock_b);
	pthread_mutex_lock(&lock_a);
	pthread_barrier_wait(&all_hold);
	pthread_cond_wait(&never_signalled, &lock_a);
	return unused;
}

static void *signals_after_b(void *unused)
{
	here("signals");
	pthread_barrier_wait(&all_hold);
	pthread_mutex_lock(&lock_a);
	take_second(&lock_b);
	pthread_cond_signal(&never_signalled);
	return unused;
}

static void *timed(void *unused)
{
	here("timed");
	pthread_mutex_lock(&lock_b);
	pthread_barrier_wait(&all_hold);
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 3600;
	pthread_mutex_timedlock(&lock_a, &until);
	return unused;
}

/* Waits for a datagram, which may come from anywhere, with lock_a in its hand. */
static void *reader(void *unused)
{
	here("reader");
	char byte;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	pthread_mutex_lock(&lock_a);
	pthread_barrier_wait(&all_hold);
	(void)!recv(fd, &byte, 1, 0);
	return unused;
}

static void lost_wakeup(void)
{
	pthread_mutex_lock(&lock_a);
	pthread_cond_signal(&never_signalled);  /* nobody waits yet */
	usleep(20000);
	tally("ready", 1);  /* not before: it sleeps already */
	pthread_cond_wait(&never_signalled, &lock_a);
}

static void read_own_pipe(void)
{
	int ends[2];
	char byte;
	if (!pipe(ends))
		(void)!read(ends[0], &byte, 1);
}

/* The child inherits lock_a as another thread of its parent had it. */
static void fork_with_lock(void)
{
	pthread_create(&threads[0], NULL, reader, NULL);
	pthread_barrier_wait(&all_hold);
	if (fork())
		pause();
	here("child");
	tally("ready", 1);  /* the runner looks at the parent alone */
	take_second(&lock_a);
}

static void start(unsigned count, void *(*const of[])(void *), void *const argument[])
{
	for (unsigned i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, of[i], argument ? argument[i] : NULL);
}
#define START(count, ...) start(count, (void *(*const[])(void *)){__VA_ARGS__}, NULL)

static void run(const char *shape)
{
	static char *const names[] = { "upgrader1", "upgrader2" };
	if (is(shape, "abba"))
		START(2, alice, bob);
	else if (is(shape, "victims"))
		START(4, alice, bob, victim, victim);
	else if (is(shape, "three"))
		START(3, alice, bob_c, carol);
	else if (is(shape, "philosophers"))
		start(SEATS, (void *(*const[])(void *)){philosopher, philosopher, philosopher, philosopher, philosopher},
		      (void *const[]){(void *)0, (void *)1, (void *)2, (void *)3, (void *)4});
	else if (is(shape, "upgrade"))
		start(2, (void *(*const[])(void *)){upgrader, upgrader}, (void *const[]){names[0], names[1]});
	else if (is(shape, "joins"))
		start(3, (void *(*const[])(void *)){joins_next, joins_next, joins_next}, (void *const[]){(void *)0, (void *)1, (void *)2});
	else if (is(shape, "cond"))
		START(2, waits_with_b, signals_after_b);
	else if (is(shape, "timed"))
		START(2, alice, timed);
	else if (is(shape, "behind"))
		START(3, reader, victim, victim);
}

static unsigned parties(const char *shape)
{
	if (is(shape, "victims"))
		return 4;
	if (is(shape, "philosophers"))
		return SEATS;
	return is(shape, "three") || is(shape, "joins") || is(shape, "behind") ? 3 : 2;
}

static void in_main(const char *shape)
{
	if (is(shape, "self")) {
		pthread_mutex_lock(&lock_a);
		take_second(&lock_a);
	} else if (is(shape, "join_holding")) {
		pthread_mutex_lock(&lock_a);
		START(1, needs_a);
		pthread_join(threads[0], NULL);
	} else if (is(shape, "gone")) {
		START(1, dies_with_b);
		pthread_join(threads[0], NULL);
		take_second(&lock_b);
	} else if (is(shape, "lost_wakeup")) {
		lost_wakeup();
	} else if (is(shape, "sem")) {
		sem_wait(&never_posted);
	} else if (is(shape, "pipe")) {
		read_own_pipe();
	} else if (is(shape, "fork")) {
		fork_with_lock();
	} else {
		run(shape);
		for (unsigned i = 0; i < SEATS && threads[i]; i++)
			pthread_join(threads[i], NULL);
	}
}

int main(int argc, char **argv)
{
	const char *shape = word_at(argc, argv, 1, "abba");
	pthread_barrier_init(&all_hold, NULL, parties(shape));
	sem_init(&never_posted, 0, 0);
	for (int i = 0; i < SEATS; i++)
		pthread_mutex_init(&forks[i], NULL);
	here("main");
	if (!is(shape, "fork") && !is(shape, "lost_wakeup"))
		tally("ready", 1);
	in_main(shape);
	return 1;
}
