/* flags: -shared -fPIC -fno-builtin */
/* Another interposer, for any place in LD_PRELOAD: counts what passes through it, and says so at the end. */
#include <dlfcn.h>
#include <pthread.h>

#include "tally.h"

static long mallocs, frees, reads, locks;
#define NEXT(name) static __typeof__(name) *next; if (!next) next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

void *malloc(size_t size) { NEXT(malloc); mallocs += size == 4321; return next(size); }
void free(void *p) { NEXT(free); frees += p && !memcmp(p, "4321", 4); next(p); }
ssize_t read(int fd, void *to, size_t n) { NEXT(read); reads += n == 4321; return next(fd, to, n); }
int pthread_mutex_lock(pthread_mutex_t *m) { NEXT(pthread_mutex_lock); locks++; return next(m); }

__attribute__((destructor)) static void say(void)
{
	tally("mallocs", mallocs);
	tally("frees", frees);
	tally("reads", reads);
}
