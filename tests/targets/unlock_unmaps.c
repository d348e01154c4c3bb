/* flags: -shared -fPIC -ldl */
/* Stands behind libhp.so: what another thread may do between the real unlock or destroy and the hook's end is done here, always. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>

static int then_unmap(const char *name, pthread_mutex_t *m)
{
	int (*real)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, name);
	int r = real(m);
	if (!((uintptr_t)m & 4095))  /* one that has a page to itself */
		munmap(m, 4096);
	return r;
}

int pthread_mutex_unlock(pthread_mutex_t *m)  { return then_unmap("pthread_mutex_unlock", m); }
int pthread_mutex_destroy(pthread_mutex_t *m) { return then_unmap("pthread_mutex_destroy", m); }
