/* sys.c - the few compound uses of the kernel. */
#include "sys.h"
#include <asm/mman.h>
#include <fcntl.h>
#include <sys/mman.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

void *hp_sys_anonymous(size_t bytes, int wipe_on_fork)
{
	long p = hp_sys6(SYS_mmap, 0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p < 0 && p > -4096)
		return NULL;
	if (wipe_on_fork && hp_sys3(SYS_madvise, p, bytes, MADV_WIPEONFORK) < 0) {
		hp_sys2(SYS_munmap, p, bytes);
		return NULL;
	}
	return (void *)p;
}

long hp_sys_slurp(const char *path, char *buf, size_t size)
{
	long fd = hp_sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	size_t got = 0;
	long n = 0;
	while (got + 1 < size && (n = hp_sys3(SYS_read, fd, buf + got, size - 1 - got)) > 0)
		got += (size_t)n;
	hp_sys1(SYS_close, fd);
	buf[got] = 0;
	return n < 0 ? n : (long)got;
}
