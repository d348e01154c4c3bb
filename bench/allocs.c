/*
 * PROGRAM THREADS OPS [mixed]: allocations from many call paths, 10 to 16 frames deep, as a recursive parser makes them. An
 * operation replaces one block of 1,024: a free, and an allocation by malloc, calloc or realloc. Some blocks are never freed.
 * mixed: the frames of a call path differ in size, so that the same function is at hundreds of stack pointers.
 */
#include <stdint.h>
#include <string.h>
#include "bench.h"

enum { BLOCKS = 1024 };
static __thread uint64_t state;
static int mixed;

static uint32_t chance(void)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33);
}

/* No call is the last thing its caller does: else the compiler would leave the frame out. */
#define AND_RETURN(value) ({ void *value_ = (value); __asm__ volatile("" : "+r"(value_)); value_; })
#define OWN_FRAME __attribute__((noinline, noclone)) static

OWN_FRAME void *expression(unsigned depth, uint32_t path, size_t size);

OWN_FRAME void *new_node(size_t size) { return AND_RETURN(malloc(size)); }
OWN_FRAME void *new_table(size_t size) { return AND_RETURN(calloc(size / 8 + 1, 8)); }
OWN_FRAME void *grown_text(size_t size) { return AND_RETURN(realloc(malloc(size / 2 + 1), size)); }

OWN_FRAME void *literal(uint32_t path, size_t size)
{
	switch (path % 16) {
	case 0: return AND_RETURN(grown_text(size));
	case 1: case 2: case 3: return AND_RETURN(new_table(size));
	default: return AND_RETURN(new_node(size));
	}
}

OWN_FRAME void *call_arguments(unsigned depth, uint32_t path, size_t size)
{
	return AND_RETURN(expression(depth - 1, path >> 1, size));
}

OWN_FRAME void *call_with_name(unsigned depth, uint32_t path, size_t size)
{
	char name[48];
	memset(name, (int)path, sizeof name);
	__asm__ volatile("" : : "r"(name) : "memory");
	return AND_RETURN(expression(depth - 1, path >> 1, size));
}

OWN_FRAME void *in_brackets(unsigned depth, uint32_t path, size_t size)
{
	return AND_RETURN(expression(depth - 1, path >> 1, size));
}

OWN_FRAME void *expression(unsigned depth, uint32_t path, size_t size)
{
	if (depth == 0)
		return AND_RETURN(literal(path, size));
	if (path & 1 && mixed)
		return AND_RETURN(call_with_name(depth, path, size));
	if (path & 1)
		return AND_RETURN(call_arguments(depth, path, size));
	return AND_RETURN(in_brackets(depth, path, size));
}

static void *work(void *thread)
{
	void *block[BLOCKS] = { 0 };
	state = (uint64_t)thread + 1;
	for (long i = 0; i < ops; i++) {
		uint32_t r = chance(), at = r % BLOCKS;
		free(block[at]);
		block[at] = expression(3 + (r >> 10) % 4, (r >> 12) % 32 << 2 | (r >> 17) % 4, 16 + (r >> 20) % 512);
	}
	for (int i = 0; i < BLOCKS; i++)
		if (i % 64)
			free(block[i]);
	return NULL;
}

int main(int argc, char **argv)
{
	mixed = argc > 3;
	return bench(argc, argv, work);
}
