/*
 * The least that a recorder can do: for each event it reads the clock once and stores 8 bytes, and keeps nothing. No profiler;
 * what another one costs more than this is what it could save at most.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

enum { WORDS = 4096 };
#define TLS static __thread __attribute__((tls_model("initial-exec")))
TLS uint64_t word[WORDS];
TLS uint32_t next;

static inline uint64_t ticks(void)
{
#if defined(__x86_64__)
	return __rdtsc();
#else
	uint64_t t;
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(t));
	return t;
#endif
}

static inline void note(const void *what)
{
	word[next++ % WORDS] = ticks() << 32 | (uint32_t)(uintptr_t)what;
}

/* These may be called before the constructor has run. */
void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
void __libc_free(void *);
static __typeof__(pthread_mutex_lock) *real_lock;
static __typeof__(pthread_mutex_unlock) *real_unlock;
static __typeof__(read) *real_read;
static __typeof__(write) *real_write;

__attribute__((constructor)) static void find(void)
{
	real_lock = (__typeof__(real_lock))dlsym(RTLD_NEXT, "pthread_mutex_lock");
	real_unlock = (__typeof__(real_unlock))dlsym(RTLD_NEXT, "pthread_mutex_unlock");
	real_read = (__typeof__(real_read))dlsym(RTLD_NEXT, "read");
	real_write = (__typeof__(real_write))dlsym(RTLD_NEXT, "write");
}

static inline void find_once(void)
{
	if (__builtin_expect(!real_write, 0))
		find();
}

void __cyg_profile_func_enter(void *fn, void *site) { (void)site; note(fn); }
void __cyg_profile_func_exit(void *fn, void *site) { (void)site; note(fn); }

void *malloc(size_t size)
{
	void *p = __libc_malloc(size);
	note(p);
	return p;
}

void *calloc(size_t count, size_t size)
{
	void *p = __libc_calloc(count, size);
	note(p);
	return p;
}

void *realloc(void *old, size_t size)
{
	note(old);
	void *p = __libc_realloc(old, size);
	note(p);
	return p;
}

void free(void *p)
{
	note(p);
	__libc_free(p);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	find_once();
	int r = real_lock(mutex);
	note(mutex);
	return r;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	find_once();
	note(mutex);
	return real_unlock(mutex);
}

ssize_t read(int fd, void *bytes, size_t size)
{
	find_once();
	note(bytes);
	ssize_t r = real_read(fd, bytes, size);
	note(bytes);
	return r;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	find_once();
	note(bytes);
	ssize_t r = real_write(fd, bytes, size);
	note(bytes);
	return r;
}
