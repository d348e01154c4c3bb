/* flags: -shared -fPIC */
/* A library that makes fsync take SLOW_DISK_US, and do nothing else: a disk of known speed. The call sleeps in the kernel. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int fsync(int fd)
{
	const char *us = getenv("SLOW_DISK_US");
	struct timespec t = {0, (us ? atol(us) : 0) * 1000};
	(void)fd;
	if (t.tv_nsec > 0)
		syscall(SYS_nanosleep, &t, NULL);
	return 0;
}
