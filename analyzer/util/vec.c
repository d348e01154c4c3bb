#include "util/vec.h"

#include <stdint.h>

#include "util/alloc.h"
#include "util/err.h"

void *vec_grow(void *block, size_t *cap, size_t n, size_t more, size_t element_bytes)
{
	size_t want = *cap + *cap / 2;

	if (more > SIZE_MAX / 2 - n)
		err_die("out of memory");
	if (want < n + more)
		want = n + more;
	if (want < 8)
		want = 8;
	*cap = want;
	return xrealloc(block, want, element_bytes);
}
