/* flags: -shared -fPIC */
/* A library that makes fsync and fdatasync take SLOW_DISK_US, and do nothing else: a disk of known speed. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* In the kernel, past nanosleep: the time is to be the call's. */
static int sync_slowly(void)
{
	const char *us = getenv("SLOW_DISK_US");
	struct timespec t = {0, (us ? atol(us) : 0) * 1000};
	if (t.tv_nsec > 0)
		syscall(SYS_nanosleep, &t, NULL);
	return 0;
}

int fsync(int fd)
{
	(void)fd;
	return sync_slowly();
}

int fdatasync(int fd)
{
	(void)fd;
	return sync_slowly();
}
