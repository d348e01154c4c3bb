/* Takes locks in orders that go round, one thread after the other, so that nothing hangs: inversions SHAPE. */
#include <pthread.h>
#include <stdlib.h>

#include "tally.h"

enum { TIMES = 10 };
pthread_mutex_t lock_a = PTHREAD_MUTEX_INITIALIZER, lock_b = PTHREAD_MUTEX_INITIALIZER, lock_c = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t rw_a = PTHREAD_RWLOCK_INITIALIZER, rw_b = PTHREAD_RWLOCK_INITIALIZER;
pthread_cond_t never = PTHREAD_COND_INITIALIZER;

__attribute__((noinline)) static void take_inner(pthread_mutex_t *m)
{
	pthread_mutex_lock(m);
	pthread_mutex_unlock(m);
}

__attribute__((noinline)) static void nest(pthread_mutex_t *outer, pthread_mutex_t *inner)
{
	for (int i = 0; i < TIMES; i++) {
		pthread_mutex_lock(outer);
		take_inner(inner);
		pthread_mutex_unlock(outer);
	}
}

static void *a_then_b(void *unused) { nest(&lock_a, &lock_b); return unused; }
static void *b_then_a(void *unused) { nest(&lock_b, &lock_a); return unused; }
static void *b_then_c(void *unused) { nest(&lock_b, &lock_c); return unused; }
static void *c_then_a(void *unused) { nest(&lock_c, &lock_a); return unused; }

static void *both(void *unused)
{
	nest(&lock_a, &lock_b);
	nest(&lock_b, &lock_a);
	return unused;
}

static void *gated_ab(void *unused)
{
	pthread_mutex_lock(&gate);
	nest(&lock_a, &lock_b);
	pthread_mutex_unlock(&gate);
	return unused;
}

static void *gated_ba(void *unused)
{
	pthread_mutex_lock(&gate);
	nest(&lock_b, &lock_a);
	pthread_mutex_unlock(&gate);
	return unused;
}

/* Gives way if it can't have the second one. */
static void *b_try_a(void *unused)
{
	for (int i = 0; i < TIMES; i++) {
		pthread_mutex_lock(&lock_b);
		if (!pthread_mutex_trylock(&lock_a))
			pthread_mutex_unlock(&lock_a);
		pthread_mutex_unlock(&lock_b);
	}
	return unused;
}

static void read_both(pthread_rwlock_t *first, pthread_rwlock_t *second, int write_second)
{
	pthread_rwlock_rdlock(first);
	(write_second ? pthread_rwlock_wrlock : pthread_rwlock_rdlock)(second);
	pthread_rwlock_unlock(second);
	pthread_rwlock_unlock(first);
}

static void *read_ab(void *unused)  { read_both(&rw_a, &rw_b, 0); return unused; }
static void *read_ba(void *unused)  { read_both(&rw_b, &rw_a, 0); return unused; }
static void *write_ab(void *unused) { read_both(&rw_a, &rw_b, 1); return unused; }
static void *write_ba(void *unused) { read_both(&rw_b, &rw_a, 1); return unused; }

/* Takes lock_a again in the wait, with lock_b in its hand. */
static void *retake(void *unused)
{
	struct timespec past = { 0, 0 };
	pthread_mutex_lock(&lock_a);
	pthread_mutex_lock(&lock_b);
	pthread_cond_timedwait(&never, &lock_a, &past);
	pthread_mutex_unlock(&lock_b);
	pthread_mutex_unlock(&lock_a);
	return unused;
}

/* Two locks in memory that is then given to two others, the inner one where the outer one was. */
static pthread_mutex_t places[2];
static void live(int outer)
{
	pthread_mutex_init(&places[0], NULL);
	pthread_mutex_init(&places[1], NULL);
	nest(&places[outer], &places[!outer]);
	pthread_mutex_destroy(&places[0]);
	pthread_mutex_destroy(&places[1]);
}
static void *lives_forward(void *unused)  { live(0); return unused; }
static void *lives_backward(void *unused) { live(1); return unused; }

/* Unlocked by the other thread: not held any more by the one that took it. */
static void *takes_a(void *unused) { pthread_mutex_lock(&lock_a); return unused; }
static void *frees_a_then_ba(void *unused)
{
	pthread_mutex_unlock(&lock_a);
	nest(&lock_b, &lock_a);
	return unused;
}

static void in_turn(void *(*const of[])(void *))
{
	for (unsigned i = 0; of[i]; i++) {
		pthread_t thread;
		pthread_create(&thread, NULL, of[i], NULL);
		pthread_join(thread, NULL);
	}
}
#define IN_TURN(...) in_turn((void *(*const[])(void *)){__VA_ARGS__, NULL})

int main(int argc, char **argv)
{
	const char *shape = word_at(argc, argv, 1, "two");
	if (is(shape, "two"))
		IN_TURN(a_then_b, b_then_a);
	if (is(shape, "three"))
		IN_TURN(a_then_b, b_then_c, c_then_a);
	if (is(shape, "one_thread"))
		IN_TURN(both);
	if (is(shape, "gate"))
		IN_TURN(gated_ab, gated_ba);
	if (is(shape, "gate_once"))
		IN_TURN(gated_ab, gated_ba, b_then_a);
	if (is(shape, "try"))
		IN_TURN(a_then_b, b_try_a);
	if (is(shape, "readers"))
		IN_TURN(read_ab, read_ba);
	if (is(shape, "writers"))
		IN_TURN(write_ab, write_ba);
	if (is(shape, "retake"))
		IN_TURN(retake, a_then_b);
	if (is(shape, "lives"))
		IN_TURN(lives_forward, lives_backward);
	if (is(shape, "passed"))
		IN_TURN(takes_a, frees_a_then_ba);
	tally("times", TIMES);
}
