/*
 * Threads that hold a lock for long, and keep a diary of it: lock_diary mutex | rwlock | spin [THREADS [ROUNDS [HOLD_US]]]
 * With rwlock the first thread writes and the others read. A call found the lock held if somebody stood in the diary as its
 * holder just before it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "tally.h"

enum { THREADS_MOST = 16 };
pthread_mutex_t diary_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t diary_rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t diary_spin;
static const char *kind;
static long rounds, hold_us;
static atomic_int writers, readers;
static struct side { atomic_llong calls, contended, wait_ns, hold_ns, longest_hold; } side[2];

static long long now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void take(int reads)
{
	if (is(kind, "mutex"))
		pthread_mutex_lock(&diary_mutex);
	else if (is(kind, "spin"))
		pthread_spin_lock(&diary_spin);
	else if (reads)
		pthread_rwlock_rdlock(&diary_rwlock);
	else
		pthread_rwlock_wrlock(&diary_rwlock);
}

static void give_back(void)
{
	if (is(kind, "mutex"))
		pthread_mutex_unlock(&diary_mutex);
	else if (is(kind, "spin"))
		pthread_spin_unlock(&diary_spin);
	else
		pthread_rwlock_unlock(&diary_rwlock);
}

static void visit(int reads)
{
	struct side *mine = &side[reads];
	int held = writers > 0 || (!reads && readers > 0);
	long long called = now_ns();
	take(reads);
	long long got = now_ns();
	*(reads ? &readers : &writers) += 1;
	usleep((useconds_t)hold_us);
	*(reads ? &readers : &writers) -= 1;
	long long gave = now_ns();
	give_back();
	mine->calls++;
	mine->contended += held;
	mine->wait_ns += held ? got - called : 0;
	mine->hold_ns += gave - got;
	for (long long longest = mine->longest_hold; gave - got > longest; )
		if (atomic_compare_exchange_weak(&mine->longest_hold, &longest, gave - got))
			break;
}

static void *work(void *index)
{
	for (long i = 0; i < rounds; i++) {
		visit(is(kind, "rwlock") && (long)index > 0);
		usleep((useconds_t)hold_us);
	}
	return NULL;
}

static void tally_side(const char *name, const struct side *s)
{
	const struct { const char *what; long long value; } row[] = {
		{"calls", s->calls}, {"contended", s->contended}, {"wait_ns", s->wait_ns}, {"hold_ns", s->hold_ns},
		{"longest_hold", s->longest_hold},
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		char key[40];
		snprintf(key, sizeof key, "%s_%s", name, row[i].what);
		tally(key, row[i].value);
	}
}

int main(int argc, char **argv)
{
	pthread_t thread[THREADS_MOST];
	kind = word_at(argc, argv, 1, "mutex");
	long threads = number_at(argc, argv, 2, 4);
	rounds = number_at(argc, argv, 3, 10);
	hold_us = number_at(argc, argv, 4, 3000);
	pthread_spin_init(&diary_spin, PTHREAD_PROCESS_PRIVATE);
	for (long i = 0; i < threads && i < THREADS_MOST; i++)
		pthread_create(&thread[i], NULL, work, (void *)i);
	for (long i = 0; i < threads && i < THREADS_MOST; i++)
		pthread_join(thread[i], NULL);
	tally_side("write", &side[0]);
	tally_side("read", &side[1]);
}
