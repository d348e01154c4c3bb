/* flags: -finstrument-functions -fno-builtin -Wno-infinite-recursion */
/* Calls that end without an exit: by exceptions, longjmp, pthread_exit, cancellation; gcc and clang differ in which have exits. */
#include <csetjmp>
#include <pthread.h>
#include <stdexcept>

#include "tally.h"

#define PLAIN __attribute__((no_instrument_function))
enum { ROUNDS = 50, DEPTH = 5 };
static jmp_buf back;
static volatile int sink;

extern "C" {
__attribute__((noinline)) void after(void) { sink = sink + 1; }
__attribute__((noinline)) void throws(int depth)
{
	if (!depth)
		throw std::runtime_error("out");
	throws(depth - 1);
	sink = sink + 1;
}
__attribute__((noinline)) void jumps(int depth)
{
	if (!depth)
		longjmp(back, 1);
	jumps(depth - 1);
	sink = sink + 1;
}
__attribute__((noinline)) void ends(int depth)
{
	if (!depth)
		pthread_exit(nullptr);
	ends(depth - 1);
	sink = sink + 1;
}
__attribute__((noinline)) void is_cancelled(int depth)
{
	if (!depth) {
		pthread_cancel(pthread_self());
		pthread_testcancel();
	}
	is_cancelled(depth - 1);
	sink = sink + 1;
}
__attribute__((noinline)) void catches(void)
{
	try {
		throws(DEPTH);
	} catch (const std::exception &) {
	}
	after();
}
__attribute__((noinline)) void lands(void)
{
	if (!setjmp(back))
		jumps(DEPTH);
	after();
}
}

PLAIN static void *ending(void *unused) { ends(DEPTH); return unused; }
PLAIN static void *cancelled(void *unused) { is_cancelled(DEPTH); return unused; }
PLAIN static void run(void *(*start)(void *))
{
	pthread_t thread;
	pthread_create(&thread, nullptr, start, nullptr);
	pthread_join(thread, nullptr);
}

PLAIN int main()
{
	for (int i = 0; i < ROUNDS; i++) {
		catches();
		lands();
	}
	for (int i = 0; i < 10; i++) {
		run(ending);
		run(cancelled);
	}
	tally("throws", ROUNDS * (DEPTH + 1));
	tally("jumps", ROUNDS * (DEPTH + 1));
	tally("ends", 10 * (DEPTH + 1));
	tally("is_cancelled", 10 * (DEPTH + 1));
	tally("catches", ROUNDS);
	tally("lands", ROUNDS);
	tally("after", 2 * ROUNDS);
}
