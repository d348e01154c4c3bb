/* flags: -shared -fPIC -fno-builtin */
/* A library with an allocator that takes a mutex around all that it does: a mutex hook that used the heap would never return. */
#include <pthread.h>
#include <stddef.h>
#include <string.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Alignas(16) char arena[64 << 20];
static size_t used;

static void *take(size_t bytes)
{
	pthread_mutex_lock(&mutex);
	size_t *block = (size_t *)(arena + used);
	used += (bytes + 31) & ~(size_t)15;
	block = used <= sizeof arena ? block : NULL;
	pthread_mutex_unlock(&mutex);
	if (!block)
		return NULL;
	*block = bytes;
	return block + 2;
}

void *malloc(size_t bytes) { return take(bytes); }

void free(void *block)
{
	pthread_mutex_lock(&mutex);
	if (block)
		memset(block, 0xee, ((size_t *)block)[-2]);
	pthread_mutex_unlock(&mutex);
}

void *calloc(size_t n, size_t bytes) { return take(n * bytes); }  /* the arena is zero, and never used again */

void *realloc(void *old, size_t bytes)
{
	void *block = take(bytes);
	if (old && block)
		memcpy(block, old, ((size_t *)old)[-2] < bytes ? ((size_t *)old)[-2] : bytes);
	return block;
}
