/* flags: -shared -fPIC -fno-builtin */
/* For tagged.c: blocks of 777 bytes get a tag into the top byte of their address, which free takes off, as a hardware's tags. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define TAG ((uintptr_t)0x5a << 56)

void *malloc(size_t size)
{
	static void *(*next)(size_t);
	if (!next)
		next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	void *p = next(size);
	return size == 777 && p ? (void *)((uintptr_t)p | TAG) : p;
}

void free(void *p)
{
	static void (*next)(void *);
	if (!next)
		next = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	next((void *)((uintptr_t)p & ~TAG));
}
