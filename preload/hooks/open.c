/* open.c - descriptors made from paths. */
#include "hooks/io.h"

/* The variable argument is there only when a file may be created. */
HP_INLINE int has_mode(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

HP_EXPORT int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;
	va_start(ap, flags);
	if (has_mode(flags))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, AT_FDCWD, path, flags, mode));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_OPEN, AT_FDCWD, HP_CALLER());
	int fd = hp_real.open(path, flags, mode);
	hp_io_end_open(&c, AT_FDCWD, fd, path, flags);
	return fd;
}

HP_EXPORT int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;
	va_start(ap, flags);
	if (has_mode(flags))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_OPEN, AT_FDCWD, HP_CALLER());
	int fd = hp_real.open64(path, flags, mode);
	hp_io_end_open(&c, AT_FDCWD, fd, path, flags);
	return fd;
}

HP_EXPORT int __open_2(const char *path, int flags)
{
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, AT_FDCWD, path, flags, 0));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_OPEN, AT_FDCWD, HP_CALLER());
	int fd = hp_real.__open_2(path, flags);
	hp_io_end_open(&c, AT_FDCWD, fd, path, flags);
	return fd;
}

HP_EXPORT int __open64_2(const char *path, int flags)
{
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, 0));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_OPEN, AT_FDCWD, HP_CALLER());
	int fd = hp_real.__open64_2(path, flags);
	hp_io_end_open(&c, AT_FDCWD, fd, path, flags);
	return fd;
}

HP_EXPORT int openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;
	va_start(ap, flags);
	if (has_mode(flags))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, dir, path, flags, mode));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_OPENAT, dir, HP_CALLER());
	int fd = hp_real.openat(dir, path, flags, mode);
	hp_io_end_open(&c, dir, fd, path, flags);
	return fd;
}

HP_EXPORT int openat64(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;
	va_start(ap, flags);
	if (has_mode(flags))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, dir, path, flags | O_LARGEFILE, mode));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_OPENAT, dir, HP_CALLER());
	int fd = hp_real.openat64(dir, path, flags, mode);
	hp_io_end_open(&c, dir, fd, path, flags);
	return fd;
}

HP_EXPORT int __openat_2(int dir, const char *path, int flags)
{
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, dir, path, flags, 0));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_OPENAT, dir, HP_CALLER());
	int fd = hp_real.__openat_2(dir, path, flags);
	hp_io_end_open(&c, dir, fd, path, flags);
	return fd;
}

HP_EXPORT int __openat64_2(int dir, const char *path, int flags)
{
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, dir, path, flags | O_LARGEFILE, 0));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_OPENAT, dir, HP_CALLER());
	int fd = hp_real.__openat64_2(dir, path, flags);
	hp_io_end_open(&c, dir, fd, path, flags);
	return fd;
}

HP_EXPORT int creat(const char *path, mode_t mode)
{
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_CREAT, AT_FDCWD, HP_CALLER());
	int fd = hp_real.creat(path, mode);
	hp_io_end_open(&c, AT_FDCWD, fd, path, O_CREAT | O_WRONLY | O_TRUNC);
	return fd;
}

HP_EXPORT int creat64(const char *path, mode_t mode)
{
	if (hp_too_early())
		return hp_early(hp_sys4(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC | O_LARGEFILE, mode));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_CREAT, AT_FDCWD, HP_CALLER());
	int fd = hp_real.creat64(path, mode);
	hp_io_end_open(&c, AT_FDCWD, fd, path, O_CREAT | O_WRONLY | O_TRUNC);
	return fd;
}
