/* A program with an allocator of its own inside, as Go's or Chromium's: it never gives anything back. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tally.h"

static _Alignas(64) char arena[64 << 20];
static size_t used;

static void *take(size_t alignment, size_t size)
{
	size_t *block, at;
	if (size > sizeof arena)
		return NULL;
	do {
		at = __atomic_load_n(&used, __ATOMIC_RELAXED);
		block = (size_t *)(((uintptr_t)arena + at + sizeof *block + alignment - 1) & -alignment);
	} while (!__atomic_compare_exchange_n(&used, &at, (size_t)((char *)block + size - arena), 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	block[-1] = size;
	return block;
}

void *malloc(size_t n)                       { return take(16, n); }
void *calloc(size_t n, size_t size)          { return take(16, n * size); }
void *memalign(size_t alignment, size_t n)   { return take(alignment < 16 ? 16 : alignment, n); }
void *aligned_alloc(size_t alignment, size_t n) { return memalign(alignment, n); }
size_t malloc_usable_size(void *p)           { return p ? ((size_t *)p)[-1] : 0; }
void free(void *p)                           { (void)p; }
int posix_memalign(void **p, size_t alignment, size_t n) { return (*p = memalign(alignment, n)) ? 0 : 12; }
void *realloc(void *p, size_t n)
{
	void *moved = malloc(n);
	if (p && moved)
		memcpy(moved, p, n < malloc_usable_size(p) ? n : malloc_usable_size(p));
	return moved;
}

int main(void)
{
	char *copy = strdup("libc's own calls come here, too"), *line = NULL;
	size_t room = 0;
	FILE *f = fopen("lines", "w+");
	for (int i = 0; i < 1000; i++)
		fprintf(f, "%d %s\n", i, copy);
	rewind(f);
	long lines = 0;
	while (getline(&line, &room, f) > 0)
		lines++;
	fclose(f);
	free(line);
	tally("lines", lines);
	tally("used", used > 1000);
}
