/* sync.c - files written back, cut and grown. */
#include "hooks/io.h"

HP_EXPORT int fsync(int fd)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FSYNC, fd, HP_CALLER());
	int r = hp_real.fsync(fd);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fdatasync(int fd)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FDATASYNC, fd, HP_CALLER());
	int r = hp_real.fdatasync(fd);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int sync_file_range(int fd, off64_t at, off64_t n, unsigned flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_SYNC_FILE_RANGE, fd, HP_CALLER());
	int r = hp_real.sync_file_range(fd, at, n, flags);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int msync(void *at, size_t n, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_MSYNC, -1, HP_CALLER());
	int r = hp_real.msync(at, n, flags);
	hp_io_end(&c, -1, r);
	return r;
}

HP_EXPORT int ftruncate(int fd, off_t n)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FTRUNCATE, fd, HP_CALLER());
	int r = hp_real.ftruncate(fd, n);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int ftruncate64(int fd, off64_t n)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FTRUNCATE, fd, HP_CALLER());
	int r = hp_real.ftruncate64(fd, n);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fallocate(int fd, int mode, off_t at, off_t n)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FALLOCATE, fd, HP_CALLER());
	int r = hp_real.fallocate(fd, mode, at, n);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fallocate64(int fd, int mode, off64_t at, off64_t n)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FALLOCATE, fd, HP_CALLER());
	int r = hp_real.fallocate64(fd, mode, at, n);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int posix_fallocate(int fd, off_t at, off_t n)
{
	if (hp_too_early())
		return ENOSYS;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_POSIX_FALLOCATE, fd, HP_CALLER());
	int error = hp_real.posix_fallocate(fd, at, n);
	hp_io_end_error(&c, fd, error ? -1 : 0, error);
	return error;
}

HP_EXPORT int posix_fallocate64(int fd, off64_t at, off64_t n)
{
	if (hp_too_early())
		return ENOSYS;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_POSIX_FALLOCATE, fd, HP_CALLER());
	int error = hp_real.posix_fallocate64(fd, at, n);
	hp_io_end_error(&c, fd, error ? -1 : 0, error);
	return error;
}
