/* Small function calls, to be built with -finstrument-functions. An operation is one call: an entry and an exit. */
#include "bench.h"

static volatile long seen;

__attribute__((noinline)) static long leaf(long x)
{
	return x ^ seen;
}

/* 3 * 2^depth - 1 calls: a binary tree of itself, and a leaf below each of the last ones. */
__attribute__((noinline)) static long tree(int depth, long x)
{
	return depth ? tree(depth - 1, x) + tree(depth - 1, x + 1) : leaf(x);
}

enum { DEPTH = 10, CALLS_OF_TREE = 3 * (1 << DEPTH) - 1 };

static void *work(void *thread)
{
	for (long done = 0; done < ops; done += CALLS_OF_TREE)
		seen = tree(DEPTH, (long)thread);
	return NULL;
}

int main(int argc, char **argv)
{
	return bench(argc, argv, work);
}
