/* flags: -shared -fPIC -fno-builtin */
/* A library that uses the heap in its constructor, before some of those it is loaded with. */
#include <stdlib.h>

static void *volatile kept;

__attribute__((constructor)) static void early(void)
{
	kept = malloc(10);
	kept = realloc(kept, 2000);
	free(kept);
	kept = calloc(3, 5);
}
