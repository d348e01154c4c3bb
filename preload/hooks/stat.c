/* stat.c - what is known of a file. */
#include "hooks/io.h"

HP_EXPORT int stat(const char *path, struct stat *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_STAT, AT_FDCWD, HP_CALLER());
	int r = hp_real.stat(path, st);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int lstat(const char *path, struct stat *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_LSTAT, AT_FDCWD, HP_CALLER());
	int r = hp_real.lstat(path, st);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int fstat(int fd, struct stat *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FSTAT, fd, HP_CALLER());
	int r = hp_real.fstat(fd, st);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fstatat(int dir, const char *path, struct stat *st, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FSTATAT, dir, HP_CALLER());
	int r = hp_real.fstatat(dir, path, st, flags);
	hp_io_end_paths(&c, dir, r, path, NULL);
	return r;
}

HP_EXPORT int stat64(const char *path, struct stat64 *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_STAT, AT_FDCWD, HP_CALLER());
	int r = hp_real.stat64(path, st);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int lstat64(const char *path, struct stat64 *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_LSTAT, AT_FDCWD, HP_CALLER());
	int r = hp_real.lstat64(path, st);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int fstat64(int fd, struct stat64 *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FSTAT, fd, HP_CALLER());
	int r = hp_real.fstat64(fd, st);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int fstatat64(int dir, const char *path, struct stat64 *st, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FSTATAT, dir, HP_CALLER());
	int r = hp_real.fstatat64(dir, path, st, flags);
	hp_io_end_paths(&c, dir, r, path, NULL);
	return r;
}

HP_EXPORT int statx(int dir, const char *path, int flags, unsigned mask, struct statx *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_STATX, dir, HP_CALLER());
	int r = hp_real.statx(dir, path, flags, mask, st);
	hp_io_end_paths(&c, dir, r, path, NULL);
	return r;
}

/* What may be done to a file: asked before it is opened, or instead of stat. */

HP_EXPORT int access(const char *path, int mode)
{
	if (hp_too_early())
		return (int)hp_early(hp_sys3(SYS_faccessat, AT_FDCWD, path, mode));
	struct hp_call c;
	hp_io_begin(&c, HP_OP_ACCESS, AT_FDCWD, HP_CALLER());
	int r = hp_real.access(path, mode);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int faccessat(int dir, const char *path, int mode, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_ACCESS, dir, HP_CALLER());
	int r = hp_real.faccessat(dir, path, mode, flags);
	hp_io_end_paths(&c, dir, r, path, NULL);
	return r;
}

/* Binaries built against a glibc older than 2.33 call these. */

HP_EXPORT int __xstat(int version, const char *path, struct stat *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_STAT, AT_FDCWD, HP_CALLER());
	int r = hp_real.__xstat(version, path, st);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int __lxstat(int version, const char *path, struct stat *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_LSTAT, AT_FDCWD, HP_CALLER());
	int r = hp_real.__lxstat(version, path, st);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int __fxstat(int version, int fd, struct stat *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FSTAT, fd, HP_CALLER());
	int r = hp_real.__fxstat(version, fd, st);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int __fxstatat(int version, int dir, const char *path, struct stat *st, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FSTATAT, dir, HP_CALLER());
	int r = hp_real.__fxstatat(version, dir, path, st, flags);
	hp_io_end_paths(&c, dir, r, path, NULL);
	return r;
}

HP_EXPORT int __xstat64(int version, const char *path, struct stat64 *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_STAT, AT_FDCWD, HP_CALLER());
	int r = hp_real.__xstat64(version, path, st);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int __lxstat64(int version, const char *path, struct stat64 *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_LSTAT, AT_FDCWD, HP_CALLER());
	int r = hp_real.__lxstat64(version, path, st);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int __fxstat64(int version, int fd, struct stat64 *st)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FSTAT, fd, HP_CALLER());
	int r = hp_real.__fxstat64(version, fd, st);
	hp_io_end(&c, fd, r);
	return r;
}

HP_EXPORT int __fxstatat64(int version, int dir, const char *path, struct stat64 *st, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FSTATAT, dir, HP_CALLER());
	int r = hp_real.__fxstatat64(version, dir, path, st, flags);
	hp_io_end_paths(&c, dir, r, path, NULL);
	return r;
}
