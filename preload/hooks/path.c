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

HP_EXPORT int mkfifo(const char *path, mode_t mode)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_MKFIFO, AT_FDCWD, HP_CALLER());
	int r = hp_real.mkfifo(path, mode);
	hp_io_end_paths(&c, AT_FDCWD, r, path, NULL);
	return r;
}

HP_EXPORT int mkfifoat(int dir, const char *path, mode_t mode)
{
	if (hp_too_early())
		return -1;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_MKFIFOAT, dir, HP_CALLER());
	int r = hp_real.mkfifoat(dir, path, mode);
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

/* ---- the directory that relative paths start from: told by the kernel, as links and `..` may lead anywhere ---- */

/* In the thread's scratch area: too big for our stack. "" if it is not to be had. */
static HP_COLD const char *directory_now(struct hp_thread *t)
{
	size_t room = sizeof t->scratch / 4;
	if (hp_sandboxed || hp_sys2(SYS_getcwd, t->scratch, room) <= 0 || t->scratch[0] != '/')
		return "";
	return t->scratch;
}

static void moved(struct hp_call *c, int fd, int r, const char *path)
{
	hp_io_end_paths(c, fd, r, path, c->t && !r ? directory_now(c->t) : NULL);
}

HP_EXPORT int chdir(const char *path)
{
	if (hp_too_early())
		return (int)hp_early(hp_sys1(SYS_chdir, path));
	struct hp_call c;
	hp_call_begin_in(&c, HP_IO | HP_STDIO, HP_OP_CHDIR, (unsigned)AT_FDCWD, 0, HP_CALLER());
	int r = hp_real.chdir(path);
	moved(&c, AT_FDCWD, r, path);
	return r;
}

HP_EXPORT int fchdir(int fd)
{
	if (hp_too_early())
		return (int)hp_early(hp_sys1(SYS_fchdir, fd));
	struct hp_call c;
	hp_call_begin_in(&c, HP_IO | HP_STDIO, HP_OP_FCHDIR, (unsigned)fd, 0, HP_CALLER());
	int r = hp_real.fchdir(fd);
	moved(&c, fd, r, "");
	return r;
}
