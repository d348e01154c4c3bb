/* flags: -fno-builtin -rdynamic */
/* A program with an allocator of its own, which libraries use as well; an aligned block of libc is none of its. */
#include <malloc.h>

#include "tally.h"

static char arena[1 << 20];
static size_t used;
static int mallocs, frees;

void *malloc(size_t size)
{
	mallocs++;
	size_t at = __atomic_fetch_add(&used, (size + 31) & ~(size_t)15, __ATOMIC_RELAXED);
	return at + size <= sizeof arena ? arena + at : NULL;
}

void free(void *p)
{
	frees += p != NULL;
}

int main(void)
{
	tally("mallocs_before_main", mallocs);
	tally("frees_before_main", frees);
	char *copy = strdup("made by libc, of our memory");
	tally("ours", copy >= arena && copy < arena + sizeof arena);
	int before = frees;
	free(copy);
	tally("freed", frees - before);
	void *aligned = memalign(64, 100);
	tally("aligned", aligned && !((size_t)aligned % 64) && malloc_usable_size(aligned) >= 100);
}
