/* flags: -fno-builtin -Wno-alloc-size-larger-than -Wno-deprecated-declarations */
/* Calls every function of the allocator, in rounds that are all alike, and tallies what that comes to. */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>

#include "tally.h"

static void *volatile kept;

static void *keep(void *block)
{
	kept = block;
	return block;
}

static int failures(void)
{
	void *old = keep(malloc(10)), *none = NULL;
	int failed = 0;
	errno = 0;
	failed += keep(malloc(PTRDIFF_MAX)) == NULL && errno == ENOMEM;
	failed += keep(calloc(SIZE_MAX / 2, 4)) == NULL;
	failed += keep(realloc(old, PTRDIFF_MAX)) == NULL;
	failed += posix_memalign(&none, 64, PTRDIFF_MAX) == ENOMEM;
	errno = 77;
	free(old);
	failed += errno == 77;
	return failed;
}

int main(int argc, char **argv)
{
	long rounds = number_at(argc, argv, 1, 100), as_expected = 0;
	for (long i = 0; i < rounds; i++) {
		void *block[10] = {
			malloc(100), calloc(10, 20), realloc(NULL, 300), reallocarray(NULL, 4, 100), NULL,
			aligned_alloc(64, 640), memalign(128, 700), valloc(800), pvalloc(900), malloc(0),
		};
		if (posix_memalign(&block[4], 64, 500))
			return 1;
		block[0] = realloc(block[0], 1000);
		block[3] = reallocarray(block[3], 11, 100);
		keep(realloc(block[9], 0));  /* frees */
		for (int k = 0; k < 9; k++)
			free(keep(block[k]));
		free(NULL);
		as_expected += failures();
	}
	tally("as_expected", as_expected);
	tally("allocs", rounds * 11);   /* the ten above, and one in failures() */
	tally("reallocs", rounds * 2);
	tally("frees", rounds * 11);
	tally("failed", rounds * 4);
	tally("bytes", rounds * (100 + 200 + 300 + 400 + 500 + 640 + 700 + 800 + 900 + 10 + 1000 + 1100));
}
