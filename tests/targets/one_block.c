/* flags: -shared -fPIC -fno-builtin */
/*
 * For handover.c: there is one block of 999 bytes. When it is given back with `awaited` set, free returns only after another
 * thread has got it and set `taken`.
 */
#include <dlfcn.h>
#include <sched.h>
#include <stdlib.h>

int awaited, taken, available = 1;
static char block[1008] __attribute__((aligned(16)));

void *malloc(size_t size)
{
	static void *(*next)(size_t);
	if (!next)
		next = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	if (size != 999)
		return next(size);
	return __atomic_exchange_n(&available, 0, __ATOMIC_ACQ_REL) ? block : NULL;
}

void free(void *p)
{
	static void (*next)(void *);
	if (!next)
		next = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	if (p != block) {
		next(p);
		return;
	}
	int wait = awaited;
	__atomic_store_n(&available, 1, __ATOMIC_RELEASE);
	while (wait && !__atomic_load_n(&taken, __ATOMIC_ACQUIRE))
		sched_yield();
}
