/* flags: -finstrument-functions -finstrument-functions-exclude-file-list=tally.h */
/* Calls to be left out: of functions that are small, hold others, allocate, take their time, are interrupted and jumped out of. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tally.h"

#define PLAIN __attribute__((no_instrument_function))
enum { THREADS = 4, SLOW_CALLS = 5, SLOW_US = 3000 };
static volatile long sink, ticks, jumps;
static sigjmp_buf back;
static volatile sig_atomic_t may_jump;

__attribute__((noinline)) void small(void) { sink++; }
__attribute__((noinline)) void small_too(void) { small(); }
__attribute__((noinline)) void slow(void) { usleep(SLOW_US); }
__attribute__((noinline)) void *allocates(void) { return malloc(24); }
__attribute__((noinline)) void holds(void)
{
	small();
	small_too();
	free(allocates());
}

__attribute__((noinline)) void nests(int depth)
{
	small();
	if (depth > 1)
		nests(depth - 1);
	small();
}

/* Never jumped out of: what is inside of it is. */
__attribute__((noinline)) void steady(void)
{
	if (!sigsetjmp(back, 1)) {
		may_jump = 1;
		nests(50);
	}
	may_jump = 0;
	small();
}

__attribute__((noinline)) void on_tick(int signal)
{
	(void)signal;
	small();
	if (++ticks % 3 == 0 && may_jump) {
		jumps++;
		siglongjmp(back, 1);
	}
}

PLAIN static void *rounds_of(void *n)
{
	for (long i = 0; i < (long)n; i++)
		holds();
	return NULL;
}

PLAIN static long run_threads(long n)
{
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, rounds_of, (void *)n);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return n * THREADS;
}

PLAIN static void run_child(long n)
{
	pid_t child = fork();
	if (!child) {
		rounds_of((void *)n);
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

PLAIN static long run_interrupted(long n)
{
	struct itimerval every = { { 0, 200 }, { 0, 200 } };
	signal(SIGALRM, on_tick);
	setitimer(ITIMER_REAL, &every, NULL);
	for (long i = 0; i < n; i++)
		steady();
	setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 }, { 0, 0 } }, NULL);
	return n;
}

PLAIN int main(int argc, char **argv)
{
	long n = number_at(argc, argv, 1, 100);
	const char *how = word_at(argc, argv, 2, "");
	if (is(how, "threads")) {
		n = run_threads(n);
	} else if (is(how, "interrupted")) {
		tally("steady", run_interrupted(n));
		tally("on_tick", ticks);
		return 0;
	} else {
		if (is(how, "fork"))
			run_child(n);
		rounds_of((void *)n);
	}
	for (int i = 0; i < SLOW_CALLS; i++)
		slow();
	tally("holds", n);
	tally("small", 2 * n);
	tally("slow", SLOW_CALLS);
	if (is(how, "kill"))
		raise(SIGKILL);
}
