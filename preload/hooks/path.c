/* path.c - names made, moved and removed. */
#include "hooks/io.h"

HP_EXPORT int unlink(const char *path)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_UNLINK, AT_FDCWD, HP_CALLER());
	int r = hp_real.unlink(path);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int unlinkat(int dir, const char *path, int flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_UNLINKAT, dir, HP_CALLER());
	int r = hp_real.unlinkat(dir, path, flags);
	hp_io_end_paths(&c, dir, r, path, NULL);
	return r;
}

HP_EXPORT int rename(const char *from, const char *to)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RENAME, AT_FDCWD, HP_CALLER());
	int r = hp_real.rename(from, to);
	hp_io_end_paths(&c, AT_FDCWD, r, from, to);
	return r;
}

HP_EXPORT int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RENAMEAT, from_dir, HP_CALLER());
	int r = hp_real.renameat(from_dir, from, to_dir, to);
	hp_io_end_paths(&c, from_dir, r, from, to);
	return r;
}

HP_EXPORT int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RENAMEAT2, from_dir, HP_CALLER());
	int r = hp_real.renameat2(from_dir, from, to_dir, to, flags);
	hp_io_end_paths(&c, from_dir, r, from, to);
	return r;
}

HP_EXPORT int mkdir(const char *path, mode_t mode)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_MKDIR, AT_FDCWD, HP_CALLER());
	int r = hp_real.mkdir(path, mode);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int mkdirat(int dir, const char *path, mode_t mode)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_MKDIRAT, dir, HP_CALLER());
	int r = hp_real.mkdirat(dir, path, mode);
	hp_io_end_paths(&c, dir, r, path, NULL);
	return r;
}

HP_EXPORT int rmdir(const char *path)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_RMDIR, AT_FDCWD, HP_CALLER());
	int r = hp_real.rmdir(path);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int truncate(const char *path, off_t n)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_TRUNCATE, AT_FDCWD, HP_CALLER());
	int r = hp_real.truncate(path, n);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int truncate64(const char *path, off64_t n)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_TRUNCATE, AT_FDCWD, HP_CALLER());
	int r = hp_real.truncate64(path, n);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}
