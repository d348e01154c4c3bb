/* flags: -shared -fPIC -fno-builtin */
/*
 * For LD_PRELOAD, behind libhp.so: libc's malloc and free, but they take their time, large blocks twenty times as much. Writes to stderr
 * how long they took, in all, by its own clock. It has no malloc_usable_size.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

extern void *__libc_malloc(size_t);
extern void __libc_free(void *);

static uint64_t spent;

static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void spin(uint64_t began, uint64_t ns)
{
	uint64_t at;
	while ((at = now()) < began + ns)
		;
	spent += at - began;
}

void *malloc(size_t size)
{
	uint64_t began = now();
	void *p = __libc_malloc(size);
	spin(began, size >= 4096 ? 20000 : 1000);
	return p;
}

void free(void *p)
{
	uint64_t began = now();
	__libc_free(p);
	spin(began, 1000);
}

static __attribute__((destructor)) void tell(void)
{
	fprintf(stderr, "spent_ns %llu\n", (unsigned long long)spent);
}
