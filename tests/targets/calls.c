/* flags: -finstrument-functions -Wno-infinite-recursion */
/* Function calls with known counts: plain, recursive, cut by longjmp unless "straight", and in a second thread. */
#include <pthread.h>
#include <setjmp.h>

#include "tally.h"

static jmp_buf back;
static volatile long sink;

__attribute__((noinline)) void leaf(void) { sink++; }
__attribute__((noinline)) void branch(void)
{
	for (int i = 0; i < 10; i++)
		leaf();
}
__attribute__((noinline)) void recurse(int depth)
{
	if (depth > 1)
		recurse(depth - 1);
	leaf();
}
__attribute__((noinline)) void dive(int depth)
{
	if (depth == 1)
		longjmp(back, 1);
	dive(depth - 1);
	sink++;
}
__attribute__((noinline)) void jump_out(void)
{
	if (!setjmp(back))
		dive(5);
}
__attribute__((noinline)) void *in_thread(void *unused)
{
	for (int i = 0; i < 1000; i++)
		leaf();
	return unused;
}

__attribute__((no_instrument_function)) int main(int argc, char **argv)
{
	long rounds = number_at(argc, argv, 1, 100);
	int straight = is(word_at(argc, argv, 2, ""), "straight");
	pthread_t thread;
	pthread_create(&thread, NULL, in_thread, NULL);
	for (long i = 0; i < rounds; i++) {
		branch();
		recurse(20);
		if (!straight)
			jump_out();
	}
	pthread_join(thread, NULL);
	tally("leaf", rounds * 30 + 1000);
	tally("branch", rounds);
	tally("recurse", rounds * 20);
	tally("dive", straight ? 0 : rounds * 5);
	tally("jump_out", straight ? 0 : rounds);
}
