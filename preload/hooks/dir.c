/* dir.c - directories. */
#include "hooks/io.h"

static int dir_fd(DIR *dir)
{
	return dir ? dirfd(dir) : -1;
}

HP_EXPORT DIR *opendir(const char *path)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_OPENDIR, AT_FDCWD, HP_CALLER());
	DIR *dir = hp_real.opendir(path);
	hp_io_end_paths(&c, AT_FDCWD, dir_fd(dir), path, NULL);
	return dir;
}

HP_EXPORT DIR *fdopendir(int fd)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_FDOPENDIR, fd, HP_CALLER());
	DIR *dir = hp_real.fdopendir(fd);
	hp_io_end(&c, fd, dir ? 0 : -1);
	return dir;
}

/* result: 1, or 0 at the end. An error shows in errno alone, which a caller may have left set: not told apart. */

HP_EXPORT struct dirent *readdir(DIR *dir)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_READDIR, dir_fd(dir), HP_CALLER());
	struct dirent *entry = hp_real.readdir(dir);
	hp_io_end(&c, dir_fd(dir), entry != NULL);
	return entry;
}

HP_EXPORT struct dirent64 *readdir64(DIR *dir)
{
	if (hp_too_early())
		return NULL;
	struct hp_call c;
	hp_io_begin(&c, HP_OP_READDIR, dir_fd(dir), HP_CALLER());
	struct dirent64 *entry = hp_real.readdir64(dir);
	hp_io_end(&c, dir_fd(dir), entry != NULL);
	return entry;
}

HP_EXPORT int closedir(DIR *dir)
{
	if (hp_too_early())
		return -1;
	int fd = dir_fd(dir);
	struct hp_call c;
	hp_io_begin(&c, HP_OP_CLOSEDIR, fd, HP_CALLER());
	int r = hp_real.closedir(dir);
	hp_io_end(&c, fd, r);
	return r;
}
