/* file_lock.c - locks of files. fcntl's are in fd.c. */
#include "hooks/io.h"

HP_EXPORT int flock(int fd, int operation)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FLOCK, fd, HP_CALLER());
	int r = hp_real.flock(fd, operation);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int lockf(int fd, int command, off_t length)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_LOCKF, fd, HP_CALLER());
	int r = hp_real.lockf(fd, command, length);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int lockf64(int fd, int command, off64_t length)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_LOCKF, fd, HP_CALLER());
	int r = hp_real.lockf64(fd, command, length);
	hp_io_end(&c, fd, r);
	return r;
}
